import { checkBinary, checkColumns } from './columns.ts';
import { kaplanMeier, survivalAt } from './kaplan-meier.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkSurvival } from './survival-outcome.ts';

/** Decision curve: one entry per threshold; null where too few were followed to tell. Survives JSON. */
export interface DecisionCurve {
  readonly thresholds: readonly number[];
  /** Share with the event: of the binary outcome, or `1 - KM(horizon)`. */
  readonly eventProbability: number;
  /** True positives over all rows. */
  readonly truePositiveRate: readonly (number | null)[];
  /** False positives over all rows: not 1 - specificity. */
  readonly falsePositiveRate: readonly (number | null)[];
  readonly netBenefit: readonly (number | null)[];
  /** Net benefit of treating everybody; of treating nobody it is 0. */
  readonly treatAll: readonly number[];
  /** Interventions avoided per 100 patients, against treating everybody, with no event missed. */
  readonly interventionsAvoidedPer100: readonly (number | null)[];
}

/**
 * Decision curve of a predicted risk: net benefit `TP/n - FP/n t/(1 - t)` of treating who has a risk of `t` or more.
 *
 * A risk equal to the threshold counts as positive. No smoothing. Equals R `dcurves::dca(y ~ risk, thresholds)`.
 *
 * @param outcome 1 event, 0 none; length `n`, both present.
 * @param risk Probability of the event, in `[0, 1]`, length `n`.
 * @param thresholds In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, one outcome, a risk or threshold outside its range.
 * @see Vickers AJ, Elkin EB. Med Decis Making 2006;26:565-574, doi 10.1177/0272989X06295361
 */
export function decisionCurve(
  outcome: ArrayLike<number>,
  risk: Float64Array,
  thresholds: readonly number[],
): DecisionCurve {
  checkBinary(outcome);
  checkRisk(risk, outcome.length, thresholds);
  const n = outcome.length;
  const eventsUpTo = new Float64Array(n + 1);
  const order = byDescendingRisk(risk);
  order.forEach((row, k) => {
    eventsUpTo[k + 1] = eventsUpTo[k]! + outcome[row]!;
  });
  return assemble(thresholds, eventsUpTo[n]! / n, (threshold) => {
    const positive = countAtLeast(risk, order, threshold);
    return { truePositive: eventsUpTo[positive]! / n, falsePositive: (positive - eventsUpTo[positive]!) / n };
  });
}

/**
 * Decision curve for censored follow-up: as `decisionCurve` for the event by `horizon`, with the share `q` of positive
 * rows and their event probability `r = 1 - KM(horizon)`: net benefit `r q - (1 - r) q t/(1 - t)`.
 *
 * Nobody positive gives 0. Where follow-up of the positive rows ends before the horizon, the entry is null, even if it
 * ended in events alone. Equals R `dcurves::dca(Surv(time, status) ~ risk, time, thresholds)`; pass the risk of the
 * event, not survival.
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param risk Probability of the event by `horizon`, in `[0, 1]`, length `n`.
 * @param horizon Greater than 0 and not after the last time.
 * @param thresholds In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` as `decisionCurve`, or if nobody was followed to the horizon.
 * @see Vickers AJ et al. BMC Med Inform Decis Mak 2008;8:53, doi 10.1186/1472-6947-8-53
 */
export function survivalDecisionCurve(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  risk: Float64Array,
  horizon: number,
  thresholds: readonly number[],
): DecisionCurve {
  checkSurvival(time, status);
  checkRisk(risk, time.length, thresholds);
  const n = time.length;
  const order = byDescendingRisk(risk);
  const eventProbability = (count: number): number | null => {
    const rows = Array.from(order.subarray(0, count));
    const curve = kaplanMeier(
      rows.map((row) => time[row]!),
      rows.map((row) => status[row]!),
    );
    const point = survivalAt(curve, horizon);
    return point.atRisk > 0 ? 1 - point.survival : null;
  };
  const all = horizon > 0 ? eventProbability(n) : null;
  if (all === null)
    throw new StatisticsError('STATISTICS_INPUT', 'horizon', `got ${horizon}, but nobody was followed so long`);
  return assemble(thresholds, all, (threshold) => {
    const positive = countAtLeast(risk, order, threshold);
    if (positive === 0) return { truePositive: 0, falsePositive: 0 };
    const r = eventProbability(positive);
    return r === null ? null : { truePositive: (r * positive) / n, falsePositive: ((1 - r) * positive) / n };
  });
}

function assemble(
  thresholds: readonly number[],
  eventProbability: number,
  ratesAt: (threshold: number) => { truePositive: number; falsePositive: number } | null,
): DecisionCurve {
  const rates = thresholds.map(ratesAt);
  const odds = thresholds.map((threshold) => threshold / (1 - threshold));
  const treatAll = odds.map((ratio) => eventProbability - (1 - eventProbability) * ratio);
  const netBenefit = rates.map((rate, k) => (rate === null ? null : rate.truePositive - rate.falsePositive * odds[k]!));
  return {
    thresholds: [...thresholds],
    eventProbability,
    truePositiveRate: rates.map((rate) => rate?.truePositive ?? null),
    falsePositiveRate: rates.map((rate) => rate?.falsePositive ?? null),
    netBenefit,
    treatAll,
    interventionsAvoidedPer100: netBenefit.map((benefit, k) =>
      benefit === null ? null : (100 * (benefit - treatAll[k]!)) / odds[k]!,
    ),
  };
}

function byDescendingRisk(risk: Float64Array): Uint32Array {
  return Uint32Array.from(risk.keys()).sort((a, b) => risk[b]! - risk[a]!);
}

/** Number of rows with at least this risk: they come first in `order`. */
function countAtLeast(risk: Float64Array, order: Uint32Array, threshold: number): number {
  let low = 0;
  let high = order.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (risk[order[middle]!]! >= threshold) low = middle + 1;
    else high = middle;
  }
  return low;
}

function checkRisk(risk: Float64Array, rows: number, thresholds: readonly number[]): void {
  checkColumns([risk], rows, 1);
  const outside = risk.findIndex((value) => value < 0 || value > 1);
  if (outside >= 0)
    throw new StatisticsError('STATISTICS_INPUT', 'risk', `row ${outside} is ${risk[outside]}, outside [0, 1]`);
  const wrong = thresholds.find((value) => !(value > 0 && value < 1));
  if (wrong !== undefined)
    throw new StatisticsError('STATISTICS_INPUT', 'thresholds', `got ${wrong}, give values in (0, 1)`);
}
