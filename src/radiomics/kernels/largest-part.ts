import { requireVoxels, type Triple } from './grid.ts';

/**
 * Keeps the largest connected part of a region; voxels that share a face, an edge or a corner are connected.
 *
 * @param inside 1 inside the region, 0 outside; length `nx*ny*nz`, x fastest. Changed: smaller parts become 0. Of parts
 *   of equal size the one that begins first in voxel order stays.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @returns Voxels of the part that is kept, 0 for an empty region.
 * @throws RangeError if the length disagrees with `size`.
 */
export function keepLargestPart(inside: Uint8Array, size: Triple): number {
  requireVoxels('inside', inside.length, size);
  const [nx, ny, nz] = size;
  // A list of visited voxels, part after part: a part is a section of it.
  const order = new Int32Array(inside.length);
  let length = 0;
  let best = 0;
  let bestStart = 0;
  for (let seed = 0; seed < inside.length; seed++) {
    if (inside[seed] !== 1) continue;
    const start = length;
    inside[seed] = 2;
    order[length++] = seed;
    for (let next = start; next < length; next++) {
      const at = order[next]!;
      const x = at % nx;
      const y = Math.trunc(at / nx) % ny;
      const z = Math.trunc(at / (nx * ny));
      for (let k = Math.max(0, z - 1); k <= Math.min(nz - 1, z + 1); k++) {
        for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++) {
          for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
            const neighbour = i + nx * (j + ny * k);
            if (inside[neighbour] !== 1) continue;
            inside[neighbour] = 2;
            order[length++] = neighbour;
          }
        }
      }
    }
    if (length - start > best) {
      best = length - start;
      bestStart = start;
    }
  }
  inside.fill(0);
  for (let k = bestStart; k < bestStart + best; k++) inside[order[k]!] = 1;
  return best;
}
