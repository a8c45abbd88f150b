import { criticalValue } from './confidence.ts';
import { denseRanks } from './dense-ranks.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkSurvival, eventTable, lastAtOrBefore, mergeTimes, orderByTime } from './survival-outcome.ts';

/** What an event exactly at the horizon is: `neither` case nor control (timeROC), or a `case` (riskRegression). */
export type EventAtHorizon = 'neither' | 'case';

export interface TimeDependentRoc {
  readonly horizon: number;
  readonly auc: number;
  /** From the influence function; it allows for the estimation of the weights. */
  readonly standardError: number;
  /** `auc -+ z standardError`, kept in `[0, 1]`. */
  readonly lower: number;
  readonly upper: number;
  /** Rows with the event before the horizon. */
  readonly cases: number;
  /** Rows followed beyond the horizon. */
  readonly controls: number;
  /** The rest: censored before the horizon, or last seen at it. */
  readonly neither: number;
  /** `G(horizon)`, the probability of not being censored by then. */
  readonly uncensored: number;
  /** Weighted share of cases and of controls. */
  readonly eventProbability: number;
  readonly survivalProbability: number;
  readonly curve: {
    /** Distinct markers, descending; a row is positive at or above one. */
    readonly thresholds: readonly number[];
    /** Sensitivity, from 0 on: one entry more than `thresholds`. */
    readonly truePositiveRate: readonly number[];
    /** 1 - specificity, likewise. */
    readonly falsePositiveRate: readonly number[];
  };
}

/**
 * Probability of still being under observation, left of each row's own time: `G(T_i-)`, the weights of `timeDependentRoc`.
 *
 * `G` is the Kaplan-Meier curve of censoring, with events before censorings at equal times: who has the event at a time
 * is no longer at risk of being censored then (`prodlim(..., reverse = TRUE)`).
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @returns `G(T_i-)` per row, in `(0, 1]`.
 * @throws StatisticsError `STATISTICS_INPUT` as `checkSurvival`.
 */
export function uncensoredBefore(time: ArrayLike<number>, status: ArrayLike<number>): Float64Array {
  checkSurvival(time, status);
  const merged = mergeTimes(time);
  const curve = censoringCurve(merged, status);
  return merged.map((t) => leftLimit(curve, t));
}

/**
 * Cumulative/dynamic ROC curve at a horizon `t`, by inverse probability of censoring weights.
 *
 * Cases have the event with `T < t` and weigh `w = 1 / G(T-)`; controls have `T > t` and weigh `v = 1 / G(t)`; rows
 * censored before `t`, and rows with `T = t`, are neither. With `H_ij = w_i v_j ([m_i > m_j] + [m_i = m_j] / 2)`,
 * `AUC = sum H / (sum w sum v)`, the area under the curve by the trapezoid rule.
 *
 * Equals R `timeROC(T, delta, marker, cause = 1, weighting = 'marginal', iid = TRUE)`, standard error included. At the
 * horizon itself programs differ, which matters where times are whole months: `riskRegression::Score` counts an event at
 * `t` as a case (`eventAtHorizon: 'case'`). The influence function ranks rows by time, tied rows in the
 * order given, as timeROC does. `survivalROC` (nearest neighbours) is another estimator.
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param marker Finite, higher for an earlier event.
 * @param horizon Greater than 0, in the unit of `time`.
 * @param options `eventAtHorizon`, `neither` by default; `confidence`, a share, 0.95 by default.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, or if there is no case or no control.
 * @see Blanche P et al. Stat Med 2013;32:5381-5397, doi 10.1002/sim.5958; Uno H et al. JASA 2007;102:527-537
 */
