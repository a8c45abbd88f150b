import { requireVoxels, type Triple } from './grid.ts';

/** For every sample along one axis: which four voxels it takes and with what weights. */
export interface AxisTaps {
  /** Samples along the axis. */
  readonly count: number;
  /** Voxels of each sample, length `4 * count`. */
  readonly voxels: Int32Array;
  /** Weights of each sample, length `4 * count`; 0 where fewer than four voxels are needed. */
  readonly weights: Float64Array;
}

function checkTaps(name: string, { count, voxels, weights }: AxisTaps): void {
  if (voxels.length === 4 * count && weights.length === voxels.length) return;
  throw new RangeError(`${name}: ${voxels.length} voxels and ${weights.length} weights, expected ${4 * count}`);
}

/** Replaces the rows of `length` values in every block by the weighted sums of rows that the taps name. */
function combineRows(source: Float64Array, length: number, rows: number, { count, voxels, weights }: AxisTaps) {
  const blocks = source.length / (length * rows);
  const out = new Float64Array(length * count * blocks);
  for (let block = 0; block < blocks; block++) {
    for (let sample = 0; sample < count; sample++) {
      const to = length * (sample + count * block);
      const tap = 4 * sample;
      const at = (i: number) => length * (voxels[tap + i]! + rows * block);
      const [a, b, c, d] = [at(0), at(1), at(2), at(3)];
      const [p, q, r, s] = [weights[tap]!, weights[tap + 1]!, weights[tap + 2]!, weights[tap + 3]!];
      for (let i = 0; i < length; i++) {
        out[to + i] = p * source[a + i]! + q * source[b + i]! + r * source[c + i]! + s * source[d + i]!;
      }
    }
  }
  return out;
}

/** The voxels of an axis that its samples take, and the taps counted from the first of them. */
function narrow({ count, voxels, weights }: AxisTaps): { from: number; width: number; taps: AxisTaps } {
  let [from, to] = [Number.POSITIVE_INFINITY, 0];
  for (let tap = 0; tap < voxels.length; tap++) {
    if (weights[tap] === 0) continue;
    from = Math.min(from, voxels[tap]!);
    to = Math.max(to, voxels[tap]! + 1);
  }
  if (to === 0) [from, to] = [0, 1];
  const width = to - from;
  // What has no weight must still be a voxel.
  const within = voxels.map((voxel) => Math.min(width - 1, Math.max(0, voxel - from)));
  return { from, width, taps: { count, weights, voxels: within } };
}

/**
 * Samples a grid of values at the crossings of three lists of positions: weighted sums along z, then y, then x.
 *
 * @param source Values (for a spline: coefficients), length `nx*ny*nz`, x fastest.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param axes Taps along x, y and z.
 * @returns Samples, x fastest, `axes[i].count` along each axis.
 * @throws RangeError if a length disagrees.
 */
export function interpolate(
  source: Float64Array,
  size: Triple,
  axes: readonly [AxisTaps, AxisTaps, AxisTaps],
): Float64Array {
  requireVoxels('source', source.length, size);
  const [x, y, z] = axes;
  checkTaps('x', x);
  checkTaps('y', y);
  checkTaps('z', z);
  const [nx, ny, nz] = size;
  // A spline's coefficients are known far around the samples, so that they are right; only few of them are taken.
  const [alongX, alongY] = [narrow(x), narrow(y)];
  const [width, height] = [alongX.width, alongY.width];
  const taken = new Float64Array(width * height * nz);
  for (let row = 0; row < height * nz; row++) {
    const at = alongX.from + nx * (alongY.from + (row % height) + ny * Math.trunc(row / height));
    taken.set(source.subarray(at, at + width), width * row);
  }
  const planes = combineRows(taken, width * height, nz, z);
  const rows = combineRows(planes, width, height, alongY.taps);
  const out = new Float64Array(x.count * y.count * z.count);
  const { count, voxels, weights } = alongX.taps;
  for (let row = 0; row < y.count * z.count; row++) {
    const from = width * row;
    for (let sample = 0; sample < count; sample++) {
      const tap = 4 * sample;
      out[count * row + sample] =
        weights[tap]! * rows[from + voxels[tap]!]! +
        weights[tap + 1]! * rows[from + voxels[tap + 1]!]! +
        weights[tap + 2]! * rows[from + voxels[tap + 2]!]! +
        weights[tap + 3]! * rows[from + voxels[tap + 3]!]!;
    }
  }
  return out;
}

/**
 * One sample of a grid: the sum over all taps, x fastest, each with the product of its weights.
 *
 * {@link interpolate} adds in another order. Where the last bit decides (a value that is to be truncated and lies on a
 * whole number), this is ITK's order.
 *
 * @param source Values, length `nx*ny*nz`, x fastest.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param axes Taps along x, y and z.
 * @param sample Which sample along each axis.
 * @see ITK, BSplineInterpolateImageFunction `EvaluateAtContinuousIndex`
 */
export function interpolateAt(
  source: Float64Array,
  [nx, ny]: Triple,
  [x, y, z]: readonly [AxisTaps, AxisTaps, AxisTaps],
  [sx, sy, sz]: Triple,
): number {
  let sum = 0;
  for (let k = 4 * sz; k < 4 * sz + 4; k++) {
    for (let j = 4 * sy; j < 4 * sy + 4; j++) {
      const row = nx * (y.voxels[j]! + ny * z.voxels[k]!);
      for (let i = 4 * sx; i < 4 * sx + 4; i++) {
        sum += x.weights[i]! * y.weights[j]! * z.weights[k]! * source[row + x.voxels[i]!]!;
      }
    }
  }
  return sum;
}

/**
 * One linear sample of a grid, as nested steps `a + (b - a) * part`: exact between equal values, where a weighted sum is
 * not.
 *
 * @param source Values, length `nx*ny*nz`, x fastest.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param axes Taps along x, y and z, of which the first two count.
 * @param sample Which sample along each axis.
 * @see ITK, LinearInterpolateImageFunction
 */
export function linearAt(
  source: Float64Array,
  [nx, ny]: Triple,
  [x, y, z]: readonly [AxisTaps, AxisTaps, AxisTaps],
  [sx, sy, sz]: Triple,
): number {
  const [i, j, k] = [4 * sx, 4 * sy, 4 * sz];
  const outside = (taps: AxisTaps, at: number) => taps.weights[at] === 0 && taps.weights[at + 1] === 0;
  if (outside(x, i) || outside(y, j) || outside(z, k)) return 0;
  const alongX = (row: number) => {
    const first = source[row + x.voxels[i]!]!;
    return first + (source[row + x.voxels[i + 1]!]! - first) * x.weights[i + 1]!;
  };
  const alongY = (plane: number) => {
    const first = alongX(nx * (y.voxels[j]! + plane));
    return first + (alongX(nx * (y.voxels[j + 1]! + plane)) - first) * y.weights[j + 1]!;
  };
  const first = alongY(ny * z.voxels[k]!);
  return first + (alongY(ny * z.voxels[k + 1]!) - first) * z.weights[k + 1]!;
}
