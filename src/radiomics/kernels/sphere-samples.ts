import { splineWeights } from './bspline.ts';
import { requireVoxels, type Triple } from './grid.ts';

/** Offsets that share a coordinate are sampled together; coordinates closer than this (voxels) are shared. */
const sameOffset = 1e-9;

/** One weighted sum of four neighbours along an axis. */
interface Step {
  /** Where the sum is read from: a position in the list of the previous axis. */
  readonly from: number;
  /** Offset along this axis in voxels. */
  readonly offset: number;
  /** First of the four neighbours, relative to the voxel. */
  readonly first: number;
  readonly weights: Float64Array;
}

/** Samples around a voxel, as sums along z, then y, then x that share what they can. */
export interface SpherePlan {
  readonly alongZ: readonly Step[];
  readonly alongY: readonly Step[];
  /** One per sample, in the order of the offsets. */
  readonly alongX: readonly Step[];
  /** Voxels that the sums reach away from the voxel. */
  readonly reach: number;
}

function findOrAdd(steps: Step[], from: number, offset: number): number {
  const known = steps.findIndex((step) => step.from === from && Math.abs(step.offset - offset) < sameOffset);
  if (known >= 0) return known;
  const first = Math.floor(offset) - 1;
  const weights = new Float64Array(4);
  splineWeights(offset, first, weights, 0);
  return steps.push({ from, offset, first, weights }) - 1;
}

/**
 * Plans the sampling of a cubic B-spline at fixed offsets from every voxel.
 *
 * @param offsets `x, y, z` of each offset in voxels.
 */
export function planSphere(offsets: Float64Array): SpherePlan {
  const [alongZ, alongY, alongX]: [Step[], Step[], Step[]] = [[], [], []];
  let reach = 0;
  for (let at = 0; at < offsets.length; at += 3) {
    const [x, y, z] = [offsets[at]!, offsets[at + 1]!, offsets[at + 2]!];
    const row = findOrAdd(alongY, findOrAdd(alongZ, 0, z), y);
    const first = Math.floor(x) - 1;
    const weights = new Float64Array(4);
    splineWeights(x, first, weights, 0);
    alongX.push({ from: row, offset: x, first, weights });
    reach = Math.max(reach, ...[x, y, z].map((offset) => Math.floor(Math.abs(offset)) + 3));
  }
  return { alongZ, alongY, alongX, reach };
}

/** Room for the sums of one slice. */
export interface SphereBuffers {
  readonly planes: readonly Float64Array[];
  readonly rows: readonly Float64Array[];
}

/** Room for the sums of slices of `part[0] * part[1]` voxels. */
export function sphereBuffers({ alongZ, alongY, reach }: SpherePlan, [nx, ny]: Triple): SphereBuffers {
  const width = nx + 2 * reach;
  return {
    planes: alongZ.map(() => new Float64Array(width * (ny + 2 * reach))),
    rows: alongY.map(() => new Float64Array(width * ny)),
  };
}

/** The weighted sum of four runs of `source`, `step` apart, from `at` on. */
function sumOfFour(source: Float64Array, at: number, step: number, weights: Float64Array, out: Float64Array): void {
  const [w0, w1, w2, w3] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!];
  for (let i = 0; i < out.length; i++) {
    const from = at + i;
    out[i] =
      w0 * source[from]! + w1 * source[from + step]! + w2 * source[from + 2 * step]! + w3 * source[from + 3 * step]!;
  }
}

/**
 * Samples a cubic B-spline around the voxels of one slice.
 *
 * @param coefficients Spline coefficients of a box and of `plan.reach` voxels around it, x fastest.
 * @param part Voxel counts `[nx, ny, nz]` of the box.
 * @param slice Slice of the box.
 * @param plan Where to sample.
 * @param buffers Room of {@link sphereBuffers}.
 * @param inside 1 for the voxels of the slice to sample around; length `nx*ny`.
 * @param out Receives the samples, `nx*ny` groups of one per offset; groups of other voxels are left alone.
 * @throws RangeError if a length disagrees.
 */
export function sampleSpheres(
  coefficients: Float64Array,
  part: Triple,
  slice: number,
  plan: SpherePlan,
  { planes, rows }: SphereBuffers,
  inside: Uint8Array,
  out: Float64Array,
): void {
  const [nx, ny, nz] = part;
  const { alongZ, alongY, alongX, reach } = plan;
  const width = nx + 2 * reach;
  const plane = width * (ny + 2 * reach);
  requireVoxels('coefficients', coefficients.length, [width, ny + 2 * reach, nz + 2 * reach]);
  requireVoxels('inside', inside.length, [nx, ny, 1]);
  requireVoxels('out', out.length, [nx, ny, alongX.length]);
  alongZ.forEach(({ first, weights }, i) => {
    sumOfFour(coefficients, plane * (slice + reach + first), plane, weights, planes[i]!);
  });
  alongY.forEach(({ from, first, weights }, i) => {
    sumOfFour(planes[from]!, width * (reach + first), width, weights, rows[i]!);
  });
  for (let sample = 0; sample < alongX.length; sample++) {
    const { from, first, weights } = alongX[sample]!;
    const source = rows[from]!;
    const [w0, w1, w2, w3] = [weights[0]!, weights[1]!, weights[2]!, weights[3]!];
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        if (inside[x + nx * y] === 0) continue;
        const at = width * y + reach + x + first;
        out[(x + nx * y) * alongX.length + sample] =
          w0 * source[at]! + w1 * source[at + 1]! + w2 * source[at + 2]! + w3 * source[at + 3]!;
      }
    }
  }
}

/**
 * Rounds a run of samples to integers, halves away from 0, within a range.
 *
 * @param samples Changed in place.
 * @param at First sample of the run.
 * @param count Samples of the run.
 * @param low Smallest integer.
 * @param high Largest integer.
 * @see SciPy, ni_interpolation.c: output of an integer type
 */
export function roundSamples(samples: Float64Array, at: number, count: number, low: number, high: number): void {
  for (let i = at; i < at + count; i++) {
    const value = samples[i]!;
    samples[i] = Math.min(high, Math.max(low, Math.trunc(value + (value > 0 ? 0.5 : -0.5))));
  }
}

/**
 * Finds the samples of a run that are at least as bright as its centre.
 *
 * @param samples Samples.
 * @param at First sample of the run.
 * @param count Samples of the run.
 * @param centre What they are compared with.
 * @param out Receives their places in the run, ascending.
 * @returns How many there are.
 */
export function findBrighter(
  samples: Float64Array,
  at: number,
  count: number,
  centre: number,
  out: Int32Array,
): number {
  let found = 0;
  for (let i = 0; i < count; i++) {
    out[found] = i;
    if (samples[at + i]! >= centre) found++;
  }
  return found;
}
