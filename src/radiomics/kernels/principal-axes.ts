import { requireVoxels, type Triple } from './grid.ts';
import { symmetricEigenvalues } from './symmetric-eigenvalues.ts';

/**
 * Variances (mm^2) of a region's voxel centres along its principal axes.
 *
 * The covariance is divided by the number of voxels N, where IBSI's digital phantom has N - 1.
 *
 * @param inside 1 inside, 0 outside; length `nx*ny*nz`, x fastest; at least one voxel inside.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param spacingMm Voxel size `[x, y, z]` (mm).
 * @param out Receives the three variances, ascending; rounding below 0 becomes 0.
 * @throws RangeError if a length disagrees with `size`.
 * @see PyRadiomics, shape.py
 */
export function principalVariances(inside: Uint8Array, size: Triple, spacingMm: Triple, out: Float64Array): void {
  requireVoxels('inside', inside.length, size);
  const [nx, ny, nz] = size;
  // Sums of whole numbers: exact, whatever the order.
  const sums = new Float64Array(3);
  const products = new Float64Array(9);
  let count = 0;
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        if (inside[x + nx * (y + ny * z)] === 0) continue;
        count++;
        sums[0]! += x;
        sums[1]! += y;
        sums[2]! += z;
        products[0]! += x * x;
        products[1]! += x * y;
        products[2]! += x * z;
        products[4]! += y * y;
        products[5]! += y * z;
        products[8]! += z * z;
      }
    }
  }
  const covariance = new Float64Array(9);
  for (let i = 0; i < 3; i++) {
    for (let j = i; j < 3; j++) {
      const spread = (products[3 * i + j]! - (sums[i]! * sums[j]!) / count) / count;
      covariance[3 * i + j] = spread * spacingMm[i]! * spacingMm[j]!;
      covariance[3 * j + i] = covariance[3 * i + j]!;
    }
  }
  symmetricEigenvalues(covariance, 3, out);
  for (let i = 0; i < 3; i++) if (out[i]! < 0 && out[i]! > -1e-10) out[i] = 0;
}
