/**
 * Counts how often level `j` lies at an offset from level `i`, for several offsets.
 *
 * The counts are directed: {@link takeMatrix} adds the transpose for the symmetric matrix.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside. Every neighbour must be inside the buffer.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param strides Positions of the neighbours relative to a voxel, one an offset.
 * @param n Number of level indices.
 * @param out Counts, shape `(offsets, n + 1, n + 1)` row-major, row = level of the voxel, column = level of its neighbour,
 *   0 for one outside the region. Added to, never cleared.
 * @throws RangeError if the length of `out` disagrees with `strides` and `n`. The levels themselves are not checked here.
 * @see IBSI reference manual, grey level co-occurrence based features
 */
export function addCooccurrences(
  levels: Uint16Array,
  voxels: Int32Array,
  strides: Int32Array,
  n: number,
  out: Int32Array,
): void {
  const cells = (n + 1) ** 2;
  if (out.length !== strides.length * cells) {
    throw new RangeError(`out: ${out.length} cells, expected ${strides.length} matrices of ${cells}`);
  }
  if (strides.length === 13) {
    addThirteen(levels, voxels, strides, n, out);
    return;
  }
  for (let s = 0; s < strides.length; s++) {
    const stride = strides[s]!;
    for (let v = 0; v < voxels.length; v++) {
      const at = voxels[v]!;
      out[s * cells + levels[at]! * (n + 1) + levels[at + stride]!]! += 1;
    }
  }
}

/** All directions to the nearest neighbours in one pass over the voxels, written out: a loop takes twice as long. */
function addThirteen(levels: Uint16Array, voxels: Int32Array, strides: Int32Array, n: number, out: Int32Array): void {
  const cells = (n + 1) ** 2;
  const [a, b, c, d, e, f] = [strides[0]!, strides[1]!, strides[2]!, strides[3]!, strides[4]!, strides[5]!];
  const [g, h, i, j, k, l] = [strides[6]!, strides[7]!, strides[8]!, strides[9]!, strides[10]!, strides[11]!];
  const m = strides[12]!;
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const row = levels[at]! * (n + 1);
    out[row + levels[at + a]!]! += 1;
    out[row + cells + levels[at + b]!]! += 1;
    out[row + 2 * cells + levels[at + c]!]! += 1;
    out[row + 3 * cells + levels[at + d]!]! += 1;
    out[row + 4 * cells + levels[at + e]!]! += 1;
    out[row + 5 * cells + levels[at + f]!]! += 1;
    out[row + 6 * cells + levels[at + g]!]! += 1;
    out[row + 7 * cells + levels[at + h]!]! += 1;
    out[row + 8 * cells + levels[at + i]!]! += 1;
    out[row + 9 * cells + levels[at + j]!]! += 1;
    out[row + 10 * cells + levels[at + k]!]! += 1;
    out[row + 11 * cells + levels[at + l]!]! += 1;
    out[row + 12 * cells + levels[at + m]!]! += 1;
  }
}

/**
 * Takes the matrix of one offset out of the counts: pairs of voxels that both lie inside the region.
 *
 * @param counts Counts of {@link addCooccurrences}.
 * @param offset Which offset.
 * @param n Number of level indices.
 * @param symmetric Whether a pair counts in both orders.
 * @param out Receives the counts, shape `(n, n)` row-major.
 * @throws RangeError if the length of `out` disagrees with `n`.
 */
export function takeMatrix(counts: Int32Array, offset: number, n: number, symmetric: boolean, out: Float64Array): void {
  if (out.length !== n * n) throw new RangeError(`out: ${out.length} cells, expected ${n * n}`);
  const width = n + 1;
  const first = offset * width ** 2 + width + 1;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const there = counts[first + i * width + j]!;
      out[i * n + j] = symmetric ? there + counts[first + j * width + i]! : there;
    }
  }
}
