import { requireVoxels, type Triple } from './grid.ts';

/** Room for one line: its values, and the parabolas whose lower envelope they make. */
interface Line {
  readonly values: Float64Array;
  /** Index of each parabola's lowest point. */
  readonly at: Int32Array;
  /** Position (mm) from which each parabola is the lowest; one more than there are parabolas. */
  readonly from: Float64Array;
}

/** Distance along x to the nearest target in the same row, squared. */
function measureRows(inside: Uint8Array, target: 0 | 1, nx: number, spacing: number, out: Float64Array): void {
  for (let row = 0; row < inside.length; row += nx) {
    let last = Number.NEGATIVE_INFINITY;
    for (let x = 0; x < nx; x++) {
      if (inside[row + x] === target) last = x;
      out[row + x] = ((x - last) * spacing) ** 2;
    }
    last = Number.POSITIVE_INFINITY;
    for (let x = nx - 1; x >= 0; x--) {
      if (inside[row + x] === target) last = x;
      const squared = ((last - x) * spacing) ** 2;
      if (squared < out[row + x]!) out[row + x] = squared;
    }
  }
}

/** Replaces a line's values `f(i)` by `min_j f(j) + ((i - j) spacing)^2`. */
function lowerLine(out: Float64Array, first: number, step: number, n: number, spacing: number, line: Line): void {
  const { values, at, from } = line;
  let top = -1;
  for (let i = 0; i < n; i++) {
    const value = out[first + i * step]!;
    values[i] = value;
    if (value === Number.POSITIVE_INFINITY) continue;
    let start = Number.NEGATIVE_INFINITY;
    while (top >= 0) {
      const j = at[top]!;
      // Where the parabola of i falls below that of j.
      start = ((i + j) * spacing + (value - values[j]!) / ((i - j) * spacing)) / 2;
      if (start > from[top]!) break;
      top--;
    }
    if (top < 0) start = Number.NEGATIVE_INFINITY;
    top++;
    at[top] = i;
    from[top] = start;
  }
  if (top < 0) return;
  from[top + 1] = Number.POSITIVE_INFINITY;
  let k = 0;
  for (let i = 0; i < n; i++) {
    while (from[k + 1]! < i * spacing) k++;
    const j = at[k]!;
    out[first + i * step] = values[j]! + ((i - j) * spacing) ** 2;
  }
}

/**
 * Squared Euclidean distance of every voxel centre to the nearest target voxel's centre, exact for any voxel size: along
 * x by counting, then along y and z by the lower envelope of the parabolas `d(j) + (i - j)^2`.
 *
 * @param inside 1 inside a region, 0 outside; length `nx*ny*nz`, x fastest.
 * @param target Which of the two to measure to.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param spacing Voxel size `[x, y, z]` (mm), above 0.
 * @param out Receives the squared distances (mm^2): 0 on a target voxel, infinity everywhere when there is none. Same
 *   length as `inside`.
 * @throws RangeError if a length disagrees with `size`.
 * @see Felzenszwalb and Huttenlocher 2012, doi:10.4086/toc.2012.v008a019
 */
export function squaredDistances(
  inside: Uint8Array,
  target: 0 | 1,
  size: Triple,
  spacing: Triple,
  out: Float64Array,
): void {
  requireVoxels('inside', inside.length, size);
  requireVoxels('out', out.length, size);
  const [nx, ny, nz] = size;
  const longest = Math.max(ny, nz);
  const line: Line = {
    values: new Float64Array(longest),
    at: new Int32Array(longest),
    from: new Float64Array(longest + 1),
  };
  measureRows(inside, target, nx, spacing[0], out);
  for (let z = 0; z < nz; z++) {
    for (let x = 0; x < nx; x++) lowerLine(out, x + nx * ny * z, nx, ny, spacing[1], line);
  }
  for (let at = 0; at < nx * ny; at++) lowerLine(out, at, nx * ny, nz, spacing[2], line);
}
