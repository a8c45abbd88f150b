import { exactSums, range } from './kernels/moments.ts';
import type { VoxelArray } from './kernels/voxel-array.ts';
import type { Settings } from './settings.ts';
import type { Image, NormalisedVoxels, Volume } from './volume.ts';

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
 * @returns The normalised image, in double precision wherever it is looked at.
 * @see PyRadiomics, imageoperations.py `normalizeImage`; ITK, NormalizeImageFilter
 */
export function normalise(volume: Volume, { normalizeScale, removeOutliers }: Settings): Image {
  const { voxels } = volume;
  const count = voxels.length;
  const { sum, squares } = exactSums(voxels) ?? {
    sum: sumOf(count, (i) => voxels[i] ?? 0),
    squares: sumOf(count, (i) => (voxels[i] ?? 0) ** 2),
  };
  const mean = sum / count;
  // ITK's formula: where values in flat surroundings lie on the edge of a bin, the last bit decides.
  const deviation = Math.sqrt(Math.max(0, (squares - (sum * sum) / count) / (count - 1)));
  const normalised: NormalisedVoxels = {
    stored: voxels,
    mean,
    perDeviation: deviation > 0 ? 1 / deviation : 0,
    limit: removeOutliers ?? Number.POSITIVE_INFINITY,
    scale: normalizeScale,
  };
  return { ...volume, voxels: normalised };
}

/** Turns stored values into intensities, in place. */
export type ToIntensities = (values: Float64Array) => void;

/** An image's voxels as they are stored, and what turns copies of them into intensities: null where they are that. */
export function storedVoxels({ voxels }: Image): readonly [stored: VoxelArray, toIntensities: ToIntensities | null] {
  if (!('stored' in voxels)) return [voxels, null];
  const { stored, mean, perDeviation, limit, scale } = voxels;
  return [
    stored,
    (values) => {
      for (let i = 0; i < values.length; i++) {
        const value = ((values[i] ?? 0) - mean) * perDeviation;
        values[i] = Math.min(limit, Math.max(-limit, value)) * scale;
      }
    },
  ];
}

/** Lowest and highest intensity of an image. */
export function intensityRange(image: Image): [number, number] {
  const [stored, toIntensities] = storedVoxels(image);
  // What is larger before normalisation is not smaller after it.
  const ends = Float64Array.from(range(stored));
  toIntensities?.(ends);
  return [ends[0] ?? 0, ends[1] ?? 0];
}
