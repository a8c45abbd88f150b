import { checkProbabilities } from './calibration.ts';
import { checkBinary, countEvents } from './columns.ts';
import { chiSquareUpperTail } from './distributions.ts';
import { quantiles } from './quantile.ts';
import { StatisticsError } from './statistics-error.ts';

/** Rows of similar predicted risk. */
export interface RiskGroup {
  readonly n: number;
  readonly meanPredicted: number;
  readonly events: number;
  /** Share with the event. */
  readonly observed: number;
}

export interface HosmerLemeshow {
  readonly chiSquare: number;
  /** Groups less 2. */
  readonly df: number;
  readonly p: number;
  readonly groups: readonly RiskGroup[];
}

/**
 * Groups rows by quantiles of their predicted risk.
 *
 * Borders are quantiles of type 7; a group holds the risks above its lower border up to and including its upper one,
 * the first its lower border too: R's `cut(p, quantile(p, 0:g/g), include.lowest = TRUE)`. Where ties make borders fall
 * together there are fewer groups (R's `cut` refuses them). Other programs group by rank.
 *
 * @param p Probabilities, length `n`.
 * @param outcome 0 or 1 per row.
 * @param count Number of groups `g`, 2 or more.
 * @returns Groups with rows in them, in ascending risk, and their borders.
 * @throws StatisticsError `STATISTICS_INPUT` if a probability is outside `[0, 1]`, an outcome is not 0 or 1, lengths
 *   differ or `count` is no such number.
 */
export function riskGroups(
  p: Float64Array,
  outcome: ArrayLike<number>,
  count: number,
): { groups: RiskGroup[]; breaks: Float64Array } {
  checkProbabilities(p, outcome.length);
  countEvents(outcome);
  if (!(Number.isInteger(count) && count >= 2))
    throw new StatisticsError('STATISTICS_INPUT', 'count', `got ${count}, give a whole number of 2 or more`);
  const breaks = quantiles(
    p,
    Array.from({ length: count + 1 }, (_, k) => k / count),
  );
  const n = new Uint32Array(count);
  const events = new Uint32Array(count);
  const predicted = new Float64Array(count);
  for (let i = 0; i < p.length; i++) {
    let group = 0;
    while (group < count - 1 && p[i]! > breaks[group + 1]!) group++;
    n[group]! += 1;
    events[group]! += outcome[i]!;
    predicted[group]! += p[i]!;
  }
  const groups = Array.from({ length: count }, (_, k) => ({
    n: n[k]!,
    meanPredicted: predicted[k]! / n[k]!,
    events: events[k]!,
    observed: events[k]! / n[k]!,
  }));
  return { groups: groups.filter((group) => group.n > 0), breaks };
}

/**
 * Hosmer and Lemeshow's goodness of fit over groups of predicted risk,
 * `sum (O - n pbar)^2 / (n pbar (1 - pbar))` on groups less 2 degrees of freedom.
 *
 * @param p Probabilities, length `n`.
 * @param outcome 0 or 1 per row, both present.
 * @param count Number of groups; see `riskGroups` for their borders. Ties can leave fewer.
 * @throws StatisticsError `STATISTICS_INPUT` as `riskGroups`; `STATISTICS_SINGULAR` if fewer than 3 groups are left, or
 *   the mean risk of one is 0 or 1.
 * @see Hosmer DW, Lemeshow S. Commun Stat 1980;9:1043-1069, doi 10.1080/03610928008827941
 */
export function hosmerLemeshow(p: Float64Array, outcome: ArrayLike<number>, count = 10): HosmerLemeshow {
  checkBinary(outcome);
  const { groups } = riskGroups(p, outcome, count);
  if (groups.length < 3)
    throw new StatisticsError('STATISTICS_SINGULAR', 'p', `ties leave ${groups.length} groups, 3 are needed`);
  let chiSquare = 0;
  for (const { n, meanPredicted, events } of groups) {
    const variance = n * meanPredicted * (1 - meanPredicted);
    if (!(variance > 0))
      throw new StatisticsError('STATISTICS_SINGULAR', 'p', `the risk of a whole group is ${meanPredicted}`);
    chiSquare += (events - n * meanPredicted) ** 2 / variance;
  }
  const df = groups.length - 2;
  return { chiSquare, df, p: chiSquareUpperTail(chiSquare, df), groups };
}
