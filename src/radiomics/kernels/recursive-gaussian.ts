/** Deriche's fit of the Gaussian and of its second derivative by two damped oscillations. */
const frequencies = [0.6681, 2.0787] as const;
const decays = [-1.3932, -1.3732] as const;
const smoothTerms = [1.353, 1.8151, -0.3531, 0.0902] as const;
const curvatureTerms = [-1.3563, 5.2318, 0.3446, -2.2355] as const;

/** Widths after which a sample's influence is below 1e-13 of it, `exp(-1.3732 * 22)`: single precision ends at 6e-8. */
export const gaussianReach = 22;

/** Coefficients of a fourth-order recursion in both directions. */
export interface Recursion {
  /** Weights of a sample and the three before it. */
  readonly n: readonly [number, number, number, number];
  /** Weights of the four results before it. */
  readonly d: readonly [number, number, number, number];
  /** Weights of the four samples after it, for the way back. */
  readonly m: readonly [number, number, number, number];
  /** Result per unit of a constant line, there and back: what a line is extended with. */
  readonly rest: readonly [number, number];
}

type Quad = [number, number, number, number];

const sum = ([a, b, c, d]: Readonly<Quad>) => a + b + c + d;

/** Denominator: the same for the Gaussian and its derivatives. */
function denominator(sigma: number): Quad {
  const [cos1, cos2] = [Math.cos(frequencies[0] / sigma), Math.cos(frequencies[1] / sigma)];
  const [exp1, exp2] = [Math.exp(decays[0] / sigma), Math.exp(decays[1] / sigma)];
  return [
    -2 * (exp2 * cos2 + exp1 * cos1),
    4 * cos2 * cos1 * exp1 * exp2 + exp1 * exp1 + exp2 * exp2,
    -2 * cos1 * exp1 * exp2 * exp2 - 2 * cos2 * exp2 * exp1 * exp1,
    exp1 * exp1 * exp2 * exp2,
  ];
}

function numerator(sigma: number, [a1, b1, a2, b2]: Readonly<Quad>): Quad {
  const [sin1, sin2] = [Math.sin(frequencies[0] / sigma), Math.sin(frequencies[1] / sigma)];
  const [cos1, cos2] = [Math.cos(frequencies[0] / sigma), Math.cos(frequencies[1] / sigma)];
  const [exp1, exp2] = [Math.exp(decays[0] / sigma), Math.exp(decays[1] / sigma)];
  return [
    a1 + a2,
    exp2 * (b2 * sin2 - (a2 + 2 * a1) * cos2) + exp1 * (b1 * sin1 - (a1 + 2 * a2) * cos1),
    2 * exp1 * exp2 * ((a1 + a2) * cos2 * cos1 - (b1 * cos2 * sin1 + b2 * cos1 * sin2)) +
      a2 * exp1 * exp1 +
      a1 * exp2 * exp2,
    exp2 * exp1 * exp1 * (b2 * sin2 - a2 * cos2) + exp1 * exp2 * exp2 * (b1 * sin1 - a1 * cos1),
  ];
}

/** Zeroth, first and second moment of a numerator's taps. */
function moments(n: Readonly<Quad>): [number, number, number] {
  return [sum(n), n[1] + 2 * n[2] + 3 * n[3], n[1] + 4 * n[2] + 9 * n[3]];
}

function toRecursion(n: Quad, d: Quad): Recursion {
  const m: Quad = [n[1] - d[0] * n[0], n[2] - d[1] * n[0], n[3] - d[2] * n[0], -d[3] * n[0]];
  const total = 1 + sum(d);
  return { n, d, m, rest: [sum(n) / total, sum(m) / total] };
}

/**
 * Recursion that smooths with a Gaussian.
 *
 * @param sigma Width in voxels, > 0.
 * @see Deriche 1993, INRIA research report 1893; ITK, RecursiveGaussianImageFilter, zeroth order
 */
export function gaussianRecursion(sigma: number): Recursion {
  const d = denominator(sigma);
  const n = numerator(sigma, smoothTerms);
  const alpha = (2 * sum(n)) / (1 + sum(d)) - n[0];
  return toRecursion([n[0] / alpha, n[1] / alpha, n[2] / alpha, n[3] / alpha], d);
}

/**
 * Recursion that convolves with the second derivative of a Gaussian (per voxel squared).
 *
 * @param sigma Width in voxels, > 0.
 * @param scale Factor of the result.
 * @see ITK, RecursiveGaussianImageFilter, second order
 */
export function curvatureRecursion(sigma: number, scale: number): Recursion {
  const d = denominator(sigma);
  const smooth = numerator(sigma, smoothTerms);
  const curved = numerator(sigma, curvatureTerms);
  const sd = 1 + sum(d);
  const dd = d[0] + 2 * d[1] + 3 * d[2] + 4 * d[3];
  const ed = d[0] + 4 * d[1] + 9 * d[2] + 16 * d[3];
  // Enough of the Gaussian is added that a constant line becomes 0.
  const beta = -(2 * sum(curved) - sd * curved[0]) / (2 * sum(smooth) - sd * smooth[0]);
  const at = (i: 0 | 1 | 2 | 3) => curved[i] + beta * smooth[i];
  const n: Quad = [at(0), at(1), at(2), at(3)];
  const [sn, dn, en] = moments(n);
  const alpha = (en * sd * sd - ed * sn * sd - 2 * dn * dd * sd + 2 * dd * dd * sn) / (sd * sd * sd);
  const factor = scale / alpha;
  return toRecursion([n[0] * factor, n[1] * factor, n[2] * factor, n[3] * factor], d);
}
