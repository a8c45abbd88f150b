import { StatisticsError } from './statistics-error.ts';

/**
 * The `k` columns with the highest scores: scikit-learn's `SelectKBest`.
 *
 * Among equal scores the last columns win, as there. A column without a score (null: the F of a constant column, NaN there)
 * is never selected: fewer than `k` columns come back if fewer have one.
 *
 * @param scores One per column, null for none; infinity is the highest.
 * @param k Whole number, `1..p`.
 * @returns Column indices, ascending.
 * @throws StatisticsError `STATISTICS_INPUT` if `k` is not such a number, or a score is NaN.
 */
export function selectBest(scores: ArrayLike<number | null>, k: number): number[] {
  if (!(Number.isInteger(k) && k >= 1 && k <= scores.length))
    throw new StatisticsError('STATISTICS_INPUT', 'k', `got ${k}, give a whole number in 1..${scores.length}`);
  const scored = Array.from({ length: scores.length }, (_, j) => j).filter((j) => scores[j] !== null);
  const wrong = scored.find((j) => Number.isNaN(scores[j]));
  if (wrong !== undefined) throw new StatisticsError('STATISTICS_INPUT', 'scores', `column ${wrong} has NaN`);
  // Not by subtraction: two infinities would give NaN.
  const descending = scored.sort((a, b) => Number(scores[a]! < scores[b]!) - Number(scores[a]! > scores[b]!) || b - a);
  return descending.slice(0, k).sort((a, b) => a - b);
}
