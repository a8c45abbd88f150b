import { RadiomicsError } from '../errors.ts';
import { digitise, fixedCountEdges, fixedWidthEdges } from './kernels/binning.ts';
import { range } from './kernels/moments.ts';
import { storedVoxels } from './normalise.ts';
import type { Settings } from './settings.ts';
import type { Dims, Image, Mask, Vector } from './volume.ts';

/** Part of a grid in voxels: first index and size along `[x, y, z]`. */
export interface BoundingBox {
  readonly lower: Vector;
  readonly size: Dims;
}

/** A region of interest cut out with its bounding box. */
export interface Region {
  readonly dims: Dims;
  readonly spacingMm: Vector;
  /** 1 inside, 0 outside; length `nx*ny*nz`, x fastest. */
  readonly inside: Uint8Array;
  /** Intensities of the voxels inside, in voxel order. */
  readonly values: Float64Array;
}

/** A region's intensities sorted into bins. */
export interface GreyLevels {
  /** Levels of the voxels inside, in voxel order, from 1. */
  readonly ofVoxels: Uint16Array;
  /** Levels that occur, ascending. */
  readonly present: Uint16Array;
  /** Voxels at each level of `present`. */
  readonly counts: Float64Array;
  /** Lowest and highest intensity. */
  readonly minimum: number;
  readonly maximum: number;
}

/**
 * Where a label lies.
 *
 * @param mask Label map.
 * @param label 1..255.
 * @returns The smallest box around the label's voxels and their number, or null when there are none.
 */
export function findLabel(mask: Mask, label: number): { readonly box: BoundingBox; readonly count: number } | null {
  const [nx, ny, nz] = mask.dims;
  const low = [nx, ny, nz];
  const high = [-1, -1, -1];
  let count = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      const first = mask.voxels.subarray(row, row + nx).indexOf(label);
      if (first < 0) continue;
      let last = first;
      for (let x = first; x < nx; x++) {
        if (mask.voxels[row + x] !== label) continue;
        last = x;
        count++;
      }
      [first, y, z].forEach((at, axis) => {
        low[axis] = Math.min(low[axis] ?? at, at);
      });
      [last, y, z].forEach((at, axis) => {
        high[axis] = Math.max(high[axis] ?? at, at);
      });
    }
  }
  if (count === 0) return null;
  const [x0 = 0, y0 = 0, z0 = 0] = low;
  const [x1 = 0, y1 = 0, z1 = 0] = high;
  return { box: { lower: [x0, y0, z0], size: [x1 - x0 + 1, y1 - y0 + 1, z1 - z0 + 1] }, count };
}

/**
 * Which voxels of a box carry a label.
 *
 * @param mask Label map.
 * @param label 1..255.
 * @param box Part of the grid.
 * @returns 1 inside, 0 outside; one per voxel of the box, x fastest.
 */
export function insideOf(mask: Mask, label: number, box: BoundingBox): Uint8Array {
  const [nx, ny, nz] = box.size;
  const inside = new Uint8Array(nx * ny * nz);
  for (let row = 0; row < ny * nz; row++) {
    const source = rowStart(mask.dims, box, row);
    for (let x = 0; x < nx; x++) if (mask.voxels[source + x] === label) inside[x + nx * row] = 1;
  }
  return inside;
}

/**
 * Copies a box out of an image.
 *
 * @param image Image.
 * @param box Part of the grid, within it.
 * @returns Intensities, one per voxel of the box, x fastest.
 */
export function boxValues(image: Image, box: BoundingBox): Float64Array {
  const [stored, toIntensities] = storedVoxels(image);
  const [nx, ny, nz] = box.size;
  const values = new Float64Array(nx * ny * nz);
  for (let row = 0; row < ny * nz; row++) {
    const source = rowStart(image.dims, box, row);
    values.set(stored.subarray(source, source + nx), nx * row);
  }
  toIntensities?.(values);
  return values;
}

/**
 * A region of an image that is known in the region's box only.
 *
 * @param values Intensities, one per voxel of the box, x fastest.
 * @param inside 1 inside the region, 0 outside; same length.
 * @param dims Size of the box.
 * @param spacingMm Voxel size.
 */
export function regionOf(values: Float64Array, inside: Uint8Array, dims: Dims, spacingMm: Vector): Region {
  let count = 0;
  for (let i = 0; i < inside.length; i++) count += inside[i] ?? 0;
  const within = new Float64Array(count);
  let next = 0;
  for (let i = 0; i < inside.length; i++) if (inside[i] === 1) within[next++] = values[i] ?? 0;
  return { dims, spacingMm, inside, values: within };
}

/**
 * Cuts a region out of an image.
 *
 * @param image Image.
 * @param mask Label map on the same grid.
 * @param label 1..255. Voxels of the label outside `box` are lost.
 * @param box Part of the grid to keep.
 */
export function cutRegion(image: Image, mask: Mask, label: number, box: BoundingBox): Region {
  return regionOf(boxValues(image, box), insideOf(mask, label, box), box.size, image.spacingMm);
}

/** Index of the first voxel of one of a box' rows in the whole grid. */
function rowStart([nx, ny]: Dims, { lower: [x, y, z], size }: BoundingBox, row: number): number {
  return x + nx * (y + (row % size[1]) + ny * (z + Math.trunc(row / size[1])));
}

/**
 * Sorts a region's intensities into bins of a fixed width (aligned to multiples of it) or into a fixed number of bins.
 *
 * @param region At least one voxel, all intensities finite.
 * @param settings `binCount` when set, else `binWidth`.
 * @throws RadiomicsError `PARAMS_INVALID` if there would be more than 65535 bins.
 * @see PyRadiomics, imageoperations.py `binImage`
 */
export function discretise(region: Region, { binWidth, binCount }: Settings): GreyLevels {
  const [low, high] = range(region.values);
  const ofVoxels = new Uint16Array(region.values.length);
  let most = 0;
  try {
    const edges = binCount === null ? fixedWidthEdges(low, high, binWidth) : fixedCountEdges(low, high, binCount);
    digitise(region.values, edges, ofVoxels);
    most = edges.length;
  } catch (cause) {
    const [key, value] = binCount === null ? ['binWidth', binWidth] : ['binCount', binCount];
    const advice = `${key} ${value} gives too many grey levels for values ${low} to ${high}; choose fewer, wider bins`;
    throw new RadiomicsError('PARAMS_INVALID', `setting.${key}`, advice, { cause });
  }
  const histogram = new Int32Array(most + 1);
  for (let v = 0; v < ofVoxels.length; v++) {
    const level = ofVoxels[v] ?? 0;
    histogram[level] = (histogram[level] ?? 0) + 1;
  }
  const present = Uint16Array.from(histogram.keys()).filter((level) => (histogram[level] ?? 0) > 0);
  const counts = Float64Array.from(present, (level) => histogram[level] ?? 0);
  return { ofVoxels, present, counts, minimum: low, maximum: high };
}
