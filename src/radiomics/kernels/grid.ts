/** Three numbers along the grid axes, `[x, y, z]`: a size or an offset in voxels, or a spacing in mm. */
export type Triple = readonly [number, number, number];

/**
 * Throws unless a buffer holds one element per voxel.
 *
 * @param name What the buffer is, for the message.
 * @param length Elements in the buffer.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @throws RangeError if they disagree.
 */
export function requireVoxels(name: string, length: number, [nx, ny, nz]: Triple): void {
  if (length !== nx * ny * nz) throw new RangeError(`${name}: ${length} elements, the grid has ${nx * ny * nz} voxels`);
}
