import { checkBinary, checkColumns } from './columns.ts';
import { midRanks } from './mid-ranks.ts';
import { zTest } from './z-test.ts';

export interface RankSumTest {
  /** Mann-Whitney `U`: pairs in which the event row scores higher, ties one half. AUC is `U` over the number of pairs. */
  readonly u: number;
  readonly z: number;
  /** Two-sided. */
  readonly p: number;
}

/**
 * Wilcoxon's rank-sum test (Mann-Whitney) of scores between two outcomes, by the normal approximation with tie and
 * continuity correction: R's `wilcox.test(x1, x0, exact = FALSE)`. Small samples without ties, for which R's default is
 * the exact distribution, get the approximation too.
 *
 * @param scores Finite, length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @returns z = 0 and p = 1 if all scores are equal.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or a single outcome.
 * @see Mann HB, Whitney DR. Ann Math Stat 1947;18:50-60, doi 10.1214/aoms/1177730491
 */
export function rankSumTest(scores: Float64Array, outcome: ArrayLike<number>): RankSumTest {
  checkColumns([scores], outcome.length);
  checkBinary(outcome);
  const n = scores.length;
  const { ranks, tieSum } = midRanks(scores);
  let events = 0;
  let rankSum = 0;
  for (let i = 0; i < n; i++) {
    events += outcome[i]!;
    rankSum += outcome[i]! * ranks[i]!;
  }
  const pairs = events * (n - events);
  const u = rankSum - (events * (events + 1)) / 2;
  const excess = u - pairs / 2;
  const variance = (pairs / 12) * (n + 1 - tieSum / (n * (n - 1)));
  // The correction must not turn the sign of a difference below one half.
  const corrected = Math.sign(excess) * Math.max(0, Math.abs(excess) - 0.5);
  return { u, ...zTest(corrected, Math.sqrt(variance)) };
}
