import type { Region } from '../region.ts';
import type { Dims } from '../volume.ts';

/** The region with one layer of outside voxels all around, which the mesh kernels need. */
export function padMask({ inside, dims: [nx, ny, nz] }: Pick<Region, 'inside' | 'dims'>): {
  readonly inside: Uint8Array;
  readonly dims: Dims;
} {
  const dims: Dims = [nx + 2, ny + 2, nz + 2];
  const padded = new Uint8Array(dims[0] * dims[1] * dims[2]);
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      const row = nx * (y + ny * z);
      padded.set(inside.subarray(row, row + nx), 1 + dims[0] * (y + 1 + dims[1] * (z + 1)));
    }
  }
  return { inside: padded, dims };
}
