import { definedOr, takeRows } from './bootstrap.ts';
import type { Columns } from './columns.ts';
import { fitLogistic } from './logistic.ts';
import { StatisticsError } from './statistics-error.ts';

/** A fitted model: linear predictors (log odds) of the rows of a table. */
export type PredictLinear = (columns: Columns) => Float64Array;

/** Everything that was done to get the model, selection included: what is left out here is not corrected for. */
export type FitModel = (columns: Columns, outcome: Float64Array) => PredictLinear;

/** One resample: predictors of the model refitted on it, for its own rows and for the original ones. */
export interface RefittedModel {
  readonly ownLp: Float64Array;
  readonly ownOutcome: Float64Array;
  readonly originalLp: Float64Array;
}

/**
 * Maximum-likelihood logistic regression on all columns, as a `FitModel`.
 *
 * @throws StatisticsError as `fitLogistic`.
 */
export function logisticModel(columns: Columns, outcome: Float64Array): PredictLinear {
  const { coefficients } = fitLogistic(columns, outcome);
  return (table) =>
    Float64Array.from(table[0] ?? [], (_, i) =>
      table.reduce((lp, column, j) => lp + coefficients[j + 1]! * column[i]!, coefficients[0]!),
    );
}

/**
 * Refits a model on each resample and hands over its predictors there and on the original rows, for any measure of the
 * difference (Harrell's optimism).
 *
 * A resample on which the model or the measure is not defined (`StatisticsError`: separated, singular, one outcome) is
 * left out and counted, as rms does; any other error passes.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome 0 or 1 per row.
 * @param fitModel The whole modelling procedure.
 * @param resamples Row numbers `0..n-1` per resample.
 * @param measure Called once per resample on which the model could be fitted.
 * @returns Number of resamples used and of those left out.
 * @throws StatisticsError `STATISTICS_NOT_CONVERGED` if none could be used.
 * @see Harrell FE et al. Stat Med 1996;15:361-387
 */
export function overResamples(
  columns: Columns,
  outcome: Float64Array,
  fitModel: FitModel,
  resamples: readonly ArrayLike<number>[],
  measure: (model: RefittedModel) => void,
): { used: number; failed: number } {
  let used = 0;
  for (const rows of resamples) {
    const own = takeRows(columns, rows);
    const ownOutcome = Float64Array.from(rows, (row) => outcome[row]!);
    const done = definedOr(() => {
      const predict = fitModel(own, ownOutcome);
      measure({ ownLp: predict(own), ownOutcome, originalLp: predict(columns) });
      return true;
    });
    if (done) used++;
  }
  if (used === 0)
    throw new StatisticsError('STATISTICS_NOT_CONVERGED', 'resamples', 'the model could not be fitted on any of them');
  return { used, failed: resamples.length - used };
}
