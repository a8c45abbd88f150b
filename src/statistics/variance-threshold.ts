import { type Columns, checkColumns } from './columns.ts';
import { populationVariance } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

export interface VarianceThreshold {
  /** Population variance per column. */
  readonly variances: Float64Array;
  /** Indices of the columns kept, ascending. */
  readonly kept: number[];
}

/**
 * Columns whose population variance (denominator `n`) exceeds a threshold, strictly: scikit-learn's `VarianceThreshold`.
 *
 * For raw values, before any z-score, after which all variances are 1. A variance that equals the threshold but for
 * rounding is decided by its computed value. At threshold 0 exactly the columns that are not constant stay, whatever
 * rounding says of their variance. Unlike scikit-learn, which skips them, NaN is refused.
 *
 * @param columns `p` columns of length `n`, 2 or more.
 * @param threshold 0 or more, in squared units of the columns.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, no column or a negative threshold.
 */
export function varianceThreshold(columns: Columns, threshold: number): VarianceThreshold {
  if (columns.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'columns', 'are none');
  checkColumns(columns, columns[0]!.length);
  if (!(threshold >= 0)) throw new StatisticsError('STATISTICS_INPUT', 'threshold', `got ${threshold}, give 0 or more`);
  const constant = columns.map((column) => column.every((value) => value === column[0]));
  const variances = Float64Array.from(columns, (column, j) => (constant[j] ? 0 : populationVariance(column)));
  const kept = columns.flatMap((_, j) => ((threshold === 0 ? !constant[j] : variances[j]! > threshold) ? [j] : []));
  return { variances, kept };
}
