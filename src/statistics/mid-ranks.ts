/**
 * Ranks `1..n` in which equal values share the mean of theirs (mid-ranks): R's `rank`.
 *
 * @param values Finite numbers, in any order; left unchanged.
 * @returns Rank per value, and `tieSum`, the sum of `t^3 - t` over groups of `t` equal values, by which rank tests
 *   correct their variance; 0 without ties.
 */
export function midRanks(values: ArrayLike<number>): { ranks: Float64Array; tieSum: number } {
  const n = values.length;
  const order = Uint32Array.from({ length: n }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Float64Array(n);
  let tieSum = 0;
  for (let start = 0; start < n; ) {
    let end = start;
    while (end < n && values[order[end]!] === values[order[start]!]) end++;
    for (let i = start; i < end; i++) ranks[order[i]!] = (start + 1 + end) / 2;
    const tied = end - start;
    tieSum += tied ** 3 - tied;
    start = end;
  }
  return { ranks, tieSum };
}
