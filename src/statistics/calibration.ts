import { checkBinary, checkColumns, countEvents } from './columns.ts';
import { fitLogistic, logisticProbability } from './logistic.ts';
import { interpolate, type LowessOptions, lowess } from './lowess.ts';
import { quantiles } from './quantile.ts';
import { StatisticsError } from './statistics-error.ts';

/** Logistic recalibration of a model on a cohort, `logit P(y = 1) = intercept + slope * lp`. */
export interface Recalibration {
  /** 0 for a calibrated model. */
  readonly intercept: number;
  /** 1 for a calibrated model, below 1 for predictions that are too extreme (overfitting). */
  readonly slope: number;
  readonly interceptSe: number;
  readonly slopeSe: number;
}

/** Absolute differences between predicted and smoothed observed risk, over the rows. */
export interface CalibrationErrors {
  /** Mean (ICI). */
  readonly eAvg: number;
  /** Median. */
  readonly e50: number;
  readonly e90: number;
  readonly eMax: number;
}

/**
 * Brier score, the mean of `(p - y)^2`.
 *
 * @param p Probabilities, length `n`.
 * @param outcome 0 or 1 per row.
 * @throws StatisticsError `STATISTICS_INPUT` if a probability is outside `[0, 1]`, an outcome is not 0 or 1 or lengths
 *   differ.
 * @see Brier GW. Mon Weather Rev 1950;78:1-3
 */
export function brierScore(p: Float64Array, outcome: ArrayLike<number>): number {
  checkProbabilities(p, outcome.length);
  countEvents(outcome);
  let sum = 0;
  for (let i = 0; i < p.length; i++) sum += (p[i]! - outcome[i]!) ** 2;
  return sum / p.length;
}

/**
 * Calibration intercept and slope: the logistic regression of the outcome on the linear predictor. On the rows that the
 * model was fitted on they are 0 and 1 by construction.
 *
 * @param lp Linear predictors (log odds), length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError as `fitLogistic`: `STATISTICS_SINGULAR` if all predictions are equal, `STATISTICS_SEPARATED`
 *   if they split the outcomes.
 * @see Cox DR. Biometrika 1958;45:562-565, doi 10.1093/biomet/45.3-4.562
 */
export function recalibrate(lp: Float64Array, outcome: ArrayLike<number>): Recalibration {
  const { coefficients, standardErrors } = fitLogistic([lp], outcome);
  return {
    intercept: coefficients[0]!,
    slope: coefficients[1]!,
    interceptSe: standardErrors[0]!,
    slopeSe: standardErrors[1]!,
  };
}

/**
 * Calibration-in-the-large: the intercept of a logistic regression with the linear predictor as offset, the log odds by
 * which all predictions together are too low. R's `glm(y ~ offset(lp), binomial)`.
 *
 * @param lp Linear predictors (log odds), length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or a single outcome; `STATISTICS_NOT_CONVERGED` if
 *   the predictors are too far apart for doubles.
 */
export function calibrationInTheLarge(lp: Float64Array, outcome: ArrayLike<number>): { estimate: number; se: number } {
  checkColumns([lp], outcome.length);
  checkBinary(outcome);
  const events = countEvents(outcome);
  // The expected count rises with the shift, so that the root lies between these two; Newton steps that leave them are
  // replaced by bisection.
  const start = Math.log(events / (lp.length - events));
  let low = start - lp.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  let high = start - lp.reduce((least, value) => Math.min(least, value), Number.POSITIVE_INFINITY);
  let shift = Math.min(high, Math.max(low, 0));
  for (let steps = 0; steps < 200; steps++) {
    let score = events;
    let information = 0;
    for (const value of lp) {
      const mu = logisticProbability(value + shift);
      score -= mu;
      information += mu * (1 - mu);
    }
    if (score > 0) low = shift;
    else high = shift;
    const newton = shift + score / information;
    const next = newton >= low && newton <= high ? newton : (low + high) / 2;
    if (Math.abs(next - shift) <= 1e-14 * (1 + Math.abs(shift)) && information > 0)
      return { estimate: next, se: 1 / Math.sqrt(information) };
    shift = next;
  }
  throw new StatisticsError('STATISTICS_NOT_CONVERGED', 'lp', 'no shift found: the predictors are too far apart');
}

/**
 * Smoothed calibration curve against the probabilities themselves: E_avg, E_50, E_90 and E_max of `|p - lowess(p, y)|`.
 *
 * @param p Probabilities, length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError `STATISTICS_INPUT` if a probability is outside `[0, 1]`, lengths differ or one outcome is missing.
 * @see Austin PC, Steyerberg EW. Stat Med 2019;38:4051-4065, doi 10.1002/sim.8281
 */
export function calibrationErrors(
  p: Float64Array,
  outcome: ArrayLike<number>,
  options: LowessOptions = {},
): CalibrationErrors {
  checkProbabilities(p, outcome.length);
  checkBinary(outcome);
  const curve = lowess(p, Float64Array.from(outcome), options);
  const errors = curve.y.map((value, i) => Math.abs(value - curve.x[i]!));
  const [e50, e90, eMax] = quantiles(errors, [0.5, 0.9, 1]);
  return { eAvg: errors.reduce((sum, error) => sum + error, 0) / errors.length, e50: e50!, e90: e90!, eMax: eMax! };
}

/**
 * Smoothed calibration curve at given probabilities: `lowess(p, y)` read by linear interpolation.
 *
 * @param p Probabilities, length `n`.
 * @param outcome 0 or 1 per row.
 * @param at Where the curve is read, inside the range of `p`.
 * @returns Observed risk per element of `at`, null outside the range of `p`. Not cut at 0 and 1.
 * @throws StatisticsError `STATISTICS_INPUT` if a probability is outside `[0, 1]`, an outcome is not 0 or 1, lengths differ
 *   or `at` holds NaN.
 */
export function calibrationCurve(
  p: Float64Array,
  outcome: ArrayLike<number>,
  at: ArrayLike<number>,
  options: LowessOptions = {},
): (number | null)[] {
  checkProbabilities(p, outcome.length);
  countEvents(outcome);
  const curve = lowess(p, Float64Array.from(outcome), options);
  return Array.from(at, (point) => {
    if (Number.isNaN(point)) throw new StatisticsError('STATISTICS_INPUT', 'at', 'holds NaN');
    return interpolate(curve, point);
  });
}

/** Refuses what is no probability. */
export function checkProbabilities(p: Float64Array, rows: number): void {
  checkColumns([p], rows);
  const row = p.findIndex((value) => value < 0 || value > 1);
  if (row >= 0) throw new StatisticsError('STATISTICS_INPUT', 'p', `row ${row} is ${p[row]}, give probabilities`);
}
