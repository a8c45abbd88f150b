import { requireVoxels, type Triple } from './grid.ts';

function requirePair(out: Float64Array | null, cells: number): void {
  if (out !== null && out.length !== cells) throw new RangeError(`out: ${out.length} elements, expected ${cells}`);
}

/**
 * Convolves a box with one or two filters along an axis, without going beyond the box: `n` voxels become `n - taps + 1`.
 *
 * @param input Box, x fastest.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param axis 0 x, 1 y, 2 z.
 * @param low First filter.
 * @param high Second filter, as long as the first.
 * @param lowOut Receives the result of the first.
 * @param highOut Receives the result of the second; null to leave it out.
 * @param single Whether every step is rounded to single precision, as PyWavelets does with single-precision images.
 * @throws RangeError if a length disagrees.
 * @see PyWavelets, `swtn`; Nason and Silverman 1995, doi:10.1007/978-1-4612-2544-7_17
 */
export function splitAlong(
  input: Float64Array,
  size: Triple,
  axis: 0 | 1 | 2,
  low: Float64Array,
  high: Float64Array,
  lowOut: Float64Array,
  highOut: Float64Array | null,
  single: boolean,
): void {
  requireVoxels('input', input.length, size);
  const [nx, ny] = size;
  const taps = low.length;
  if (high.length !== taps) throw new RangeError(`high: ${high.length} taps, low has ${taps}`);
  const shrunk = (at: number) => size[at]! - (at === axis ? taps - 1 : 0);
  const [mx, my, mz] = [shrunk(0), shrunk(1), shrunk(2)];
  requirePair(lowOut, mx * my * mz);
  requirePair(highOut, mx * my * mz);
  const stride = axis === 0 ? 1 : axis === 1 ? nx : nx * ny;
  let to = 0;
  for (let z = 0; z < mz; z++) {
    for (let y = 0; y < my; y++) {
      // The filter runs against the samples: its first tap meets the last voxel.
      const row = nx * (y + ny * z) + (taps - 1) * stride;
      for (let x = 0; x < mx; x++) {
        let a = 0;
        let b = 0;
        let at = row + x;
        if (single) {
          for (let k = 0; k < taps; k++) {
            const value = input[at]!;
            a = Math.fround(a + Math.fround(Math.fround(low[k]!) * value));
            b = Math.fround(b + Math.fround(Math.fround(high[k]!) * value));
            at -= stride;
          }
        } else {
          for (let k = 0; k < taps; k++) {
            const value = input[at]!;
            a += low[k]! * value;
            b += high[k]! * value;
            at -= stride;
          }
        }
        lowOut[to] = a;
        if (highOut !== null) highOut[to] = b;
        to++;
      }
    }
  }
}

/** Positions along an axis that goes on periodically: from `lower` on, or all of one period. */
export interface PeriodicRange {
  readonly lower: number;
  readonly count: number;
  /** One whole period from position 0: every position can be looked up. */
  readonly whole: boolean;
}

/**
 * Copies a box out of a box of a periodic image.
 *
 * @param input Voxels at the positions of `have`, x fastest.
 * @param have What the input holds along each axis.
 * @param period Length of a period along each axis.
 * @param lower First position wanted along each axis; may be negative where the input holds a whole period.
 * @param size Positions wanted.
 * @returns Voxels of the box, x fastest.
 */
export function copyPeriodic(
  input: ArrayLike<number>,
  have: readonly [PeriodicRange, PeriodicRange, PeriodicRange],
  period: Triple,
  lower: Triple,
  size: Triple,
): Float64Array {
  const places = [0, 1, 2].map((axis) =>
    Int32Array.from({ length: size[axis]! }, (_, i) => {
      const { lower: first, count, whole } = have[axis]!;
      const position = lower[axis]! + i;
      if (!whole) return position - first;
      const n = period[axis]!;
      const place = ((position % n) + n) % n;
      // An odd image is made even by repeating its first voxel at the end.
      return place < count ? place : 0;
    }),
  );
  const [px, py, pz] = [places[0]!, places[1]!, places[2]!];
  const [nx, ny] = [have[0].count, have[1].count];
  const out = new Float64Array(size[0] * size[1] * size[2]);
  let at = 0;
  for (let z = 0; z < size[2]; z++) {
    for (let y = 0; y < size[1]; y++) {
      const row = nx * (py[y]! + ny * pz[z]!);
      for (let x = 0; x < size[0]; x++) out[at++] = input[row + px[x]!]!;
    }
  }
  return out;
}
