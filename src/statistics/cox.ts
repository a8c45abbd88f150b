import { factorise, invertFactorised, solveFactorised } from './cholesky.ts';
import { type Columns, checkColumns } from './columns.ts';
import { criticalValue } from './confidence.ts';
import {
  type CoxRisk,
  type CoxRows,
  type CoxTies,
  coxGradient,
  coxInformation,
  coxRisk,
  coxRows,
  expectedEvents,
  riskSetMeans,
} from './cox-likelihood.ts';
import { chiSquareUpperTail, normalUpperTail } from './distributions.ts';
import { fitScaling, type Scaling, standardise } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkEvents, mergeTimes } from './survival-outcome.ts';

/** A column of which less than this share is left, after those before it, is taken to repeat them. */
const pivotTolerance = 1e-11;
/** Share of a column's information at the start; below it the coefficient is on its way to infinity. */
const vanishedInformation = 1e-9;
const maximumSteps = 60;

/** A chi-squared test. */
export interface ChiSquareTest {
  readonly statistic: number;
  readonly df: number;
  readonly p: number;
}

/** A fitted Cox model. Plain numbers and arrays: `JSON.parse(JSON.stringify(fit))` predicts the same. */
export interface CoxFit {
  readonly ties: CoxTies;
  readonly n: number;
  readonly events: number;
  /** Log hazard ratios, one per column. */
  readonly coefficients: readonly number[];
  readonly standardErrors: readonly number[];
  /** Inverse of the observed information, shape `(p, p)`. */
  readonly covariance: readonly (readonly number[])[];
  /** Where linear predictors are 0 and `baseline` stands: column means, but 0 for a column of only -1, 0 and 1. */
  readonly means: readonly number[];
  /** Log partial likelihood. */
  readonly logLikelihood: number;
  /** Log partial likelihood with all coefficients 0. */
  readonly nullLogLikelihood: number;
  readonly likelihoodRatioTest: ChiSquareTest;
  readonly waldTest: ChiSquareTest;
  readonly scoreTest: ChiSquareTest;
  /** `-2 log L + 2 p`. */
  readonly aic: number;
  /** `-2 log L + p log(events)`: events, not rows, as R counts them for a Cox model. */
  readonly bic: number;
  /** Cumulative hazard at `means`, at each distinct observed time, ascending. */
  readonly baseline: { readonly time: readonly number[]; readonly cumulativeHazard: readonly number[] };
  /** Newton steps taken. */
  readonly steps: number;
}

/** One line of a Cox table. */
export interface CoxTerm {
  readonly coefficient: number;
  readonly standardError: number;
  /** Wald statistic `coefficient / standardError`. */
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
  readonly hazardRatio: number;
  /** Wald limits of the hazard ratio. */
  readonly lower: number;
  readonly upper: number;
}

/**
 * Cox proportional hazards regression, `h(t | x) = h0(t) exp(x' beta)`, by Newton's method with step halving on the log
 * partial likelihood, until a step promises to add less than 1e-12 to it; that step is still taken.
 *
 * Equals R `coxph(Surv(time, status) ~ ..., ties)` converged (`eps = 1e-12`); `efron` is R's default, `breslow` that of
 * SPSS, SAS and scikit-survival. Rows censored at the time of an event are at risk for it. The baseline hazard has
 * the steps of the same ties method, `sum 1 / D_e`, as `survfit.coxph`. Deviations: a coefficient that goes to infinity
 * is an error here (R warns); a dependent column is an error here (R gives it NA).
 *
 * @param columns `p` columns of length `n`, on any scale; 1 or more. A factor is one 0/1 column per level but one.
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param options `ties`, `efron` by default.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, no column or no event; `STATISTICS_SINGULAR` if a
 *   column is constant, among the rows at risk too, or a combination of those before it; `STATISTICS_SEPARATED` if the
 *   likelihood rises for ever along some combination (as for a group without events); `STATISTICS_NOT_CONVERGED` after
 *   60 steps.
 * @see Cox DR. J R Stat Soc B 1972;34:187-220; Therneau TM, Grambsch PM. Modeling Survival Data, 2000, chapter 3
 */
