import type { Grid, Vector } from './volume.ts';

type Matrix = readonly [Vector, Vector, Vector];

/** Sums in a fixed order: a grid whose axes are the patient's gets no rounding from the terms that are 0. */
function transform([[xx, xy, xz], [yx, yy, yz], [zx, zy, zz]]: Matrix, [x, y, z]: Vector): Vector {
  return [xx * x + xy * y + xz * z, yx * x + yy * y + yz * z, zx * x + zy * y + zz * z];
}

/** Columns are the steps (mm) from one voxel to the next along each axis; ITK's `IndexToPhysicalPoint`. */
function stepsOf({ direction: [x, y, z], spacingMm: [sx, sy, sz] }: Grid): Matrix {
  const row = (at: 0 | 1 | 2): Vector => [x[at] * sx, y[at] * sy, z[at] * sz];
  return [row(0), row(1), row(2)];
}

function invert(matrix: Matrix): Matrix {
  const [[a, b, c], [d, e, f], [g, h, i]] = matrix;
  // With axes along the patient's, 1 / step is exact to the last bit, as ITK's inverse is: ties of a resampling hang on it.
  if (isStraight(matrix)) {
    return [
      [1 / a, 0, 0],
      [0, 1 / e, 0],
      [0, 0, 1 / i],
    ];
  }
  const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
  return [
    [(e * i - f * h) / determinant, (c * h - b * i) / determinant, (b * f - c * e) / determinant],
    [(f * g - d * i) / determinant, (a * i - c * g) / determinant, (c * d - a * f) / determinant],
    [(d * h - e * g) / determinant, (b * g - a * h) / determinant, (a * e - b * d) / determinant],
  ];
}

/**
 * Where a continuous voxel index lies in the patient.
 *
 * @param index `[x, y, z]` in voxels; whole numbers are voxel centres.
 * @returns Position in mm, LPS.
 */
export function positionOf(grid: Grid, index: Vector): Vector {
  const [x, y, z] = transform(stepsOf(grid), index);
  return [grid.originMm[0] + x, grid.originMm[1] + y, grid.originMm[2] + z];
}

/** Whether every axis of a grid lies along one of the patient's, in the same order: all other terms are exactly 0. */
function isStraight([[, b, c], [d, , f], [g, h]]: Matrix): boolean {
  return b === 0 && c === 0 && d === 0 && f === 0 && g === 0 && h === 0;
}

/**
 * Rounds an index to 1e-9 voxels. Between oblique grids every index carries rounding errors of 1e-13, by which a sample
 * halfway between two voxels would go to either.
 */
function settle(index: Vector): Vector {
  const round = (value: number) => Math.round(value * 1e9) / 1e9;
  return [round(index[0]), round(index[1]), round(index[2])];
}

/**
 * The continuous index in one grid of an index in another.
 *
 * Between grids along the patient's axes the last bit is ITK's; otherwise the index is rounded to 1e-9 voxels, so that the
 * patient's position on the table does not decide ties.
 *
 * @param from Grid of the index.
 * @param to Grid that the result counts in.
 * @returns Function from index to index, both `[x, y, z]` in voxels.
 * @see ITK, ImageBase `TransformIndexToPhysicalPoint`, `TransformPhysicalPointToContinuousIndex`
 */
export function indexMap(from: Grid, to: Grid): (index: Vector) => Vector {
  const inverse = invert(stepsOf(to));
  const isExact = isStraight(stepsOf(from)) && isStraight(inverse);
  return (index) => {
    const [x, y, z] = positionOf(from, index);
    const found = transform(inverse, [x - to.originMm[0], y - to.originMm[1], z - to.originMm[2]]);
    return isExact ? found : settle(found);
  };
}