export function timeDependentRoc(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  marker: ArrayLike<number>,
  horizon: number,
  options: { readonly eventAtHorizon?: EventAtHorizon; readonly confidence?: number } = {},
): TimeDependentRoc {
  checkSurvival(time, status);
  checkMarker(marker, time.length);
  const z = criticalValue(options.confidence ?? 0.95);
  const weighted = weigh(time, status, marker, horizon, options.eventAtHorizon ?? 'neither');
  const { caseWeight, controlWeight, uncensored } = weighted;
  const n = time.length;
  const cases = caseWeight.filter((weight) => weight > 0).length;
  const controls = controlWeight.filter((weight) => weight > 0).length;
  if (cases === 0 || controls === 0)
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'horizon',
      `${cases} events before ${horizon} and ${controls} rows followed beyond it: choose a time with both`,
    );
  const { curve, caseSums, controlSums } = sweepMarkers(weighted);
  const eventProbability = total(caseWeight) / n;
  const survivalProbability = total(controlWeight) / n;
  const auc = total(caseSums) / (n * n * eventProbability * survivalProbability);
  const influence = influenceFunction(weighted, caseSums, controlSums);
  const centre = total(influence) / n;
  const spread = influence.reduce((sum, value) => sum + (value - centre) ** 2, 0) / (n - 1);
  const standardError = Math.sqrt(spread / n);
  return {
    horizon,
    auc,
    standardError,
    lower: Math.max(0, auc - z * standardError),
    upper: Math.min(1, auc + z * standardError),
    cases,
    controls,
    neither: n - cases - controls,
    uncensored,
    eventProbability,
    survivalProbability,
    curve,
  };
}

/** Rows by ascending time, with their weights for one horizon. */
interface WeightedRows {
  readonly time: Float64Array;
  readonly censored: Uint8Array;
  readonly marker: Float64Array;
  /** `w`; 0 where the row is no case. */
  readonly caseWeight: Float64Array;
  /** `v`; 0 where the row is no control. */
  readonly controlWeight: Float64Array;
  readonly uncensored: number;
}

function weigh(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  marker: ArrayLike<number>,
  horizon: number,
  eventAtHorizon: EventAtHorizon,
): WeightedRows {
  const merged = mergeTimes(time);
  const order = orderByTime(merged);
  const curve = censoringCurve(merged, status);
  const uncensored = curve.survival[lastAtOrBefore(curve.time, horizon)] ?? 1;
  const isCase = (row: number) =>
    status[row] === 1 && (merged[row]! < horizon || (eventAtHorizon === 'case' && merged[row] === horizon));
  return {
    time: Float64Array.from(order, (row) => merged[row]!),
    censored: Uint8Array.from(order, (row) => 1 - status[row]!),
    marker: Float64Array.from(order, (row) => marker[row]!),
    caseWeight: Float64Array.from(order, (row) => (isCase(row) ? 1 / leftLimit(curve, merged[row]!) : 0)),
    controlWeight: Float64Array.from(order, (row) => (merged[row]! > horizon ? 1 / uncensored : 0)),
    uncensored,
  };
}

interface CensoringCurve {
  readonly time: readonly number[];
  readonly survival: readonly number[];
}

function censoringCurve(time: Float64Array, status: ArrayLike<number>): CensoringCurve {
  const table = eventTable(time, status);
  let level = 1;
  const survival = table.censored.map((c, k) => {
    if (c > 0) level *= 1 - c / (table.atRisk[k]! - table.events[k]!);
    return level;
  });
  return { time: table.time, survival };
}

/** `G(t-)` at one of the observed times. */
function leftLimit(curve: CensoringCurve, t: number): number {
  return curve.survival[lastAtOrBefore(curve.time, t) - 1] ?? 1;
}

