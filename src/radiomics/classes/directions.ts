import type { Settings } from '../settings.ts';
import type { Vector } from '../volume.ts';

/**
 * How far apart two neighbours are.
 *
 * @param offset Neighbour offset in voxels.
 * @param spacingMm Voxel size (mm).
 * @param norm What adds up the three components.
 * @returns Length in mm.
 */
function directionLengthMm(offset: Vector, spacingMm: Vector, norm: 'euclidean' | 'manhattan' | 'infinity'): number {
  const lengths = offset.map((step, axis) => Math.abs(step) * spacingMm[axis]!);
  if (norm === 'infinity') return Math.max(...lengths);
  if (norm === 'manhattan') return lengths.reduce((total, length) => total + length, 0);
  return Math.sqrt(lengths.reduce((total, length) => total + length ** 2, 0));
}

/**
 * The weight of a direction when the matrices of all directions are added up.
 *
 * @param weightingNorm `no_weighting` weighs all the same.
 * @param ofLength Weight of a direction of a length (mm).
 */
export function directionWeight(
  offset: Vector,
  spacingMm: Vector,
  weightingNorm: NonNullable<Settings['weightingNorm']>,
  ofLength: (lengthMm: number) => number,
): number {
  return weightingNorm === 'no_weighting' ? 1 : ofLength(directionLengthMm(offset, spacingMm, weightingNorm));
}

/**
 * Mean of each feature over the directions in which it is defined.
 *
 * @param perDirection Features of each direction.
 * @param features Names to average.
 * @returns NaN for a feature that is defined in none.
 */
export function averageDirections(
  perDirection: readonly Readonly<Record<string, number>>[],
  features: readonly string[],
): Record<string, number> {
  const mean = (feature: string) => {
    const defined = perDirection.map((of) => of[feature] ?? Number.NaN).filter((value) => !Number.isNaN(value));
    return defined.reduce((total, value) => total + value, 0) / defined.length;
  };
  return Object.fromEntries(features.map((feature) => [feature, mean(feature)]));
}