export function fitCox(
  columns: Columns,
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  options: { readonly ties?: CoxTies } = {},
): CoxFit {
  checkEvents(time, status);
  checkColumns(columns, time.length);
  if (columns.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'columns', 'none given: give at least one');
  const { ties = 'efron' } = options;
  const scaling = fitScaling(columns);
  const rows = coxRows(standardise(columns, scaling), mergeTimes(time), status, ties);
  const maximum = maximise(rows);
  return describe(columns, rows, scaling, ties, maximum);
}

/**
 * Log partial likelihood of no covariates at all: of the model that backward elimination may end with.
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param ties As in the models to compare with.
 * @throws StatisticsError `STATISTICS_INPUT` as `fitCox`.
 */
export function coxNullLogLikelihood(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  ties: CoxTies = 'efron',
): number {
  checkEvents(time, status);
  return coxRisk(coxRows([], mergeTimes(time), status, ties), []).logLikelihood;
}

/**
 * Hazard ratios with Wald tests and limits, `exp(beta -+ z se)`: the table of R's `summary(fit)`.
 *
 * @param fit From `fitCox`.
 * @param confidence A share, 0.95 by default.
 * @throws StatisticsError `STATISTICS_INPUT` if `confidence` is outside `(0, 1)`.
 */
export function coxTerms(fit: CoxFit, confidence = 0.95): CoxTerm[] {
  const half = criticalValue(confidence);
  return fit.coefficients.map((coefficient, j) => {
    const standardError = fit.standardErrors[j]!;
    const z = coefficient / standardError;
    return {
      coefficient,
      standardError,
      z,
      p: 2 * normalUpperTail(Math.abs(z)),
      hazardRatio: Math.exp(coefficient),
      lower: Math.exp(coefficient - half * standardError),
      upper: Math.exp(coefficient + half * standardError),
    };
  });
}

/** Everything at the maximum, in standardised columns. */
interface Maximum {
  readonly beta: Float64Array;
  readonly state: CoxRisk;
  readonly information: Float64Array;
  /** `U' I^-1 U` with all coefficients 0. */
  readonly score: number;
  readonly nullLogLikelihood: number;
  readonly steps: number;
}

function maximise(rows: CoxRows): Maximum {
  const p = rows.columns.length;
  let beta = new Float64Array(p);
  let state = coxRisk(rows, beta);
  const nullLogLikelihood = state.logLikelihood;
  let firstPivots: Float64Array | undefined;
  let score = 0;
  let arrived = false;
  for (let steps = 0; steps <= maximumSteps; steps++) {
    const expected = expectedEvents(rows, state);
    const gradient = coxGradient(rows, expected);
    const information = coxInformation(rows, expected, riskSetMeans(rows, state));
    const factor = information.slice();
    const dependent = factorise(factor, p, pivotTolerance);
    if (dependent >= 0) throw firstPivots === undefined ? singular(dependent) : separated(dependent);
    const pivots = Float64Array.from({ length: p }, (_, j) => factor[j * p + j]! ** 2);
    firstPivots ??= pivots;
    const vanished = pivots.findIndex((pivot, j) => pivot < vanishedInformation * firstPivots![j]!);
    if (vanished >= 0) throw separated(vanished);
    if (arrived) return { beta, state, information, score, nullLogLikelihood, steps };
    const step = gradient.slice();
    solveFactorised(factor, step);
    const promise = step.reduce((sum, change, j) => sum + change * gradient[j]!, 0);
    if (steps === 0) score = promise;
    // Newton's steps square the error: the next would promise about 1e-24, below what rounding leaves of it.
    arrived = promise < 1e-12;
    [beta, state] = advance(rows, beta, step, state);
  }
  throw new StatisticsError(
    'STATISTICS_NOT_CONVERGED',
    'columns',
    `no maximum after ${maximumSteps} steps: look for columns that nearly repeat each other or nearly order the events`,
  );
}

