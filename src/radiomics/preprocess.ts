import { RadiomicsError } from '../errors.ts';
import type { Sampling } from './kernels/sample-positions.ts';
import {
  differenceOfGrids,
  requireFinite,
  requireGrid,
  requireLabel,
  requireRegion,
  requireSameGrid,
} from './mask-checks.ts';
import { normalise } from './normalise.ts';
import { type BoundingBox, findLabel } from './region.ts';
import { resampleImage, resampleMask } from './resample.ts';
import {
  coveredBox,
  crop,
  cropImage,
  isSameSpacing,
  padBox,
  requireWithin,
  resampledGrid,
  wantedSpacing,
} from './resample-grid.ts';
import { resegment } from './resegment.ts';
import { type Settings, samplingOf } from './settings.ts';
import { type Grid, gridOf, type Image, type Mask, type Vector, type Volume, voxelCount } from './volume.ts';

/** A cut or resampled image and its mask, on one grid. */
export interface ImageAndMask {
  readonly image: Volume;
  readonly mask: Mask;
}

/** Everything that happens before features are computed. */
export interface Prepared {
  readonly image: Image;
  /** Label map for the shape features. */
  readonly shapeMask: Mask;
  /** Label map for all other features. */
  readonly mask: Mask;
  /** Part of the grid that features are computed on: the box of `mask`. */
  readonly box: BoundingBox;
  /** What image and mask were after the steps that took place, for the diagnostics. */
  readonly interpolated: ImageAndMask | null;
  readonly corrected: Mask | null;
  readonly resegmented: Mask | null;
}

function boxOf(mask: Mask, label: number): BoundingBox {
  const found = findLabel(mask, label);
  if (found !== null) return found.box;
  throw new RadiomicsError(
    'MASK_LABEL_MISSING',
    `label ${label}`,
    `no voxel with label ${label} is left after resampling the mask; choose a finer spacing`,
  );
}

/** The mask on the image's grid: itself, or, where `correctMask` allows it, the region sampled there. */
function matchMask(image: Image, mask: Mask, settings: Settings): Mask {
  if (differenceOfGrids(image, mask, settings) === null) return mask;
  if (!settings.correctMask) requireSameGrid(image, mask, settings);
  const region = boxOf(mask, settings.label);
  requireWithin(image, mask, region);
  const covered = coveredBox(image, mask, region);
  const part = resampleMask(mask, image, covered);
  const [nx, ny] = image.dims;
  const [width, height, depth] = covered.size;
  const [x, y, z] = covered.lower;
  const voxels = new Uint8Array(voxelCount(image.dims));
  for (let row = 0; row < height * depth; row++) {
    const at = x + nx * (y + (row % height) + ny * (z + Math.trunc(row / height)));
    voxels.set(part.voxels.subarray(width * row, width * (row + 1)), at);
  }
  return { ...gridOf(image), voxels };
}

/** The part of an image that a region and `padDistance` voxels around it take. */
function paddedRegion(image: Grid, mask: Mask, box: BoundingBox, { label, padDistance }: Settings): BoundingBox {
  const covered = coveredBox(image, mask, box);
  const { lower, size } = boxOf(resampleMask(mask, image, covered), label);
  const at = (axis: 0 | 1 | 2) => covered.lower[axis] + lower[axis];
  return padBox({ lower: [at(0), at(1), at(2)], size }, padDistance, image.dims);
}

/** Image and mask at the wanted voxel size, cut to the region. */
function resampleToSpacing(
  image: Image,
  mask: Mask,
  wantedMm: Vector,
  sampling: Sampling,
  settings: Settings,
): ImageAndMask {
  const { label, padDistance } = settings;
  const box = boxOf(mask, label);
  requireWithin(image, mask, box);
  const spacingMm = wantedSpacing(mask, box, wantedMm);
  if (isSameSpacing(image.spacingMm, spacingMm)) {
    const part = paddedRegion(image, mask, box, settings);
    return { image: cropImage(image, part), mask: resampleMask(mask, image, part) };
  }
  const target = resampledGrid(mask, box, spacingMm, padDistance);
  return { image: resampleImage(image, target, sampling), mask: resampleMask(mask, target) };
}

/**
 * Prepares an image and a mask as PyRadiomics does: normalise the whole image; resample, or cut to the region; bring the
 * mask onto the image's grid; check it; resegment.
 *
 * Resampling and `preCrop` leave the region and `padDistance` voxels around it; everything later sees only that.
 *
 * @param volume Image.
 * @param mask Label map; on another grid only with resampling or `correctMask`.
 * @param settings Settings.
 * @throws RadiomicsError `VOLUME_NOT_FINITE`, `VOLUME_GEOMETRY`, `MASK_EMPTY`, `MASK_LABEL_MISSING`, `MASK_GEOMETRY`,
 *   `MASK_OUTSIDE_IMAGE`, `MASK_TOO_SMALL` or `RESAMPLING_TOO_LARGE`.
 * @see PyRadiomics, featureextractor.py `loadImage`, `execute`
 */
export function prepare(volume: Volume, mask: Mask, settings: Settings): Prepared {
  requireFinite(volume);
  requireGrid('image', volume);
  requireGrid('mask', mask);
  requireLabel(mask, settings.label);
  let image: Image = settings.normalize ? normalise(volume, settings) : volume;
  let labels = mask;
  let interpolated: ImageAndMask | null = null;
  const { resampledPixelSpacing } = settings;
  const sampling = samplingOf(settings);
  if (resampledPixelSpacing !== null && sampling !== undefined) {
    interpolated = resampleToSpacing(image, mask, resampledPixelSpacing, sampling, settings);
    ({ image, mask: labels } = interpolated);
  } else if (settings.preCrop) {
    const onImage = matchMask(image, mask, settings);
    const part = padBox(requireRegion(onImage, settings), settings.padDistance, image.dims);
    image = cropImage(image, part);
    labels = crop(onImage, part);
  }
  const matched = matchMask(image, labels, settings);
  const whole = requireRegion(matched, settings);
  const narrowed = resegment(image, matched, settings);
  return {
    image,
    shapeMask: settings.resegmentShape ? narrowed : matched,
    mask: narrowed,
    // The whole mask loses what lies outside the narrowed region's box: PyRadiomics' behaviour, and its shape features.
    box: narrowed === matched ? whole : requireRegion(narrowed, settings),
    interpolated,
    corrected: matched === labels ? null : matched,
    resegmented: narrowed === matched ? null : narrowed,
  };
}
