import { checkBinary, checkColumns } from './columns.ts';
import { type Proportion, proportion } from './proportion.ts';
import type { RocDirection } from './roc-curve.ts';
import { StatisticsError } from './statistics-error.ts';

/** A binary outcome against a cut-off. */
export interface Confusion {
  readonly tp: number;
  readonly fp: number;
  readonly tn: number;
  readonly fn: number;
  readonly sensitivity: Proportion;
  readonly specificity: Proportion;
  readonly accuracy: Proportion;
  /** Positive predictive value; missing if no row is positive. */
  readonly ppv?: Proportion;
  /** Negative predictive value; missing if no row is negative. */
  readonly npv?: Proportion;
}

/**
 * Counts and rates at a cut-off, with Wilson and exact intervals.
 *
 * The cut-off comes from the training cohort; chosen on the same rows that are counted, the rates are optimistic.
 *
 * @param scores Finite, length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @param threshold Positive is `score >= threshold` for direction `<`, `score <= threshold` for `>`. May be infinite.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or a single outcome.
 */
export function confusionAt(
  scores: Float64Array,
  outcome: ArrayLike<number>,
  threshold: number,
  direction: RocDirection = '<',
  confidence = 0.95,
): Confusion {
  checkColumns([scores], outcome.length);
  checkBinary(outcome);
  if (Number.isNaN(threshold)) throw new StatisticsError('STATISTICS_INPUT', 'threshold', 'is NaN');
  let [tp, fp, tn, fn] = [0, 0, 0, 0];
  for (let i = 0; i < scores.length; i++) {
    const positive = direction === '<' ? scores[i]! >= threshold : scores[i]! <= threshold;
    if (outcome[i] === 1) positive ? tp++ : fn++;
    else positive ? fp++ : tn++;
  }
  return {
    tp,
    fp,
    tn,
    fn,
    sensitivity: proportion(tp, tp + fn, confidence),
    specificity: proportion(tn, tn + fp, confidence),
    accuracy: proportion(tp + tn, scores.length, confidence),
    ...(tp + fp > 0 && { ppv: proportion(tp, tp + fp, confidence) }),
    ...(tn + fn > 0 && { npv: proportion(tn, tn + fn, confidence) }),
  };
}
