import type { Triple } from './grid.ts';

/**
 * Neighbour offsets of one half-space: of every pair of opposite offsets the one whose z, else y, else x is positive.
 *
 * An offset belongs to distance `d` when its largest component is `d` (13 offsets for 1, 49 more for 2). Offsets that no
 * two voxels of the region can have are left out: a component must be smaller than the region's size along its axis.
 *
 * @param size Voxel counts `[nx, ny, nz]` of the region's bounding box.
 * @param distances Distances in voxels (infinity norm), integers >= 1.
 * @param planeNormal Axis along which no offset may go (0 x, 1 y, 2 z), or null for all three axes.
 * @returns Offsets `[dx, dy, dz]` in PyRadiomics' order (z, then y, then x, descending); which half is taken and its
 *   order matter for asymmetric matrices only.
 * @see PyRadiomics, cmatrices.c `build_angles`
 */
export function neighbourOffsets(size: Triple, distances: readonly number[], planeNormal: 0 | 1 | 2 | null): Triple[] {
  const wanted = new Set(distances);
  const reach = Math.max(...distances);
  const limit = size.map((n, axis) => (axis === planeNormal ? 0 : Math.min(reach, n - 1)));
  const [lx, ly, lz] = [limit[0]!, limit[1]!, limit[2]!];
  const offsets: Triple[] = [];
  for (let dz = lz; dz >= 0; dz--) {
    for (let dy = ly; dy >= (dz > 0 ? -ly : 0); dy--) {
      for (let dx = lx; dx >= (dz > 0 || dy > 0 ? -lx : 1); dx--) {
        if (wanted.has(Math.max(Math.abs(dx), Math.abs(dy), dz))) offsets.push([dx, dy, dz]);
      }
    }
  }
  return offsets;
}
