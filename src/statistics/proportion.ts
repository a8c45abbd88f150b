import { criticalValue } from './confidence.ts';
import { betaQuantile } from './f-quantile.ts';
import { StatisticsError } from './statistics-error.ts';

/** Ends of a confidence interval. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** A share of a sample, with two intervals for the share of the population. */
export interface Proportion {
  readonly k: number;
  readonly n: number;
  readonly value: number;
  readonly wilson: Interval;
  readonly exact: Interval;
}

/**
 * `k / n` with its Wilson and exact intervals.
 *
 * @param k Whole number, `0..n`.
 * @param n Whole number, 1 or more.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` otherwise.
 */
export function proportion(k: number, n: number, confidence = 0.95): Proportion {
  return { k, n, value: k / n, wilson: wilsonInterval(k, n, confidence), exact: exactInterval(k, n, confidence) };
}

/**
 * Wilson's score interval of a proportion, without continuity correction:
 * `(p + z^2/2n +- z sqrt(p (1 - p)/n + z^2/4n^2)) / (1 + z^2/n)`, R's `prop.test(correct = FALSE)`.
 *
 * @param k Whole number, `0..n`. At 0 the lower end is 0, at `n` the upper end is 1.
 * @param n Whole number, 1 or more.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` otherwise.
 * @see Wilson EB. J Am Stat Assoc 1927;22:209-212, doi 10.1080/01621459.1927.10502953
 */
export function wilsonInterval(k: number, n: number, confidence = 0.95): Interval {
  checkCount(k, n);
  const z2 = criticalValue(confidence) ** 2;
  const centre = k + z2 / 2;
  const half = Math.sqrt(z2 * ((k * (n - k)) / n + z2 / 4));
  // The ends at 0 and 1 are exact: rounding would leave them beside.
  const low = k === 0 ? 0 : (centre - half) / (n + z2);
  const high = k === n ? 1 : (centre + half) / (n + z2);
  return { low, high };
}

/**
 * Exact (Clopper-Pearson) interval of a proportion from quantiles of the beta distribution, R's `binom.test`. It covers
 * at least with the given probability and is therefore wider than Wilson's.
 *
 * @param k Whole number, `0..n`. At 0 the lower end is 0, at `n` the upper end is 1.
 * @param n Whole number, 1 or more.
 * @param confidence In `(0, 1)`.
 * @throws StatisticsError `STATISTICS_INPUT` otherwise.
 * @see Clopper CJ, Pearson ES. Biometrika 1934;26:404-413, doi 10.1093/biomet/26.4.404
 */
export function exactInterval(k: number, n: number, confidence = 0.95): Interval {
  checkCount(k, n);
  const tail = (1 - confidence) / 2;
  return {
    low: k === 0 ? 0 : betaQuantile(tail, k, n - k + 1),
    high: k === n ? 1 : betaQuantile(1 - tail, k + 1, n - k),
  };
}

function checkCount(k: number, n: number): void {
  if (!(Number.isSafeInteger(k) && Number.isSafeInteger(n) && n >= 1 && k >= 0 && k <= n))
    throw new StatisticsError(
      'STATISTICS_INPUT',
      'k, n',
      `got ${k} of ${n}, give whole numbers with 0 <= k <= n, n >= 1`,
    );
}
