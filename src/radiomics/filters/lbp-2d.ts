import { RadiomicsError } from '../../errors.ts';
import { circle, localBinaryPattern, type Plane } from '../kernels/local-binary-pattern.ts';
import type { VoxelArray } from '../kernels/voxel-array.ts';
import { type BoundingBox, boxValues } from '../region.ts';
import { padBox } from '../resample-grid.ts';
import type { Settings } from '../settings.ts';
import type { Dims, Image } from '../volume.ts';
import type { FilterInput, ImageType } from './image-type.ts';

type Axis = 0 | 1 | 2;

/** Axes of a plane's normal, rows and columns. */
function planeAxes({ force2Ddimension }: Settings): readonly [Axis, Axis, Axis] {
  if (force2Ddimension === 0) return [2, 1, 0];
  return force2Ddimension === 1 ? [1, 2, 0] : [0, 1, 2];
}

/** A plane of the image, known in a box of it: rows and columns count from the image's first. */
function planeOf(
  voxels: Float64Array,
  { lower, size }: BoundingBox,
  dims: Dims,
  axes: readonly [Axis, Axis, Axis],
  at: number,
): Plane {
  const steps = [1, size[0], size[0] * size[1]] as const;
  const [normal, rows, columns] = axes;
  return {
    voxels,
    first: (at - lower[normal]) * steps[normal] - lower[rows] * steps[rows] - lower[columns] * steps[columns],
    rows: dims[rows],
    columns: dims[columns],
    rowStep: steps[rows],
    columnStep: steps[columns],
  };
}

/** An empty array of the image's own voxel type; real numbers where it is normalised. */
function emptyPatterns({ voxels }: Image, length: number): VoxelArray {
  if ('stored' in voxels) return new Float64Array(length);
  const VoxelType = voxels.constructor as new (length: number) => VoxelArray;
  return new VoxelType(length);
}

/** The box and all that lies on circles around its voxels. */
function surroundings({ volume, box }: FilterInput, radius: number): BoundingBox {
  return padBox(box, Math.ceil(radius) + 1, volume.dims);
}

/**
 * Local binary patterns slice by slice, in the planes of `force2Ddimension`, stored in the image's own voxel type.
 *
 * `s_p = 1` where `g_p >= g_c`, else 0; `g_c`: intensity of the pixel, `g_p`: intensities at `P = lbp2DSamples` points on a
 * circle of `lbp2DRadius` pixels around it, interpolated linearly. `uniform`: `sum_p s_p` where `s_p` changes at most twice
 * from the first to the last, else `P + 1`; `default`: `sum_p s_p 2^p`; `ror`: the least that rotating its bits gives; `var`:
 * `mean g_p^2 - (mean g_p)^2`. IBSI has no such filter.
 *
 * @throws RadiomicsError `VOLUME_NOT_FINITE` where `lbp2DMethod: var` has no value in an image of real numbers.
 * @see PyRadiomics, imageoperations.py `getLBP2DImage`; Ojala 2002, doi:10.1109/TPAMI.2002.1017623
 */
export const lbp2d: ImageType = {
  name: 'LBP2D',
  *derive(input, settings) {
    const { volume, box, inside } = input;
    const { lbp2DSamples, lbp2DRadius, lbp2DMethod } = settings;
    const axes = planeAxes(settings);
    const points = circle(lbp2DSamples, lbp2DRadius);
    const texture = new Float64Array(lbp2DSamples);
    const patterns = emptyPatterns(volume, inside.length);
    const around = surroundings(input, lbp2DRadius);
    const values = boxValues(volume, around);
    const [nx, ny] = box.size;
    inside.forEach((one, i) => {
      if (one === 0) return;
      const at: Dims = [
        box.lower[0] + (i % nx),
        box.lower[1] + (Math.trunc(i / nx) % ny),
        box.lower[2] + Math.trunc(i / (nx * ny)),
      ];
      const plane = planeOf(values, around, volume.dims, axes, at[axes[0]]);
      patterns[i] = localBinaryPattern(plane, at[axes[1]], at[axes[2]], points, lbp2DMethod, texture);
    });
    if (patterns.some(Number.isNaN)) {
      throw new RadiomicsError(
        'VOLUME_NOT_FINITE',
        'lbp-2D',
        'lbp2DMethod var has no value where all neighbours are equal; choose another method',
      );
    }
    yield { name: 'lbp-2D', values: new Float64Array(patterns) };
  },
};
