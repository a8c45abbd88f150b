import { requireVoxels, type Triple } from './grid.ts';

/**
 * Counts how often level `j` lies at `offset` from level `i`, and adds the counts to `out`.
 *
 * A pair counts only when both voxels lie inside the grid and inside the region. The matrix is directed: add its
 * transpose for the symmetric one.
 *
 * @param levels Level indices, length `nx*ny*nz`, x fastest; `1..n` inside the region, 0 outside.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param offset Neighbour offset `[dx, dy, dz]` in voxels.
 * @param n Number of level indices.
 * @param out Counts, shape `(n, n)` row-major, row = level of the voxel, column = level of its neighbour. Never cleared.
 * @throws RangeError if a length disagrees with `size` or `n`. The levels themselves are not checked here.
 * @see IBSI reference manual, grey level co-occurrence based features
 */
export function addCooccurrences(
  levels: Uint16Array,
  size: Triple,
  offset: Triple,
  n: number,
  out: Float64Array,
): void {
  requireVoxels('levels', levels.length, size);
  if (out.length !== n * n) throw new RangeError(`out: ${out.length} cells, expected ${n * n}`);
  const [nx, ny, nz] = size;
  const [dx, dy, dz] = offset;
  const shift = dx + nx * (dy + ny * dz);
  // Clip the loop bounds rather than test every neighbour: no position branch in the hot loop.
  const [x0, x1] = [Math.max(0, -dx), Math.min(nx, nx - dx)];
  for (let z = Math.max(0, -dz); z < Math.min(nz, nz - dz); z++) {
    for (let y = Math.max(0, -dy); y < Math.min(ny, ny - dy); y++) {
      const row = nx * (y + ny * z);
      for (let at = row + x0; at < row + x1; at++) {
        const i = levels[at]!;
        const j = levels[at + shift]!;
        if (i === 0 || j === 0) continue;
        out[(i - 1) * n + (j - 1)]! += 1;
      }
    }
  }
}

/**
 * Adds the transpose of a square matrix to it, in place.
 *
 * @param matrix Shape `(n, n)` row-major.
 * @param n Rows.
 */
export function addTranspose(matrix: Float64Array, n: number): void {
  for (let i = 0; i < n; i++) {
    matrix[i * n + i]! *= 2;
    for (let j = i + 1; j < n; j++) {
      const both = matrix[i * n + j]! + matrix[j * n + i]!;
      matrix[i * n + j] = both;
      matrix[j * n + i] = both;
    }
  }
}
