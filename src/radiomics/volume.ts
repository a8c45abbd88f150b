import type { VoxelArray } from './kernels/voxel-array.ts';
/** Voxel counts `[nx, ny, nz]`, x fastest: `index = x + nx * (y + ny * z)`. */
export type Dims = readonly [number, number, number];

/** A 3-vector in millimetres or as a direction, `[x, y, z]` in DICOM patient coordinates (LPS). */
export type Vector = readonly [number, number, number];

/** Where a voxel grid lies in the patient. */
export interface Grid {
  readonly dims: Dims;
  /** Distance between voxel centres along each grid axis (mm). */
  readonly spacingMm: Vector;
  /** Centre of voxel (0, 0, 0) in the patient (mm, LPS). */
  readonly originMm: Vector;
  /** Unit vectors of the grid axes in the patient: `[axis x, axis y, axis z]`, the columns of ITK's direction matrix. */
  readonly direction: readonly [Vector, Vector, Vector];
}

/** A scalar image. CT voxels are Hounsfield units. Slices lie along the normal, ascending: slice order is part of the result. */
export interface Volume extends Grid {
  /** Length `nx*ny*nz`, x fastest. */
  readonly voxels: VoxelArray;
}

/**
 * Voxels of a normalised image, as they are stored, with what makes intensities of them: worked out where they are looked
 * at, because in double precision a whole CT takes 4 times its memory. Plain data, so that it can cross to a thread.
 */
export interface NormalisedVoxels {
  /** Length `nx*ny*nz`, x fastest. */
  readonly stored: VoxelArray;
  /** What is taken from a stored value. */
  readonly mean: number;
  /** Factor of the difference: 1 / standard deviation, or 0 for a flat image. */
  readonly perDeviation: number;
  /** Standard deviations beyond which values are clipped; infinite where they are not. */
  readonly limit: number;
  /** Factor of the clipped value. */
  readonly scale: number;
}

/** An image that features are computed from: its voxels are read by `boxValues` and the like, never directly. */
export interface Image extends Grid {
  readonly voxels: VoxelArray | NormalisedVoxels;
}

/** A label map on a grid. */
export interface Mask extends Grid {
  /** Length `nx*ny*nz`, x fastest; 0 outside, a label (1..255) inside. */
  readonly voxels: Uint8Array;
}

/** Where the voxels of an image or a label map lie, without the voxels. */
export function gridOf({ dims, spacingMm, originMm, direction }: Grid): Grid {
  return { dims, spacingMm, originMm, direction };
}

/** Number of voxels of a grid. */
export function voxelCount([nx, ny, nz]: Dims): number {
  return nx * ny * nz;
}

/** The constructor of a kind of voxels. */
interface VoxelType<T extends VoxelArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (buffer: SharedArrayBuffer): T;
}

/**
 * Voxels in memory that all threads see: handing them to one copies nothing, and a whole CT is there once.
 *
 * @param VoxelType Kind of the voxels, `Int16Array` and the like.
 * @param count Voxels.
 * @returns Zeros.
 */
export function sharedVoxels<T extends VoxelArray>(VoxelType: VoxelType<T>, count: number): T {
  return new VoxelType(new SharedArrayBuffer(count * VoxelType.BYTES_PER_ELEMENT));
}

/** Smallest and largest value of an integer voxel type; null for real numbers. */
export function integerRange(voxels: VoxelArray): readonly [number, number] | null {
  if (voxels instanceof Float32Array || voxels instanceof Float64Array) return null;
  const bits = 8 * voxels.BYTES_PER_ELEMENT;
  const signed = voxels instanceof Int8Array || voxels instanceof Int16Array || voxels instanceof Int32Array;
  return signed ? [-(2 ** (bits - 1)), 2 ** (bits - 1) - 1] : [0, 2 ** bits - 1];
}
