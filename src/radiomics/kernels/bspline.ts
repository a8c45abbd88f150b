import { requireVoxels, type Triple } from './grid.ts';

/** The pole of the cubic B-spline's prefilter. */
const pole = Math.sqrt(3) - 2;

/** Gain of the prefilter. */
const gain = (1 - pole) * (1 - 1 / pole);

/** ITK looks this far for the first coefficient: `pole ** 18 < 1e-10`. Where it does, so must we. */
const horizon = Math.ceil(Math.log(1e-10) / Math.log(Math.abs(pole)));

/** Samples after which a sample's influence on the coefficients is below 1e-18 of it. */
export const splineReach = 32;

/** How the sum for the first coefficient of a line is cut short. */
export type LineStart = 'itk' | 'exact';

/** Lines side by side: `width` of them, their samples `step` elements apart. */
interface Lines {
  readonly samples: Float64Array;
  readonly first: number;
  readonly width: number;
  readonly step: number;
  readonly n: number;
}

/** Writes the sum that starts the causal recursion at a mirrored end, `sum over k of pole ** k * x[k]`, to sample 0. */
function startLines({ samples, first, width, step, n }: Lines, start: LineStart): void {
  const last = first + (n - 1) * step;
  if (start === 'itk' && horizon < n) {
    let power = pole;
    for (let i = 1; i < horizon; i++) {
      const at = i * step;
      for (let x = first; x < first + width; x++) samples[x]! += power * samples[x + at]!;
      power *= pole;
    }
    return;
  }
  let power = pole;
  let back = pole ** (n - 1);
  for (let x = 0; x < width; x++) samples[first + x]! += back * samples[last + x]!;
  back *= back / pole;
  for (let i = 1; i <= n - 2; i++) {
    const at = i * step;
    const weight = power + back;
    for (let x = first; x < first + width; x++) samples[x]! += weight * samples[x + at]!;
    power *= pole;
    back /= pole;
  }
  const scale = 1 - power * power;
  for (let x = first; x < first + width; x++) samples[x]! /= scale;
}

/** Turns the samples of lines into coefficients, line by line in step. */
function prefilterLines(lines: Lines, start: LineStart): void {
  const { samples, first, width, step, n } = lines;
  for (let i = 0; i < n; i++) {
    const at = first + i * step;
    for (let x = at; x < at + width; x++) samples[x]! *= gain;
  }
  startLines(lines, start);
  for (let i = 1; i < n; i++) {
    const at = first + i * step;
    for (let x = at; x < at + width; x++) samples[x]! += pole * samples[x - step]!;
  }
  const last = first + (n - 1) * step;
  const scale = pole / (pole * pole - 1);
  for (let x = last; x < last + width; x++) samples[x] = scale * (pole * samples[x - step]! + samples[x]!);
  for (let i = n - 2; i >= 0; i--) {
    const at = first + i * step;
    for (let x = at; x < at + width; x++) samples[x] = pole * (samples[x + step]! - samples[x]!);
  }
}

/**
 * Turns samples into the coefficients of the cubic B-spline through them, in place, mirrored at the ends.
 *
 * @param samples Length `nx*ny*nz`, x fastest. A part of an image is right up to `splineReach` samples from a cut.
 * @param size Voxel counts `[nx, ny, nz]`; an axis of one voxel is left alone.
 * @param start `itk`: ITK's truncated sum at the start of a line (error 1e-10 there); `exact`: the whole sum.
 * @throws RangeError if the length disagrees with `size`.
 * @see Unser 1999, doi:10.1109/79.799930, box 2; ITK, BSplineDecompositionImageFilter
 */
export function prefilterSpline(samples: Float64Array, size: Triple, start: LineStart): void {
  requireVoxels('samples', samples.length, size);
  const [nx, ny, nz] = size;
  if (nx > 1) {
    for (let row = 0; row < samples.length; row += nx) {
      prefilterLines({ samples, first: row, width: 1, step: 1, n: nx }, start);
    }
  }
  if (ny > 1) {
    for (let z = 0; z < nz; z++) {
      prefilterLines({ samples, first: z * nx * ny, width: nx, step: nx, n: ny }, start);
    }
  }
  if (nz > 1) {
    for (let y = 0; y < ny; y++) {
      prefilterLines({ samples, first: y * nx, width: nx, step: nx * ny, n: nz }, start);
    }
  }
}

/**
 * Weights of the four coefficients around a position.
 *
 * @param position Continuous index along an axis, in voxels.
 * @param first Index of the first of the four.
 * @param out Receives the weights from `at` on; room for four.
 * @param at Where to write.
 */
export function splineWeights(position: number, first: number, out: Float64Array, at: number): void {
  const w = position - (first + 1);
  const last = (1 / 6) * w * w * w;
  const start = 1 / 6 + 0.5 * w * (w - 1) - last;
  const third = w + start - 2 * last;
  out[at] = start;
  out[at + 1] = 1 - start - third - last;
  out[at + 2] = third;
  out[at + 3] = last;
}

/** An index mirrored into `0..n - 1` at the centres of the first and the last voxel. */
export function mirror(index: number, n: number): number {
  if (n === 1) return 0;
  const inside = Math.abs(index) % (2 * n - 2);
  return inside < n ? inside : 2 * n - 2 - inside;
}
