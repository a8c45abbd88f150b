import { RadiomicsError } from '../errors.ts';
import { indexMap, positionOf } from './geometry.ts';
import { prefilterSpline, splineReach } from './kernels/bspline.ts';
import { type AxisTaps, interpolate, interpolateAt, linearAt } from './kernels/interpolation.ts';
import {
  type AxisExtent,
  emptyTaps,
  isInside,
  roundHalfUp,
  type Sampling,
  tapsAt,
  writeTaps,
} from './kernels/sample-positions.ts';
import type { VoxelArray } from './kernels/voxel-array.ts';
import { type BoundingBox, boxValues } from './region.ts';
import {
  type Dims,
  type Grid,
  gridOf,
  type Image,
  integerRange,
  type Mask,
  type Vector,
  type Volume,
  voxelCount,
} from './volume.ts';

/** Voxels of a resampled image: 512 MiB in double precision. */
const mostVoxels = 2 ** 26;

/** Continuous indices in the image that differ by less are the same position. */
const sameVoxel = 1e-9;

/** An empty array of the same type; of real numbers for a normalised image. */
function emptyLike(voxels: Image['voxels'], length: number): VoxelArray {
  if ('stored' in voxels) return new Float64Array(length);
  const VoxelType = voxels.constructor as new (length: number) => VoxelArray;
  return new VoxelType(length);
}

/** A row of samples of a target grid: where it begins, and where one row length further it would end. */
function rowEnds(map: (index: Vector) => Vector, nx: number, y: number, z: number): readonly [Vector, Vector] {
  return [map([0, y, z]), map([nx, y, z])];
}

/** Positions along the image's axes, or null when the grids are turned against each other. */
function axisPositions(image: Grid, target: Grid): readonly [Float64Array, Float64Array, Float64Array] | null {
  const map = indexMap(target, image);
  const [nx, ny, nz] = target.dims;
  const [start, end] = rowEnds(map, nx, 0, 0);
  const far = [end, map([0, ny, 0]), map([0, 0, nz])];
  const turned = far.some((to, along) =>
    to.some((value, axis) => axis !== along && Math.abs(value - (start[axis] ?? value)) > sameVoxel),
  );
  if (turned) return null;
  // Along a row ITK divides the way from its start to its end; the other axes it maps sample by sample.
  return [
    Float64Array.from({ length: nx }, (_, i) => start[0] + (end[0] - start[0]) * (i / nx)),
    Float64Array.from({ length: ny }, (_, j) => map([0, j, 0])[1]),
    Float64Array.from({ length: nz }, (_, k) => map([0, 0, k])[2]),
  ];
}

/** The part of the image that the samples of a target grid depend on. */
function neededBox(image: Grid, target: Grid, sampling: Sampling): BoundingBox {
  const map = indexMap(target, image);
  const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((corner) =>
    map([corner & 1 ? target.dims[0] : 0, corner & 2 ? target.dims[1] : 0, corner & 4 ? target.dims[2] : 0]),
  );
  const reach = sampling === 'spline' ? splineReach + 3 : 2;
  const range = (axis: 0 | 1 | 2): readonly [number, number] => {
    const along = corners.map((corner) => corner[axis]);
    const last = image.dims[axis] - 1;
    const low = Math.min(last, Math.max(0, Math.floor(Math.min(...along)) - reach));
    return [low, Math.max(low, Math.min(last, Math.ceil(Math.max(...along)) + reach))];
  };
  const [x, y, z] = [range(0), range(1), range(2)];
  return { lower: [x[0], y[0], z[0]], size: [x[1] - x[0] + 1, y[1] - y[0] + 1, z[1] - z[0] + 1] };
}

const theOnly = [0, 0, 0] as const;

function extentOf(dims: Dims, box: BoundingBox, axis: 0 | 1 | 2): AxisExtent {
  return { n: dims[axis], lower: box.lower[axis] };
}

type Axes = readonly [AxisTaps, AxisTaps, AxisTaps];

/** Writes samples into the image's own voxel type: integers are clamped and truncated towards 0. */
function writeSamples(samples: Float64Array, out: VoxelArray, exactAt: (sample: number) => number): void {
  const range = integerRange(out);
  if (range === null) {
    out.set(samples);
    return;
  }
  for (let i = 0; i < samples.length; i++) {
    let value = samples[i] ?? 0;
    // On a whole number the last bit decides whether truncation loses 1: that bit depends on the order of the sum.
    if (Math.abs(value - Math.round(value)) < 1e-9 * Math.max(1, Math.abs(value))) value = exactAt(i);
    out[i] = Math.trunc(Math.min(range[1], Math.max(range[0], value)));
  }
}

/** Samples at the crossings of positions along the image's own axes. */
function sampleAligned(
  source: Float64Array,
  box: BoundingBox,
  dims: Dims,
  positions: readonly [Float64Array, Float64Array, Float64Array],
  sampling: Sampling,
  out: VoxelArray,
): void {
  const along = (axis: 0 | 1 | 2) => tapsAt(positions[axis], extentOf(dims, box, axis), sampling);
  const axes: Axes = [along(0), along(1), along(2)];
  const [nx, ny] = [axes[0].count, axes[1].count];
  const at = sampling === 'linear' ? linearAt : interpolateAt;
  writeSamples(interpolate(source, box.size, axes), out, (i) =>
    at(source, box.size, axes, [i % nx, Math.trunc(i / nx) % ny, Math.trunc(i / (nx * ny))]),
  );
}

