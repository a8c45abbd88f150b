import { digits, fixed, float, multiplyPolynomials, one, type Polynomial, times } from './fixed-point.ts';

/** A complex number in fixed point. */
interface Complex {
  readonly re: bigint;
  readonly im: bigint;
}

const multiply = (a: Complex, b: Complex): Complex => ({
  re: times(a.re, b.re) - times(a.im, b.im),
  im: times(a.re, b.im) + times(a.im, b.re),
});

const subtract = (a: Complex, b: Complex): Complex => ({ re: a.re - b.re, im: a.im - b.im });

function divide(a: Complex, b: Complex): Complex {
  const size = b.re * b.re + b.im * b.im;
  return {
    re: ((a.re * b.re + a.im * b.im) << digits) / size,
    im: ((a.im * b.re - a.re * b.im) << digits) / size,
  };
}

/** Roots of a polynomial with the coefficients `c` (constant first), all at once. */
function polynomialRoots(c: readonly bigint[]): Complex[] {
  const degree = c.length - 1;
  const top = c[degree]!;
  // Durand-Kerner from points on a circle that no symmetry of the roots maps onto itself.
  let roots: Complex[] = Array.from({ length: degree }, (_, i) => {
    const angle = (2 * Math.PI * (i + 0.3)) / degree;
    return { re: fixed(0.6 * Math.cos(angle)), im: fixed(0.6 * Math.sin(angle)) };
  });
  for (let round = 0; round < 400; round++) {
    let largest = 0n;
    const next = roots.map((root, i) => {
      let value: Complex = { re: one, im: 0n };
      for (let k = degree - 1; k >= 0; k--) {
        const product = multiply(value, root);
        value = { re: product.re + (c[k]! << digits) / top, im: product.im };
      }
      let gaps: Complex = { re: one, im: 0n };
      roots.forEach((other, j) => {
        if (i !== j) gaps = multiply(gaps, subtract(root, other));
      });
      const step = divide(value, gaps);
      const size = (step.re < 0n ? -step.re : step.re) + (step.im < 0n ? -step.im : step.im);
      if (size > largest) largest = size;
      return subtract(root, step);
    });
    roots = next;
    if (largest < 1n << (digits / 2n)) return roots;
  }
  throw new RangeError(`the roots of a polynomial of degree ${degree} were not found`);
}

/** The root inside the unit circle of `z^2 - 2 (1 - 2 y) z + 1 = 0`. */
function insideUnitCircle(y: Complex): Complex {
  const b: Complex = { re: one - 2n * y.re, im: -2n * y.im };
  const [re, im] = [float(b.re), float(b.im)];
  const [p, q] = [re * re - im * im - 1, 2 * re * im];
  const size = Math.hypot(p, q);
  const root = { re: Math.sqrt((size + p) / 2), im: Math.sign(q || 1) * Math.sqrt((size - p) / 2) };
  const near = [1, -1].map((sign) => ({ re: re + sign * root.re, im: im + sign * root.im }));
  const start = near.sort((a, z) => Math.hypot(a.re, a.im) - Math.hypot(z.re, z.im))[0]!;
  let z: Complex = { re: fixed(start.re), im: fixed(start.im) };
  for (let round = 0; round < 8; round++) {
    const value = multiply(subtract(z, { re: 2n * b.re, im: 2n * b.im }), z);
    const slope = subtract(z, b);
    z = subtract(z, divide({ re: value.re + one, im: value.im }, { re: 2n * slope.re, im: 2n * slope.im }));
  }
  return z;
}

/** `((1 + x) / 2) ** n`: a low pass with `n` zeros at the highest frequency. */
export function smoothing(n: number): Polynomial {
  return multiplyPolynomials(...Array.from({ length: n }, () => [one / 2n, one / 2n]));
}

/** A root of {@link halfBandRoots} as polynomials. */
export interface RootFactor {
  /** The factor whose roots lie outside the unit circle (in `x`, a delay); reversed, they lie inside. */
  readonly minimumPhase: Polynomial;
  /** The factor of both together, `(y - y0)` or `(y - y0)(y - conj y0)` as a symmetric polynomial in `x`. */
  readonly symmetric: Polynomial;
  /** Degree in `y`: 1 for a real root, 2 for a complex pair. */
  readonly degree: 1 | 2;
}

/**
 * Factors of the polynomial that completes `n` double zeros at the highest frequency to a half-band filter:
 * `P(y) = sum over k < n of C(n - 1 + k, k) y^k`, `y = (2 - x - 1 / x) / 4`.
 *
 * @param n Vanishing moments, 1..38.
 * @returns One factor per real root and per pair of complex roots, by ascending real part.
 * @see Daubechies, Ten Lectures on Wavelets (1992), chapters 6 and 8
 */
export function halfBandRoots(n: number): RootFactor[] {
  const c = [1n];
  for (let k = 1; k < n; k++) c.push((c[k - 1]! * BigInt(n - 1 + k)) / BigInt(k));
  const roots = polynomialRoots(c).filter(({ im }) => im > -(one >> 100n));
  roots.sort((a, b) => (a.re < b.re ? -1 : 1));
  return roots.map((y) => {
    const z = insideUnitCircle(y);
    const real = y.im < one >> 100n;
    const minimumPhase = real ? [one, -z.re] : [one, -2n * z.re, times(z.re, z.re) + times(z.im, z.im)];
    return {
      minimumPhase,
      symmetric: multiplyPolynomials(minimumPhase, minimumPhase.toReversed()),
      degree: real ? 1 : 2,
    };
  });
}
