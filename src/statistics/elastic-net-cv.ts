import { type Columns, checkColumns } from './columns.ts';
import { coxDevianceOf } from './cox-loss.ts';
import {
  type ElasticNetPath,
  type ElasticNetSettings,
  elasticNetPath,
  glmnetSettings,
  scikitLearnSettings,
} from './elastic-net.ts';
import { logisticProbability } from './logistic.ts';
import { checkOutcome, outcomeRows, type PenalisedOutcome } from './penalised-outcome.ts';
import { StatisticsError } from './statistics-error.ts';

/** How penalties are compared; `glmnetCv` and `scikitLearnCv` are the two common sets. */
export interface CvSettings extends ElasticNetSettings {
  /**
   * `own`: a fold makes its own sequence of penalties, and its coefficients are interpolated linearly in lambda, as
   * `cv.glmnet` does unless it is given penalties. `shared`: a fold is solved at the penalties of all rows.
   */
  readonly foldLambdas: 'own' | 'shared';
  /** `rows`: a fold counts by its rows (cox: events); `equal`: every fold counts the same. */
  readonly foldWeights: 'rows' | 'equal';
  /**
   * True: the error of a fold is one value; false: each row is one, which changes the standard error only. `by-size`
   * is false where folds have fewer than 3 rows on average, as in glmnet. Cox is always by folds.
   */
  readonly grouped: boolean | 'by-size';
}

/** `cv.glmnet(x, y)`: give `lambdas`, or `foldLambdas: 'shared'`, for the version without interpolation. */
export const glmnetCv: CvSettings = { ...glmnetSettings, foldLambdas: 'own', foldWeights: 'rows', grouped: 'by-size' };

/** `LassoCV` and `ElasticNetCV`: columns are standardised beforehand, if at all, and not again in a fold. */
export const scikitLearnCv: CvSettings = {
  ...scikitLearnSettings,
  foldLambdas: 'shared',
  foldWeights: 'equal',
  grouped: true,
};

/** Errors of the models that were fitted without one fold, on that fold. */
export interface FoldErrors {
  readonly fold: number;
  /** Values per penalty: 1 for the fold as a whole, else one per row. */
  readonly units: number;
  /** Weight of each value. */
  readonly weight: number;
  /** Shape `(lambdas, units)` row-major. */
  readonly errors: Float64Array;
}

export interface CrossValidation {
  readonly lambdas: Float64Array;
  /** Mean error per penalty: gaussian squared error, binomial deviance per row, cox deviance per event. */
  readonly meanErrors: Float64Array;
  /** Standard error of that mean, from the spread of the folds. */
  readonly standardErrors: Float64Array;
  /** Index of the smallest mean error, on a tie the largest penalty. */
  readonly indexMin: number;
  /**
   * Index of the largest penalty whose mean error is at most the smallest one plus its standard error: glmnet's
   * `lambda.1se`. scikit-learn has no such rule.
   */
  readonly index1se: number;
}

/** A cross-validation with the models of all rows that it chooses among. */
export interface ElasticNetCv extends CrossValidation {
  readonly path: ElasticNetPath;
}

/**
 * Chooses the penalty of an elastic net by cross-validation over given folds.
 *
 * The penalties come from all rows. Columns are standardised anew in each fold's training rows if `standardise` is set.
 * The steps are public, so that folds can be fitted side by side: `elasticNetPath` on all rows, `foldErrors` per fold,
 * `combineFolds`.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome Length `n`.
 * @param folds Fold `0..k-1` per row, each with at least one row (cox: one event). There is no default, so that a sorted
 *   file can't make folds of one kind; deal them with `dealFolds`, by stratum of the outcome where events are few.
 * @throws StatisticsError as `elasticNetPath` and `foldErrors`.
 * @see Hastie T et al. The Elements of Statistical Learning, 2nd ed., 2009, section 7.10; for cox Verweij PJM,
 *   Van Houwelingen HC. Stat Med 1993;12:2305-2314
 */
export function elasticNetCv(
  columns: Columns,
  outcome: PenalisedOutcome,
  folds: ArrayLike<number>,
  settings: CvSettings = glmnetCv,
): ElasticNetCv {
  const foldCount = countFolds(folds, outcomeRows(outcome));
  const path = elasticNetPath(columns, outcome, settings);
  const errors = Array.from({ length: foldCount }, (_, fold) =>
    foldErrors(columns, outcome, folds, fold, path.lambdas, settings),
  );
  return { ...combineFolds(path.lambdas, errors), path };
}

