/** The distinct values of a list, and where each element stands among them. */
export interface DenseRanks {
  /** Per element `0..k-1`, equal values sharing a rank. */
  readonly ranks: Uint32Array;
  /** The `k` distinct values, ascending. */
  readonly distinct: Float64Array;
}

/**
 * Ranks in which equal values share one rank and no rank is left out.
 *
 * @param values Finite numbers, in any order; left unchanged.
 */
export function denseRanks(values: ArrayLike<number>): DenseRanks {
  const order = Uint32Array.from({ length: values.length }, (_, i) => i).sort((a, b) => values[a]! - values[b]!);
  const ranks = new Uint32Array(values.length);
  const distinct: number[] = [];
  for (const row of order) {
    const value = values[row]!;
    if (distinct.length === 0 || value !== distinct[distinct.length - 1]) distinct.push(value);
    ranks[row] = distinct.length - 1;
  }
  return { ranks, distinct: Float64Array.from(distinct) };
}
