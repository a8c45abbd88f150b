import { requireVoxels, type Triple } from './grid.ts';

/** Whether any line along `step` holds two voxels of the region, whatever lies between them. */
function anySharedLine(levels: Uint16Array, [nx, ny, nz]: Triple, voxels: Int32Array, [dx, dy, dz]: Triple): boolean {
  const stride = dx + nx * (dy + ny * dz);
  for (let v = 0; v < voxels.length; v++) {
    let at = voxels[v]! + stride;
    let x = (voxels[v]! % nx) + dx;
    let y = (Math.trunc(voxels[v]! / nx) % ny) + dy;
    let z = Math.trunc(voxels[v]! / (nx * ny)) + dz;
    while (x >= 0 && x < nx && y >= 0 && y < ny && z >= 0 && z < nz) {
      if (levels[at] !== 0) return true;
      at += stride;
      x += dx;
      y += dy;
      z += dz;
    }
  }
  return false;
}

/**
 * Counts the runs of one direction: consecutive voxels of the region that have the same level. A voxel outside the region
 * ends a run.
 *
 * Voxels without a like one before them are runs of length 1 at least, and known by number: only the others are visited.
 *
 * @param levels Level indices, length `nx*ny*nz`, x fastest; `1..n` inside the region, 0 outside. The outermost voxels
 *   must be 0.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param voxels Positions in `levels` of the region's voxels, ascending.
 * @param alike Which of a voxel's earlier neighbours have its level, bit by bit: of `markAlike`.
 * @param bit The direction's bit in `alike`.
 * @param step Neighbour offset `[dx, dy, dz]`, each -1, 0 or 1; the last one that is not 0 is 1.
 * @param longest Columns of `out`, at least the region's largest size along an axis.
 * @param lengths Scratch as long as `levels`, 1 in every element before and after.
 * @param visited Scratch as long as `voxels` and one more; overwritten.
 * @param out Receives the counts, shape `(n, longest)` row-major, row = level, column = length - 1. Before, the first
 *   column holds the number of voxels at each level, the others 0.
 * @returns False when no line along the direction holds two voxels of the region: PyRadiomics leaves such a direction out.
 * @throws RangeError if a length disagrees with `size` or `longest`. The levels themselves are not checked here.
 * @see PyRadiomics, cmatrices.c `calculate_glrlm`; IBSI reference manual, grey level run length based features
 */
export function countRunLengths(
  levels: Uint16Array,
  size: Triple,
  voxels: Int32Array,
  alike: Uint16Array,
  bit: number,
  step: Triple,
  longest: number,
  lengths: Int32Array,
  visited: Int32Array,
  out: Uint32Array,
): boolean {
  requireVoxels('levels', levels.length, size);
  requireVoxels('alike', alike.length, size);
  requireVoxels('lengths', lengths.length, size);
  if (visited.length <= voxels.length) throw new RangeError(`visited: ${visited.length}, voxels: ${voxels.length}`);
  if (out.length % longest !== 0) throw new RangeError(`out: ${out.length} cells, expected rows of ${longest}`);
  const stride = step[0] + size[0] * (step[1] + size[1] * step[2]);
  let count = 0;
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    // Written always, kept when the bit is set: noise makes a branch here a coin toss.
    visited[count] = at;
    count += (alike[at]! >> bit) & 1;
  }
  for (let k = 0; k < count; k++) {
    const at = visited[k]!;
    const length = lengths[at - stride]! + 1;
    lengths[at] = length;
    out[(levels[at]! - 1) * longest + length - 1]! += 1;
  }
  for (let k = 0; k < count; k++) lengths[visited[k]!] = 1;
  // Now a column holds the runs of at least its length, the first one all voxels still.
  for (let row = 0; row < out.length; row += longest) {
    for (let cell = row + 1; cell < row + longest; cell++) out[row]! -= out[cell]!;
    for (let cell = row; cell < row + longest - 1; cell++) out[cell]! -= out[cell + 1]!;
  }
  return count > 0 || anySharedLine(levels, size, voxels, step);
}
