import { checkColumns } from './columns.ts';
import { StatisticsError } from './statistics-error.ts';

/** A curve given by its points, `x` ascending. */
export interface Curve {
  readonly x: Float64Array;
  readonly y: Float64Array;
}

export interface LowessOptions {
  /** Share of the points that make up a neighbourhood, in `(0, 1]`. */
  readonly f?: number;
  /** Points closer than this to the last fitted one are interpolated; 1% of the range by default, 0 fits at each. */
  readonly delta?: number;
}

/**
 * Scatter-plot smoother: at each point a straight line by least squares over its nearest neighbours, with weights
 * `(1 - (|x_j - x| / h)^3)^3`, `h` the distance to the furthest. R's `lowess(x, y, f, iter = 0, delta)`.
 *
 * Without robustness iterations (`iter = 0`): on a 0/1 outcome they would take the rarer outcome for outliers.
 *
 * @param x Length `n`, finite, in any order.
 * @param y Length `n`, finite.
 * @returns The smooth at each `x`, in ascending order of `x`, equal ones in row order.
 * @throws StatisticsError `STATISTICS_INPUT` on NaN, unequal lengths or options outside their range.
 * @see Cleveland WS. J Am Stat Assoc 1979;74:829-836, doi 10.1080/01621459.1979.10481038; his program `lowess`, 1985
 */
export function lowess(x: Float64Array, y: Float64Array, options: LowessOptions = {}): Curve {
  const n = x.length;
  checkColumns([x, y], n);
  const order = Uint32Array.from(x.keys()).sort((a, b) => x[a]! - x[b]!);
  const xs = Float64Array.from(order, (row) => x[row]!);
  const ys = Float64Array.from(order, (row) => y[row]!);
  const { f = 2 / 3, delta = 0.01 * (xs[n - 1]! - xs[0]!) } = options;
  if (!(f > 0 && f <= 1)) throw new StatisticsError('STATISTICS_INPUT', 'f', `got ${f}, give a share in (0, 1]`);
  if (!(delta >= 0)) throw new StatisticsError('STATISTICS_INPUT', 'delta', `got ${delta}, give 0 or more`);
  // The small addend takes up rounding, as in R: f n is meant to be whole where it is nearly so.
  const neighbours = Math.max(2, Math.min(n, Math.trunc(f * n + 1e-7)));
  return { x: xs, y: smoothSorted(xs, ys, neighbours, delta) };
}

/**
 * Linear interpolation of a curve; of several points at one `x` the first counts.
 *
 * @param curve One point or more.
 * @param at Where; finite.
 * @returns The value, or null where `at` lies outside the curve, which is not extended.
 */
export function interpolate({ x, y }: Curve, at: number): number | null {
  // First index whose x is not below the point, by bisection.
  let [low, high] = [0, x.length - 1];
  if (!(at >= x[0]! && at <= x[high]!)) return null;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < at) low = middle + 1;
    else high = middle;
  }
  if (x[low] === at) return y[low]!;
  const left = y[firstAt(x, low - 1)]!;
  return left + fraction(x, low - 1, at) * (y[low]! - left);
}

/** First of the points that share the `x` of point `i`. */
function firstAt(x: Float64Array, i: number): number {
  let first = i;
  while (first > 0 && x[first - 1] === x[i]) first--;
  return first;
}

function fraction(x: Float64Array, i: number, point: number): number {
  return (point - x[i]!) / (x[i + 1]! - x[i]!);
}

function smoothSorted(x: Float64Array, y: Float64Array, neighbours: number, delta: number): Float64Array {
  const n = x.length;
  const smooth = new Float64Array(n);
  const weights = new Float64Array(n);
  let left = 0;
  let last = -1;
  for (let i = 0; last < n - 1; ) {
    // The window of nearest neighbours moves right while that brings it closer.
    while (left + neighbours < n && x[i]! - x[left]! > x[left + neighbours]! - x[i]!) left++;
    smooth[i] = fitAt(x, y, i, left, neighbours, weights);
    for (let j = last + 1; j < i; j++) {
      const t = (x[j]! - x[last]!) / (x[i]! - x[last]!);
      smooth[j] = t * smooth[i]! + (1 - t) * smooth[last]!;
    }
    last = i;
    const border = x[last]! + delta;
    for (i = last + 1; i < n && x[i]! <= border; i++) {
      if (x[i] !== x[last]) continue;
      smooth[i] = smooth[last]!;
      last = i;
    }
    // The next fit is at the last point within the border, but always one further than this.
    i = Math.max(last + 1, i - 1);
  }
  return smooth;
}

/** The weighted line at `x[at]`; the weighted mean where the neighbours have next to no spread. */
function fitAt(
  x: Float64Array,
  y: Float64Array,
  at: number,
  left: number,
  neighbours: number,
  weights: Float64Array,
): number {
  const n = x.length;
  const centre = x[at]!;
  const h = Math.max(centre - x[left]!, x[left + neighbours - 1]! - centre);
  let end = left;
  let sum = 0;
  // Beyond the window too: points that tie with its furthest belong to it.
  for (; end < n; end++) {
    const distance = Math.abs(x[end]! - centre);
    if (distance > 0.999 * h && x[end]! > centre) break;
    const share = distance / h;
    const rest = 1 - share * share * share;
    const near = distance <= 0.001 * h ? 1 : rest * rest * rest;
    weights[end] = distance > 0.999 * h ? 0 : near;
    sum += weights[end]!;
  }
  let meanX = 0;
  for (let j = left; j < end; j++) meanX += (weights[j]! / sum) * x[j]!;
  let spread = 0;
  for (let j = left; j < end; j++) spread += (weights[j]! / sum) * (x[j]! - meanX) * (x[j]! - meanX);
  const flat = !(h > 0 && Math.sqrt(spread) > 0.001 * (x[n - 1]! - x[0]!));
  const slope = flat ? 0 : (centre - meanX) / spread;
  let value = 0;
  for (let j = left; j < end; j++) value += (weights[j]! / sum) * (slope * (x[j]! - meanX) + 1) * y[j]!;
  return value;
}
