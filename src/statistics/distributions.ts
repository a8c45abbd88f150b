/** Lanczos coefficients for g = 7, 9 terms (Godfrey's table). */
const lanczos = [
  0.999_999_999_999_809_93, 676.520_368_121_885_1, -1259.139_216_722_402_8, 771.323_428_777_653_13,
  -176.615_029_162_140_6, 12.507_343_278_686_905, -0.138_571_095_265_720_12, 9.984_369_578_019_571_6e-6,
  1.505_632_735_149_311_6e-7,
] as const;

/**
 * Natural logarithm of the gamma function.
 *
 * @param x Greater than 0.
 * @see Lanczos C. SIAM J Numer Anal B 1964;1:86-96
 */
function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  let sum: number = lanczos[0];
  for (let i = 1; i < lanczos.length; i++) sum += lanczos[i]! / (x - 1 + i);
  const t = x + 6.5;
  return 0.5 * Math.log(2 * Math.PI) + (x - 0.5) * Math.log(t) - t + Math.log(sum);
}

/**
 * Upper tail of the F distribution, `P(F > f) = I_x(d2/2, d1/2)` with `x = d2 / (d2 + d1 f)`.
 *
 * @param f Observed ratio; infinity gives 0, a negative one 1, NaN NaN.
 * @param d1 Degrees of freedom of the numerator, greater than 0.
 * @param d2 Degrees of freedom of the denominator, greater than 0.
 * @returns Probability in `[0, 1]`, to about 12 digits also far in the tail.
 */
export function fUpperTail(f: number, d1: number, d2: number): number {
  if (Number.isNaN(f)) return Number.NaN;
  if (f <= 0) return 1;
  if (f === Number.POSITIVE_INFINITY) return 0;
  return incompleteBeta(d2 / (d2 + d1 * f), (d1 * f) / (d2 + d1 * f), d2 / 2, d1 / 2);
}

/**
 * Upper tail of the chi-squared distribution, `P(X > x) = Q(df/2, x/2)`: R's `pchisq(x, df, lower.tail = FALSE)`.
 *
 * @param x Observed statistic; infinity gives 0, a negative one 1, NaN NaN.
 * @param df Degrees of freedom, greater than 0.
 * @returns Probability in `[0, 1]`, to about 13 digits, 12 far in the tail.
 */
export function chiSquareUpperTail(x: number, df: number): number {
  if (Number.isNaN(x)) return Number.NaN;
  if (x <= 0) return 1;
  if (x === Number.POSITIVE_INFINITY) return 0;
  return gammaUpperTail(df / 2, x / 2);
}

/**
 * Upper tail of the standard normal distribution, `P(Z > z)`: R's `pnorm(z, lower.tail = FALSE)`.
 *
 * @param z Any number; infinities give 0 and 1, NaN NaN.
 * @returns Probability in `[0, 1]`, to about 13 digits also far in the tail.
 */
export function normalUpperTail(z: number): number {
  const tail = chiSquareUpperTail(z * z, 1) / 2;
  return z < 0 ? 1 - tail : tail;
}

/**
 * Quantile of the standard normal distribution, the `z` with `P(Z <= z) = p`: R's `qnorm`.
 *
 * @param p In `(0, 1)`; 0 and 1 give the infinities.
 * @returns `z`, to about 14 digits.
 * @see Abramowitz M, Stegun IA. Handbook of Mathematical Functions, 26.2.22 (the start), then Newton on the log tail
 */
export function normalQuantile(p: number): number {
  if (p > 0.5) return -normalQuantile(1 - p);
  if (p === 0) return Number.NEGATIVE_INFINITY;
  const t = Math.sqrt(-2 * Math.log(p));
  let z = Math.max(0, t - (2.30753 + 0.27061 * t) / (1 + t * (0.99229 + t * 0.04481)));
  for (let steps = 0; steps < 20; steps++) {
    const tail = normalUpperTail(z);
    const density = Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);
    const change = (Math.log(tail / p) * tail) / density;
    z += change;
    if (Math.abs(change) < 1e-15 * (1 + z)) break;
  }
  return -z;
}

/** Regularised upper incomplete gamma function `Q(a, x)`, `x > 0` (DLMF 8.11.4 below the mean, 8.9.2 above). */
function gammaUpperTail(a: number, x: number): number {
  const front = Math.exp(a * Math.log(x) - x - logGamma(a));
  return x < a + 1 ? 1 - front * gammaSeries(a, x) : front * gammaFraction(a, x);
}

/** `sum_k x^k / (a (a + 1) ... (a + k))`. */
function gammaSeries(a: number, x: number): number {
  let term = 1 / a;
  let sum = term;
  for (let k = 1; k <= 100_000 && term > sum * 1e-17; k++) {
    term *= x / (a + k);
    sum += term;
  }
  return sum;
}

/** Continued fraction of the upper incomplete gamma function by Lentz's method. */
function gammaFraction(a: number, x: number): number {
  const tiny = 1e-300;
  let b = x + 1 - a;
  let c = 1 / tiny;
  let d = 1 / nonZero(b, tiny);
  let fraction = d;
  for (let k = 1; k <= 100_000; k++) {
    const numerator = -k * (k - a);
    b += 2;
    d = 1 / nonZero(numerator * d + b, tiny);
    c = nonZero(b + numerator / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

/** `I_x(a, b)`; `y = 1 - x` comes separately, as the subtraction would lose the digits of a small `y`. */
function incompleteBeta(x: number, y: number, a: number, b: number): number {
  const logFront = a * Math.log(x) + b * Math.log(y) + logGamma(a + b) - logGamma(a) - logGamma(b);
  // The fraction converges fast only on this side of the mean; the other side follows by symmetry.
  return x <= (a + 1) / (a + b + 2)
    ? (Math.exp(logFront) * betaFraction(x, a, b)) / a
    : 1 - (Math.exp(logFront) * betaFraction(y, b, a)) / b;
}

/** Continued fraction of the incomplete beta function by Lentz's method (DLMF 8.17.22). */
function betaFraction(x: number, a: number, b: number): number {
  const tiny = 1e-300;
  let c = 1;
  let d = 1 / nonZero(1 - ((a + b) * x) / (a + 1), tiny);
  let fraction = d;
  for (let m = 1; m <= 1000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / nonZero(1 + even * d, tiny);
    c = nonZero(1 + even / c, tiny);
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / nonZero(1 + odd * d, tiny);
    c = nonZero(1 + odd / c, tiny);
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return fraction;
}

function nonZero(value: number, tiny: number): number {
  return Math.abs(value) < tiny ? tiny : value;
}
