import { criticalValue } from './confidence.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkSurvival, eventTable, lastAtOrBefore, mergeTimes } from './survival-outcome.ts';

/** Scale on which the confidence limits of a survival curve are symmetric. */
export type SurvivalInterval = 'log' | 'log-log' | 'plain';

/** Distance from a level at which the curve counts as being on it, as in R's survival. */
const levelTolerance = 1.490_116_119_384_765_6e-8;

/** Kaplan-Meier curve: one entry per distinct observed time, ascending. Plain arrays, so that JSON keeps it. */
export interface SurvivalCurve {
  readonly interval: SurvivalInterval;
  readonly confidence: number;
  readonly time: readonly number[];
  /** Rows still followed just before the time. */
  readonly atRisk: readonly number[];
  readonly events: readonly number[];
  readonly censored: readonly number[];
  /** `S(t)` from the time on, until the next. */
  readonly survival: readonly number[];
  /** Greenwood's standard error of `S`; null once `S` is 0. */
  readonly standardError: readonly (number | null)[];
  /** Standard error of `log S`; null once `S` is 0. */
  readonly logStandardError: readonly (number | null)[];
  /** Pointwise confidence limits; null once `S` is 0. */
  readonly lower: readonly (number | null)[];
  readonly upper: readonly (number | null)[];
}

/** A number read off a survival curve, with its confidence limits. */
export interface SurvivalPoint {
  readonly time: number;
  readonly survival: number;
  readonly standardError: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
  /** Rows followed to `time` or longer; 0 says that the curve has ended before and its last value is carried on. */
  readonly atRisk: number;
}

/** A time read off a survival curve; null where the curve or a limit does not come down far enough. */
export interface SurvivalQuantile {
  readonly time: number | null;
  readonly lower: number | null;
  readonly upper: number | null;
}

/**
 * Kaplan-Meier estimate of survival, `S(t) = prod_{t_k <= t} (1 - d_k / n_k)`, with Greenwood's variance
 * `var(log S) = sum d_k / (n_k (n_k - d_k))`.
 *
 * Limits: `log` (default, as in R) `exp(log S -+ z se(log S))`, at most 1; `log-log` (default of SAS and lifelines)
 * `S^exp(-+ z se(log S) / log S)`; `plain` `S -+ z S se(log S)`, kept in `[0, 1]`. Rows censored at a time still
 * count as at risk for the events at that time. With every row censored `S` is 1 throughout.
 *
 * Equals R `survfit(Surv(time, status) ~ 1, conf.type)`. Deviation: where `S` is 0, R has NaN, Inf or NA and this null.
 * For the median follow-up by the reverse method pass `1 - status`.
 *
 * @param time Follow-up times, length `n`, 1 or more.
 * @param status 1 event, 0 censored; length `n`.
 * @param options `interval` and `confidence`, a share.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, a negative time, unequal lengths or another status.
 * @see Kaplan EL, Meier P. J Am Stat Assoc 1958;53:457-481; Greenwood M. Reports on Public Health 1926;33
 */
export function kaplanMeier(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  options: { readonly interval?: SurvivalInterval; readonly confidence?: number } = {},
): SurvivalCurve {
  checkSurvival(time, status);
  const { interval = 'log', confidence = 0.95 } = options;
  const z = criticalValue(confidence);
  const table = eventTable(mergeTimes(time), status);
  const survival: number[] = [];
  const logStandardError: (number | null)[] = [];
  const limits: Limits[] = [];
  let level = 1;
  let variance = 0;
  table.time.forEach((_, k) => {
    const [n, d] = [table.atRisk[k]!, table.events[k]!];
    level *= (n - d) / n;
    if (d > 0) variance += d / (n * (n - d));
    const error = level > 0 ? Math.sqrt(variance) : null;
    survival.push(level);
    logStandardError.push(error);
    limits.push(error === null ? { lower: null, upper: null } : limitsAt(level, z * error, interval));
  });
  return {
    interval,
    confidence,
    ...table,
    survival,
    standardError: logStandardError.map((error, k) => (error === null ? null : error * survival[k]!)),
    logStandardError,
    lower: limits.map(({ lower }) => lower),
    upper: limits.map(({ upper }) => upper),
  };
}

/**
 * Survival at a time, `S(t)`, carried on from the last observed time before it.
 *
 * Equals R `summary(fit, times = t, extend = TRUE)`. Beyond the last observed time the last value is given with
 * `atRisk` 0; whether that is an estimate is for the caller to say.
 *
 * @param curve From `kaplanMeier`.
 * @param t 0 or more.
 */
