import type { Columns } from './columns.ts';

/** Columns of the rows that are fitted, centred and perhaps scaled, one after the other. */
export interface PenalisedDesign {
  /** Rows. */
  readonly n: number;
  /** Penalised columns. */
  readonly p: number;
  /** `p`, or `p + 1` with a last column of ones for an intercept without penalty. */
  readonly width: number;
  /** Column `j` from `j * n` on. */
  readonly values: Float64Array;
  readonly means: Float64Array;
  /** Divisors; 1 where columns are not scaled, and for a constant column, which becomes zeros. */
  readonly scales: Float64Array;
}

/** Spread, relative to the largest value, below which a column counts as constant: there is only rounding left. */
const constantShare = 1e-14;

/**
 * Gathers rows of columns into one block, centres them and divides them by their standard deviations.
 *
 * @param columns `p` columns, finite.
 * @param rows Row numbers to take, in the order to take them.
 * @param scaled True to divide by the standard deviation with denominator `n`, as glmnet's `standardize` does.
 * @param intercept True to append a column of ones.
 */
export function penalisedDesign(
  columns: Columns,
  rows: Uint32Array,
  scaled: boolean,
  intercept: boolean,
): PenalisedDesign {
  const n = rows.length;
  const p = columns.length;
  const width = intercept ? p + 1 : p;
  const values = new Float64Array(n * width);
  const means = new Float64Array(p);
  const scales = new Float64Array(p).fill(1);
  for (let j = 0; j < p; j++) {
    const column = columns[j]!;
    const start = j * n;
    let sum = 0;
    for (let i = 0; i < n; i++) sum += column[rows[i]!]!;
    const mean = sum / n;
    means[j] = mean;
    let squares = 0;
    let largest = 0;
    for (let i = 0; i < n; i++) {
      const value = column[rows[i]!]!;
      const centred = value - mean;
      values[start + i] = centred;
      squares += centred * centred;
      largest = Math.max(largest, Math.abs(value));
    }
    const sd = Math.sqrt(squares / n);
    if (sd <= constantShare * largest) values.fill(0, start, start + n);
    else if (scaled) {
      scales[j] = sd;
      for (let i = 0; i < n; i++) values[start + i]! /= sd;
    }
  }
  if (intercept) values.fill(1, p * n);
  return { n, p, width, values, means, scales };
}

/**
 * Inner product of column `j` with a vector.
 *
 * Four sums side by side, because one sum waits for each addition to end before the next.
 *
 * @param vector Length `n`.
 */
export function columnDot({ n, values }: PenalisedDesign, j: number, vector: Float64Array): number {
  const start = j * n;
  const blocks = n - (n % 4);
  let a = 0;
  let b = 0;
  let c = 0;
  let d = 0;
  for (let i = 0; i < blocks; i += 4) {
    a += values[start + i]! * vector[i]!;
    b += values[start + i + 1]! * vector[i + 1]!;
    c += values[start + i + 2]! * vector[i + 2]!;
    d += values[start + i + 3]! * vector[i + 3]!;
  }
  for (let i = blocks; i < n; i++) a += values[start + i]! * vector[i]!;
  return a + b + (c + d);
}

/**
 * Inner products of several columns with a vector, four columns at a time, so that the vector is read less often.
 *
 * @param list Columns.
 * @param vector Length `n`.
 * @param out One element per column of the design; those in the list are written.
 */
export function columnDots(
  design: PenalisedDesign,
  list: readonly number[],
  vector: Float64Array,
  out: Float64Array,
): void {
  const { n, values } = design;
  const blocks = list.length - (list.length % 4);
  for (let k = 0; k < blocks; k += 4) {
    const [sa, sb, sc, sd] = [list[k]! * n, list[k + 1]! * n, list[k + 2]! * n, list[k + 3]! * n];
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < n; i++) {
      const v = vector[i]!;
      a += values[sa + i]! * v;
      b += values[sb + i]! * v;
      c += values[sc + i]! * v;
      d += values[sd + i]! * v;
    }
    out[list[k]!] = a;
    out[list[k + 1]!] = b;
    out[list[k + 2]!] = c;
    out[list[k + 3]!] = d;
  }
  for (let k = blocks; k < list.length; k++) out[list[k]!] = columnDot(design, list[k]!, vector);
}

/**
 * Adds multiples of columns to a vector, four columns at a time, so that the vector is read and written less often.
 *
 * @param list Columns.
 * @param factors One per column of the design.
 * @param vector Length `n`; added to.
 */
export function addColumns(
  { n, values }: PenalisedDesign,
  list: readonly number[],
  factors: Float64Array,
  vector: Float64Array,
): void {
  const blocks = list.length - (list.length % 4);
  for (let k = 0; k < blocks; k += 4) {
    const [a, b, c, d] = [list[k]!, list[k + 1]!, list[k + 2]!, list[k + 3]!];
    const [fa, fb, fc, fd] = [factors[a]!, factors[b]!, factors[c]!, factors[d]!];
    const [sa, sb, sc, sd] = [a * n, b * n, c * n, d * n];
    for (let i = 0; i < n; i++)
      vector[i]! += fa * values[sa + i]! + fb * values[sb + i]! + (fc * values[sc + i]! + fd * values[sd + i]!);
  }
  for (let k = blocks; k < list.length; k++) {
    const start = list[k]! * n;
    const factor = factors[list[k]!]!;
    for (let i = 0; i < n; i++) vector[i]! += factor * values[start + i]!;
  }
}
