import { laterBits } from './alike-neighbours.ts';
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

/** A direction in which runs are counted. */
export interface RunDirection {
  /** Neighbour offset `[dx, dy, dz]`, each -1, 0 or 1; the last one that is not 0 is 1. */
  readonly step: Triple;
  /** Its neighbour's bit in the marks of `markAlike`. */
  readonly bit: number;
}

/**
 * Counts the runs of some directions: consecutive voxels of the region that have the same level. A voxel outside the region
 * ends a run.
 *
 * Only where a run of two voxels or more begins is it followed; what is left over are the runs of one voxel.
 *
 * @param levels Level indices, length `nx*ny*nz`, x fastest; `1..n` inside the region, 0 outside. The outermost voxels
 *   must be 0.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param alike Which of a voxel's neighbours have its level, bit by bit: of `markAlike`.
 * @param directions Directions.
 * @param perLevel Voxels at each level index, from 1 on; length `n`.
 * @param longest Columns of a matrix, at least the region's largest size along an axis.
 * @param out Receives the counts, shape `(directions, n, longest)` row-major, row = level, column = length - 1. 0 before.
 * @returns For each direction, whether a line along it holds two voxels of the region: PyRadiomics leaves out the others.
 * @throws RangeError if a length disagrees with `size`, `n` or `longest`. The levels themselves are not checked here.
 * @see PyRadiomics, cmatrices.c `calculate_glrlm`; IBSI reference manual, grey level run length based features
 */
export function countRunLengths(
  levels: Uint16Array,
  size: Triple,
  voxels: Int32Array,
  alike: Int32Array,
  directions: readonly RunDirection[],
  perLevel: ArrayLike<number>,
  longest: number,
  out: Uint32Array,
): boolean[] {
  requireVoxels('levels', levels.length, size);
  requireVoxels('alike', alike.length, size);
  const cells = perLevel.length * longest;
  if (out.length !== directions.length * cells) {
    throw new RangeError(`out: ${out.length} cells, expected ${directions.length * cells}`);
  }
  const strides = new Int32Array(laterBits);
  const bases = new Int32Array(laterBits);
  let wanted = 0;
  directions.forEach(({ step: [dx, dy, dz], bit }, d) => {
    strides[bit] = dx + size[0] * (dy + size[1] * dz);
    bases[bit] = d * cells;
    wanted |= 1 << bit;
  });
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const marks = alike[at]!;
    let starts = (marks >>> laterBits) & ~marks & wanted;
    if (starts === 0) continue;
    const row = (levels[at]! - 1) * longest;
    do {
      const bit = 31 - Math.clz32(starts);
      starts ^= 1 << bit;
      const stride = strides[bit]!;
      const goesOn = 1 << (laterBits + bit);
      let column = 1;
      for (let end = at + stride; (alike[end]! & goesOn) !== 0; end += stride) column++;
      out[bases[bit]! + row + column]! += 1;
    } while (starts !== 0);
  }
  return directions.map(({ step }, d) => {
    const longer = countSingleRuns(out.subarray(d * cells, (d + 1) * cells), longest, perLevel);
    return longer || anySharedLine(levels, size, voxels, step);
  });
}

/** Fills the first column: the voxels of a level that are in none of its longer runs. Returns whether there are longer ones. */
function countSingleRuns(matrix: Uint32Array, longest: number, perLevel: ArrayLike<number>): boolean {
  let longer = 0;
  for (let level = 0; level < perLevel.length; level++) {
    const row = level * longest;
    let within = 0;
    for (let column = 1; column < longest; column++) within += (column + 1) * matrix[row + column]!;
    matrix[row] = perLevel[level]! - within;
    longer += within;
  }
  return longer > 0;
}