/** Samples one by one, for grids that are turned against the image. */
function sampleTurned(
  source: Float64Array,
  box: BoundingBox,
  image: Grid,
  target: Grid,
  sampling: Sampling,
  out: VoxelArray,
): void {
  const map = indexMap(target, image);
  const [nx, ny, nz] = target.dims;
  const samples = new Float64Array(voxelCount(target.dims));
  const taps: Axes = [emptyTaps(1), emptyTaps(1), emptyTaps(1)];
  const extents = [extentOf(image.dims, box, 0), extentOf(image.dims, box, 1), extentOf(image.dims, box, 2)] as const;
  const at = sampling === 'linear' ? linearAt : interpolateAt;
  for (let row = 0; row < ny * nz; row++) {
    const [start, end] = rowEnds(map, nx, row % ny, Math.trunc(row / ny));
    for (let x = 0; x < nx; x++) {
      for (const axis of [0, 1, 2] as const) {
        const position = start[axis] + (end[axis] - start[axis]) * (x / nx);
        writeTaps(taps[axis], 0, position, extents[axis], sampling);
      }
      samples[x + nx * row] = at(source, box.size, taps, theOnly);
    }
  }
  writeSamples(samples, out, (i) => samples[i] ?? 0);
}

/**
 * Refuses a grid of more voxels than one extraction may take.
 *
 * @throws RadiomicsError `RESAMPLING_TOO_LARGE` above 2^26 voxels.
 */
function requireAffordable({ dims, spacingMm }: Grid): void {
  if (voxelCount(dims) <= mostVoxels) return;
  throw new RadiomicsError(
    'RESAMPLING_TOO_LARGE',
    'setting.resampledPixelSpacing',
    `${dims.join(' x ')} voxels of ${spacingMm.join(' x ')} mm are more than ${mostVoxels}; choose a wider spacing or a smaller padDistance`,
  );
}

/**
 * Samples an image at the voxel centres of another grid. Outside the image a sample is 0.
 *
 * Only the part of the image that the samples can depend on is looked at. Integer voxels stay integers, truncated.
 *
 * @param image Image.
 * @param target Grid to sample on; it may lie anywhere and be turned.
 * @param sampling Nearest voxel, linear, or cubic B-spline.
 * @throws RadiomicsError `RESAMPLING_TOO_LARGE`.
 * @see ITK, ResampleImageFilter, BSplineInterpolateImageFunction, LinearInterpolateImageFunction
 */
export function resampleImage(image: Image, target: Grid, sampling: Sampling): Volume {
  requireAffordable(target);
  const box = neededBox(image, target, sampling);
  const source = boxValues(image, box);
  if (sampling === 'spline') prefilterSpline(source, box.size, 'itk');
  const out = emptyLike(image.voxels, voxelCount(target.dims));
  const positions = axisPositions(image, target);
  if (positions === null) sampleTurned(source, box, image, target, sampling, out);
  else sampleAligned(source, box, image.dims, positions, sampling, out);
  return { ...gridOf(target), voxels: out };
}

/**
 * Samples a label map at the voxel centres of another grid: the label of the nearest voxel, 0 outside the map. Of two
 * voxels equally near the one with the higher index counts.
 *
 * @param mask Label map.
 * @param target Grid to sample on.
 * @param box Part of the target to sample; without it all.
 * @returns The label map on that part of the target.
 * @throws RadiomicsError `RESAMPLING_TOO_LARGE`.
 * @see ITK, NearestNeighborInterpolateImageFunction
 */
export function resampleMask(mask: Mask, target: Grid, box?: BoundingBox): Mask {
  const { lower, size } = box ?? { lower: theOnly, size: target.dims };
  const grid: Grid = { ...gridOf(target), dims: size, originMm: positionOf(target, lower) };
  requireAffordable(grid);
  const map = indexMap(target, mask);
  const [nx, ny, nz] = size;
  const [mx, my, mz] = mask.dims;
  const voxels = new Uint8Array(voxelCount(size));
  for (let row = 0; row < ny * nz; row++) {
    const [start, end] = rowEnds(map, target.dims[0], lower[1] + (row % ny), lower[2] + Math.trunc(row / ny));
    for (let i = 0; i < nx; i++) {
      const part = (lower[0] + i) / target.dims[0];
      const x = start[0] + (end[0] - start[0]) * part;
      const y = start[1] + (end[1] - start[1]) * part;
      const z = start[2] + (end[2] - start[2]) * part;
      if (!isInside(x, mx) || !isInside(y, my) || !isInside(z, mz)) continue;
      const at = roundHalfUp(x) + mx * (roundHalfUp(y) + my * roundHalfUp(z));
      voxels[i + nx * row] = mask.voxels[at] ?? 0;
    }
  }
  return { ...grid, voxels };
}
