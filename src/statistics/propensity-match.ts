import { checkBinary, checkColumns } from './columns.ts';
import { mean, populationVariance } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

/** In which order treated rows choose: by descending or ascending score, or as they stand. Ties as they stand. */
export type MatchOrder = 'largest' | 'smallest' | 'data';

export interface Caliper {
  /** Largest difference allowed within a pair. */
  readonly width: number;
  /** `raw`: on the scale of the score, as SPSS. `sd`: in standard deviations of the scores of all rows, as MatchIt. */
  readonly unit: 'raw' | 'sd';
}

export interface MatchedPair {
  readonly treated: number;
  readonly control: number;
  /** Absolute difference of their scores. */
  readonly difference: number;
}

export interface Matching {
  /** In ascending order of the treated row. */
  readonly pairs: readonly MatchedPair[];
  /** Caliper on the scale of the score; infinite without one. */
  readonly caliperWidth: number;
  /** Treated rows without a partner. */
  readonly unmatched: readonly number[];
}

/** Means of a variable in both groups, and their difference in standard deviations. */
export interface Balance {
  readonly meanTreated: number;
  readonly meanControl: number;
  /** By `sqrt((s1^2 + s0^2)/2)`, sample variances of the rows before matching. */
  readonly smdPooled: number;
  /** By the standard deviation of the treated before matching. */
  readonly smdTreated: number;
}

/**
 * Greedy 1:1 nearest-neighbour matching without replacement.
 *
 * Treated rows choose in turn; each takes the free control with the closest score (of equally close ones the first), if
 * it lies within the caliper, and stays unmatched otherwise. MatchIt's `method = "nearest"` up to its choice between
 * equal scores. "Caliper 0.02" means different things: name the unit. (MatchIt 4.5.1 of Debian 12 ignores its caliper.)
 *
 * @param scores Propensity scores, or their log odds; finite, length `n`.
 * @param treated 1 for treated, 0 for control; both present.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, a single group or a caliper that is not above 0;
 *   `STATISTICS_SINGULAR` for a caliper in standard deviations when all scores are equal.
 * @see Austin PC. Multivariate Behav Res 2011;46:399-424, doi 10.1080/00273171.2011.568786
 */
export function matchPropensity(
  scores: Float64Array,
  treated: ArrayLike<number>,
  caliper?: Caliper,
  order: MatchOrder = 'largest',
): Matching {
  checkColumns([scores], treated.length);
  checkBinary(treated);
  const caliperWidth = widthOf(scores, caliper);
  const rows = Array.from(scores.keys());
  const free = new Set(rows.filter((row) => treated[row] === 0));
  const choosing = rows.filter((row) => treated[row] === 1);
  const sign = order === 'largest' ? -1 : 1;
  if (order !== 'data') choosing.sort((a, b) => sign * (scores[a]! - scores[b]!));
  const pairs: MatchedPair[] = [];
  const unmatched: number[] = [];
  for (const row of choosing) {
    let control = -1;
    let difference = Number.POSITIVE_INFINITY;
    // A set keeps the order in which rows stand, so that the first of equally close ones wins.
    for (const candidate of free) {
      const distance = Math.abs(scores[candidate]! - scores[row]!);
      if (distance < difference) [control, difference] = [candidate, distance];
    }
    if (control >= 0 && difference <= caliperWidth) {
      free.delete(control);
      pairs.push({ treated: row, control, difference });
    } else unmatched.push(row);
  }
  pairs.sort((a, b) => a.treated - b.treated);
  return { pairs, caliperWidth, unmatched: unmatched.sort((a, b) => a - b) };
}

/**
 * Standardised mean difference of one variable between treated and controls, before or after matching.
 *
 * Standard deviations are those of all rows, also after matching: otherwise the measure changes with the matching and
 * not only with what it shall measure.
 *
 * @param values Length `n`, finite.
 * @param treated 1 or 0 per row, each at least twice.
 * @param pairs Of a matching; without them, before matching.
 * @returns Differences are 0 for equal means even without spread, and infinite for unequal means without spread.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, an empty matching or fewer than 2 rows of a group.
 * @see Austin PC. Stat Med 2009;28:3083-3107, doi 10.1002/sim.3697
 */
export function covariateBalance(
  values: Float64Array,
  treated: ArrayLike<number>,
  pairs?: readonly MatchedPair[],
): Balance {
  checkColumns([values], treated.length);
  checkBinary(treated);
  const ofTreated = values.filter((_, row) => treated[row] === 1);
  const ofControls = values.filter((_, row) => treated[row] === 0);
  if (ofTreated.length < 2 || ofControls.length < 2)
    throw new StatisticsError('STATISTICS_INPUT', 'treated', 'give at least 2 rows of each group');
  if (pairs?.length === 0) throw new StatisticsError('STATISTICS_INPUT', 'pairs', 'are none');
  const meanTreated = mean(pairs?.map((pair) => values[pair.treated]!) ?? ofTreated);
  const meanControl = mean(pairs?.map((pair) => values[pair.control]!) ?? ofControls);
  const difference = meanTreated - meanControl;
  const variances = [sampleVariance(ofTreated), sampleVariance(ofControls)] as const;
  const standardised = (variance: number) => (difference === 0 ? 0 : difference / Math.sqrt(variance));
  return {
    meanTreated,
    meanControl,
    smdPooled: standardised((variances[0] + variances[1]) / 2),
    smdTreated: standardised(variances[0]),
  };
}

function widthOf(scores: Float64Array, caliper: Caliper | undefined): number {
  if (caliper === undefined) return Number.POSITIVE_INFINITY;
  if (!(caliper.width > 0))
    throw new StatisticsError('STATISTICS_INPUT', 'caliper', `got ${caliper.width}, give more than 0`);
  if (caliper.unit === 'raw') return caliper.width;
  const sd = Math.sqrt(sampleVariance(scores));
  if (!(sd > 0)) throw new StatisticsError('STATISTICS_SINGULAR', 'scores', 'are all equal: they have no unit');
  return caliper.width * sd;
}

function sampleVariance(values: Float64Array): number {
  return (populationVariance(values) * values.length) / (values.length - 1);
}
