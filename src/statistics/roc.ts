import { checkBinary, checkColumns } from './columns.ts';

/**
 * Area under the ROC curve: the probability that a row with the event scores higher than one without, a tie counting
 * one half (the Mann-Whitney statistic).
 *
 * @param scores Finite, higher for a likelier event; length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @returns Area in `[0, 1]`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or a single outcome.
 * @see Hanley JA, McNeil BJ. Radiology 1982;143:29-36, doi 10.1148/radiology.143.1.7063747
 */
export function areaUnderRoc(scores: Float64Array, outcome: ArrayLike<number>): number {
  checkColumns([scores], outcome.length);
  checkBinary(outcome);
  const order = Array.from(scores.keys()).sort((a, b) => scores[a]! - scores[b]!);
  let rankSum = 0;
  let events = 0;
  for (let start = 0; start < order.length; ) {
    let end = start;
    let eventsHere = 0;
    while (end < order.length && scores[order[end]!] === scores[order[start]!]) eventsHere += outcome[order[end++]!]!;
    // Ranks start + 1 .. end share their mean.
    rankSum += (eventsHere * (start + 1 + end)) / 2;
    events += eventsHere;
    start = end;
  }
  return (rankSum - (events * (events + 1)) / 2) / (events * (order.length - events));
}
