import { RadiomicsError } from '../errors.ts';
import { type BoundingBox, findLabel } from './region.ts';
import type { Settings } from './settings.ts';
import type { Grid, Mask, Volume } from './volume.ts';

/** SimpleITK's global default. */
const defaultTolerance = 1e-6;

/**
 * Refuses an image that no statistic can be computed from.
 *
 * @throws RadiomicsError `VOLUME_NOT_FINITE` naming the first voxel that is NaN or infinite.
 */
export function requireFinite(volume: Volume): void {
  if (!(volume.voxels instanceof Float32Array || volume.voxels instanceof Float64Array)) return;
  const at = volume.voxels.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return;
  const [nx, ny] = volume.dims;
  const where = `[${at % nx}, ${Math.floor(at / nx) % ny}, ${Math.floor(at / (nx * ny))}]`;
  throw new RadiomicsError(
    'VOLUME_NOT_FINITE',
    `voxel ${where}`,
    `the image holds ${volume.voxels[at]} at ${where}; replace NaN and infinite voxels before extraction`,
  );
}

/**
 * Refuses a mask without the label.
 *
 * @throws RadiomicsError `MASK_EMPTY` if nothing is labelled, `MASK_LABEL_MISSING` if only other labels are there.
 */
export function requireLabel(mask: Mask, label: number): void {
  if (mask.voxels.includes(label)) return;
  const present = new Set(mask.voxels);
  present.delete(0);
  if (present.size === 0) {
    throw new RadiomicsError('MASK_EMPTY', 'mask', 'the mask has no labelled voxel; delineate the region first');
  }
  const labels = [...present].sort((a, b) => a - b).join(', ');
  throw new RadiomicsError(
    'MASK_LABEL_MISSING',
    `label ${label}`,
    `the mask has no voxel with label ${label}; choose one of its labels: ${labels}`,
  );
}

/** Voxel sizes (mm) outside which a file says something else than it means. */
const plausibleSpacing = [1e-3, 1e3] as const;

/**
 * Refuses a grid that can't be a scan's.
 *
 * @param name What lies on it, for the message.
 * @throws RadiomicsError `VOLUME_GEOMETRY` for a voxel size outside 0.001 to 1000 mm, a position that is not finite, or
 *   axes that are not three different directions.
 */
export function requireGrid(name: string, { spacingMm, originMm, direction: [x, y, z] }: Grid): void {
  const refuse = (what: string, values: readonly number[]) => {
    const advice = `${name}: ${what} ${values.join(' ')}; correct it in the file`;
    return new RadiomicsError('VOLUME_GEOMETRY', name, advice);
  };
  const [least, most] = plausibleSpacing;
  if (!spacingMm.every((size) => size >= least && size <= most)) throw refuse('voxel size (mm)', spacingMm);
  if (!originMm.every(Number.isFinite)) throw refuse('origin (mm)', originMm);
  const volume =
    x[0] * (y[1] * z[2] - y[2] * z[1]) - x[1] * (y[0] * z[2] - y[2] * z[0]) + x[2] * (y[0] * z[1] - y[1] * z[0]);
  if (!(Math.abs(volume) > 1e-3)) throw refuse('direction', [...x, ...y, ...z]);
}

/** What differs between two grids. */
interface GridDifference {
  readonly name: string;
  readonly image: readonly number[];
  readonly mask: readonly number[];
}

/**
 * In what the grids of image and mask differ.
 *
 * @param geometryTolerance Fraction of the voxel size along x for origin and spacing, absolute for directions.
 * @returns The first difference, or null.
 * @see ITK, ImageToImageFilter `VerifyInputInformation`
 */
export function differenceOfGrids(image: Grid, mask: Grid, { geometryTolerance }: Settings): GridDifference | null {
  const tolerance = geometryTolerance ?? defaultTolerance;
  const lengthTolerance = tolerance * image.spacingMm[0];
  const parts: readonly (readonly [string, (grid: Grid) => readonly number[], number])[] = [
    ['size', (grid) => grid.dims, 0],
    ['spacing (mm)', (grid) => grid.spacingMm, lengthTolerance],
    ['origin (mm)', (grid) => grid.originMm, lengthTolerance],
    ['direction', (grid) => grid.direction.flat(), tolerance],
  ];
  for (const [name, of, allowed] of parts) {
    const [wanted, labels] = [of(image), of(mask)];
    if (wanted.every((value, i) => Math.abs(value - (labels[i] ?? Number.NaN)) <= allowed)) continue;
    return { name, image: wanted, mask: labels };
  }
  return null;
}

/**
 * Refuses a mask that lies on another grid than the image.
 *
 * @throws RadiomicsError `MASK_GEOMETRY` naming what differs.
 */
export function requireSameGrid(image: Grid, mask: Grid, settings: Settings): void {
  const difference = differenceOfGrids(image, mask, settings);
  if (difference === null) return;
  const { name, image: wanted, mask: labels } = difference;
  throw new RadiomicsError(
    'MASK_GEOMETRY',
    name,
    `image and mask differ in ${name}: ${wanted.join(' ')} and ${labels.join(' ')}; set correctMask to sample the mask onto the image, or geometryTolerance`,
  );
}

/**
 * Finds the region and refuses one that is too small.
 *
 * @param mask Label map.
 * @param settings `label`, `minimumROIDimensions` and `minimumROISize`.
 * @returns The region's bounding box.
 * @throws RadiomicsError `MASK_LABEL_MISSING` if the label is gone, `MASK_TOO_SMALL` if the region is a single voxel,
 *   extends in fewer dimensions than wanted, or has `minimumROISize` voxels or fewer.
 * @see PyRadiomics, imageoperations.py `checkMask`
 */
export function requireRegion(mask: Mask, settings: Settings): BoundingBox {
  const { label, minimumROIDimensions, minimumROISize } = settings;
  const found = findLabel(mask, label);
  if (found === null) {
    throw new RadiomicsError(
      'MASK_LABEL_MISSING',
      `label ${label}`,
      `no voxel with label ${label} is left in the mask; delineate the region on this image`,
    );
  }
  const extent = found.box.size.filter((n) => n > 1).length;
  const size = found.box.size.join(' x ');
  const refuse = (text: string) => new RadiomicsError('MASK_TOO_SMALL', `label ${label}`, text);
  if (extent === 0) throw refuse('the region is a single voxel; delineate a larger region');
  if (extent < minimumROIDimensions) {
    throw refuse(
      `the region (${size} voxels) extends in ${extent} of ${minimumROIDimensions} dimensions wanted; delineate more, or lower minimumROIDimensions`,
    );
  }
  if (minimumROISize !== null && found.count <= minimumROISize) {
    throw refuse(
      `the region has ${found.count} voxels, more than ${minimumROISize} are wanted; delineate more, or lower minimumROISize`,
    );
  }
  return found.box;
}
