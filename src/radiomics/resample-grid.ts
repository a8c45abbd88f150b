import { RadiomicsError } from '../errors.ts';
import { indexMap, positionOf } from './geometry.ts';
import { type BoundingBox, boxValues } from './region.ts';
import type { Dims, Grid, Image, Vector, Volume } from './volume.ts';

/** Voxels by which a region's box may reach out of the image: rounding of stored positions. */
const outsideTolerance = 1e-3;

/** The same function of each axis. */
function perAxis(of: (axis: 0 | 1 | 2) => number): [number, number, number] {
  return [of(0), of(1), of(2)];
}

/**
 * Refuses a region whose box reaches out of the image.
 *
 * @param image Grid of the image.
 * @param mask Grid of the label map.
 * @param box The region's box in the label map.
 * @throws RadiomicsError `MASK_OUTSIDE_IMAGE`.
 * @see PyRadiomics, imageoperations.py `_checkROI`
 */
export function requireWithin(image: Grid, mask: Grid, { lower, size }: BoundingBox): void {
  const map = indexMap(mask, image);
  const start = map(perAxis((axis) => lower[axis] - 0.5));
  const end = map(perAxis((axis) => lower[axis] + size[axis] - 0.5));
  const inside = ([0, 1, 2] as const).every(
    (axis) =>
      Math.min(start[axis], end[axis]) >= -0.5 - outsideTolerance &&
      Math.max(start[axis], end[axis]) <= image.dims[axis] - 0.5 + outsideTolerance,
  );
  if (inside) return;
  const text = (index: Vector) => index.map((value) => value.toFixed(1)).join(' ');
  throw new RadiomicsError(
    'MASK_OUTSIDE_IMAGE',
    'mask',
    `the region reaches from voxel ${text(start)} to ${text(end)} of an image of ${image.dims.join(' x ')}; check that mask and image belong together`,
  );
}

/**
 * The grid that a region is resampled to.
 *
 * It is aligned with the outer corner of the label map's first voxel and holds the region's box and `padDistance` voxels
 * around it, as far as the label map reaches.
 *
 * @param mask Grid of the label map.
 * @param box The region's box in it.
 * @param spacingMm Wanted voxel size; see {@link wantedSpacing}.
 * @param padDistance Voxels of the new grid around the box.
 * @see PyRadiomics, imageoperations.py `resampleImage`
 */
export function resampledGrid(mask: Grid, { lower, size }: BoundingBox, spacingMm: Vector, padDistance: number): Grid {
  const ratio = perAxis((axis) => mask.spacingMm[axis] / spacingMm[axis]);
  const first = perAxis((axis) => Math.max(0, Math.floor((lower[axis] - 0.5) * ratio[axis] - padDistance)));
  const last = perAxis((axis) =>
    Math.min(
      Math.ceil(mask.dims[axis] * ratio[axis]) - 1,
      Math.ceil((lower[axis] + size[axis] - 0.5) * ratio[axis] + padDistance),
    ),
  );
  const origin = perAxis(
    (axis) => (0.5 * (spacingMm[axis] - mask.spacingMm[axis])) / mask.spacingMm[axis] + first[axis] / ratio[axis],
  );
  return {
    dims: perAxis((axis) => last[axis] - first[axis] + 1),
    spacingMm,
    originMm: positionOf(mask, origin),
    direction: mask.direction,
  };
}

/**
 * The voxel size to resample to: the wanted one, but the label map's where 0 is wanted and where the region is one voxel
 * thick.
 *
 * @param wantedMm `resampledPixelSpacing`.
 */
export function wantedSpacing(mask: Grid, { size }: BoundingBox, wantedMm: Vector): Vector {
  return perAxis((axis) => (wantedMm[axis] === 0 || size[axis] === 1 ? mask.spacingMm[axis] : wantedMm[axis]));
}

/**
 * The part of an image that a region can lie on.
 *
 * @param image Grid of the image.
 * @param mask Grid of the label map.
 * @param box The region's box in the label map.
 */
export function coveredBox(image: Grid, mask: Grid, { lower, size }: BoundingBox): BoundingBox {
  const map = indexMap(mask, image);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    map(perAxis((axis) => lower[axis] - 0.5 + ((corner >> axis) & 1 ? size[axis] : 0))),
  );
  // One voxel more: where the region ends between two voxels, rounding decides.
  const first = perAxis((axis) => Math.floor(Math.min(...corners.map((at) => at[axis]))) - 1);
  const end = perAxis((axis) => Math.ceil(Math.max(...corners.map((at) => at[axis]))) + 2);
  const start = perAxis((axis) => Math.min(image.dims[axis] - 1, Math.max(0, first[axis])));
  return {
    lower: start,
    size: perAxis((axis) => Math.max(1, Math.min(image.dims[axis], end[axis]) - start[axis])),
  };
}

/** Whether two voxel sizes are equal to `numpy.allclose`: 1e-8 mm and 1e-5 of the second. */
export function isSameSpacing(a: Vector, b: Vector): boolean {
  return a.every((value, axis) => Math.abs(value - (b[axis] ?? value)) <= 1e-8 + 1e-5 * Math.abs(b[axis] ?? value));
}

/**
 * A box and `padDistance` voxels around it, as far as the grid reaches.
 */
export function padBox({ lower, size }: BoundingBox, padDistance: number, dims: Dims): BoundingBox {
  const first = perAxis((axis) => Math.max(0, lower[axis] - padDistance));
  const end = perAxis((axis) => Math.min(dims[axis], lower[axis] + size[axis] + padDistance));
  return { lower: first, size: perAxis((axis) => end[axis] - first[axis]) };
}

/**
 * Cuts a box out of an image.
 *
 * @param image Image; what a normalised one stands for is worked out.
 * @param box Part of its grid.
 */
export function cropImage({ voxels, ...grid }: Image, box: BoundingBox): Volume {
  if (!('stored' in voxels)) return crop({ ...grid, voxels }, box);
  const values = boxValues({ ...grid, voxels }, box);
  return { ...grid, dims: box.size, originMm: positionOf(grid, box.lower), voxels: values };
}

/**
 * Cuts a box out of an image or a label map.
 *
 * @param volume What to cut.
 * @param box Part of its grid.
 */
export function crop<T extends Volume>(volume: T, { lower, size }: BoundingBox): T {
  const VoxelType = volume.voxels.constructor as new (length: number) => T['voxels'];
  const [nx, ny, nz] = size;
  const voxels = new VoxelType(nx * ny * nz);
  for (let row = 0; row < ny * nz; row++) {
    const y = lower[1] + (row % ny);
    const z = lower[2] + Math.trunc(row / ny);
    const from = lower[0] + volume.dims[0] * (y + volume.dims[1] * z);
    voxels.set(volume.voxels.subarray(from, from + nx), nx * row);
  }
  return { ...volume, dims: size, originMm: positionOf(volume, lower), voxels };
}
