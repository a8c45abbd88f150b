/**
 * Counts how often level `j` lies at one offset from level `i`, and adds the counts to `out`.
 *
 * A pair counts only when both voxels lie inside the region. The matrix is directed: add its transpose for the symmetric
 * one.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside. Every neighbour must be inside the buffer.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param stride Position of the neighbour relative to a voxel.
 * @param n Number of level indices.
 * @param out Counts, shape `(n, n)` row-major, row = level of the voxel, column = level of its neighbour. Never cleared.
 * @throws RangeError if the length of `out` disagrees with `n`. The levels themselves are not checked here.
 * @see IBSI reference manual, grey level co-occurrence based features
 */
export function addCooccurrences(
  levels: Uint16Array,
  voxels: Int32Array,
  stride: number,
  n: number,
  out: Float64Array,
): void {
  if (out.length !== n * n) throw new RangeError(`out: ${out.length} cells, expected ${n * n}`);
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const neighbour = levels[at + stride]!;
    if (neighbour !== 0) out[(levels[at]! - 1) * n + neighbour - 1]! += 1;
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
