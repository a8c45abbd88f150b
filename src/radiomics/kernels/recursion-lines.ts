import type { Triple } from './grid.ts';
import type { Recursion } from './recursive-gaussian.ts';
import type { VoxelArray } from './voxel-array.ts';

/**
 * Runs the first half of a recursion over one line, from its first sample on. Before it, the line is taken to go on with
 * its first value.
 *
 * @param line Samples, from `at` on, `step` apart.
 * @param at First sample.
 * @param step Elements from one sample to the next.
 * @param to One past the last sample whose result is wanted.
 * @param out Receives the results at the places of the samples.
 */
function runForward(
  line: Float64Array,
  at: number,
  step: number,
  { n, d, rest }: Recursion,
  to: number,
  out: Float64Array,
): void {
  // By index: taking the tuples apart makes an iterator for each of a hundred thousand lines.
  const [n0, n1, n2, n3] = [n[0], n[1], n[2], n[3]];
  const [d1, d2, d3, d4] = [d[0], d[1], d[2], d[3]];
  const head = line[at]!;
  let [x1, x2, x3] = [head, head, head];
  const before = head * rest[0];
  let [y1, y2, y3, y4] = [before, before, before, before];
  const end = at + to * step;
  let i = at;
  // Four at a time, so that no value has to move on to the next variable. The newest result enters each sum last: what
  // comes before it does not wait for it.
  for (; i + 3 * step < end; i += 4 * step) {
    const xa = line[i]!;
    const ya = n0 * xa + n1 * x1 + (n2 * x2 + n3 * x3) - (d4 * y4 + d3 * y3 + d2 * y2) - d1 * y1;
    out[i] = ya;
    const xb = line[i + step]!;
    const yb = n0 * xb + n1 * xa + (n2 * x1 + n3 * x2) - (d4 * y3 + d3 * y2 + d2 * y1) - d1 * ya;
    out[i + step] = yb;
    const xc = line[i + 2 * step]!;
    const yc = n0 * xc + n1 * xb + (n2 * xa + n3 * x1) - (d4 * y2 + d3 * y1 + d2 * ya) - d1 * yb;
    out[i + 2 * step] = yc;
    const xd = line[i + 3 * step]!;
    const yd = n0 * xd + n1 * xc + (n2 * xb + n3 * xa) - (d4 * y1 + d3 * ya + d2 * yb) - d1 * yc;
    out[i + 3 * step] = yd;
    x3 = xb;
    x2 = xc;
    x1 = xd;
    y4 = ya;
    y3 = yb;
    y2 = yc;
    y1 = yd;
  }
  for (; i < end; i += step) {
    const x = line[i]!;
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
}

/**
 * Runs the second half of a recursion over one line, from its last sample back. After it, the line is taken to go on with
 * its last value.
 *
 * @param line Samples, from `at` on, `step` apart.
 * @param at First sample.
 * @param step Elements from one sample to the next.
 * @param length Samples of the line.
 * @param from First sample whose result is wanted.
 * @param out The results are added at the places of the samples; those after the wanted ones hold leftovers.
 */
function addBackward(
  line: Float64Array,
  at: number,
  step: number,
  length: number,
  { m, d, rest }: Recursion,
  from: number,
  out: Float64Array,
): void {
  const [m1, m2, m3, m4] = [m[0], m[1], m[2], m[3]];
  const [d1, d2, d3, d4] = [d[0], d[1], d[2], d[3]];
  let i = at + (length - 1) * step;
  const tail = line[i]!;
  let [x1, x2, x3, x4] = [tail, tail, tail, tail];
  const after = tail * rest[1];
  let [y1, y2, y3, y4] = [after, after, after, after];
  const end = at + from * step;
  for (; i - 3 * step >= end; i -= 4 * step) {
    const ya = m1 * x1 + m2 * x2 + (m3 * x3 + m4 * x4) - (d4 * y4 + d3 * y3 + d2 * y2) - d1 * y1;
    out[i]! += ya;
    const xa = line[i]!;
    const yb = m1 * xa + m2 * x1 + (m3 * x2 + m4 * x3) - (d4 * y3 + d3 * y2 + d2 * y1) - d1 * ya;
    out[i - step]! += yb;
    const xb = line[i - step]!;
    const yc = m1 * xb + m2 * xa + (m3 * x1 + m4 * x2) - (d4 * y2 + d3 * y1 + d2 * ya) - d1 * yb;
    out[i - 2 * step]! += yc;
    const xc = line[i - 2 * step]!;
    const yd = m1 * xc + m2 * xb + (m3 * xa + m4 * x1) - (d4 * y1 + d3 * ya + d2 * yb) - d1 * yc;
    out[i - 3 * step]! += yd;
    x4 = xa;
    x3 = xb;
    x2 = xc;
    x1 = line[i - 3 * step]!;
    y4 = ya;
    y3 = yb;
    y2 = yc;
    y1 = yd;
  }
  for (; i >= end; i -= step) {
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
  readonly voxels: VoxelArray;
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
    runForward(line, 0, 1, recursion, to, results);
    addBackward(line, 0, 1, nx, recursion, from, results);
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
    for (let x = 0; x < nx; x++) {
      runForward(lines, x, width, recursion, to, results);
      addBackward(lines, x, width, n, recursion, from, results);
    }
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
