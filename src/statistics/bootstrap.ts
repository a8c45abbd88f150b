import { type Columns, checkNumbers } from './columns.ts';
import { criticalValue } from './confidence.ts';
import { normalQuantile, normalUpperTail } from './distributions.ts';
import type { Interval } from './proportion.ts';
import { quantiles } from './quantile.ts';
import type { Random } from './random.ts';
import { mean } from './standardise.ts';
import { StatisticsError } from './statistics-error.ts';

/**
 * Row numbers of one bootstrap resample: `n` draws from `0..n-1` with replacement.
 *
 * @param n Number of rows, 1 or more.
 */
export function drawRows(random: Random, n: number): Uint32Array {
  return Uint32Array.from({ length: n }, () => random.integer(n));
}

/**
 * The given rows of a table, in that order, repeated where their number is.
 *
 * @param columns `p` columns of length `n`.
 * @param rows Row numbers in `0..n-1`.
 * @throws StatisticsError `STATISTICS_INPUT` for any other number.
 */
export function takeRows(columns: Columns, rows: ArrayLike<number>): Float64Array[] {
  const n = columns[0]?.length ?? 0;
  const wrong = Array.from(rows).find((row) => !(Number.isInteger(row) && row >= 0 && row < n));
  if (wrong !== undefined && columns.length > 0)
    throw new StatisticsError('STATISTICS_INPUT', 'rows', `got ${wrong} where the columns have ${n} rows`);
  return columns.map((column) => Float64Array.from(rows, (row) => column[row]!));
}

/**
 * Values of a statistic on bootstrap resamples.
 *
 * A resample on which the statistic is not defined (a `StatisticsError`, such as a single outcome) is drawn anew, so
 * that every replicate is a number; this conditions on the statistic being defined.
 *
 * @param n Number of rows.
 * @param resamples Number of replicates `B`, 1 or more; 2,000 for intervals.
 * @param statistic Of the rows whose numbers it gets, repeats included.
 * @throws StatisticsError `STATISTICS_NOT_CONVERGED` if more than nine resamples in ten are undefined.
 */
export function bootstrapReplicates(
  random: Random,
  n: number,
  resamples: number,
  statistic: (rows: Uint32Array) => number,
): Float64Array {
  const replicates = new Float64Array(resamples);
  let made = 0;
  for (let draws = 0; made < resamples; draws++) {
    if (draws >= 10 * resamples)
      throw new StatisticsError('STATISTICS_NOT_CONVERGED', 'statistic', 'is undefined on most resamples');
    const value = definedOr(() => statistic(drawRows(random, n)));
    if (value !== undefined && Number.isFinite(value)) replicates[made++] = value;
  }
  return replicates;
}

/** The value, or nothing where a statistic is not defined; any other error is a fault and passes. */
export function definedOr<T>(compute: () => T): T | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof StatisticsError) return undefined;
    throw error;
  }
}

/**
 * Percentile interval: quantiles of the replicates at `(1 - confidence)/2` and `(1 + confidence)/2`, of type 7 (as
 * scipy.stats.bootstrap; R's boot.ci interpolates on the normal scale).
 *
 * @param replicates Values of the statistic on resamples.
 * @throws StatisticsError `STATISTICS_INPUT` if there is no replicate or one is NaN.
 * @see Efron B, Tibshirani RJ. An Introduction to the Bootstrap, 1993, section 13.3
 */
export function percentileInterval(replicates: Float64Array, confidence = 0.95): Interval {
  const [low, high] = quantiles(replicates, [(1 - confidence) / 2, (1 + confidence) / 2]);
  return { low: low!, high: high! };
}

/**
 * Bias-corrected and accelerated interval (BCa): percentiles at `Phi(z0 + (z0 + z) / (1 - a (z0 + z)))` for the two
 * `z` of the confidence, where `Phi(z0)` is the share of replicates below the estimate, ties one half, and
 * `a = sum (m - t_i)^3 / (6 [sum (m - t_i)^2]^{3/2})` from the leave-one-out values `t_i` with mean `m`. Equals
 * scipy.stats.bootstrap with method BCa.
 *
 * @param replicates Values of the statistic on resamples.
 * @param estimate Its value on the sample.
 * @param leaveOneOut Its values with one row left out each, see `jackknife`.
 * @returns The common value if all replicates equal the estimate.
 * @throws StatisticsError `STATISTICS_INPUT` if a number is missing or not finite; `STATISTICS_SINGULAR` if all replicates lie on one side of the estimate, where no bias
 *   correction exists: take the percentile interval and ask why.
 * @see Efron B. J Am Stat Assoc 1987;82:171-185, doi 10.1080/01621459.1987.10478410
 */
export function bcaInterval(
  replicates: Float64Array,
  estimate: number,
  leaveOneOut: Float64Array,
  confidence = 0.95,
): Interval {
  checkNumbers('replicates', replicates);
  checkNumbers('leaveOneOut', leaveOneOut);
  checkNumbers('estimate', [estimate]);
  let below = 0;
  for (const value of replicates) below += value < estimate ? 1 : value === estimate ? 0.5 : 0;
  const share = below / replicates.length;
  if (!(share > 0 && share < 1))
    throw new StatisticsError('STATISTICS_SINGULAR', 'replicates', 'all lie on one side of the estimate');
  const z0 = normalQuantile(share);
  const centre = mean(leaveOneOut);
  let [squares, cubes] = [0, 0];
  for (const value of leaveOneOut) {
    squares += (centre - value) ** 2;
    cubes += (centre - value) ** 3;
  }
  const acceleration = squares === 0 ? 0 : cubes / (6 * squares ** 1.5);
  const z = criticalValue(confidence);
  const level = (shifted: number) => {
    const scale = 1 - acceleration * shifted;
    // A strong acceleration moves the percentile past the last replicate.
    if (!(scale > 0)) return shifted > 0 ? 1 : 0;
    return 1 - normalUpperTail(z0 + shifted / scale);
  };
  const [low, high] = quantiles(replicates, [level(z0 - z), level(z0 + z)]);
  return { low: low!, high: high! };
}

/**
 * Values of a statistic with each row left out in turn.
 *
 * @param n Number of rows.
 * @param statistic Of the rows whose numbers it gets.
 * @throws What `statistic` throws; StatisticsError `STATISTICS_INPUT` where it is no finite number.
 */
export function jackknife(n: number, statistic: (rows: Uint32Array) => number): Float64Array {
  const values = Float64Array.from({ length: n }, (_, left) =>
    statistic(Uint32Array.from({ length: n - 1 }, (_, i) => (i < left ? i : i + 1))),
  );
  checkNumbers('statistic', values, 0);
  return values;
}
