import { requireVoxels, type Triple } from './grid.ts';
import { returnRooms, takeRoom } from './rooms.ts';

/** Whole numbers: 32 bits where these are enough, which halves the memory to go through. */
type Sums = Int32Array | Float64Array;

/**
 * Sums over the cube around every voxel, axis by axis. Exact for whole numbers.
 *
 * A window that would reach beyond the buffer, or around the end of a line, gives no meaningful sum: such voxels must lie
 * in the margin.
 *
 * @param from Values, length `nx*ny*nz`, x fastest; overwritten.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param radius Half width of the cube along each axis, voxels.
 * @param spare Scratch as long as `from`; overwritten. What it held stays where a window would reach beyond the buffer.
 * @returns Whichever of the two buffers holds the sums.
 */
function boxSums(from: Sums, size: Triple, radius: Triple, spare: Sums): Sums {
  let source = from;
  let target = spare;
  let stride = 1;
  for (let axis = 0; axis < 3; axis++) {
    const reach = radius[axis]! * stride;
    if (reach > 0) {
      if (reach === stride) {
        for (let at = reach; at < source.length - reach; at++) {
          target[at] = source[at]! + source[at - reach]! + source[at + reach]!;
        }
      } else {
        for (let at = reach; at < source.length - reach; at++) {
          let sum = source[at]!;
          for (let k = stride; k <= reach; k += stride) sum += source[at - k]! + source[at + k]!;
          target[at] = sum;
        }
      }
      [source, target] = [target, source];
    }
    stride *= size[axis]!;
  }
  return source;
}

/**
 * What a neighbour counts for, more than all grey levels of the largest cube together, so that one sum holds both: for
 * distances up to 2 in 32 bits, for all others as a whole number that a double holds exactly.
 */
const oneNeighbour = { near: 2 ** 23, far: 2 ** 34 } as const;
const nearest = 2;
/** At this distance the sums still are such numbers. */
export const furthestNeighbour = 20;

/** The nearest neighbours only: the sums along x come from the levels themselves, those along z go to no buffer. */
function addNearestDifferences(
  levels: Uint16Array,
  [nx, ny]: Triple,
  voxels: Int32Array,
  greyLevels: Uint16Array,
  reach: Triple,
  out: Float64Array,
): void {
  const { near } = oneNeighbour;
  const values = new Int32Array(greyLevels.length + 1);
  for (let index = 0; index < greyLevels.length; index++) values[index + 1] = near + greyLevels[index]!;
  const alongX = takeRoom(Int32Array, levels.length);
  const inPlane = takeRoom(Int32Array, levels.length);
  const last = levels.length - 1;
  let [before, here] = [0, values[levels[0]!]!];
  for (let at = 0; at < last; at++) {
    const after = values[levels[at + 1]!]!;
    alongX[at] = reach[0] > 0 ? before + here + after : here;
    before = here;
    here = after;
  }
  alongX[last] = here;
  const rows = reach[1] > 0 ? inPlane : alongX;
  if (reach[1] > 0) {
    for (let at = nx; at < levels.length - nx; at++) {
      inPlane[at] = alongX[at - nx]! + alongX[at]! + alongX[at + nx]!;
    }
  }
  const slice = reach[2] > 0 ? nx * ny : 0;
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const index = levels[at]! - 1;
    const around = slice > 0 ? rows[at - slice]! + rows[at + slice]! : 0;
    const neighbours = around + rows[at]! - values[index + 1]!;
    const count = Math.floor(neighbours / near);
    out[2 * index]! += 1;
    if (count > 0) out[2 * index + 1]! += Math.abs(greyLevels[index]! - (neighbours - count * near) / count);
  }
  returnRooms(alongX, inPlane);
}

/**
 * Sums how much the voxels of each level differ from the mean grey level of their neighbours in the region.
 *
 * A neighbour belongs to distance `d` when its largest offset along an axis is `d`. A voxel without neighbours counts, with
 * difference 0 (IBSI leaves it out).
 *
 * @param levels Level indices, length `nx*ny*nz`, x fastest; `1..n` inside the region, 0 outside.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param voxels Positions in `levels` of the region's voxels, none closer to the border than `reach`.
 * @param greyLevels Grey level of each level index less 1; length `n`.
 * @param distances Distances in voxels, different integers, 1..20.
 * @param reach Along each axis, the largest offset of a neighbour; 0 for an axis along which none is looked for.
 * @param out Pairs of voxel count and summed difference per level, shape `(n, 2)` row-major. Added to, never cleared.
 * @throws RangeError if a length disagrees or a distance is above 20. The levels themselves are not checked here.
 * @see PyRadiomics, cmatrices.c `calculate_ngtdm`; Amadasun and King 1989, doi:10.1109/21.44046
 */
export function addNeighbourhoodDifferences(
  levels: Uint16Array,
  size: Triple,
  voxels: Int32Array,
  greyLevels: Uint16Array,
  distances: readonly number[],
  reach: Triple,
  out: Float64Array,
): void {
  requireVoxels('levels', levels.length, size);
  if (out.length !== 2 * greyLevels.length)
    throw new RangeError(`out: ${out.length}, expected ${2 * greyLevels.length}`);
  const furthest = Math.max(...distances);
  if (furthest > furthestNeighbour) throw new RangeError(`distances: ${distances}, at most 20`);
  if (furthest === 1) {
    addNearestDifferences(levels, size, voxels, greyLevels, reach, out);
    return;
  }
  const isNear = furthest <= nearest;
  const one = isNear ? oneNeighbour.near : oneNeighbour.far;
  const room = (length: number): Sums => (isNear ? takeRoom(Int32Array, length) : takeRoom(Float64Array, length));
  const neighbours = room(voxels.length).fill(0);
  const own = room(levels.length);
  const spare = room(levels.length);
  for (const distance of distances) {
    // The shell at a distance is the cube up to it without the next smaller one; where both are there, they cancel.
    for (const [radius, sign, other] of [
      [distance, 1, distance + 1],
      [distance - 1, -1, distance - 1],
    ] as const) {
      if (distances.includes(other)) continue;
      own.fill(0);
      for (let v = 0; v < voxels.length; v++) own[voxels[v]!] = one + greyLevels[levels[voxels[v]!]! - 1]!;
      const within: Triple = [Math.min(radius, reach[0]), Math.min(radius, reach[1]), Math.min(radius, reach[2])];
      const box = boxSums(own, size, within, spare);
      for (let v = 0; v < voxels.length; v++) neighbours[v]! += sign * box[voxels[v]!]!;
    }
  }
  for (let v = 0; v < voxels.length; v++) {
    const index = levels[voxels[v]!]! - 1;
    const count = Math.floor(neighbours[v]! / one);
    const sum = neighbours[v]! - count * one;
    out[2 * index]! += 1;
    if (count > 0) out[2 * index + 1]! += Math.abs(greyLevels[index]! - sum / count);
  }
  returnRooms(neighbours, own, spare);
}
