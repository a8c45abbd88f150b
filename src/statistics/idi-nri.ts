import { checkProbabilities } from './calibration.ts';
import { checkBinary } from './columns.ts';
import { criticalValue } from './confidence.ts';
import type { Interval } from './proportion.ts';
import { mean, populationVariance } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';
import { type ZTest, zTest } from './z-test.ts';

export interface Idi extends ZTest {
  /** Integrated discrimination improvement, `meanDifferenceEvents - meanDifferenceNonEvents`. */
  readonly idi: number;
  readonly se: number;
  readonly interval: Interval;
  /** Mean of `new - old` in rows with the event, and without. */
  readonly meanDifferenceEvents: number;
  readonly meanDifferenceNonEvents: number;
  /** Mean probability with the event less that without. */
  readonly discriminationSlopeOld: number;
  readonly discriminationSlopeNew: number;
}

/** Part of the improvement within one outcome. */
export interface NriPart extends ZTest {
  readonly nri: number;
  readonly se: number;
  /** Share of the rows that move up, and down. */
  readonly up: number;
  readonly down: number;
}

export interface Nri extends ZTest {
  /** Net reclassification improvement, -2 to 2. */
  readonly nri: number;
  readonly se: number;
  /** Moving up is right: `up - down`. */
  readonly events: NriPart;
  /** Moving down is right: `down - up`. */
  readonly nonEvents: NriPart;
}

/**
 * Integrated discrimination improvement of new over old probabilities. R's `Hmisc::improveProb`.
 *
 * `SE^2 = s1^2/n1 + s0^2/n0` with the sample variances (denominator `n - 1`) of `new - old` in each outcome.
 *
 * @param oldP Probabilities of the old model, length `n`.
 * @param newP Probabilities of the new model on the same rows; better on rows that neither model was fitted on.
 * @param outcome 0 or 1 per row, each at least twice.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` if a probability is outside `[0, 1]`, lengths differ or an outcome has fewer
 *   than 2 rows.
 * @see Pencina MJ et al. Stat Med 2008;27:157-172, doi 10.1002/sim.2929
 */
export function integratedDiscrimination(
  oldP: Float64Array,
  newP: Float64Array,
  outcome: ArrayLike<number>,
  confidence = 0.95,
): Idi {
  const half = criticalValue(confidence);
  checkPair(oldP, newP, outcome);
  const differences = newP.map((value, i) => value - oldP[i]!);
  const [ofEvents, ofNonEvents] = byOutcome(differences, outcome);
  const idi = mean(ofEvents) - mean(ofNonEvents);
  const se = Math.sqrt(varianceOfMean(ofEvents) + varianceOfMean(ofNonEvents));
  return {
    idi,
    se,
    interval: { low: idi - half * se, high: idi + half * se },
    ...zTest(idi, se),
    meanDifferenceEvents: mean(ofEvents),
    meanDifferenceNonEvents: mean(ofNonEvents),
    discriminationSlopeOld: discriminationSlope(oldP, outcome),
    discriminationSlopeNew: discriminationSlope(newP, outcome),
  };
}

/**
 * Net reclassification improvement, continuous or by risk categories. R's `Hmisc::improveProb` for the continuous one.
 *
 * `NRI = (up1 - down1) + (down0 - up0)`, shares of rows with (1) and without (0) the event; a row that stays counts as
 * neither. `SE^2` is the sum over outcomes of `[up + down - (up - down)^2] / n`; papers also have it without the
 * square. The continuous NRI rewards any change, however small: report the IDI and net benefit beside it.
 *
 * @param oldP Probabilities of the old model, length `n`.
 * @param newP Probabilities of the new model on the same rows.
 * @param outcome 0 or 1 per row, each at least twice.
 * @param cutoffs Borders of the risk categories, ascending; a probability equal to a border is in the higher one.
 *   Without them every change counts.
 * @throws StatisticsError `STATISTICS_INPUT` if a probability is outside `[0, 1]`, cut-offs do not ascend, lengths differ
 *   or an outcome has fewer than 2 rows.
 * @see Pencina MJ et al. Stat Med 2008;27:157-172 (categories) and 2011;30:11-21, doi 10.1002/sim.4085 (continuous)
 */
export function netReclassification(
  oldP: Float64Array,
  newP: Float64Array,
  outcome: ArrayLike<number>,
  cutoffs?: readonly number[],
): Nri {
  checkPair(oldP, newP, outcome);
  if (cutoffs?.some((value, i) => !(value > (cutoffs[i - 1] ?? Number.NEGATIVE_INFINITY))))
    throw new StatisticsError('STATISTICS_INPUT', 'cutoffs', 'give them in ascending order');
  const category = (p: number) => (cutoffs === undefined ? p : cutoffs.filter((cutoff) => p >= cutoff).length);
  const moves = newP.map((value, i) => Math.sign(category(value) - category(oldP[i]!)));
  const [ofEvents, ofNonEvents] = byOutcome(moves, outcome);
  const events = nriPart(ofEvents, 1);
  const nonEvents = nriPart(ofNonEvents, -1);
  const nri = events.nri + nonEvents.nri;
  const se = Math.hypot(events.se, nonEvents.se);
  return { nri, se, ...zTest(nri, se), events, nonEvents };
}

function nriPart(moves: Float64Array, right: 1 | -1): NriPart {
  const n = moves.length;
  const up = moves.reduce((count, move) => count + Number(move > 0), 0) / n;
  const down = moves.reduce((count, move) => count + Number(move < 0), 0) / n;
  const nri = right * (up - down);
  // All rows moving one way gives 0, but for rounding.
  const se = Math.sqrt(Math.max(0, up + down - nri ** 2) / n);
  return { nri, se, up, down, ...zTest(nri, se) };
}

function discriminationSlope(p: Float64Array, outcome: ArrayLike<number>): number {
  const [ofEvents, ofNonEvents] = byOutcome(p, outcome);
  return mean(ofEvents) - mean(ofNonEvents);
}

function byOutcome(values: Float64Array, outcome: ArrayLike<number>): [Float64Array, Float64Array] {
  return [values.filter((_, i) => outcome[i] === 1), values.filter((_, i) => outcome[i] !== 1)];
}

/** Sample variance over `n`, `[sum (x - mean)^2 / (n - 1)] / n`. */
function varianceOfMean(values: Float64Array): number {
  return populationVariance(values) / (values.length - 1);
}

function checkPair(oldP: Float64Array, newP: Float64Array, outcome: ArrayLike<number>): void {
  checkProbabilities(oldP, outcome.length);
  checkProbabilities(newP, outcome.length);
  checkBinary(outcome);
  const [events, nonEvents] = byOutcome(oldP, outcome);
  if (events.length < 2 || nonEvents.length < 2)
    throw new StatisticsError('STATISTICS_INPUT', 'outcome', 'give at least 2 rows of each outcome');
}
