import type { Columns } from './columns.ts';
import { orderByTime } from './survival-outcome.ts';

/** How events at one time share their risk set. */
export type CoxTies = 'efron' | 'breslow';

/**
 * Rows of a Cox model by ascending time, and its events as `E` steps in the same order. Step `e` at a time with `d` events
 * has the risk set `sum_{T >= t} r - f_e sum_{events at t} r`; with Efron's ties `f = 0, 1/d, ..., (d - 1)/d`, so that
 * each event leaves in turn, as an average over their unknown order; with Breslow's all `f` are 0.
 */
export interface CoxRows {
  /** Row numbers in the caller's order. */
  readonly order: Uint32Array;
  /** Follow-up times, ascending, length `n`. */
  readonly time: Float64Array;
  /** 1 event, 0 censored; length `n`. */
  readonly status: Uint8Array;
  /** Covariates, each of length `n`. */
  readonly columns: Columns;
  /** Distinct event times: rows `start..end - 1` have the time, and the events among them are steps from `step` on. */
  readonly ties: readonly { readonly start: number; readonly end: number; readonly step: number }[];
  /** `f_e`, length `E`. */
  readonly fraction: Float64Array;
}

/**
 * Arranges rows for the functions below.
 *
 * @param columns `p` columns of length `n`, in the caller's order.
 * @param time Merged times (`mergeTimes`), length `n`.
 * @param status 0 or 1 per row.
 * @param ties How to treat events at one time.
 */
export function coxRows(columns: Columns, time: Float64Array, status: ArrayLike<number>, ties: CoxTies): CoxRows {
  const order = orderByTime(time);
  const sortedTime = Float64Array.from(order, (row) => time[row]!);
  const sortedStatus = Uint8Array.from(order, (row) => status[row]!);
  const groups: { start: number; end: number; step: number }[] = [];
  const fraction: number[] = [];
  for (let start = 0; start < order.length; ) {
    let end = start;
    let d = 0;
    while (end < order.length && sortedTime[end] === sortedTime[start]) d += sortedStatus[end++]!;
    if (d > 0) groups.push({ start, end, step: fraction.length });
    for (let l = 0; l < d; l++) fraction.push(ties === 'efron' ? l / d : 0);
    start = end;
  }
  return {
    order,
    time: sortedTime,
    status: sortedStatus,
    columns: columns.map((column) => Float64Array.from(order, (row) => column[row]!)),
    ties: groups,
    fraction: Float64Array.from(fraction),
  };
}

/** What the likelihood and its derivatives need of the coefficients. */
export interface CoxRisk {
  /** `r_i = exp(lp_i - shift)`, length `n`. */
  readonly risk: Float64Array;
  /** Largest linear predictor; taken out so that nothing overflows. */
  readonly shift: number;
  /** Risk set per step, of the shifted risks; length `E`. */
  readonly denominator: Float64Array;
  /** Log partial likelihood; -infinity where a risk set has vanished by underflow. */
  readonly logLikelihood: number;
}

/**
 * Log partial likelihood `sum_e [lp_e - log D_e]`, `D_e` the risk set of step `e`.
 *
 * @param rows From `coxRows`.
 * @param beta Coefficients, length `p`; 0 columns give the likelihood of no covariates.
 * @see Efron B. J Am Stat Assoc 1977;72:557-565; Breslow N. Biometrics 1974;30:89-99
 */
export function coxRisk(rows: CoxRows, beta: ArrayLike<number>): CoxRisk {
  const n = rows.time.length;
  const lp = new Float64Array(n);
  rows.columns.forEach((column, j) => {
    for (let i = 0; i < n; i++) lp[i]! += beta[j]! * column[i]!;
  });
  const shift = lp.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const risk = lp.map((value) => Math.exp(value - shift));
  const denominator = stepSums(rows, risk, new Float64Array(rows.fraction.length));
  let logLikelihood = 0;
  for (let i = 0; i < n; i++) if (rows.status[i] === 1) logLikelihood += lp[i]! - shift;
  for (const sum of denominator) logLikelihood -= Math.log(sum);
  // A vanished denominator would give +infinity: the opposite of how unlikely the rows are.
  const vanished = denominator.some((sum) => !(sum > 0));
  return { risk, shift, denominator, logLikelihood: vanished ? Number.NEGATIVE_INFINITY : logLikelihood };
}