/**
 * Fits the rows outside one fold and measures the errors on that fold.
 *
 * - gaussian: squared error of each row;
 * - binomial: `-2 log L` of each row, probabilities kept in `[1e-5, 1 - 1e-5]`;
 * - cox: `[D(all rows) - D(rows outside the fold)] / events in the fold`, both at the coefficients fitted outside, so
 *   that a fold's rows are judged within the risk sets of all rows.
 *
 * @param lambdas Penalties to report, those of all rows.
 * @throws StatisticsError `STATISTICS_INPUT` if the fold is empty (cox: has no event), or the rows outside can't be fitted,
 *   for example because they are all of one kind.
 */
export function foldErrors(
  columns: Columns,
  outcome: PenalisedOutcome,
  folds: ArrayLike<number>,
  fold: number,
  lambdas: Float64Array,
  settings: CvSettings = glmnetCv,
): FoldErrors {
  const n = outcomeRows(outcome);
  checkColumns(columns, n);
  checkOutcome(outcome);
  const foldCount = countFolds(folds, n);
  const all = Uint32Array.from({ length: n }, (_, row) => row);
  const inside = all.filter((row) => folds[row] === fold);
  const outside = all.filter((row) => folds[row] !== fold);
  if (inside.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'folds', `fold ${fold} is empty`);
  const own = settings.foldLambdas === 'own' && settings.lambdas === undefined;
  const path = elasticNetPath(columns, outcome, own ? settings : { ...settings, lambdas }, outside);
  const models = Array.from(lambdas, (lambda, k) => (own ? interpolate(path, lambda) : modelAt(path, k)));
  if (outcome.family === 'cox') {
    const { events } = outcome;
    const died = inside.reduce((sum, row) => sum + events[row]!, 0);
    if (died === 0) throw new StatisticsError('STATISTICS_INPUT', 'folds', `fold ${fold} has no event: deal by status`);
    const errors = coxErrors(columns, outcome, outside, models).map((error) => error / died);
    return { fold, units: 1, weight: settings.foldWeights === 'rows' ? died : 1, errors };
  }
  const perRow = models.map((model) => rowErrors(columns, outcome, inside, model));
  const grouped = settings.grouped === 'by-size' ? n / foldCount >= 3 : settings.grouped;
  if (!grouped) {
    const errors = Float64Array.from(perRow.flatMap((errorsAt) => [...errorsAt]));
    return { fold, units: inside.length, weight: settings.foldWeights === 'rows' ? 1 : 1 / inside.length, errors };
  }
  const errors = Float64Array.from(perRow, (errorsAt) => errorsAt.reduce((sum, e) => sum + e, 0) / inside.length);
  return { fold, units: 1, weight: settings.foldWeights === 'rows' ? inside.length : 1, errors };
}

/**
 * Mean error per penalty, its standard error `sqrt(sum_u w_u (e_u - mean)^2 / sum_u w_u / (N - 1))` over all `N` values
 * of the folds, and the two usual choices.
 *
 * @param lambdas Penalties, descending.
 * @param folds One per fold, each with the same penalties; in any order, the sums are taken in the order of the folds.
 * @throws StatisticsError `STATISTICS_INPUT` if there are fewer than 2 values, or one is not finite.
 */
export function combineFolds(lambdas: Float64Array, folds: readonly FoldErrors[]): CrossValidation {
  const sorted = [...folds].sort((a, b) => a.fold - b.fold);
  const count = sorted.reduce((sum, { units }) => sum + units, 0);
  if (count < 2) throw new StatisticsError('STATISTICS_INPUT', 'folds', 'one fold only: give at least 2');
  const total = sorted.reduce((sum, { units, weight }) => sum + units * weight, 0);
  const weightedMean = (k: number, of: (error: number) => number) => {
    let sum = 0;
    for (const { units, weight, errors } of sorted)
      for (let u = 0; u < units; u++) sum += weight * of(errors[k * units + u]!);
    return sum / total;
  };
  const meanErrors = lambdas.map((_, k) => weightedMean(k, (error) => error));
  const standardErrors = lambdas.map((_, k) =>
    Math.sqrt(weightedMean(k, (error) => (error - meanErrors[k]!) ** 2) / (count - 1)),
  );
  for (const values of [meanErrors, standardErrors])
    if (!values.every(Number.isFinite))
      throw new StatisticsError('STATISTICS_INPUT', 'folds', 'an error is not a finite number');
  const least = meanErrors.reduce((smallest, error) => Math.min(smallest, error), Number.POSITIVE_INFINITY);
  const indexMin = meanErrors.indexOf(least);
  const index1se = meanErrors.findIndex((error) => error <= least + standardErrors[indexMin]!);
  return { lambdas, meanErrors, standardErrors, indexMin, index1se };
}

