import { requireVoxels, type Triple } from './grid.ts';

/**
 * Number of connected parts of a region; voxels that share a face, an edge or a corner are connected.
 *
 * @param inside 1 inside the region, 0 outside; length `nx*ny*nz`, x fastest.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @returns Number of parts, 0 for an empty region.
 * @throws RangeError if the length disagrees with `size`.
 */
export function countComponents(inside: Uint8Array, size: Triple): number {
  requireVoxels('inside', inside.length, size);
  const [nx, ny, nz] = size;
  const open = inside.slice();
  const stack = new Int32Array(inside.length);
  let parts = 0;
  for (let seed = 0; seed < open.length; seed++) {
    if (open[seed] === 0) continue;
    parts++;
    let top = 0;
    stack[top++] = seed;
    open[seed] = 0;
    while (top > 0) {
      const at = stack[--top]!;
      const x = at % nx;
      const y = Math.trunc(at / nx) % ny;
      const z = Math.trunc(at / (nx * ny));
      for (let k = Math.max(0, z - 1); k <= Math.min(nz - 1, z + 1); k++) {
        for (let j = Math.max(0, y - 1); j <= Math.min(ny - 1, y + 1); j++) {
          for (let i = Math.max(0, x - 1); i <= Math.min(nx - 1, x + 1); i++) {
            const next = i + nx * (j + ny * k);
            if (open[next] === 0) continue;
            open[next] = 0;
            stack[top++] = next;
          }
        }
      }
    }
  }
  return parts;
}
