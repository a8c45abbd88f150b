import { fUpperTail } from './distributions.ts';
import { StatisticsError } from './statistics-error.ts';

/** Logarithms between which a double times its degrees of freedom is neither 0 nor infinite. */
const logRange = [-700, 700] as const;

/**
 * Quantile of the F distribution, the `f` with `P(F <= f) = p`: R's `qf(p, d1, d2)`.
 *
 * Bisection of `log f` on the smaller tail: slower than a series start with Newton steps, but it can not leave the
 * bracket, and degrees of freedom need not be whole (those of ICC(A,1) are not).
 *
 * @param p In `(0, 1)`.
 * @param d1 Degrees of freedom of the numerator, greater than 0.
 * @param d2 Degrees of freedom of the denominator, greater than 0.
 * @returns `f`, to about 11 digits; infinity or 0 beyond `exp(700)` and `exp(-700)`.
 * @throws StatisticsError `STATISTICS_INPUT` for arguments outside these ranges.
 */
export function fQuantile(p: number, d1: number, d2: number): number {
  if (!(p > 0 && p < 1)) throw new StatisticsError('STATISTICS_INPUT', 'p', `got ${p}, give a probability in (0, 1)`);
  if (!(d1 > 0 && d2 > 0))
    throw new StatisticsError('STATISTICS_INPUT', 'd1, d2', `got ${d1} and ${d2}, give degrees of freedom above 0`);
  // 1 / F has the degrees of freedom exchanged, so a lower tail is an upper one without the loss of `1 - tail`.
  if (p < 0.5) return 1 / upperQuantile(p, d2, d1);
  return upperQuantile(1 - p, d1, d2);
}

/**
 * Quantile of the beta distribution, the `x` with `I_x(a, b) = p`: R's `qbeta(p, a, b)`.
 *
 * @param p In `(0, 1)`.
 * @param a Greater than 0.
 * @param b Greater than 0.
 * @returns `x` in `[0, 1]`, to about 11 digits.
 * @throws StatisticsError `STATISTICS_INPUT` for arguments outside these ranges.
 */
export function betaQuantile(p: number, a: number, b: number): number {
  const f = fQuantile(p, 2 * a, 2 * b);
  return f === Number.POSITIVE_INFINITY ? 1 : (a * f) / (b + a * f);
}

/**
 * Two-sided tail of Student's t distribution, `P(|T| > |t|)`: R's `2 * pt(-abs(t), df)`.
 *
 * @param t Any number; infinities give 0.
 * @param df Degrees of freedom, greater than 0, not necessarily whole.
 * @returns Probability in `[0, 1]`, to about 12 digits.
 */
export function studentTwoSided(t: number, df: number): number {
  return fUpperTail(t * t, 1, df);
}

/** The `f` above which the probability is `tail`, at most one half. */
function upperQuantile(tail: number, d1: number, d2: number): number {
  let [low, high]: [number, number] = [...logRange];
  if (fUpperTail(Math.exp(high), d1, d2) > tail) return Number.POSITIVE_INFINITY;
  for (;;) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) return Math.exp(middle);
    if (fUpperTail(Math.exp(middle), d1, d2) > tail) low = middle;
    else high = middle;
  }
}
