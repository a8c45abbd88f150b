import { RadiomicsError } from '../../errors.ts';
import { circle, localBinaryPattern, type Plane } from '../kernels/local-binary-pattern.ts';
import type { Settings } from '../settings.ts';
import type { Dims, Volume, VoxelArray } from '../volume.ts';
import type { ImageType } from './image-type.ts';

type Axis = 0 | 1 | 2;

/** Axes of a plane's normal, rows and columns. */
function planeAxes({ force2Ddimension }: Settings): readonly [Axis, Axis, Axis] {
  if (force2Ddimension === 0) return [2, 1, 0];
  return force2Ddimension === 1 ? [1, 2, 0] : [0, 1, 2];
}

function planeOf({ voxels, dims }: Volume, axes: readonly [Axis, Axis, Axis], at: number): Plane {
  const steps = [1, dims[0], dims[0] * dims[1]] as const;
  const [normal, rows, columns] = axes;
  return {
    voxels,
    first: at * steps[normal],
    rows: dims[rows],
    columns: dims[columns],
    rowStep: steps[rows],
    columnStep: steps[columns],
  };
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
  *derive({ volume, box, inside }, settings) {
    const { lbp2DSamples, lbp2DRadius, lbp2DMethod } = settings;
    const axes = planeAxes(settings);
    const around = circle(lbp2DSamples, lbp2DRadius);
    const texture = new Float64Array(lbp2DSamples);
    const VoxelType = volume.voxels.constructor as new (length: number) => VoxelArray;
    const patterns = new VoxelType(inside.length);
    const [nx, ny] = box.size;
    inside.forEach((one, i) => {
      if (one === 0) return;
      const at: Dims = [
        box.lower[0] + (i % nx),
        box.lower[1] + (Math.trunc(i / nx) % ny),
        box.lower[2] + Math.trunc(i / (nx * ny)),
      ];
      const plane = planeOf(volume, axes, at[axes[0]]);
      patterns[i] = localBinaryPattern(plane, at[axes[1]], at[axes[2]], around, lbp2DMethod, texture);
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