function countFolds(folds: ArrayLike<number>, n: number): number {
  const refuse = (message: string) => new StatisticsError('STATISTICS_INPUT', 'folds', message);
  if (folds.length !== n) throw refuse(`${folds.length} rows where the outcome has ${n}`);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    if (!(Number.isInteger(folds[i]) && folds[i]! >= 0)) throw refuse(`row ${i} has the fold ${folds[i]}`);
    largest = Math.max(largest, folds[i]!);
  }
  if (largest === 0) throw refuse('one fold only: give at least 2');
  return largest + 1;
}

/** Columns in the model, their coefficients and the intercept. */
interface SparseModel {
  readonly columns: readonly number[];
  readonly beta: readonly number[];
  readonly intercept: number;
}

function modelAt(path: ElasticNetPath, k: number): SparseModel {
  const coefficients = path.coefficients[k]!;
  const columns: number[] = [];
  for (let j = 0; j < coefficients.length; j++) if (coefficients[j] !== 0) columns.push(j);
  return { columns, beta: columns.map((j) => coefficients[j]!), intercept: path.intercepts[k]! };
}

/** Coefficients linear in lambda between the penalties of a path; those of the first or last one beyond its ends. */
function interpolate(path: ElasticNetPath, lambda: number): SparseModel {
  const { lambdas, coefficients, intercepts } = path;
  const right = lambdas.findIndex((own) => own <= lambda);
  if (right < 0) return modelAt(path, lambdas.length - 1);
  if (right === 0 || lambdas[right] === lambda) return modelAt(path, right);
  const share = (lambda - lambdas[right]!) / (lambdas[right - 1]! - lambdas[right]!);
  const between = (left: number, own: number) => share * left + (1 - share) * own;
  const left = coefficients[right - 1]!;
  const own = coefficients[right]!;
  const columns: number[] = [];
  const beta: number[] = [];
  for (let j = 0; j < own.length; j++) {
    const value = between(left[j]!, own[j]!);
    if (value === 0) continue;
    columns.push(j);
    beta.push(value);
  }
  const intercept = between(intercepts[right - 1]!, intercepts[right]!);
  return { columns, beta, intercept };
}

/** Linear predictors of some rows, column after column: rows first would go through memory in leaps. */
function predictRows(columns: Columns, model: SparseModel, rows: Uint32Array): Float64Array {
  const eta = new Float64Array(rows.length).fill(model.intercept);
  model.columns.forEach((j, a) => {
    const column = columns[j]!;
    const b = model.beta[a]!;
    for (let i = 0; i < eta.length; i++) eta[i]! += b * column[rows[i]!]!;
  });
  return eta;
}

function rowErrors(
  columns: Columns,
  outcome: Exclude<PenalisedOutcome, { family: 'cox' }>,
  rows: Uint32Array,
  model: SparseModel,
): Float64Array {
  return predictRows(columns, model, rows).map((eta, i) => {
    const row = rows[i]!;
    if (outcome.family === 'gaussian') return (outcome.values[row]! - eta) ** 2;
    const probability = Math.min(Math.max(logisticProbability(eta), 1e-5), 1 - 1e-5);
    return -2 * Math.log(outcome.events[row] === 1 ? probability : 1 - probability);
  });
}

/** `D(all rows) - D(rows outside)` per model. */
function coxErrors(
  columns: Columns,
  { times, events }: Extract<PenalisedOutcome, { family: 'cox' }>,
  outside: Uint32Array,
  models: readonly SparseModel[],
): Float64Array {
  const all = Uint32Array.from(times.keys());
  const pick = (values: Float64Array) => Float64Array.from(outside, (row) => values[row]!);
  const ofAll = coxDevianceOf(times, events);
  const ofOutside = coxDevianceOf(pick(times), pick(events));
  return Float64Array.from(models, (model) => {
    const eta = predictRows(columns, model, all);
    return ofAll(eta) - ofOutside(pick(eta));
  });
}
