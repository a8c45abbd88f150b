/** Numbers in a buffer, of any kind. */
export type Numbers =
  | Int8Array
  | Uint8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Numbers that are read at once, as doubles: one loop, compiled for doubles, then serves all kinds. */
const partLength = 2 ** 14;

const scratchFor = (values: Numbers) =>
  new Float64Array(values instanceof Float64Array ? 0 : Math.min(partLength, values.length));

/** The part that begins at `from`, as doubles; in `scratch` where it needs room. */
function partOf(values: Numbers, from: number, scratch: Float64Array): Float64Array {
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
export function mean(values: Numbers): number {
  const scratch = scratchFor(values);
  let sum = 0;
  for (let from = 0; from < values.length; from += partLength) sum = addUp(partOf(values, from, scratch), sum);
  return sum / values.length;
}

/** Means of the second, third and fourth power of `value - centre`. */
export interface CentralMoments {
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
  let [second, third, fourth] = [0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    const deviation = values[i]! - centre;
    const squared = deviation * deviation;
    const cubed = squared * deviation;
    second += squared;
    third += cubed;
    fourth += cubed * deviation;
  }
  return { second: second / values.length, third: third / values.length, fourth: fourth / values.length };
}

function lowestOf(part: Float64Array, before: number): number {
  let low = before;
  for (let i = 0; i < part.length; i++) if (part[i]! < low) low = part[i]!;
  return low;
}

function highestOf(part: Float64Array, before: number): number {
  let high = before;
  for (let i = 0; i < part.length; i++) if (part[i]! > high) high = part[i]!;
  return high;
}

/** Smallest and largest value. */
export function range(values: Numbers): [number, number] {
  const scratch = scratchFor(values);
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (let from = 0; from < values.length; from += partLength) {
    const part = partOf(values, from, scratch);
    low = lowestOf(part, low);
    high = highestOf(part, high);
  }
  return [low, high];
}