/** Moves by `step`, halved until the likelihood does not fall. */
function advance(
  rows: CoxRows,
  beta: Float64Array<ArrayBuffer>,
  step: Float64Array,
  state: CoxRisk,
): [Float64Array<ArrayBuffer>, CoxRisk] {
  // The slack lets the last steps through, where the likelihood only changes by rounding.
  const least = state.logLikelihood - 1e-11 * (1 + Math.abs(state.logLikelihood));
  for (let fraction = 1; fraction > 1e-9; fraction /= 2) {
    const trial = beta.map((value, j) => value + fraction * step[j]!);
    const trialState = coxRisk(rows, trial);
    if (trialState.logLikelihood >= least) return [trial, trialState];
  }
  return [beta, state];
}

function describe(columns: Columns, rows: CoxRows, { means, sds }: Scaling, ties: CoxTies, maximum: Maximum): CoxFit {
  const { beta, state, information, nullLogLikelihood, steps } = maximum;
  const p = beta.length;
  const events = rows.fraction.length;
  const factor = information.slice();
  factorise(factor, p, pivotTolerance);
  const inverse = invertFactorised(factor, p);
  const covariance = columns.map((_, j) => columns.map((_, k) => inverse[j * p + k]! / (sds[j]! * sds[k]!)));
  const coefficients = Array.from(beta, (value, j) => value / sds[j]!);
  const centres = columns.map((column, j) =>
    column.every((value) => value === 0 || Math.abs(value) === 1) ? 0 : means[j]!,
  );
  const shiftOfCentre = coefficients.reduce((sum, value, j) => sum + value * (means[j]! - centres[j]!), 0);
  let wald = 0;
  for (let j = 0; j < p; j++) for (let k = 0; k < p; k++) wald += beta[j]! * information[j * p + k]! * beta[k]!;
  const { logLikelihood } = state;
  return {
    ties,
    n: rows.time.length,
    events,
    coefficients,
    standardErrors: covariance.map((row, j) => Math.sqrt(row[j]!)),
    covariance,
    means: centres,
    logLikelihood,
    nullLogLikelihood,
    likelihoodRatioTest: chiSquareTest(Math.max(0, 2 * (logLikelihood - nullLogLikelihood)), p),
    waldTest: chiSquareTest(wald, p),
    scoreTest: chiSquareTest(maximum.score, p),
    aic: -2 * logLikelihood + 2 * p,
    bic: -2 * logLikelihood + p * Math.log(events),
    baseline: baselineHazard(rows, state, Math.exp(-state.shift - shiftOfCentre)),
    steps,
  };
}

/** `sum_{t_e <= t} scale / D_e` at each distinct observed time. */
function baselineHazard(rows: CoxRows, state: CoxRisk, scale: number): CoxFit['baseline'] {
  const time: number[] = [];
  const cumulativeHazard: number[] = [];
  let hazard = 0;
  let step = 0;
  rows.time.forEach((now, i) => {
    if (rows.status[i] === 1) hazard += scale / state.denominator[step++]!;
    if (rows.time[i + 1] === now) return;
    time.push(now);
    cumulativeHazard.push(hazard);
  });
  return { time, cumulativeHazard };
}

function chiSquareTest(statistic: number, df: number): ChiSquareTest {
  return { statistic, df, p: chiSquareUpperTail(statistic, df) };
}

function singular(column: number): StatisticsError {
  return new StatisticsError(
    'STATISTICS_SINGULAR',
    `column ${column}`,
    'is constant among the rows at risk or repeats the columns before it: leave it out',
  );
}

function separated(column: number): StatisticsError {
  return new StatisticsError(
    'STATISTICS_SEPARATED',
    `column ${column}`,
    'the columns order the events perfectly (as a group without events does), so no finite coefficients exist: ' +
      'use fewer columns, merge groups or use a penalty',
  );
}
