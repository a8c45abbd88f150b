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

/**
 * Percentiles by linear interpolation between the closest ranks, without sorting everything.
 *
 * @param values At least one value, none NaN.
 * @param percents Ascending, each 0..100.
 * @returns One percentile for each of `percents`.
 * @see numpy.percentile, method `linear`
 */
export function percentiles(values: Float64Array, percents: readonly number[]): number[] {
  const scratch = values.slice();
  const end = scratch.length - 1;
  const found = new Array<number>(percents.length);
  /** The percentiles from `a` to before `b`, whose ranks are within `low..high`; the middle one first, as it divides best. */
  function find(a: number, b: number, low: number, high: number): void {
    if (a >= b) return;
    const middle = (a + b) >> 1;
    const rank = end * (percents[middle]! / 100);
    const below = Math.floor(rank);
    select(scratch, low, high, below);
    const value = scratch[below]!;
    const next = below === end ? value : smallest(scratch, below + 1, below < high ? high : end);
    const part = rank - below;
    found[middle] = part < 0.5 ? value + (next - value) * part : next - (next - value) * (1 - part);
    find(a, middle, low, below);
    find(middle + 1, b, below, high);
  }
  find(0, percents.length, 0, end);
  return found;
}
