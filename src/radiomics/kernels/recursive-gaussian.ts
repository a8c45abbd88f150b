import type { Triple } from './grid.ts';

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

/**
 * Runs a recursion over one line there and back and adds both results. The line is taken to go on with its end values.
 *
 * @param line Samples, from `at` on, `step` apart.
 * @param at First sample.
 * @param step Elements from one sample to the next.
 * @param length Samples of the line.
 * @param recursion Coefficients.
 * @param from First sample whose result is wanted.
 * @param to One past the last.
 * @param out Receives the results of the wanted samples at the places of the samples; others hold leftovers.
 */
function runLine(
  line: Float64Array,
  at: number,
  step: number,
  length: number,
  { n, d, m, rest }: Recursion,
  from: number,
  to: number,
  out: Float64Array,
): void {
  // By index: taking the tuples apart makes an iterator for each of a hundred thousand lines.
  const n0 = n[0];
  const n1 = n[1];
  const n2 = n[2];
  const n3 = n[3];
  const d1 = d[0];
  const d2 = d[1];
  const d3 = d[2];
  const d4 = d[3];
  const m1 = m[0];
  const m2 = m[1];
  const m3 = m[2];
  const m4 = m[3];
  const head = line[at]!;
  let x1 = head;
  let x2 = head;
  let x3 = head;
  let y1 = head * rest[0];
  let y2 = y1;
  let y3 = y1;
  let y4 = y1;
  for (let i = at; i < at + to * step; i += step) {
    const x = line[i]!;
    // The newest result enters last: the sum before it does not wait for it.
    const y = n0 * x + n1 * x1 + (n2 * x2 + n3 * x3) - (d4 * y4 + d3 * y3 + d2 * y2) - d1 * y1;
    out[i] = y;
    x3 = x2;
    x2 = x1;
    x1 = x;
    y4 = y3;
    y3 = y2;
    y2 = y1;
    y1 = y;
  }
  const tail = line[at + (length - 1) * step]!;
  x1 = x2 = x3 = tail;
  let x4 = tail;
  y1 = y2 = y3 = y4 = tail * rest[1];
  for (let i = at + (length - 1) * step; i >= at + from * step; i -= step) {
    const y = m1 * x1 + m2 * x2 + (m3 * x3 + m4 * x4) - (d4 * y4 + d3 * y3 + d2 * y2) - d1 * y1;
    out[i]! += y;
    x4 = x3;
    x3 = x2;
    x2 = x1;
    x1 = line[i]!;
    y4 = y3;
    y3 = y2;
    y2 = y1;
    y1 = y;
  }
}

/** Voxels of a box somewhere in a buffer. */
export interface Source {
  readonly voxels:
    | Int8Array
    | Uint8Array
    | Int16Array
    | Uint16Array
    | Int32Array
    | Uint32Array
    | Float32Array
    | Float64Array;
  /** Turns copies of voxels into the samples that they stand for, in place; null where they are the samples. */
  readonly convert: ((samples: Float64Array) => void) | null;
  /** Index of the box' first voxel. */
  readonly first: number;
  /** Index steps to the next voxel along y and z; along x it is 1. */
  readonly strides: readonly [number, number];
  /** Voxels of the box, `[nx, ny, nz]`. */
  readonly size: Triple;
}

/** Runs along x: row by row. */
function runRows(
  { voxels, convert, first, strides, size }: Source,
  recursion: Recursion,
  from: number,
  to: number,
  out: Float32Array,
) {
  const [nx, ny, nz] = size;
  const line = new Float64Array(nx);
  const results = new Float64Array(nx);
  const wanted = results.subarray(from, to);
  for (let row = 0; row < ny * nz; row++) {
    const at = first + (row % ny) * strides[0] + Math.trunc(row / ny) * strides[1];
    line.set(voxels.subarray(at, at + nx));
    convert?.(line);
    runLine(line, 0, 1, nx, recursion, from, to, results);
    out.set(wanted, row * (to - from));
  }
}

/** Runs along y or z: a plane of rows at a time, whose columns are the lines. */
function runPlanes(
  { voxels, convert, first, strides, size }: Source,
  axis: 1 | 2,
  recursion: Recursion,
  from: number,
  to: number,
  out: Float32Array,
): void {
  const [nx, ny, nz] = size;
  const n = size[axis]!;
  const kept = to - from;
  const [along, across] = axis === 1 ? strides : [strides[1], strides[0]];
  const [outAlong, outAcross] = axis === 1 ? [nx, nx * kept] : [nx * ny, nx];
  // Rows of a power of two would put all samples of a column into the same few cache lines.
  const width = nx + 8 - (nx % 8) + 8;
  const lines = new Float64Array(n * width);
  const results = new Float64Array(n * width);
  for (let plane = 0; plane < (axis === 1 ? nz : ny); plane++) {
    for (let i = 0; i < n; i++) {
      const at = first + plane * across + i * along;
      lines.set(voxels.subarray(at, at + nx), i * width);
    }
    convert?.(lines);
    for (let x = 0; x < nx; x++) runLine(lines, x, width, n, recursion, from, to, results);
    for (let i = 0; i < kept; i++) {
      const row = (from + i) * width;
      out.set(results.subarray(row, row + nx), plane * outAcross + i * outAlong);
    }
  }
}

/**
 * Runs a recursion along one axis of a box.
 *
 * @param source The box.
 * @param axis 0 x, 1 y, 2 z.
 * @param recursion Coefficients.
 * @param from First index along the axis whose result is wanted.
 * @param to One past the last.
 * @param out Receives the results in single precision, x fastest; `to - from` voxels along the axis.
 * @throws RangeError if `out` has another length.
 * @see ITK, RecursiveSeparableImageFilter
 */
export function runRecursion(
  source: Source,
  axis: 0 | 1 | 2,
  recursion: Recursion,
  from: number,
  to: number,
  out: Float32Array,
): void {
  const [nx, ny, nz] = source.size;
  const wanted = (nx * ny * nz * (to - from)) / source.size[axis]!;
  if (out.length !== wanted) throw new RangeError(`out: ${out.length} voxels, expected ${wanted}`);
  if (axis === 0) runRows(source, recursion, from, to, out);
  else runPlanes(source, axis, recursion, from, to, out);
}
