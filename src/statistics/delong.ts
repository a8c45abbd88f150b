import { checkBinary, checkColumns, countEvents } from './columns.ts';
import { criticalValue } from './confidence.ts';
import { studentTwoSided } from './f-quantile.ts';
import type { Interval } from './proportion.ts';
import type { RocDirection } from './roc-curve.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { type ZTest, zTest } from './z-test.ts';

/** Area under a ROC curve with DeLong's variance. */
export interface DeLongAuc {
  readonly auc: number;
  readonly variance: number;
  readonly se: number;
  /** `auc +- z se`, cut at 0 and 1. */
  readonly interval: Interval;
  /** False where the variance is 0 (a perfect split, all scores equal): interval and tests then say nothing. */
  readonly estimable: boolean;
  /** Against an area of one half. */
  readonly test: ZTest;
  /** Number of rows. */
  readonly n: number;
}

/** Comparison of two areas. */
export interface DeLongComparison extends ZTest {
  /** First area less the second. */
  readonly difference: number;
  readonly interval: Interval;
  /** Covariance of the two areas; 0 for independent cohorts. */
  readonly covariance: number;
}

/** Structural components: the share of opposite rows that a row is ranked rightly against. */
interface Placements {
  readonly auc: number;
  /** Per event row, in row order: the share of non-events below it. */
  readonly ofEvents: Float64Array;
  /** Per non-event row: the share of events above it. */
  readonly ofNonEvents: Float64Array;
}

/**
 * Area under the ROC curve, ties counting one half, with DeLong's variance `S10/m + S01/n`, in O(n log n).
 *
 * `S10` and `S01` are the sample variances of the placement values of the `m` events and `n` non-events. Equals pROC's
 * `ci.auc(method = "delong")` and `var`.
 *
 * @param scores Finite, length `n`.
 * @param outcome 0 or 1 per row, each at least twice.
 * @param direction Fixed by the caller, see `RocDirection`.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or fewer than 2 rows of an outcome.
 * @see DeLong ER et al. Biometrics 1988;44:837-845, doi 10.2307/2531595; Sun X, Xu W. IEEE Signal Process Lett
 *   2014;21:1389-1393, doi 10.1109/LSP.2014.2337313 (by sorting)
 */
export function deLongAuc(
  scores: Float64Array,
  outcome: ArrayLike<number>,
  direction: RocDirection = '<',
  confidence = 0.95,
): DeLongAuc {
  const half = criticalValue(confidence);
  const { auc, ofEvents, ofNonEvents } = placements(scores, outcome, direction);
  const variance = covarianceOfMeans(ofEvents, ofEvents) + covarianceOfMeans(ofNonEvents, ofNonEvents);
  const se = Math.sqrt(variance);
  return {
    auc,
    variance,
    se,
    interval: { low: Math.max(0, auc - half * se), high: Math.min(1, auc + half * se) },
    estimable: variance > 0,
    test: zTest(auc - 0.5, se),
    n: scores.length,
  };
}

/**
 * Compares two scores on the same rows: pROC's `roc.test(r1, r2, method = "delong", paired = TRUE)`.
 *
 * @param first Scores, length `n`.
 * @param second Scores of the same rows.
 * @param outcome 0 or 1 per row, each at least twice.
 * @param directions Of the two scores.
 * @param confidence In `(0, 1)`.
 * @returns Scores that rank the rows alike give z = 0 and p = 1. The interval is not cut.
 * @throws StatisticsError `STATISTICS_INPUT` as `deLongAuc`.
 */
