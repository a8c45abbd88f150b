import { mirror, splineWeights } from './bspline.ts';
import type { AxisTaps } from './interpolation.ts';

/** How values are found between the centres of voxels. */
export type Sampling = 'nearest' | 'linear' | 'spline';

/**
 * Rounds to the nearest whole number, halves up.
 *
 * `Math.floor(x + 0.5)` is not that: the sum rounds 0.49999999999999994 to 1.
 */
export function roundHalfUp(position: number): number {
  const below = Math.floor(position);
  return position - below >= 0.5 ? below + 1 : below;
}

/**
 * Whether a continuous index lies in an axis' voxels, each half a voxel wide to both sides of its centre.
 *
 * @param position Continuous index in voxels.
 * @param n Voxels along the axis.
 */
export function isInside(position: number, n: number): boolean {
  return position >= -0.5 && position < n - 0.5;
}

/** The voxels of an axis, and the first of them that a buffer holds. */
export interface AxisExtent {
  readonly n: number;
  readonly lower: number;
}

/**
 * Writes the taps of one sample; all weights are 0 outside the axis, so that the sample becomes 0.
 *
 * @param taps Receives them.
 * @param sample Which sample of `taps`.
 * @param position Continuous index in voxels of the whole axis.
 * @param extent The axis. The buffer must hold every tap's voxel.
 * @param sampling Nearest voxel (halves up), linear, or cubic B-spline.
 */
export function writeTaps(
  taps: AxisTaps,
  sample: number,
  position: number,
  { n, lower }: AxisExtent,
  sampling: Sampling,
): void {
  const { voxels, weights } = taps;
  const at = 4 * sample;
  if (isInside(position, n) && sampling === 'spline') {
    // ITK finds the first coefficient in single precision.
    const first = Math.floor(Math.fround(position)) - 1;
    splineWeights(position, first, weights, at);
    for (let tap = 0; tap < 4; tap++) voxels[at + tap] = mirror(first + tap, n) - lower;
    return;
  }
  voxels.fill(0, at, at + 4);
  weights.fill(0, at, at + 4);
  if (!isInside(position, n)) return;
  if (sampling === 'nearest') {
    voxels[at] = roundHalfUp(position) - lower;
    weights[at] = 1;
  } else {
    const base = Math.max(0, Math.floor(position));
    const part = Math.max(0, position - base);
    voxels[at] = base - lower;
    voxels[at + 1] = Math.min(base + 1, n - 1) - lower;
    weights[at] = 1 - part;
    weights[at + 1] = part;
  }
}

/**
 * Taps for a list of positions along one axis.
 *
 * @param positions Continuous indices in voxels.
 * @param extent The axis.
 * @param sampling Nearest voxel (halves up), linear, or cubic B-spline.
 */
export function tapsAt(positions: Float64Array, extent: AxisExtent, sampling: Sampling): AxisTaps {
  const taps = emptyTaps(positions.length);
  for (let i = 0; i < positions.length; i++) writeTaps(taps, i, positions[i]!, extent, sampling);
  return taps;
}

/** Room for the taps of `count` samples. */
export function emptyTaps(count: number): AxisTaps {
  return { count, voxels: new Int32Array(4 * count), weights: new Float64Array(4 * count) };
}
