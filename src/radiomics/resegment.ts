import { RadiomicsError } from '../errors.ts';
import { centralMoments, mean, range } from './kernels/moments.ts';
import { storedVoxels } from './normalise.ts';
import type { Settings } from './settings.ts';
import type { Image, Mask } from './volume.ts';

/** Intensities that stay, both ends included; one threshold has no upper end. */
function thresholds(
  values: Float64Array,
  limits: readonly number[],
  mode: Settings['resegmentMode'],
): [number, number] {
  const [low = Number.NaN, high = Number.POSITIVE_INFINITY] = limits.toSorted((a, b) => a - b);
  if (mode === 'absolute') return [low, high];
  if (mode === 'relative') {
    const top = range(values)[1];
    return [top * low, limits.length === 2 ? top * high : high];
  }
  const centre = mean(values);
  const deviation = Math.sqrt(centralMoments(values, centre).second);
  return [centre + deviation * low, limits.length === 2 ? centre + deviation * high : high];
}

/** Intensities of a label's voxels, without a copy of the whole image in between. */
function valuesAt(image: Image, mask: Mask, label: number): Float64Array {
  const [stored, toIntensities] = storedVoxels(image);
  let count = 0;
  for (let i = 0; i < mask.voxels.length; i++) if (mask.voxels[i] === label) count++;
  const values = new Float64Array(count);
  let next = 0;
  for (let i = mask.voxels.indexOf(label); next < count; i++) {
    if (mask.voxels[i] === label) values[next++] = stored[i] ?? Number.NaN;
  }
  toIntensities?.(values);
  return values;
}

/**
 * Takes the voxels whose intensity is outside a range out of a region.
 *
 * @param image Image.
 * @param mask Label map on the same grid.
 * @param settings `label`, `resegmentMode` and `resegmentRange`: one or two limits in intensities (`absolute`), as
 *   fractions of the region's maximum (`relative`) or in standard deviations around its mean (`sigma`).
 * @returns A mask with this label only; the mask itself when `resegmentRange` is null.
 * @throws RadiomicsError `MASK_TOO_SMALL` if one voxel or none is left.
 * @see PyRadiomics, imageoperations.py `resegmentMask`
 */
export function resegment(image: Image, mask: Mask, settings: Settings): Mask {
  const { label, resegmentRange, resegmentMode } = settings;
  if (resegmentRange === null) return mask;
  const values = valuesAt(image, mask, label);
  const [low, high] = thresholds(values, resegmentRange, resegmentMode);
  let [left, next] = [0, 0];
  const voxels = new Uint8Array(mask.voxels.length);
  for (let i = mask.voxels.indexOf(label); next < values.length; i++) {
    if (mask.voxels[i] !== label) continue;
    const value = values[next++] ?? Number.NaN;
    if (!(value >= low && value <= high)) continue;
    left++;
    voxels[i] = label;
  }
  if (left > 1) return { ...mask, voxels };
  throw new RadiomicsError(
    'MASK_TOO_SMALL',
    'setting.resegmentRange',
    `resegmentRange leaves ${left} of ${values.length} voxels (${low} to ${high}); widen it`,
  );
}