export function survivalAt(curve: SurvivalCurve, t: number): SurvivalPoint {
  const k = lastAtOrBefore(curve.time, t);
  const next = curve.time[k] === t ? k : k + 1;
  const atRisk = curve.atRisk[next] ?? 0;
  if (k < 0) return { time: t, survival: 1, standardError: 0, lower: 1, upper: 1, atRisk };
  return {
    time: t,
    survival: curve.survival[k]!,
    standardError: curve.standardError[k]!,
    lower: curve.lower[k]!,
    upper: curve.upper[k]!,
    atRisk,
  };
}

/**
 * Time by which the share `p` has had the event: the first time with `S(t) <= 1 - p`, and where `S` equals `1 - p` over
 * a stretch, the middle of that stretch. The limits are read off the limits of the curve by the same rule.
 *
 * Equals R `quantile(fit, p)` and the median that R prints. Where the curve ends on the level itself there is no next
 * event, and the first time on the level is given, as R prints it (`quantile` gives the middle to the last time).
 *
 * @param curve From `kaplanMeier`.
 * @param p Share with the event, in `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` if `p` is outside.
 * @see Brookmeyer R, Crowley J. Biometrics 1982;38:29-41, doi 10.2307/2530286
 */
export function survivalQuantile(curve: SurvivalCurve, p: number): SurvivalQuantile {
  if (!(p > 0 && p < 1)) throw new StatisticsError('STATISTICS_INPUT', 'p', `got ${p}, give a share in (0, 1)`);
  return {
    time: crossing(curve.time, curve.survival, 1 - p),
    lower: crossing(curve.time, curve.lower, 1 - p),
    upper: crossing(curve.time, curve.upper, 1 - p),
  };
}

/**
 * Median survival time with its limits, `survivalQuantile(curve, 0.5)`.
 *
 * @param curve From `kaplanMeier`.
 */
export function medianSurvival(curve: SurvivalCurve): SurvivalQuantile {
  return survivalQuantile(curve, 0.5);
}

/**
 * Restricted mean survival time, the area under the curve up to `horizon`, `int_0^tau S(t) dt`, with the standard error
 * `sqrt(sum_k (int_{t_k}^tau S)^2 d_k / (n_k (n_k - d_k)))`. Equals `rmean` of R `print(fit, rmean = horizon)`.
 *
 * @param curve From `kaplanMeier`.
 * @param horizon Greater than 0; by default the last observed time.
 * @throws StatisticsError `STATISTICS_INPUT` if `horizon` is not positive, or the curve ends before it above 0.
 */
export function restrictedMean(
  curve: SurvivalCurve,
  horizon: number = curve.time.at(-1)!,
): { readonly mean: number; readonly standardError: number } {
  const last = curve.time.length - 1;
  if (!(horizon > 0 && (horizon <= curve.time[last]! || (curve.survival[last] === 0 && Number.isFinite(horizon)))))
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'horizon',
      `got ${horizon}, give a time after 0 and not after the last followed, ${curve.time[last]}`,
    );
  let area = 0;
  let variance = 0;
  let end = horizon;
  for (let k = last; k >= 0; k--) {
    const start = curve.time[k]!;
    if (start >= horizon) continue;
    area += curve.survival[k]! * (end - start);
    end = start;
    const [n, d] = [curve.atRisk[k]!, curve.events[k]!];
    if (n > d) variance += (area * area * d) / (n * (n - d));
  }
  return { mean: area + end, standardError: Math.sqrt(variance) };
}

interface Limits {
  readonly lower: number | null;
  readonly upper: number | null;
}

/** `half` is `z se(log S)`. */
function limitsAt(survival: number, half: number, interval: SurvivalInterval): Limits {
  // Before the first event nothing is estimated, and log(-log 1) does not exist.
  if (survival === 1) return { lower: 1, upper: 1 };
  if (interval === 'plain')
    return { lower: Math.max(0, survival * (1 - half)), upper: Math.min(1, survival * (1 + half)) };
  const log = Math.log(survival);
  if (interval === 'log') return { lower: Math.exp(log - half), upper: Math.min(1, Math.exp(log + half)) };
  const shift = half / log;
  return { lower: Math.exp(log * Math.exp(-shift)), upper: Math.exp(log * Math.exp(shift)) };
}

function crossing(time: readonly number[], curve: readonly (number | null)[], level: number): number | null {
  const first = curve.findIndex((value) => value !== null && value <= level + levelTolerance);
  if (first < 0) return null;
  const value = curve[first]!;
  if (value < level - levelTolerance) return time[first]!;
  const next = curve.findIndex((after, k) => k > first && after !== null && after < value);
  return next < 0 ? time[first]! : (time[first]! + time[next]!) / 2;
}
