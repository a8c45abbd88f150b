import { brierScore } from './calibration.ts';
import { type Columns, checkNumbers } from './columns.ts';
import { fitLogistic, logisticProbability } from './logistic.ts';
import { type FitModel, logisticModel, overResamples } from './optimism.ts';
import { areaUnderRoc } from './roc.ts';

/** Measures of a logistic model on one set of rows, with the names of rms. */
export interface LogisticIndexes {
  /** Somers' rank correlation, `2 (AUC - 1/2)`. */
  readonly Dxy: number;
  /** Nagelkerke's R2 of the recalibrated predictor. */
  readonly R2: number;
  /** Calibration intercept and slope. */
  readonly Intercept: number;
  readonly Slope: number;
  /** Discrimination, `(LR - 1)/n` with `LR` of the recalibrated predictor. */
  readonly D: number;
  /** Unreliability, `(-2 log L at intercept 0, slope 1  less  that of the recalibrated predictor  less 2)/n`. */
  readonly U: number;
  /** Overall quality, `D - U`. */
  readonly Q: number;
  /** Brier score. */
  readonly B: number;
  /** Gini's mean difference of the recalibrated predictor, on the log odds and on the probability scale. */
  readonly g: number;
  readonly gp: number;
}

export interface LogisticValidation {
  /** The model on the rows that it was fitted on. */
  readonly orig: LogisticIndexes;
  /** Means over resamples: refitted models on their own rows. */
  readonly training: LogisticIndexes;
  /** Means over resamples: refitted models on the original rows. */
  readonly test: LogisticIndexes;
  /** `training - test`. */
  readonly optimism: LogisticIndexes;
  /** `orig - optimism`. */
  readonly corrected: LogisticIndexes;
  /** Largest `|p - p'|`, `p'` the recalibration of `p` by the corrected intercept and slope. */
  readonly Emax: number;
  readonly used: number;
  readonly failed: number;
}

const names = ['Dxy', 'R2', 'Intercept', 'Slope', 'D', 'U', 'Q', 'B', 'g', 'gp'] as const;

/**
 * Measures of linear predictors on rows with known outcomes.
 *
 * @param lp Linear predictors (log odds), length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError as `fitLogistic` on the predictor alone: constant or separating.
 * @see Harrell FE. Regression Modeling Strategies, 2nd ed., 2015, sections 10.8 to 10.11
 */
export function logisticIndexes(lp: Float64Array, outcome: Float64Array): LogisticIndexes {
  const n = lp.length;
  const { deviance, nullDeviance, coefficients } = fitLogistic([lp], outcome);
  const [intercept, slope] = [coefficients[0]!, coefficients[1]!];
  const p = lp.map(logisticProbability);
  const ratio = nullDeviance - deviance;
  const D = (ratio - 1) / n;
  const U = (devianceOf(lp, outcome) - deviance - 2) / n;
  const recalibrated = lp.map((value) => intercept + slope * value);
  return {
    Dxy: 2 * (areaUnderRoc(lp, outcome) - 0.5),
    R2: Math.expm1(-ratio / n) / Math.expm1(-nullDeviance / n),
    Intercept: intercept,
    Slope: slope,
    D,
    U,
    Q: D - U,
    B: brierScore(p, outcome),
    g: giniMeanDifference(recalibrated),
    gp: giniMeanDifference(recalibrated.map(logisticProbability)),
  };
}

/**
 * Validates a model by the bootstrap: the mean difference between refitted models on their own and on the original rows
 * is taken off each measure. rms's `validate(fit, method = "boot")`.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @param resamples Row numbers `0..n-1` per resample.
 * @param fitModel The whole modelling procedure, selection included. For a penalised model the calibration slope of the
 *   training rows is the fitted one, where rms's is 1 by definition.
 * @throws StatisticsError as `fitModel` on the original rows; `STATISTICS_NOT_CONVERGED` if no resample could be fitted.
 * @see Harrell FE et al. Stat Med 1996;15:361-387
 */
export function validateLogistic(
  columns: Columns,
  outcome: Float64Array,
  resamples: readonly ArrayLike<number>[],
  fitModel: FitModel = logisticModel,
): LogisticValidation {
  const orig = logisticIndexes(fitModel(columns, outcome)(columns), outcome);
  const trainings: LogisticIndexes[] = [];
  const tests: LogisticIndexes[] = [];
  const { used, failed } = overResamples(columns, outcome, fitModel, resamples, ({ ownLp, ownOutcome, originalLp }) => {
    const onOwn = logisticIndexes(ownLp, ownOutcome);
    tests.push(logisticIndexes(originalLp, outcome));
    trainings.push(onOwn);
  });
  const training = byName((name) => trainings.reduce((sum, row) => sum + row[name], 0) / used);
  const test = byName((name) => tests.reduce((sum, row) => sum + row[name], 0) / used);
  const optimism = byName((name) => training[name] - test[name]);
  const corrected = byName((name) => orig[name] - optimism[name]);
  const Emax = largestShift(corrected.Intercept, corrected.Slope);
  return { orig, training, test, optimism, corrected, Emax, used, failed };
}

/**
 * Gini's mean difference, the mean of `|x_i - x_j|` over all pairs.
 *
 * @param values Two or more finite numbers.
 * @throws StatisticsError `STATISTICS_INPUT` otherwise.
 */
export function giniMeanDifference(values: Float64Array): number {
  checkNumbers('values', values, 2);
  const n = values.length;
  const sorted = values.slice().sort();
  // x_(i) enters with + in i pairs and with - in n - 1 - i.
  const sum = sorted.reduce((total, value, i) => total + (2 * i + 1 - n) * value, 0);
  return (2 * sum) / (n * (n - 1));
}

function byName(of: (name: (typeof names)[number]) => number): LogisticIndexes {
  return Object.fromEntries(names.map((name) => [name, of(name)])) as unknown as LogisticIndexes;
}

/** `-2 log L` of predictors taken as they are. */
function devianceOf(lp: Float64Array, outcome: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < lp.length; i++) {
    const margin = outcome[i] === 1 ? -lp[i]! : lp[i]!;
    sum += Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
  }
  return 2 * sum;
}

/** Over a grid of 0.0005 in `p`, as in rms. */
function largestShift(intercept: number, slope: number): number {
  let largest = 0;
  for (let k = 1; k < 2000; k++) {
    const p = k / 2000;
    const shifted = logisticProbability(intercept + slope * Math.log(p / (1 - p)));
    largest = Math.max(largest, Math.abs(p - shifted));
  }
  return largest;
}
