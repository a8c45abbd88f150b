import { calibrationCurve } from './calibration.ts';
import type { Columns } from './columns.ts';
import { logisticProbability } from './logistic.ts';
import type { LowessOptions } from './lowess.ts';
import { type FitModel, logisticModel, overResamples } from './optimism.ts';
import { StatisticsError } from './statistics-error.ts';

/** Calibration curve of a model, corrected for having been fitted on the rows that judge it. */
export interface CorrectedCalibration {
  /** Predicted probabilities at which the curve is given. */
  readonly predicted: Float64Array;
  /** Smoothed observed risk of the model on its own rows. */
  readonly apparent: Float64Array;
  /** `apparent - optimism`. Not cut at 0 and 1. */
  readonly corrected: Float64Array;
  readonly optimism: Float64Array;
  /** Resamples that reach each predicted probability. */
  readonly resamplesUsed: Uint32Array;
  /** Resamples on which the model could not be fitted. */
  readonly failed: number;
}

/**
 * Optimism-corrected calibration curve by the bootstrap: rms's `calibrate(fit, method = "boot")`.
 *
 * For each resample the model is fitted on it; its curve there less its curve on the original rows is the optimism, and
 * the mean of that is taken off the apparent curve. Curves are `lowess(p, y)` read by linear interpolation; a resample
 * whose probabilities do not reach a point, there or on the original rows, does not count at that point.
 *
 * @param columns `p` columns of length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @param resamples Row numbers `0..n-1` per resample, e.g. from `drawRows`; 200 or more.
 * @param fitModel The whole modelling procedure, selection included.
 * @param options `points`: where to read the curve; by default 50 points evenly from the fifth smallest to the fifth
 *   largest fitted probability, as in rms.
 * @throws StatisticsError as `fitModel` on the original rows; `STATISTICS_INPUT` with fewer than 10 rows and no points, or if
 *   a point is reached by no resample or lies outside the fitted probabilities; `STATISTICS_NOT_CONVERGED` if no
 *   resample could be fitted.
 * @see Harrell FE. Regression Modeling Strategies, 2nd ed., 2015, sections 5.3 and 10.11
 */
export function bootstrapCalibration(
  columns: Columns,
  outcome: Float64Array,
  resamples: readonly ArrayLike<number>[],
  fitModel: FitModel = logisticModel,
  options: LowessOptions & { readonly points?: Float64Array } = {},
): CorrectedCalibration {
  const fitted = fitModel(columns, outcome)(columns).map(logisticProbability);
  const predicted = options.points ?? defaultPoints(fitted);
  const read = calibrationCurve(fitted, outcome, predicted, options);
  const sum = new Float64Array(predicted.length);
  const resamplesUsed = new Uint32Array(predicted.length);
  const { failed } = overResamples(columns, outcome, fitModel, resamples, ({ ownLp, ownOutcome, originalLp }) => {
    const own = calibrationCurve(ownLp.map(logisticProbability), ownOutcome, predicted, options);
    const original = calibrationCurve(originalLp.map(logisticProbability), outcome, predicted, options);
    for (let i = 0; i < sum.length; i++) {
      const [onOwn, onOriginal] = [own[i]!, original[i]!];
      if (onOwn === null || onOriginal === null) continue;
      sum[i]! += onOwn - onOriginal;
      resamplesUsed[i]! += 1;
    }
  });
  const unreached = predicted.findIndex((_, i) => resamplesUsed[i] === 0 || read[i] === null);
  if (unreached >= 0)
    throw new StatisticsError('STATISTICS_INPUT', 'points', `no prediction reaches ${predicted[unreached]}`);
  const apparent = Float64Array.from(read, (value) => value!);
  const optimism = sum.map((value, i) => value / resamplesUsed[i]!);
  const corrected = apparent.map((value, i) => value - optimism[i]!);
  return { predicted, apparent, corrected, optimism, resamplesUsed, failed };
}

function defaultPoints(fitted: Float64Array): Float64Array {
  const n = fitted.length;
  if (n < 10) throw new StatisticsError('STATISTICS_INPUT', 'points', `give them: ${n} rows are too few for a default`);
  const sorted = fitted.slice().sort();
  const [low, high] = [sorted[4]!, sorted[n - 5]!];
  return Float64Array.from({ length: 50 }, (_, k) => low + (k * (high - low)) / 49);
}
