import { factorise, solveFactorised } from './cholesky.ts';
import { denseRanks } from './dense-ranks.ts';
import { chiSquareUpperTail } from './distributions.ts';
import { StatisticsError } from './statistics-error.ts';
import { checkEvents, mergeTimes, orderByTime } from './survival-outcome.ts';

const pivotTolerance = 1e-11;

export interface LogRankTest {
  /** Distinct group labels, ascending; the order of what follows. */
  readonly groups: readonly number[];
  readonly n: readonly number[];
  /** Events per group, weighted if `rho` is not 0. */
  readonly observed: readonly number[];
  /** Events expected if all groups had one survival curve. */
  readonly expected: readonly number[];
  /** Covariance of `observed - expected`, shape `(k, k)`; its rows add up to 0. */
  readonly variance: readonly (readonly number[])[];
  readonly chiSquare: number;
  /** Number of groups in which an event could have happened, less 1. */
  readonly df: number;
  readonly p: number;
}

/**
 * Log-rank test that `k` groups have the same survival, and its weighted and stratified forms.
 *
 * At each event time, of `d` events among `n` rows at risk, group `g` with `n_g` at risk expects `d n_g / n`; the
 * covariance is hypergeometric, `d (n - d) / (n - 1) (n_g / n) ([g = h] - n_h / n)`. Sums over times (and strata) give
 * `U = O - E` and `V`; `chi2 = U' V^- U`. With `rho` each time is weighted by `S(t-)^rho`, `S` the pooled Kaplan-Meier
 * curve: 0 is the log-rank test, 1 Peto and Peto's modification of the Gehan-Wilcoxon test. No continuity correction.
 * Equals R `survdiff(Surv(time, status) ~ group + strata(...), rho)`.
 *
 * @param time Follow-up times, length `n`.
 * @param status 1 event, 0 censored.
 * @param group Group label per row, any numbers, at least 2 different.
 * @param options `rho` (default 0); `strata`, a label per row within which rows are compared.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths, one group, no event, or events only at times when
 *   one group alone is at risk; `STATISTICS_SINGULAR` if groups never are at risk together, so that they can't be
 *   compared in one test.
 * @see Mantel N. Cancer Chemother Rep 1966;50:163-170; Harrington DP, Fleming TR. Biometrika 1982;69:553-566
 */
export function logRank(
  time: ArrayLike<number>,
  status: ArrayLike<number>,
  group: ArrayLike<number>,
  options: { readonly rho?: number; readonly strata?: ArrayLike<number> } = {},
): LogRankTest {
  checkEvents(time, status);
  const { rho = 0, strata = new Uint8Array(time.length) } = options;
  checkLabels('group', group, time.length);
  checkLabels('strata', strata, time.length);
  const { ranks, distinct } = denseRanks(group);
  const k = distinct.length;
  if (k < 2) throw new StatisticsError('STATISTICS_INPUT', 'group', 'all rows are in one group: give at least 2');
  const sums: Sums = {
    observed: new Float64Array(k),
    expected: new Float64Array(k),
    variance: new Float64Array(k * k),
  };
  const merged = mergeTimes(time);
  const order = orderByTime(merged);
  for (const stratum of new Set(Array.from(strata)))
    addStratum(
      order.filter((row) => strata[row] === stratum),
      merged,
      status,
      ranks,
      rho,
      sums,
    );
  const n = new Uint32Array(k);
  for (const rank of ranks) n[rank]! += 1;
  const { chiSquare, df } = quadraticForm(sums);
  return {
    groups: Array.from(distinct),
    n: Array.from(n),
    observed: Array.from(sums.observed),
    expected: Array.from(sums.expected),
    variance: Array.from({ length: k }, (_, g) => Array.from(sums.variance.subarray(g * k, (g + 1) * k))),
    chiSquare,
    df,
    p: chiSquareUpperTail(chiSquare, df),
  };
}

interface Sums {
  readonly observed: Float64Array;
  readonly expected: Float64Array;
  /** Shape `(k, k)` row-major. */
  readonly variance: Float64Array;
}

/** Adds one stratum, whose rows come by ascending time. */
function addStratum(
  rows: Uint32Array,
  time: Float64Array,
  status: ArrayLike<number>,
  ranks: Uint32Array,
  rho: number,
  { observed, expected, variance }: Sums,
): void {
  const k = observed.length;
  const atRisk = new Float64Array(k);
  for (const row of rows) atRisk[ranks[row]!]! += 1;
  let pooled = 1;
  for (let start = 0; start < rows.length; ) {
    const n = rows.length - start;
    const weight = pooled ** rho;
    let end = start;
    let d = 0;
    for (; end < rows.length && time[rows[end]!] === time[rows[start]!]; end++) {
      if (status[rows[end]!] !== 1) continue;
      d += 1;
      observed[ranks[rows[end]!]!]! += weight;
    }
    if (d > 0) {
      const spread = n > 1 ? (weight * weight * d * (n - d)) / (n - 1) : 0;
      for (let g = 0; g < k; g++) {
        const share = atRisk[g]! / n;
        expected[g]! += weight * d * share;
        for (let h = 0; h < k; h++) variance[g * k + h]! += spread * share * (Number(g === h) - atRisk[h]! / n);
      }
      pooled *= (n - d) / n;
    }
    for (; start < end; start++) atRisk[ranks[rows[start]!]!]! -= 1;
  }
}

/** `V` has one rank less than groups: one group is left out, and every group in which no event was possible. */
function quadraticForm({ observed, expected, variance }: Sums): { chiSquare: number; df: number } {
  const k = observed.length;
  const [, ...used] = Array.from(expected.keys()).filter((g) => expected[g]! > 0);
  const df = used.length;
  if (df === 0 || used.every((g) => !(variance[g * k + g]! > 0)))
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'group',
      'no event came while two groups were at risk: the groups can not be compared',
    );
  const v = new Float64Array(df * df);
  used.forEach((g, a) => {
    used.forEach((h, b) => {
      v[a * df + b] = variance[g * k + h]!;
    });
  });
  const difference = Float64Array.from(used, (g) => observed[g]! - expected[g]!);
  const solved = difference.slice();
  const dependent = factorise(v, df, pivotTolerance);
  if (dependent >= 0)
    throw new StatisticsError(
      'STATISTICS_SINGULAR',
      `group ${used[dependent]}`,
      'was never at risk together with the others when an event came: leave it out or merge it',
    );
  solveFactorised(v, solved);
  return { chiSquare: solved.reduce((sum, value, a) => sum + value * difference[a]!, 0), df };
}

function checkLabels(subject: string, labels: ArrayLike<number>, rows: number): void {
  if (labels.length !== rows)
    throw new StatisticsError('STATISTICS_INPUT', subject, `${labels.length} rows where time has ${rows}`);
  for (let i = 0; i < rows; i++)
    if (!Number.isFinite(labels[i]))
      throw new StatisticsError('STATISTICS_INPUT', subject, `row ${i} is ${labels[i]}, give a number`);
}
