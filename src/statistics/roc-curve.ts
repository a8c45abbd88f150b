import { checkBinary, checkColumns, countEvents } from './columns.ts';

/**
 * Which scores go with the event, in pROC's notation: `<` controls have the lower scores, `>` the higher ones. It is
 * fixed by the caller and never guessed from the data: a guess makes every AUC at least one half.
 */
export type RocDirection = '<' | '>';

/** Operating points from all rows positive to none. */
export interface RocCurve {
  readonly direction: RocDirection;
  /** A row is positive if its score is `>= threshold` (direction `<`), or `<= threshold` (direction `>`). */
  readonly thresholds: Float64Array;
  readonly sensitivities: Float64Array;
  readonly specificities: Float64Array;
  /** True positives and true negatives per threshold. */
  readonly tp: Uint32Array;
  readonly tn: Uint32Array;
  readonly events: number;
  readonly nonEvents: number;
}

/**
 * Empirical ROC curve with one point per distinct score and one more: pROC's `roc`.
 *
 * Thresholds are midpoints between neighbouring distinct scores, with infinities at the ends; scikit-learn's
 * `roc_curve` has the observed scores instead, with the same sensitivities.
 *
 * @param scores Finite, length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or a single outcome.
 */
export function rocCurve(scores: Float64Array, outcome: ArrayLike<number>, direction: RocDirection = '<'): RocCurve {
  checkColumns([scores], outcome.length);
  checkBinary(outcome);
  const sign = direction === '<' ? 1 : -1;
  const order = Uint32Array.from(scores.keys()).sort((a, b) => sign * (scores[a]! - scores[b]!));
  const events = countEvents(outcome);
  const nonEvents = order.length - events;
  const thresholds = [sign * Number.NEGATIVE_INFINITY];
  const tp = [events];
  const tn = [0];
  let eventsBelow = 0;
  for (let i = 0; i < order.length; i++) {
    const score = scores[order[i]!]!;
    eventsBelow += outcome[order[i]!]!;
    const next = i + 1 < order.length ? scores[order[i + 1]!]! : sign * Number.POSITIVE_INFINITY;
    if (next === score) continue;
    thresholds.push(Number.isFinite(next) ? between(score, next) : next);
    tp.push(events - eventsBelow);
    tn.push(i + 1 - eventsBelow);
  }
  return {
    direction,
    thresholds: Float64Array.from(thresholds),
    sensitivities: Float64Array.from(tp, (count) => count / events),
    specificities: Float64Array.from(tn, (count) => count / nonEvents),
    tp: Uint32Array.from(tp),
    tn: Uint32Array.from(tn),
    events,
    nonEvents,
  };
}

/**
 * Best operating points of a curve, as pROC's `coords(r, "best")`:
 * `youden` has the largest `J = sensitivity + specificity - 1`, `closest.topleft` the smallest
 * `(1 - sensitivity)^2 + (1 - specificity)^2`.
 *
 * @returns Indices into the curve, in its order. Several if they tie; the first has the highest sensitivity.
 * @see Youden WJ. Cancer 1950;3:32-35; Perkins NJ, Schisterman EF. Am J Epidemiol 2006;163:670-675, doi 10.1093/aje/kwj063
 */
export function bestThresholds(curve: RocCurve, method: 'youden' | 'closest.topleft' = 'youden'): number[] {
  const { tp, tn, events, nonEvents } = curve;
  // In counts, where ties are exact: sums of rounded shares differ in the last digit.
  const merits = Float64Array.from(tp, (hits, i) =>
    method === 'youden'
      ? hits * nonEvents + tn[i]! * events
      : -(((events - hits) * nonEvents) ** 2) - ((nonEvents - tn[i]!) * events) ** 2,
  );
  const best = merits.reduce((most, merit) => Math.max(most, merit), Number.NEGATIVE_INFINITY);
  return Array.from(merits.keys()).filter((i) => merits[i] === best);
}

/** Youden's index `J` at a point of the curve. */
export function youdenIndex(curve: RocCurve, point: number): number {
  return curve.sensitivities[point]! + curve.specificities[point]! - 1;
}

/** A number on the far side of `score`, up to `next`: the midpoint of two neighbouring doubles may be `score` itself. */
function between(score: number, next: number): number {
  const middle = score / 2 + next / 2;
  return middle === score ? next : middle;
}
