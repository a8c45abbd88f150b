import { checkNumbers } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/**
 * Sample quantiles by linear interpolation between order statistics, `x_(h)` with `h = 1 + (n - 1) p`: R's
 * `quantile(type = 7)` (its default) and NumPy's `percentile`.
 *
 * @param values At least one finite number, in any order; left unchanged.
 * @param probabilities Each in `[0, 1]`.
 * @returns One quantile per probability.
 * @throws StatisticsError `STATISTICS_INPUT` if there is no value, one is not finite, or a probability outside `[0, 1]`.
 * @see Hyndman RJ, Fan Y. Am Stat 1996;50:361-365, doi 10.2307/2684934, definition 7
 */
export function quantiles(values: ArrayLike<number>, probabilities: ArrayLike<number>): Float64Array {
  checkNumbers('values', values);
  const sorted = Float64Array.from(values).sort();
  return Float64Array.from(probabilities, (p) => {
    if (!(p >= 0 && p <= 1))
      throw new StatisticsError('STATISTICS_INPUT', 'probabilities', `got ${p}, give numbers in [0, 1]`);
    const position = (sorted.length - 1) * p;
    const below = Math.floor(position);
    const low = sorted[below]!;
    const share = position - below;
    return share === 0 ? low : low + share * (sorted[below + 1]! - low);
  });
}
