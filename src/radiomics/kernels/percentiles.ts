import { returnRooms, takeRoom } from './rooms.ts';

/** Reorders `values[low..high]` so that the element at `rank` is where sorting would put it, smaller ones before it. */
function select(values: Float64Array, low: number, high: number, rank: number): void {
  let [first, last] = [low, high];
  while (first < last) {
    const [a, b, c] = [values[first]!, values[(first + last) >> 1]!, values[last]!];
    // The middle one of three, so that values in order are no worst case.
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [first, last];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (rank <= j) last = j;
    else if (rank >= i) first = i;
    else return;
  }
}

/** Smallest of `values[low..high]`. */
function smallest(values: Float64Array, low: number, high: number): number {
  let least = values[low]!;
  for (let i = low + 1; i <= high; i++) if (values[i]! < least) least = values[i]!;
  return least;
}

/** Values sorted into bins: every value of a bin is below every value of the next. */
export interface Binned {
  /** Bin of each value. */
  readonly ofValues: Uint16Array;
  /** Bins that hold values, ascending. */
  readonly bins: Uint16Array;
  /** Values in each of `bins`. */
  readonly counts: ArrayLike<number>;
}

/** The values of some bins, bin by bin. */
interface Gathered {
  readonly scratch: Float64Array;
  /** Where each of `bins` begins in `scratch`; -1 for a bin that is not there. */
  readonly starts: Int32Array;
}

function gather(values: Float64Array, { ofValues, bins, counts }: Binned, wanted: ReadonlySet<number>): Gathered {
  const starts = new Int32Array(bins.length).fill(-1);
  const next = new Int32Array(bins[bins.length - 1]! + 1).fill(-1);
  let length = 0;
  for (const bin of wanted) {
    starts[bin] = length;
    next[bins[bin]!] = length;
    length += counts[bin]!;
  }
  const scratch = takeRoom(Float64Array, length);
  for (let v = 0; v < values.length; v++) {
    const at = next[ofValues[v]!]!;
    if (at < 0) continue;
    scratch[at] = values[v]!;
    next[ofValues[v]!] = at + 1;
  }
  return { scratch, starts };
}

/**
 * Percentiles by linear interpolation between the closest ranks, without sorting: only the bins in which they lie are
 * looked into.
 *
 * @param values At least one value, none NaN.
 * @param binned The same values sorted into bins.
 * @param percents Ascending, each 0..100.
 * @returns One percentile for each of `percents`.
 * @see numpy.percentile, method `linear`
 */
export function percentiles(values: Float64Array, binned: Binned, percents: readonly number[]): number[] {
  const { counts } = binned;
  const end = values.length - 1;
  const before = new Int32Array(counts.length + 1);
  for (let bin = 0; bin < counts.length; bin++) before[bin + 1] = before[bin]! + counts[bin]!;
  const binOf = (rank: number) => before.findIndex((first) => first > rank) - 1;
  const ranks = percents.map((percent) => end * (percent / 100));
  const wanted = ranks.flatMap((rank) => [binOf(Math.floor(rank)), binOf(Math.min(end, Math.floor(rank) + 1))]);
  const { scratch, starts } = gather(values, binned, new Set(wanted));
  let [lastBin, lastAt] = [-1, 0];
  const found = ranks.map((rank) => {
    const below = Math.floor(rank);
    const bin = binOf(below);
    const high = starts[bin]! + counts[bin]! - 1;
    const at = starts[bin]! + below - before[bin]!;
    select(scratch, bin === lastBin ? lastAt : starts[bin]!, high, at);
    [lastBin, lastAt] = [bin, at];
    const value = scratch[at]!;
    const next = below === end ? value : nextValue(scratch, at, high, starts[bin + 1] ?? 0, counts[bin + 1] ?? 0);
    const part = rank - below;
    return part < 0.5 ? value + (next - value) * part : next - (next - value) * (1 - part);
  });
  returnRooms(scratch);
  return found;
}

/** The value of the next rank: the smallest of the rest of the bin, or of the next bin. */
function nextValue(scratch: Float64Array, at: number, high: number, next: number, count: number): number {
  return at < high ? smallest(scratch, at + 1, high) : smallest(scratch, next, next + count - 1);
}

/** Bins of {@link percentilesWithin}: each holds few enough values that looking into ten of them costs next to nothing. */
const fineBins = 1024;

/**
 * Percentiles of values between known limits, as {@link percentiles}; sorts the values into bins itself.
 *
 * @param values At least one value, none NaN.
 * @param low The smallest value.
 * @param high The largest value.
 * @param percents Ascending, each 0..100.
 */
export function percentilesWithin(
  values: Float64Array,
  low: number,
  high: number,
  percents: readonly number[],
): number[] {
  // Rounding never puts a larger value into an earlier bin. What overflows is left in one bin.
  const perValue = high > low ? (fineBins - 1) / (high - low) : 0;
  const scale = Number.isFinite(perValue) ? perValue : 0;
  const ofValues = takeRoom(Uint16Array, values.length);
  const all = new Int32Array(fineBins);
  for (let v = 0; v < values.length; v++) {
    const bin = ((values[v]! - low) * scale) | 0;
    ofValues[v] = bin;
    all[bin]! += 1;
  }
  let filled = 0;
  for (let bin = 0; bin < fineBins; bin++) if (all[bin]! > 0) filled++;
  const bins = new Uint16Array(filled);
  const counts = new Int32Array(filled);
  for (let bin = 0, at = 0; bin < fineBins; bin++) {
    if (all[bin] === 0) continue;
    bins[at] = bin;
    counts[at++] = all[bin]!;
  }
  const found = percentiles(values, { ofValues, bins, counts }, percents);
  returnRooms(ofValues);
  return found;
}
