import { NetworkError } from '../errors.ts';
import { indexMap, positionOf } from '../radiomics/geometry.ts';
import { type BoundingBox, findLabel } from '../radiomics/region.ts';
import { resampleImage } from '../radiomics/resample.ts';
import { crop } from '../radiomics/resample-grid.ts';
import { type Dims, type Grid, type Mask, type Vector, type Volume, voxelCount } from '../radiomics/volume.ts';
import type { NetworkDeclaration } from './network-schema.ts';

/** What goes into a network's input. */
export interface NetworkInput {
  /** Row-major in the order of `dims`. */
  readonly data: Float32Array;
  /** Sizes along the axes of the declared layout. */
  readonly dims: readonly number[];
}

/** Voxels around the block that interpolation may look at. */
const margin = 14;

const samplings = { nearest: 'nearest', linear: 'linear', bspline: 'spline' } as const;

/**
 * Cuts the declared block out of a CT, clips and normalises it, and lays it out for the network. Columns and rows are those of
 * the scan, slices ascend along its normal. What lies outside the scan is the declared value before clipping.
 *
 * @param volume CT (HU).
 * @param mask Label map on the same grid; label 1 is the region whose centroid the block is centred on.
 * @throws NetworkError `NETWORK_FAILED` if the mask has no voxel of label 1, or the block holds a value that is not finite.
 */
export function prepareNetworkInput(volume: Volume, mask: Mask, declaration: NetworkDeclaration): NetworkInput {
  const { clip, normalise } = declaration;
  const [low, high] = clip;
  const [offset, scale] =
    'sd' in normalise ? [normalise.mean, normalise.sd] : [normalise.minimum, normalise.maximum - normalise.minimum];
  const block = cutBlock(volume, mask, declaration);
  const values = Float32Array.from(block, (hu) => (Math.min(high, Math.max(low, hu)) - offset) / scale);
  if (values.every(Number.isFinite)) return layOut(values, declaration);
  throw new NetworkError('NETWORK_FAILED', 'input', 'the block around the tumour holds values that are no numbers');
}

/**
 * The block before clipping.
 *
 * @returns Values (HU), columns fastest, then rows, then slices.
 */
function cutBlock(volume: Volume, mask: Mask, { crop: block, interpolation }: NetworkDeclaration): Float64Array {
  const { outsideHu } = block;
  const target = blockGrid(volume, centroidOf(mask), block);
  const around = neighbourhood(volume, target);
  if (around === null) return new Float64Array(voxelCount(target.dims)).fill(outsideHu);
  const near = crop(volume, around);
  // Resampling answers 0 outside the image: shifted, so that 0 is the declared value.
  const shifted: Volume = { ...near, voxels: Float64Array.from(near.voxels, (hu) => hu - outsideHu) };
  const { voxels } = resampleImage(shifted, target, samplings[interpolation]);
  return Float64Array.from(voxels, (value) => value + outsideHu);
}

/** Mean of the voxel centres of label 1, as a continuous index. */
function centroidOf(mask: Mask): Vector {
  const found = findLabel(mask, 1);
  if (found === null) throw new NetworkError('NETWORK_FAILED', 'mask', 'the mask has no voxel with label 1');
  const [nx, ny] = mask.dims;
  const { lower, size } = found.box;
  const sum: [number, number, number] = [0, 0, 0];
  for (let z = lower[2]; z < lower[2] + size[2]; z++) {
    for (let y = lower[1]; y < lower[1] + size[1]; y++) {
      for (let x = lower[0]; x < lower[0] + size[0]; x++) {
        if (mask.voxels[x + nx * (y + ny * z)] !== 1) continue;
        sum[0] += x;
        sum[1] += y;
        sum[2] += z;
      }
    }
  }
  return [sum[0] / found.count, sum[1] / found.count, sum[2] / found.count];
}

function blockGrid(volume: Volume, centre: Vector, { sizeMm, sizeVoxels }: NetworkDeclaration['crop']): Grid {
  const spacing = ([0, 1, 2] as const).map((axis) => {
    const edge = sizeMm[axis];
    return edge === null ? volume.spacingMm[axis] : edge / sizeVoxels[axis];
  });
  const start = ([0, 1, 2] as const).map((axis) => {
    const step = (spacing[axis] ?? 1) / volume.spacingMm[axis];
    const first = centre[axis] - ((sizeVoxels[axis] - 1) / 2) * step;
    return sizeMm[axis] === null ? Math.round(first) : first;
  });
  const [sx = 1, sy = 1, sz = 1] = spacing;
  const [x = 0, y = 0, z = 0] = start;
  return {
    dims: sizeVoxels,
    spacingMm: [sx, sy, sz],
    originMm: positionOf(volume, [x, y, z]),
    direction: volume.direction,
  };
}

/** The part of the scan that samples of a block can depend on; null where the block lies outside. */
function neighbourhood(volume: Volume, target: Grid): BoundingBox | null {
  const map = indexMap(target, volume);
  const start = map([0, 0, 0]);
  const end = map([target.dims[0] - 1, target.dims[1] - 1, target.dims[2] - 1]);
  const lower = ([0, 1, 2] as const).map((axis) => Math.max(0, Math.floor(start[axis]) - margin));
  const size = ([0, 1, 2] as const).map(
    (axis) => Math.min(volume.dims[axis], Math.ceil(end[axis]) + margin + 1) - (lower[axis] ?? 0),
  );
  const [x = 0, y = 0, z = 0] = lower;
  const [nx = 0, ny = 0, nz = 0] = size;
  return nx > 0 && ny > 0 && nz > 0 ? { lower: [x, y, z], size: [nx, ny, nz] } : null;
}

/** Reorders the block's axes as the network wants them. */
function layOut(block: Float32Array, { crop: { sizeVoxels }, input }: NetworkDeclaration): NetworkInput {
  const [nx, ny, nz]: Dims = sizeVoxels;
  const sizes: Readonly<Record<string, number>> = { N: 1, C: 1, D: nz, H: ny, W: nx };
  const dims = [...input.layout].map((axis) => sizes[axis] ?? 1);
  const strides = new Map<string, number>();
  let stride = 1;
  for (const axis of [...input.layout].reverse()) {
    strides.set(axis, stride);
    stride *= sizes[axis] ?? 1;
  }
  const [across = 0, down = 0, through = 0] = ['W', 'H', 'D'].map((axis) => strides.get(axis));
  const data = new Float32Array(block.length);
  block.forEach((value, i) => {
    const y = Math.trunc(i / nx) % ny;
    const z = Math.trunc(i / (nx * ny));
    data[(i % nx) * across + y * down + z * through] = value;
  });
  return { data, dims };
}