/** The curve, `sum_j H_ij` per row as a case and `sum_i H_ij` per row as a control. */
function sweepMarkers({ marker, caseWeight, controlWeight }: WeightedRows) {
  const { ranks, distinct } = denseRanks(marker);
  const k = distinct.length;
  const casesAt = new Float64Array(k);
  const controlsAt = new Float64Array(k);
  ranks.forEach((rank, i) => {
    casesAt[rank]! += caseWeight[i]!;
    controlsAt[rank]! += controlWeight[i]!;
  });
  const [caseTotal, controlTotal] = [total(casesAt), total(controlsAt)];
  const controlsBelow = new Float64Array(k);
  const casesAbove = new Float64Array(k);
  const truePositiveRate = [0];
  const falsePositiveRate = [0];
  for (let r = 1; r < k; r++) controlsBelow[r] = controlsBelow[r - 1]! + controlsAt[r - 1]!;
  let [cases, controls] = [0, 0];
  for (let r = k - 1; r >= 0; r--) {
    casesAbove[r] = cases;
    cases += casesAt[r]!;
    controls += controlsAt[r]!;
    truePositiveRate.push(cases / caseTotal);
    falsePositiveRate.push(controls / controlTotal);
  }
  const half = (r: number, below: Float64Array, at: Float64Array) => below[r]! + at[r]! / 2;
  return {
    curve: { thresholds: Array.from(distinct).reverse(), truePositiveRate, falsePositiveRate },
    caseSums: caseWeight.map((weight, i) => weight * half(ranks[i]!, controlsBelow, controlsAt)),
    controlSums: controlWeight.map((weight, i) => weight * half(ranks[i]!, casesAbove, casesAt)),
  };
}

/**
 * Influence of row `k` on the AUC, `(A_k + B_k + C_k) / (n F S)`: `A` through the weights of all cases, `B` as a control,
 * `C` as a case. Both sums over cases in `A` run over `Q[i, k]`, the effect of row `k` on the estimate of `log G(T_i-)`:
 * `-L[min(i, k)]`, and `1 / (share at risk)` more from row `k`'s time on if `k` is censored. So prefix sums replace the
 * matrix `Q`.
 */
function influenceFunction(rows: WeightedRows, caseSums: Float64Array, controlSums: Float64Array): Float64Array {
  const { time, censored, caseWeight, controlWeight } = rows;
  const n = time.length;
  const hazard = new Float64Array(n);
  const share = new Float64Array(n);
  for (let r = 0; r < n; r++) {
    share[r] = 1 - r / n;
    hazard[r] = (r > 0 ? hazard[r - 1]! : 0) + censored[r]! / (n - r) / share[r]!;
  }
  const throughPairs = sumsOverQ(caseSums, hazard, share, rows);
  const throughWeights = sumsOverQ(caseWeight, hazard, share, rows);
  const h = total(caseSums) / (n * n);
  const f = total(caseWeight) / n;
  const s = total(controlWeight) / n;
  const controlShare = controlWeight.filter((weight) => weight > 0).length / n;
  return Float64Array.from({ length: n }, (_, k) => {
    const a = n * h + throughPairs[k]! / n - h * (n + throughWeights[k]! / f);
    const b = controlSums[k]! - n * h;
    const u = controlWeight[k]! > 0 ? 1 / controlShare : 0;
    const c = caseSums[k]! - n * h * (u + (caseWeight[k]! - f) / f);
    return (a + b + c) / (n * f * s);
  });
}

/** `sum_i values_i Q[i, k]` for every `k`. */
function sumsOverQ(
  values: Float64Array,
  hazard: Float64Array,
  share: Float64Array,
  { time, censored }: WeightedRows,
): Float64Array {
  const n = values.length;
  const sums = new Float64Array(n);
  const all = total(values);
  let upToHere = 0;
  let weightedUpToHere = 0;
  for (let first = 0; first < n; ) {
    // Row k's own jump is felt from the first row of its time on.
    const fromThisTime = all - upToHere;
    const firstShare = share[first]!;
    let k = first;
    for (; k < n && time[k] === time[first]; k++) {
      upToHere += values[k]!;
      weightedUpToHere += values[k]! * hazard[k]!;
      sums[k] = (censored[k]! * fromThisTime) / firstShare - weightedUpToHere - hazard[k]! * (all - upToHere);
    }
    first = k;
  }
  return sums;
}

function total(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum;
}

function checkMarker(marker: ArrayLike<number>, rows: number): void {
  if (marker.length !== rows)
    throw new StatisticsError('STATISTICS_INPUT', 'marker', `${marker.length} rows where time has ${rows}`);
  for (let i = 0; i < rows; i++)
    if (!Number.isFinite(marker[i]))
      throw new StatisticsError('STATISTICS_INPUT', 'marker', `row ${i} is ${marker[i]}, give a number`);
}
