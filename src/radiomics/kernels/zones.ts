import { laterBits } from './alike-neighbours.ts';
import type { Triple } from './grid.ts';

/** The root of a voxel's tree; shortens the path to it on the way. */
function findRoot(parent: Int32Array, from: number): number {
  let at = from;
  while (parent[at] !== at) {
    parent[at] = parent[parent[at]!]!;
    at = parent[at]!;
  }
  return at;
}

/** For each neighbour a bit mask of those that touch it. */
function touchingEach(offsets: readonly Triple[]): Int32Array {
  const touch = ([ax, ay, az]: Triple, [bx, by, bz]: Triple) =>
    Math.max(Math.abs(ax - bx), Math.abs(ay - by), Math.abs(az - bz)) <= 1;
  return Int32Array.from(offsets, (a) => offsets.reduce((mask, b, bit) => (touch(a, b) ? mask | (1 << bit) : mask), 0));
}

/**
 * Finds the zones of a region: connected voxels that have the same level.
 *
 * Union-find in voxel order over the neighbours that come earlier. Two of them that touch each other are one zone already,
 * so once one has the level, those that touch it need no look.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside. Every neighbour must be inside the buffer.
 * @param voxels Positions in `levels` of the region's voxels, ascending.
 * @param alike Which of a voxel's neighbours have its level, bit by bit: of `markAlike`.
 * @param offsets Offsets `[dx, dy, dz]` of the later neighbours, the nearest first: they touch the most others.
 * @param strides Positions of the same neighbours relative to a voxel.
 * @param parent Scratch as long as `levels`; overwritten at the region's voxels.
 * @param zoneLevels Receives the level index of each zone; as long as `voxels`, which is enough for any region.
 * @param zoneSizes Receives the number of voxels of each zone; as long as `voxels`.
 * @returns Number of zones.
 * @throws RangeError if an output or the scratch is too short. The levels themselves are not checked here.
 * @see IBSI reference manual, grey level size zone based features
 */
export function findZones(
  levels: Uint16Array,
  voxels: Int32Array,
  alike: Int32Array,
  offsets: readonly Triple[],
  strides: Int32Array,
  parent: Int32Array,
  zoneLevels: Uint16Array,
  zoneSizes: Int32Array,
): number {
  if (zoneLevels.length < voxels.length || zoneSizes.length < voxels.length) {
    throw new RangeError(`zones: ${zoneLevels.length} and ${zoneSizes.length} elements, expected ${voxels.length}`);
  }
  if (parent.length < levels.length)
    throw new RangeError(`parent: ${parent.length} elements, expected ${levels.length}`);
  const touching = touchingEach(offsets);
  const earlier = (1 << laterBits) - 1;
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    let root = at;
    parent[at] = at;
    let left = alike[at]! & earlier;
    while (left !== 0) {
      const s = 31 - Math.clz32(left & -left);
      left &= ~touching[s]!;
      const other = findRoot(parent, at - strides[s]!);
      if (other === root) continue;
      // The earliest voxel stays the root, which the pass below relies on.
      if (other < root) {
        parent[root] = other;
        root = other;
      } else parent[other] = root;
    }
  }
  // A root comes before its voxels: from here on its parent entry holds `-1 - zone`.
  let zones = 0;
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const above = parent[at]!;
    if (above === at) {
      zoneLevels[zones] = levels[at]!;
      zoneSizes[zones] = 1;
      parent[at] = -1 - zones++;
    } else {
      const zone = parent[above]!;
      parent[at] = zone;
      zoneSizes[-1 - zone]! += 1;
    }
  }
  return zones;
}
