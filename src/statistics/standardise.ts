import { type Columns, checkColumns, checkNumbers } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** How columns were brought to mean 0 and standard deviation 1. */
export interface Scaling {
  readonly means: Float64Array;
  /** Standard deviations with denominator `n`, all positive. */
  readonly sds: Float64Array;
}

/**
 * Mean of a list of numbers.
 *
 * @param values At least one number.
 * @throws StatisticsError `STATISTICS_INPUT` if there is none, or the sum is not finite.
 */
export function mean(values: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i]!;
  return finite(sum / values.length);
}

/**
 * Population variance, `sum((x - mean)^2) / n`.
 *
 * Denominator `n`, as scikit-learn's StandardScaler and glmnet have it; R's `sd` and `scale` divide by `n - 1`.
 *
 * @param values At least one number.
 * @throws StatisticsError `STATISTICS_INPUT` if there is none, or a sum is not finite.
 */
export function populationVariance(values: ArrayLike<number>): number {
  const centre = mean(values);
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += (values[i]! - centre) ** 2;
  return finite(sum / values.length);
}

/**
 * Median: the middle value, or the mean of the two middle values.
 *
 * @param values At least one finite number, in any order; left unchanged.
 * @throws StatisticsError `STATISTICS_INPUT` if there is none, or one is not finite.
 */
export function median(values: ArrayLike<number>): number {
  checkNumbers('values', values);
  const sorted = Float64Array.from(values).sort();
  const upper = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[upper]! : (sorted[upper - 1]! + sorted[upper]!) / 2;
}

/**
 * Means and standard deviations by which `standardise` scales.
 *
 * @param columns `p` columns of length `n`, none constant.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths; `STATISTICS_SINGULAR` naming a constant column: it
 *   has no z-score.
 */
export function fitScaling(columns: Columns): Scaling {
  if (columns.length > 0) checkColumns(columns, columns[0]!.length, 1);
  const means = Float64Array.from(columns, mean);
  const sds = Float64Array.from(columns, (column, j) => {
    const sd = Math.sqrt(populationVariance(column));
    // The mean of many equal values can differ from them by rounding, which leaves a small sd.
    if (!(sd > 0) || column.every((value) => value === column[0]))
      throw new StatisticsError('STATISTICS_SINGULAR', `column ${j}`, 'is constant: leave it out');
    return sd;
  });
  return { means, sds };
}

/**
 * z-scores, `(x - mean) / sd` per column.
 *
 * @param columns `p` columns of length `n`; left unchanged.
 * @param scaling Of these columns, or of the cohort that a model was fitted on.
 */
export function standardise(columns: Columns, scaling: Scaling): Float64Array[] {
  return columns.map((column, j) => column.map((value) => (value - scaling.means[j]!) / scaling.sds[j]!));
}

/** Passes a result on unless numbers were missing, or NaN, or too large for their sum or squares. */
function finite(result: number): number {
  if (!Number.isFinite(result))
    throw new StatisticsError('STATISTICS_INPUT', 'values', 'are none, not all finite or too large to be summed');
  return result;
}
