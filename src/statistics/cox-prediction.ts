import { type Columns, checkColumns } from './columns.ts';
import type { CoxFit } from './cox.ts';
import { StatisticsError } from './statistics-error.ts';
import { lastAtOrBefore } from './survival-outcome.ts';

/** What a prediction needs of a fit; a model read back from JSON has it. */
export type CoxModel = Pick<CoxFit, 'coefficients' | 'means' | 'baseline'>;

/**
 * Linear predictor per row, `sum_j beta_j (x_j - c_j)`.
 *
 * Equals R `predict(fit, type = 'lp')` for `reference` `means` (the default; `c` is `fit.means`) and with
 * `reference = 'zero'` for `zero`. Differences between rows are the same in both.
 *
 * @param model From `fitCox`, or read back from JSON.
 * @param columns As fitted: as many, in the same order and units; any number of rows.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or another number of columns.
 */
export function coxLinearPredictor(
  model: CoxModel,
  columns: Columns,
  reference: 'means' | 'zero' = 'means',
): Float64Array {
  if (columns.length !== model.coefficients.length)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'columns',
      `${columns.length} columns where the model has ${model.coefficients.length}`,
    );
  const n = columns[0]?.length ?? 0;
  checkColumns(columns, n, 1);
  const lp = new Float64Array(n);
  columns.forEach((column, j) => {
    const centre = reference === 'means' ? model.means[j]! : 0;
    for (let i = 0; i < n; i++) lp[i]! += model.coefficients[j]! * (column[i]! - centre);
  });
  return lp;
}

/**
 * Cumulative baseline hazard `H0(t)`; 0 before the first event, its last value after the last observed time.
 *
 * Equals R `basehaz(fit, centered)` at the observed times.
 *
 * @param model From `fitCox`, or read back from JSON.
 * @param t Any number.
 * @param reference Covariates it holds for: `means` (`fit.means`, as `centered = TRUE`) or all `zero`.
 * @throws StatisticsError `STATISTICS_INPUT` if the hazard at zero is too large for a double.
 */
export function coxBaselineHazard(model: CoxModel, t: number, reference: 'means' | 'zero' = 'means'): number {
  const hazard = model.baseline.cumulativeHazard[lastAtOrBefore(model.baseline.time, t)] ?? 0;
  if (reference === 'means') return hazard;
  if (hazard === 0) return 0;
  const atZero = hazard * Math.exp(-model.coefficients.reduce((sum, value, j) => sum + value * model.means[j]!, 0));
  if (!Number.isFinite(atZero))
    throw new StatisticsError('STATISTICS_INPUT', 'reference', 'zero lies too far from the columns: take the means');
  return atZero;
}

/**
 * Survival predicted per row, `S(t | x) = exp(-H0(t) exp(lp))`. Equals R `survfit(fit, newdata)` at `t`.
 *
 * @param model From `fitCox`, or read back from JSON.
 * @param columns As for `coxLinearPredictor`.
 * @param t Time, not after the last observed one.
 * @returns Probability of no event by `t`, in `[0, 1]`.
 * @throws StatisticsError `STATISTICS_INPUT` as `coxLinearPredictor`, or if `t` lies after the end of follow-up.
 */
export function coxSurvival(model: CoxModel, columns: Columns, t: number): Float64Array {
  const end = model.baseline.time.at(-1)!;
  if (!(t >= 0 && t <= end))
    throw new StatisticsError('STATISTICS_INPUT', 't', `got ${t}, follow-up in the fitted rows ends at ${end}`);
  const hazard = coxBaselineHazard(model, t);
  const lp = coxLinearPredictor(model, columns);
  // Without this an infinite exp(lp) would make NaN of a hazard of 0.
  return hazard === 0 ? lp.fill(1) : lp.map((value) => Math.exp(-hazard * Math.exp(value)));
}
