/** Reorders `values[from..]` so that the element at `rank` is where sorting would put it, smaller ones before it. */
function select(values: Float64Array, from: number, rank: number): void {
  let [low, high] = [from, values.length - 1];
  while (low < high) {
    const [a, b, c] = [values[low]!, values[(low + high) >> 1]!, values[high]!];
    // The middle one of three, so that values in order are no worst case.
    const pivot = Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
    let [i, j] = [low, high];
    while (i <= j) {
      while (values[i]! < pivot) i++;
      while (values[j]! > pivot) j--;
      if (i > j) break;
      const swapped = values[i]!;
      values[i++] = values[j]!;
      values[j--] = swapped;
    }
    if (rank <= j) high = j;
    else if (rank >= i) low = i;
    else return;
  }
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
  let from = 0;
  return percents.map((percent) => {
    const rank = (scratch.length - 1) * (percent / 100);
    const below = Math.floor(rank);
    select(scratch, from, below);
    from = below;
    const low = scratch[below]!;
    let high = below + 1 < scratch.length ? Number.POSITIVE_INFINITY : low;
    for (let i = below + 1; i < scratch.length; i++) high = Math.min(high, scratch[i]!);
    const part = rank - below;
    return part < 0.5 ? low + (high - low) * part : high - (high - low) * (1 - part);
  });
}