export function deLongPaired(
  first: Float64Array,
  second: Float64Array,
  outcome: ArrayLike<number>,
  directions: readonly [RocDirection, RocDirection] = ['<', '<'],
  confidence = 0.95,
): DeLongComparison {
  const half = criticalValue(confidence);
  const a = placements(first, outcome, directions[0]);
  const b = placements(second, outcome, directions[1]);
  // The variance of the differences, not var a + var b - 2 cov: never below 0, exactly 0 for scores that rank alike.
  const events = a.ofEvents.map((value, i) => value - b.ofEvents[i]!);
  const nonEvents = a.ofNonEvents.map((value, i) => value - b.ofNonEvents[i]!);
  const se = Math.sqrt(covarianceOfMeans(events, events) + covarianceOfMeans(nonEvents, nonEvents));
  const difference = a.auc - b.auc;
  return {
    difference,
    interval: { low: difference - half * se, high: difference + half * se },
    covariance: covarianceOfMeans(a.ofEvents, b.ofEvents) + covarianceOfMeans(a.ofNonEvents, b.ofNonEvents),
    ...zTest(difference, se),
  };
}

/**
 * Compares two areas from independent cohorts: pROC's `roc.test(r1, r2, method = "delong", paired = FALSE)`.
 *
 * `D = (A1 - A2) / sqrt(V1 + V2)` against Student's t with `(V1 + V2)^2 / (V1^2/(N1 - 1) + V2^2/(N2 - 1))` degrees of
 * freedom.
 *
 * @param first Result of `deLongAuc`.
 * @param second Result of `deLongAuc` on other rows.
 * @returns `d`, `df` and the two-sided `p`.
 * @throws StatisticsError `STATISTICS_SINGULAR` if both variances are 0.
 */
export function deLongUnpaired(
  first: Pick<DeLongAuc, 'auc' | 'variance' | 'n'>,
  second: Pick<DeLongAuc, 'auc' | 'variance' | 'n'>,
): { d: number; df: number; p: number } {
  const variance = first.variance + second.variance;
  if (!(variance > 0))
    throw new StatisticsError(
      'STATISTICS_SINGULAR',
      'variance',
      'is 0 in both cohorts: their areas can not be compared',
    );
  const d = (first.auc - second.auc) / Math.sqrt(variance);
  const df = variance ** 2 / (first.variance ** 2 / (first.n - 1) + second.variance ** 2 / (second.n - 1));
  return { d, df, p: studentTwoSided(d, df) };
}

function placements(scores: Float64Array, outcome: ArrayLike<number>, direction: RocDirection): Placements {
  checkColumns([scores], outcome.length);
  checkBinary(outcome);
  const sign = direction === '<' ? 1 : -1;
  const order = Uint32Array.from(scores.keys()).sort((a, b) => sign * (scores[a]! - scores[b]!));
  const events = countEvents(outcome);
  const nonEvents = scores.length - events;
  if (events < 2 || nonEvents < 2)
    throw new StatisticsError('STATISTICS_INPUT', 'outcome', 'give at least 2 rows of each outcome');
  const share = new Float64Array(scores.length);
  let eventsBelow = 0;
  let pairs = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let eventsHere = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) eventsHere += outcome[order[end++]!]!;
    const belowHere = start - eventsBelow + (end - start - eventsHere) / 2;
    const aboveHere = events - eventsBelow - eventsHere / 2;
    for (let i = start; i < end; i++) {
      const row = order[i]!;
      share[row] = outcome[row] === 1 ? belowHere / nonEvents : aboveHere / events;
    }
    pairs += eventsHere * belowHere;
    eventsBelow += eventsHere;
    start = end;
  }
  return {
    auc: pairs / (events * nonEvents),
    ofEvents: share.filter((_, row) => outcome[row] === 1),
    ofNonEvents: share.filter((_, row) => outcome[row] !== 1),
  };
}

/** Covariance of two means over the same rows: the sample covariance (denominator `n - 1`) over `n`. */
function covarianceOfMeans(x: Float64Array, y: Float64Array): number {
  const n = x.length;
  const [centreX, centreY] = [mean(x), mean(y)];
  let sum = 0;
  for (let i = 0; i < n; i++) sum += (x[i]! - centreX) * (y[i]! - centreY);
  return sum / (n - 1) / n;
}
