import { factorise, solveFactorised } from './cholesky.ts';
import type { Columns } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** Duality gap, relative to the sum of squares of the outcome, below which a solution counts as reached. */
const gapTolerance = 1e-13;
/** Share of a column's square below which what the columns before it leave of it counts as nothing. */
const pivotTolerance = 1e-9;
const maximumSweeps = 20_000;

/**
 * Minimises `1/(2n) ||y - X b||^2 + alpha ||b||_1` by cyclic coordinate descent, stopped by the duality gap.
 *
 * Sweeps find out which columns take part and with which sign; given those, the minimum is a linear system. Solving it
 * after each sweep replaces thousands of sweeps where columns are correlated and the penalty is small.
 *
 * @param columns `p` centred columns of length `n`. A column of zeros keeps the coefficient 0.
 * @param alpha Penalty, greater than 0.
 * @param beta Start and result, length `p`.
 * @param residual `y - X beta` of the start, length `n`; kept in step with `beta`.
 * @throws StatisticsError `STATISTICS_NOT_CONVERGED` after 20 000 sweeps.
 * @see Friedman J et al. Ann Appl Stat 2007;1:302-332, doi 10.1214/07-AOAS131
 */
export function lassoDescent(columns: Columns, alpha: number, beta: Float64Array, residual: Float64Array): void {
  const squares = Float64Array.from(columns, (column) => dot(column, column));
  const penalty = alpha * residual.length;
  const outcomeSquares = totalSquares(columns, beta, residual);
  for (let sweeps = 0; sweeps < maximumSweeps; sweeps++) {
    sweep(columns, squares, penalty, beta, residual);
    while (moveToFaceMinimum(columns, penalty, beta, residual));
    if (dualityGap(columns, penalty, beta, residual) <= gapTolerance * outcomeSquares) return;
  }
  throw new StatisticsError(
    'STATISTICS_NOT_CONVERGED',
    `alpha ${alpha}`,
    `no solution after ${maximumSweeps} sweeps: use larger penalties or leave out columns that repeat others`,
  );
}

/** Minimises over one coefficient after the other, each once. */
function sweep(
  columns: Columns,
  squares: Float64Array,
  penalty: number,
  beta: Float64Array,
  residual: Float64Array,
): void {
  for (let j = 0; j < columns.length; j++) {
    const square = squares[j]!;
    if (square === 0) continue;
    const column = columns[j]!;
    const pull = dot(column, residual) + square * beta[j]!;
    const after = (Math.sign(pull) * Math.max(Math.abs(pull) - penalty, 0)) / square;
    change(column, after - beta[j]!, residual);
    beta[j] = after;
  }
}

/**
 * Moves towards the minimum over the coefficients that are not 0, with their present signs; stops where one reaches 0.
 * The objective is quadratic there, so that any part of the way lowers it.
 *
 * @returns True if a coefficient reached 0, so that the remaining ones have another minimum.
 */
function moveToFaceMinimum(columns: Columns, penalty: number, beta: Float64Array, residual: Float64Array): boolean {
  const active = Array.from(beta.keys()).filter((j) => beta[j] !== 0);
  const p = active.length;
  const gram = new Float64Array(p * p);
  active.forEach((j, a) => {
    for (let b = 0; b <= a; b++) gram[a * p + b] = dot(columns[j]!, columns[active[b]!]!);
  });
  const signs = Float64Array.from(active, (j) => Math.sign(beta[j]!));
  const dependent = factorise(gram, p, pivotTolerance);
  const step =
    dependent >= 0
      ? stepWithoutEffect(gram, dependent, signs)
      : Float64Array.from(active, (j, a) => dot(columns[j]!, residual) - penalty * signs[a]!);
  if (dependent < 0) solveFactorised(gram, step);
  let fraction = dependent >= 0 ? Number.POSITIVE_INFINITY : 1;
  let leaving = -1;
  active.forEach((j, a) => {
    const room = -beta[j]! / step[a]!;
    if (!(room > 0 && room < fraction)) return;
    fraction = room;
    leaving = j;
  });
  active.forEach((j, a) => {
    if (step[a] === 0) return;
    const after = j === leaving ? 0 : beta[j]! + fraction * step[a]!;
    change(columns[j]!, after - beta[j]!, residual);
    beta[j] = after;
  });
  return leaving >= 0;
}

/**
 * Where a column is a combination of those before it: the change of coefficients that leaves every prediction as it is
 * and lowers the sum of their sizes. Following it frees one column.
 *
 * @param l Factor of the rows before `dependent`, and that row as far as it came, shape `(p, p)` row-major.
 */
function stepWithoutEffect(l: Float64Array, dependent: number, signs: Float64Array): Float64Array {
  const p = signs.length;
  const step = new Float64Array(p);
  step[dependent] = 1;
  for (let i = dependent - 1; i >= 0; i--) {
    let sum = -l[dependent * p + i]!;
    for (let k = i + 1; k < dependent; k++) sum -= l[k * p + i]! * step[k]!;
    step[i] = sum / l[i * p + i]!;
  }
  const slope = dot(signs, step);
  return slope > 0 ? step.map((value) => -value) : step;
}

/** Takes the change of one coefficient out of the residual. */
function change(column: Float64Array, difference: number, residual: Float64Array): void {
  if (difference === 0) return;
  for (let i = 0; i < residual.length; i++) residual[i]! -= difference * column[i]!;
}

/** Gap between the objective (times n) and its dual at the residual, scaled until it is feasible. */
function dualityGap(columns: Columns, penalty: number, beta: Float64Array, residual: Float64Array): number {
  let largest = 0;
  for (const column of columns) largest = Math.max(largest, Math.abs(dot(column, residual)));
  const shrink = largest > penalty ? penalty / largest : 1;
  let explained = 0;
  let size = 0;
  for (let j = 0; j < columns.length; j++) {
    if (beta[j] === 0) continue;
    explained += beta[j]! * dot(columns[j]!, residual);
    size += Math.abs(beta[j]!);
  }
  const rss = dot(residual, residual);
  // y'r = r'r + (X b)'r, so y itself is not needed.
  return 0.5 * rss * (1 + shrink * shrink) + penalty * size - shrink * (rss + explained);
}

function totalSquares(columns: Columns, beta: Float64Array, residual: Float64Array): number {
  const outcome = residual.slice();
  for (let j = 0; j < columns.length; j++) change(columns[j]!, -beta[j]!, outcome);
  return dot(outcome, outcome);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
