import type { Mask } from './volume.ts';

/**
 * The voxels of a mask as runs, slice by slice.
 *
 * @returns For each slice in order, start and length of each run in turn, by index `x + nx * y` and ascending. A run goes on from one
 *   row into the next; a slice without voxels has none.
 */
export function maskRuns({ dims: [nx, ny, nz], voxels }: Mask): number[][] {
  const plane = nx * ny;
  return Array.from({ length: nz }, (_, z) => sliceRuns(voxels.subarray(z * plane, (z + 1) * plane)));
}

function sliceRuns(slice: Uint8Array): number[] {
  const runs: number[] = [];
  let start = -1;
  for (let at = 0; at <= slice.length; at++) {
    const inside = at < slice.length && slice[at] !== 0;
    if (inside && start < 0) start = at;
    if (inside || start < 0) continue;
    runs.push(start, at - start);
    start = -1;
  }
  return runs;
}
