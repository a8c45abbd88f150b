/** Real and imaginary parts of the spherical harmonics of one degree at some directions, a row per order. */
export interface Harmonics {
  /** Length `(2 degree + 1) * directions`, orders -degree to degree. */
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/** Associated Legendre function `P_n^m(x)` with the Condon-Shortley phase, `0 <= m <= n`. */
function legendre(n: number, m: number, x: number): number {
  let diagonal = 1;
  for (let i = 1; i <= m; i++) diagonal *= -(2 * i - 1) * Math.sqrt(Math.max(0, 1 - x * x));
  let [before, value] = [0, diagonal];
  for (let k = m + 1; k <= n; k++)
    [before, value] = [value, ((2 * k - 1) * x * value - (k + m - 1) * before) / (k - m)];
  return value;
}

/**
 * Spherical harmonics `Y_n^m = sqrt((2n + 1) / (4 pi) (n - m)! / (n + m)!) exp(i m azimuth) P_n^m(cos polar)`.
 *
 * @param degree `n` >= 0.
 * @param azimuth Angle of every direction around the axis.
 * @param polar Angle of every direction from the axis; same length.
 * @throws RangeError if the lengths differ.
 * @see SciPy, `scipy.special.sph_harm`
 */
export function sphericalHarmonics(degree: number, azimuth: Float64Array, polar: Float64Array): Harmonics {
  const count = azimuth.length;
  if (polar.length !== count) throw new RangeError(`polar: ${polar.length} angles, azimuth has ${count}`);
  const re = new Float64Array((2 * degree + 1) * count);
  const im = new Float64Array(re.length);
  for (let m = 0; m <= degree; m++) {
    let factorials = 1;
    for (let k = degree - m + 1; k <= degree + m; k++) factorials *= k;
    const scale = Math.sqrt((2 * degree + 1) / (4 * Math.PI) / factorials);
    const sign = m % 2 === 0 ? 1 : -1;
    for (let v = 0; v < count; v++) {
      const size = scale * legendre(degree, m, Math.cos(polar[v]!));
      const [a, b] = [size * Math.cos(m * azimuth[v]!), size * Math.sin(m * azimuth[v]!)];
      re[(degree + m) * count + v] = a;
      im[(degree + m) * count + v] = b;
      if (m === 0) continue;
      re[(degree - m) * count + v] = sign * a;
      im[(degree - m) * count + v] = -sign * b;
    }
  }
  return { re, im };
}
