import { countBits } from './alike-neighbours.ts';

/**
 * Counts how many neighbours of each voxel have its level, and adds the voxels to a matrix by level and that number.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param alike Which of a voxel's neighbours have its level, bit by bit: of `markAlike`.
 * @param columns Neighbours a voxel can have, and one.
 * @param out Counts, shape `(n, columns)` row-major, row = level, column = neighbours. Added to, never cleared.
 * @throws RangeError if a length disagrees. The levels themselves are not checked here.
 * @see PyRadiomics, cmatrices.c `calculate_gldm`, with `gldm_a` 0
 */
export function addEqualNeighbours(
  levels: Uint16Array,
  voxels: Int32Array,
  alike: Int32Array,
  columns: number,
  out: Float64Array,
): void {
  if (out.length % columns !== 0) throw new RangeError(`out: ${out.length} cells, expected rows of ${columns}`);
  if (alike.length !== levels.length) throw new RangeError(`alike: ${alike.length} voxels, expected ${levels.length}`);
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    out[(levels[at]! - 1) * columns + countBits(alike[at]!)]! += 1;
  }
}

/** Adds up the neighbours of each voxel that differ from it by at most `alpha` grey levels. */
function countWithin(
  levels: Uint16Array,
  voxels: Int32Array,
  strides: Int32Array,
  greyLevels: Uint16Array,
  alpha: number,
  dependences: Int32Array,
): void {
  // Outside the region, a grey level that no other comes near.
  const grey = new Int32Array(levels.length).fill(-(2 ** 30));
  for (let v = 0; v < voxels.length; v++) grey[voxels[v]!] = greyLevels[levels[voxels[v]!]! - 1]!;
  const within = Math.min(alpha, 65_535);
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const here = grey[at]!;
    let dependent = 0;
    for (let s = 0; s < strides.length; s++) {
      const neighbour = at + strides[s]!;
      const difference = here - grey[neighbour]!;
      // 1 when neither `within + difference` nor `within - difference` is negative.
      const depends = ~((within + difference) | (within - difference)) >>> 31;
      dependent += depends;
      dependences[neighbour]! += depends;
    }
    dependences[at]! += dependent;
  }
}

/**
 * Counts how many neighbours of each voxel depend on it, which is to say differ by at most `alpha` grey levels, and adds
 * the voxels to a matrix by level and dependence.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside. Every neighbour must be inside the buffer.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param strides Positions of the neighbours relative to a voxel, one of every opposite pair.
 * @param greyLevels Grey level of each level index less 1, ascending; length `n`.
 * @param alpha Largest difference in grey levels, >= 0.
 * @param dependences Scratch as long as `levels`; receives the dependent neighbours of each voxel of the region.
 * @param out Counts, shape `(n, 2 * strides.length + 1)` row-major, row = level, column = dependent neighbours. Added to,
 *   never cleared.
 * @throws RangeError if a length disagrees. The levels themselves are not checked here.
 * @see PyRadiomics, cmatrices.c `calculate_gldm`; IBSI reference manual, neighbouring grey level dependence features
 */
export function addDependences(
  levels: Uint16Array,
  voxels: Int32Array,
  strides: Int32Array,
  greyLevels: Uint16Array,
  alpha: number,
  dependences: Int32Array,
  out: Float64Array,
): void {
  const columns = 2 * strides.length + 1;
  if (out.length !== greyLevels.length * columns) {
    throw new RangeError(`out: ${out.length} cells, expected ${greyLevels.length * columns}`);
  }
  if (dependences.length !== levels.length) {
    throw new RangeError(`dependences: ${dependences.length} voxels, expected ${levels.length}`);
  }
  for (let v = 0; v < voxels.length; v++) dependences[voxels[v]!] = 0;
  countWithin(levels, voxels, strides, greyLevels, alpha, dependences);
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    out[(levels[at]! - 1) * columns + dependences[at]!]! += 1;
  }
}