/**
 * Events expected per row, `a_i = r_i sum_e g_e (1 - f_e [i is one of the events at its time]) / D_e` over the steps up
 * to the row's time. With `g = 1` the martingale residual is `status - a`.
 *
 * @param rows From `coxRows`.
 * @param state From `coxRisk`.
 * @param weights `g_e` per step, length `E`; 1 where not given.
 */
export function expectedEvents(rows: CoxRows, state: CoxRisk, weights?: Float64Array): Float64Array {
  const expected = new Float64Array(rows.time.length);
  let hazard = 0;
  let row = 0;
  for (const { start, end, step } of rows.ties) {
    for (; row < start; row++) expected[row] = hazard * state.risk[row]!;
    let ownShare = 0;
    let e = step;
    for (let i = start; i < end; i++) {
      if (rows.status[i] !== 1) continue;
      const increment = (weights?.[e] ?? 1) / state.denominator[e]!;
      hazard += increment;
      ownShare += rows.fraction[e]! * increment;
      e++;
    }
    for (; row < end; row++) expected[row] = (hazard - rows.status[row]! * ownShare) * state.risk[row]!;
  }
  for (; row < expected.length; row++) expected[row] = hazard * state.risk[row]!;
  return expected;
}

/**
 * Mean of every column over the risk set of each step, `m_e = S1_e / D_e`.
 *
 * @param rows From `coxRows`.
 * @param state From `coxRisk`.
 * @returns `p` columns of length `E`.
 */
export function riskSetMeans(rows: CoxRows, state: CoxRisk): Float64Array[] {
  return rows.columns.map((column) => {
    const weighted = column.map((value, i) => value * state.risk[i]!);
    return stepSums(rows, weighted, new Float64Array(rows.fraction.length)).map(
      (sum, e) => sum / state.denominator[e]!,
    );
  });
}

/**
 * Information `sum_e g_e V_e`, `V_e` the covariance of the columns over the risk set of step `e`, written as
 * `X' diag(a) X - M' diag(g) M`.
 *
 * @param rows From `coxRows`.
 * @param expected From `expectedEvents` with the same weights.
 * @param means From `riskSetMeans`.
 * @param weights `g_e` per step; 1 where not given.
 * @returns Shape `(p, p)` row-major, both triangles filled.
 */
export function coxInformation(
  rows: CoxRows,
  expected: Float64Array,
  means: Columns,
  weights?: Float64Array,
): Float64Array {
  const p = rows.columns.length;
  const information = new Float64Array(p * p);
  for (let j = 0; j < p; j++) {
    const weightedColumn = rows.columns[j]!.map((value, i) => value * expected[i]!);
    const weightedMean = weights === undefined ? means[j]! : means[j]!.map((value, e) => value * weights[e]!);
    for (let k = 0; k <= j; k++) {
      const value = dot(weightedColumn, rows.columns[k]!) - dot(weightedMean, means[k]!);
      information[j * p + k] = value;
      information[k * p + j] = value;
    }
  }
  return information;
}

/**
 * Gradient of the log partial likelihood, `X' (status - a)`.
 *
 * @param rows From `coxRows`.
 * @param expected From `expectedEvents`, with weights 1.
 */
export function coxGradient(rows: CoxRows, expected: Float64Array): Float64Array {
  const residual = expected.map((value, i) => rows.status[i]! - value);
  return Float64Array.from(rows.columns, (column) => dot(column, residual));
}

/** Sum of `values` over the risk set of each step, into `out` (length `E`). */
function stepSums(rows: CoxRows, values: Float64Array, out: Float64Array): Float64Array {
  let sum = 0;
  let row = values.length - 1;
  for (let k = rows.ties.length - 1; k >= 0; k--) {
    const { start, end, step } = rows.ties[k]!;
    for (; row >= start; row--) sum += values[row]!;
    let events = 0;
    let count = 0;
    for (let i = start; i < end; i++) {
      if (rows.status[i] !== 1) continue;
      events += values[i]!;
      count++;
    }
    for (let e = step; e < step + count; e++) out[e] = sum - rows.fraction[e]! * events;
  }
  return out;
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
