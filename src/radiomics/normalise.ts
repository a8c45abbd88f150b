import type { Settings } from './settings.ts';
import type { Volume } from './volume.ts';

/**
 * Shifts and scales a whole image to mean 0 and standard deviation `normalizeScale`.
 *
 * Outliers are clipped between the two, at `removeOutliers` standard deviations. The deviation is over the whole image,
 * not the region, with N - 1. A flat image has no deviation and becomes 0, where ITK would divide by 0.
 *
 * @param volume Image, all voxels finite.
 * @param settings `normalizeScale` and `removeOutliers`.
 * @returns The normalised image in double precision.
 * @see PyRadiomics, imageoperations.py `normalizeImage`; ITK, NormalizeImageFilter
 */
export function normalise(volume: Volume, { normalizeScale, removeOutliers }: Settings): Volume {
  const { voxels } = volume;
  let sum = 0;
  for (const value of voxels) sum += value;
  const mean = sum / voxels.length;
  let squares = 0;
  for (const value of voxels) squares += (value - mean) ** 2;
  const deviation = Math.sqrt(squares / (voxels.length - 1));
  const scale = deviation > 0 ? 1 / deviation : 0;
  const limit = removeOutliers ?? Number.POSITIVE_INFINITY;
  const normalised = new Float64Array(voxels);
  normalised.forEach((value, i) => {
    normalised[i] = Math.min(limit, Math.max(-limit, (value - mean) * scale)) * normalizeScale;
  });
  return { ...volume, voxels: normalised };
}
