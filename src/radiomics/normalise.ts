import type { Settings } from './settings.ts';
import type { Volume } from './volume.ts';

/** A sum that keeps the bits that each addition loses (Kahan); sums of whole numbers are exact. */
function sumOf(count: number, term: (i: number) => number): number {
  let sum = 0;
  let lost = 0;
  for (let i = 0; i < count; i++) {
    const part = term(i) - lost;
    const next = sum + part;
    lost = next - sum - part;
    sum = next;
  }
  return sum;
}

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
  const count = voxels.length;
  const sum = sumOf(count, (i) => voxels[i] ?? 0);
  const squares = sumOf(count, (i) => (voxels[i] ?? 0) ** 2);
  const mean = sum / count;
  // ITK's formula: where values in flat surroundings lie on the edge of a bin, the last bit decides.
  const deviation = Math.sqrt(Math.max(0, (squares - (sum * sum) / count) / (count - 1)));
  const scale = deviation > 0 ? 1 / deviation : 0;
  const limit = removeOutliers ?? Number.POSITIVE_INFINITY;
  // In memory that threads can share: a copy for them would be as large as everything else together.
  const normalised = new Float64Array(new SharedArrayBuffer(Float64Array.BYTES_PER_ELEMENT * count));
  for (let i = 0; i < count; i++) {
    const value = voxels[i] ?? 0;
    normalised[i] = Math.min(limit, Math.max(-limit, (value - mean) * scale)) * normalizeScale;
  }
  return { ...volume, voxels: normalised };
}
