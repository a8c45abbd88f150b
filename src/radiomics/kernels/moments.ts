import type { VoxelArray } from './voxel-array.ts';

/** Numbers that are read at once, as doubles: one loop, compiled for doubles, then serves all kinds. */
const partLength = 2 ** 14;

const scratchFor = (values: VoxelArray) =>
  new Float64Array(values instanceof Float64Array ? 0 : Math.min(partLength, values.length));

/** The part that begins at `from`, as doubles; in `scratch` where it needs room. */
function partOf(values: VoxelArray, from: number, scratch: Float64Array): Float64Array {
  if (values instanceof Float64Array) return values.subarray(from, from + partLength);
  const part = scratch.subarray(0, Math.min(partLength, values.length - from));
  part.set(values.subarray(from, from + part.length));
  return part;
}

function addUp(part: Float64Array, before: number): number {
  let sum = before;
  for (let i = 0; i < part.length; i++) sum += part[i]!;
  return sum;
}

/** Mean of the values; NaN when there are none. */
export function mean(values: VoxelArray): number {
  const scratch = scratchFor(values);
  let sum = 0;
  for (let from = 0; from < values.length; from += partLength) sum = addUp(partOf(values, from, scratch), sum);
  return sum / values.length;
}

/** Means of the magnitude and of the second, third and fourth power of `value - centre`. */
export interface CentralMoments {
  readonly absolute: number;
  readonly second: number;
  readonly third: number;
  readonly fourth: number;
}

/**
 * Central moments.
 *
 * @param values Values; the moments are NaN when there are none.
 * @param centre What the deviations are taken from, usually the mean.
 */
export function centralMoments(values: Float64Array, centre: number): CentralMoments {
  let [absolute, second, third, fourth] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre;
    absolute += Math.abs(deviation);
    const squared = deviation * deviation;
    const cubed = squared * deviation;
    second += squared;
    third += cubed;
    fourth += cubed * deviation;
  }
  const n = values.length;
  return { absolute: absolute / n, second: second / n, third: third / n, fourth: fourth / n };
}

/** Sum, lowest and highest of a part, added to those of the parts before it. */
function addPart(part: Float64Array, summary: { sum: number; low: number; high: number }): void {
  let { sum, low, high } = summary;
  for (let i = 0; i < part.length; i++) {
    const value = part[i]!;
    sum += value;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  summary.sum = sum;
  summary.low = low;
  summary.high = high;
}

/** Mean, smallest and largest value in one pass; without values the mean is NaN, and infinite what is smallest and largest. */
export function summarise(values: VoxelArray): {
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
} {
  const scratch = scratchFor(values);
  const summary = { sum: 0, low: Number.POSITIVE_INFINITY, high: Number.NEGATIVE_INFINITY };
  for (let from = 0; from < values.length; from += partLength) addPart(partOf(values, from, scratch), summary);
  return { mean: summary.sum / values.length, lowest: summary.low, highest: summary.high };
}

/** Smallest and largest value. */
export function range(values: VoxelArray): [number, number] {
  const { lowest, highest } = summarise(values);
  return [lowest, highest];
}

/**
 * Sum of the values and of their squares, where both are exact: whole numbers, the squares less than 2^53 together.
 *
 * @param values Values of an integer kind.
 * @returns Null where the sums may be rounded.
 */
export function exactSums(values: VoxelArray): { readonly sum: number; readonly squares: number } | null {
  if (values instanceof Float32Array || values instanceof Float64Array) return null;
  const scratch = scratchFor(values);
  const sums = { sum: 0, squares: 0 };
  for (let from = 0; from < values.length; from += partLength) addExactly(partOf(values, from, scratch), sums);
  // No sum on the way was larger: a whole number is no larger than its square.
  return sums.squares < 2 ** 53 ? sums : null;
}

function addExactly(part: Float64Array, sums: { sum: number; squares: number }): void {
  let { sum, squares } = sums;
  for (let i = 0; i < part.length; i++) {
    sum += part[i]!;
    squares += part[i]! * part[i]!;
  }
  sums.sum = sum;
  sums.squares = squares;
}
