import { requireVoxels, type Triple } from './grid.ts';

/**
 * Length of the gradient by central differences, `(f[i + 1] - f[i - 1]) / (2 spacing)`; beyond the image its outermost
 * voxels go on. Rounded to single precision, as ITK stores it.
 *
 * @param voxels Image, length `nx*ny*nz`, x fastest.
 * @param size Voxel counts `[nx, ny, nz]` of the image.
 * @param spacing Voxel size along each axis (mm), or 1 for a gradient per voxel.
 * @param lower First voxel wanted.
 * @param part Voxel counts of the part wanted.
 * @param out Receives the lengths, x fastest.
 * @throws RangeError if a length disagrees with its size.
 * @see ITK, GradientMagnitudeImageFilter
 */
export function gradientMagnitude(
  voxels: ArrayLike<number>,
  size: Triple,
  spacing: Triple,
  lower: Triple,
  part: Triple,
  out: Float64Array,
): void {
  requireVoxels('voxels', voxels.length, size);
  requireVoxels('out', out.length, part);
  const [nx, ny, nz] = size;
  const [hx, hy, hz] = [0.5 / spacing[0], 0.5 / spacing[1], 0.5 / spacing[2]];
  let at = 0;
  for (let z = lower[2]; z < lower[2] + part[2]; z++) {
    const [below, above] = [ny * Math.max(0, z - 1), ny * Math.min(nz - 1, z + 1)];
    for (let y = lower[1]; y < lower[1] + part[1]; y++) {
      const row = nx * (y + ny * z);
      const [front, back] = [nx * (Math.max(0, y - 1) + ny * z), nx * (Math.min(ny - 1, y + 1) + ny * z)];
      const [under, over] = [nx * (y + below), nx * (y + above)];
      for (let x = lower[0]; x < lower[0] + part[0]; x++) {
        const dx = (voxels[row + Math.min(nx - 1, x + 1)]! - voxels[row + Math.max(0, x - 1)]!) * hx;
        const dy = (voxels[back + x]! - voxels[front + x]!) * hy;
        const dz = (voxels[over + x]! - voxels[under + x]!) * hz;
        out[at++] = Math.fround(Math.sqrt(dx * dx + dy * dy + dz * dz));
      }
    }
  }
}
