import { factorise, invertFactorised, solveFactorised } from './cholesky.ts';
import { type Columns, checkBinary, checkColumns } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** Half width of a 95% Wald interval in standard errors: the 0.975 quantile of the normal distribution. */
export const wald95 = 1.959_963_984_540_054;

/** A column whose weighted remainder, after those before it, is smaller than this share of it is taken to repeat them. */
const pivotTolerance = 1e-11;
const maximumSteps = 60;

export interface LogisticFit {
  /** Intercept first, then one per column. */
  readonly coefficients: Float64Array;
  /** Wald standard errors, in the order of the coefficients. */
  readonly standardErrors: Float64Array;
  /** Inverse of the observed information, shape `(p + 1, p + 1)` row-major. */
  readonly covariance: Float64Array;
  /** `-2 log L`. */
  readonly deviance: number;
  /** `-2 log L` of the intercept alone. */
  readonly nullDeviance: number;
  /** Newton steps taken. */
  readonly steps: number;
}

/**
 * Inverse logit, `1 / (1 + exp(-lp))`.
 *
 * @param lp Linear predictor; infinities give 0 and 1.
 */
export function logisticProbability(lp: number): number {
  return 1 / (1 + Math.exp(-lp));
}

/**
 * Maximum-likelihood logistic regression with an intercept, by iteratively reweighted least squares (Newton's method
 * with step halving), converged until no standardised coefficient moves by more than 1e-10.
 *
 * @param columns `p` columns of length `n`, on any scale.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN or unequal lengths; `STATISTICS_SINGULAR` if a column is constant or
 *   a combination of those before it; `STATISTICS_SEPARATED` if a combination of the columns splits the outcomes, so
 *   that no finite maximum exists; `STATISTICS_NOT_CONVERGED` after 60 steps.
 * @see McCullagh P, Nelder JA. Generalized Linear Models, 2nd ed., 1989, section 4.4
 */
export function fitLogistic(columns: Columns, outcome: ArrayLike<number>): LogisticFit {
  const n = outcome.length;
  checkColumns(columns, n);
  checkBinary(outcome);
  const design: Columns = [new Float64Array(n).fill(1), ...columns];
  const { coefficients, covariance, deviance, steps } = maximiseLogistic(design, outcome);
  const p = design.length;
  const standardErrors = Float64Array.from({ length: p }, (_, j) => Math.sqrt(covariance[j * p + j]!));
  return { coefficients, standardErrors, covariance, deviance, nullDeviance: interceptDeviance(outcome), steps };
}

/**
 * Maximises the likelihood of a logistic model without an intercept of its own, as `fitLogistic` describes it.
 *
 * @param design Finite columns of length `n`, not checked again; the first one is called the intercept in errors.
 * @param outcome 0 or 1 per row.
 * @param offset Added to the linear predictor of each row; none by default.
 * @param start Coefficients to start from, one per column; zeros by default.
 * @throws StatisticsError as `fitLogistic`.
 */
export function maximiseLogistic(
  design: Columns,
  outcome: ArrayLike<number>,
  offset: Float64Array = new Float64Array(outcome.length),
  start: Float64Array = new Float64Array(design.length),
): Pick<LogisticFit, 'coefficients' | 'covariance' | 'deviance' | 'steps'> {
  const n = outcome.length;
  const p = design.length;
  const model: Model = { design, outcome, offset };
  const scale = Float64Array.from(design, (column) => Math.sqrt(column.reduce((sum, x) => sum + x * x, 0) / n));
  const beta = start.slice();
  const information = new Float64Array(p * p);
  const step = new Float64Array(p);
  let deviance = devianceAt(model, beta);
  for (let steps = 0; steps < maximumSteps; steps++) {
    score(model, beta, information, step);
    const dependent = factorise(information, p, pivotTolerance);
    if (dependent >= 0) throw singular(dependent, steps);
    solveFactorised(information, step);
    const largest = step.reduce((most, change, j) => Math.max(most, Math.abs(change) * scale[j]!), 0);
    deviance = advance(model, beta, step, deviance);
    if (largest > 1e-10) continue;
    score(model, beta, information, step);
    factorise(information, p, pivotTolerance);
    return { coefficients: beta, covariance: invertFactorised(information, p), deviance, steps: steps + 1 };
  }
  throw new StatisticsError(
    'STATISTICS_NOT_CONVERGED',
    'columns',
    `no maximum after ${maximumSteps} steps: look for a column that nearly splits the outcomes`,
  );
}

interface Model {
  readonly design: Columns;
  readonly outcome: ArrayLike<number>;
  readonly offset: Float64Array;
}

/** Information `X' W X` (lower triangle) into `information` and the score `X' (y - mu)` into `gradient`. */
function score(model: Model, beta: Float64Array, information: Float64Array, gradient: Float64Array): void {
  const { design, outcome } = model;
  const p = design.length;
  information.fill(0);
  gradient.fill(0);
  for (let i = 0; i < outcome.length; i++) {
    const mu = logisticProbability(linearPredictor(model, beta, i));
    const weight = mu * (1 - mu);
    for (let j = 0; j < p; j++) {
      const x = design[j]![i]!;
      gradient[j]! += x * (outcome[i]! - mu);
      for (let k = 0; k <= j; k++) information[j * p + k]! += weight * x * design[k]![i]!;
    }
  }
}

/** Moves `beta` by `step`, halved until the deviance does not rise; returns the new deviance. */
function advance(model: Model, beta: Float64Array, step: Float64Array, deviance: number): number {
  for (let fraction = 1; fraction > 1e-6; fraction /= 2) {
    const trial = beta.map((value, j) => value + fraction * step[j]!);
    const trialDeviance = devianceAt(model, trial);
    // The slack lets the last steps through, where the deviance only changes by rounding.
    if (trialDeviance > deviance + 1e-9 * (1 + Math.abs(deviance))) continue;
    beta.set(trial);
    return trialDeviance;
  }
  return deviance;
}

function linearPredictor({ design, offset }: Model, beta: Float64Array, row: number): number {
  let lp = offset[row]!;
  for (let j = 0; j < design.length; j++) lp += beta[j]! * design[j]![row]!;
  return lp;
}

function devianceAt(model: Model, beta: Float64Array): number {
  const { outcome } = model;
  let sum = 0;
  for (let i = 0; i < outcome.length; i++) {
    const lp = linearPredictor(model, beta, i);
    // log(1 + exp(margin)) without overflow: margin is -lp for an event, lp otherwise.
    const margin = outcome[i] === 1 ? -lp : lp;
    sum += Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
  }
  return 2 * sum;
}

function interceptDeviance(outcome: ArrayLike<number>): number {
  const n = outcome.length;
  let events = 0;
  for (let i = 0; i < n; i++) events += outcome[i]!;
  return -2 * (events * Math.log(events / n) + (n - events) * Math.log(1 - events / n));
}

/** At the start all weights are equal, so only the columns can be to blame; later only weights that have vanished. */
function singular(row: number, steps: number): StatisticsError {
  const subject = row === 0 ? 'intercept' : `column ${row - 1}`;
  return steps === 0
    ? new StatisticsError('STATISTICS_SINGULAR', subject, 'is constant or repeats the columns before it: leave it out')
    : new StatisticsError(
        'STATISTICS_SEPARATED',
        subject,
        'the columns split the outcomes perfectly, so no finite coefficients exist: use fewer columns or a penalty',
      );
}
