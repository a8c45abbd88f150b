import { type CoxFit, fitCox } from './cox.ts';
import { kaplanMeier, medianSurvival, type SurvivalQuantile } from './kaplan-meier.ts';
import { type LogRankTest, logRank } from './log-rank.ts';
import { StatisticsError } from './statistics-error.ts';

/** Which side of the cut-off a score equal to it falls on: `>` low risk, `>=` high risk. */
export type CutoffRule = '>' | '>=';

/**
 * Splits patients at a cut-off that was fixed before, as the median score of the training cohort.
 *
 * The cut-off of a signature is the `median` (`standardise.ts`) of its training scores and stays that for every other
 * cohort: a cut-off taken from the test cohort makes two groups of equal size whatever the score says. With an
 * odd number of training rows the middle one has the score of the cut-off, so papers that write `>` and `>=` put it
 * into different groups.
 *
 * @param scores Finite, higher for higher risk.
 * @param cutoff Finite.
 * @param rule No default, as papers differ.
 * @returns 1 for high risk, 0 for low, per row.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN.
 */
export function splitAtCutoff(scores: ArrayLike<number>, cutoff: number, rule: CutoffRule): Uint8Array {
  if (!Number.isFinite(cutoff)) throw new StatisticsError('STATISTICS_INPUT', 'cutoff', `got ${cutoff}, give a number`);
  return Uint8Array.from(scores, (score, row) => {
    if (!Number.isFinite(score))
      throw new StatisticsError('STATISTICS_INPUT', 'scores', `row ${row} is ${score}, give a number`);
    return Number(rule === '>' ? score > cutoff : score >= cutoff);
  });
}

export interface RiskGroupComparison {
  readonly lowCount: number;
  readonly highCount: number;
  readonly logRank: LogRankTest;
  /** Cox model of the group alone: its coefficient is the log hazard ratio of high over low risk. */
  readonly cox: CoxFit;
  /** Median survival with its 95% limits on the log scale. */
  readonly lowMedian: SurvivalQuantile;
  readonly highMedian: SurvivalQuantile;
}

/**
 * Compares survival between a low and a high risk group: log-rank test, hazard ratio (Efron's ties), medians.
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param high 1 high risk, 0 low, per row (`splitAtCutoff`).
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, an empty group or no event;
 *   `STATISTICS_SEPARATED` if a group has no event while the other is at risk, so that the hazard ratio is 0 or infinite.
 */
export function compareRiskGroups(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  high: ArrayLike<number>,
): RiskGroupComparison {
  const test = logRank(time, status, high);
  if (test.groups.length !== 2 || test.groups[0] !== 0 || test.groups[1] !== 1)
    throw new StatisticsError('STATISTICS_INPUT', 'high', `groups ${test.groups.join(', ')}: write 0 or 1`);
  const medianOf = (group: number) => {
    const inGroup = (_: number, row: number) => high[row] === group;
    return medianSurvival(kaplanMeier(Array.from(time).filter(inGroup), Array.from(status).filter(inGroup)));
  };
  return {
    lowCount: test.n[0]!,
    highCount: test.n[1]!,
    logRank: test,
    cox: fitCox([Float64Array.from(high)], time, status),
    lowMedian: medianOf(0),
    highMedian: medianOf(1),
  };
}
