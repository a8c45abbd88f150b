import { DicomError } from '../errors.ts';
import type { VoxelArray } from '../radiomics/kernels/voxel-array.ts';
import { sharedVoxels } from '../radiomics/volume.ts';
import { type DicomDataset, numberOf, textOf } from './dataset.ts';
import type { DicomInstance } from './instance.ts';
import { type PixelLayout, pixelLayout } from './pixel-layout.ts';

/** Stored values of one slice and the line that turns them into the modality's unit. */
export interface SliceValues {
  /** Row by row, `Rows * Columns` values. */
  readonly stored: Int16Array | Uint16Array;
  readonly slope: number;
  readonly intercept: number;
}

/**
 * Size of the frames of an image, checked against its pixel data.
 *
 * @throws DicomError `SERIES_UNSUPPORTED` for colour or other than 8 or 16 bits allocated; `DICOM_INVALID` if PixelData has
 *   the wrong length.
 */
export function imageLayout({ dataset, name, pixelData }: DicomInstance): PixelLayout {
  const layout = pixelLayout(dataset, name);
  const { rows, columns, frames, bitsAllocated } = layout;
  if (bitsAllocated === 1) {
    throw new DicomError('SERIES_UNSUPPORTED', name, 'an image of 1 bit a pixel: send the original CT series');
  }
  const length = (rows * columns * frames * bitsAllocated) / 8;
  // One byte more is padding to even length.
  if (pixelData === null || pixelData.length < length || pixelData.length > length + 1) {
    const found = pixelData === null ? 'is missing' : `has ${pixelData.length} bytes, not ${length}`;
    throw new DicomError('DICOM_INVALID', name, `PixelData ${found}: export or send the object again`);
  }
  return layout;
}

/**
 * Stored values of one frame: bits above HighBit removed, sign extended.
 *
 * @param layout What `imageLayout` gives.
 * @param frame From 0.
 * @param transformation Data set with RescaleSlope and RescaleIntercept; in an enhanced image a functional group.
 * @throws DicomError `SERIES_UNSUPPORTED` for a CT that is not in Hounsfield units; `DICOM_INVALID` for an impossible depth
 *   or slope.
 * @see DICOM PS3.5 section 8.1.1; PS3.3 sections C.7.6.3 and C.11.1
 */
export function readFrameValues(
  instance: DicomInstance,
  { rows, columns, bitsAllocated }: PixelLayout,
  frame: number,
  transformation: DicomDataset,
): SliceValues {
  const bytes = instance.pixelData ?? new Uint8Array();
  const count = rows * columns;
  const start = (frame * count * bitsAllocated) / 8;
  const words = new Uint16Array(count);
  const view = new DataView(bytes.buffer, bytes.byteOffset + start, (count * bitsAllocated) / 8);
  if (bitsAllocated === 8) for (let i = 0; i < count; i++) words[i] = view.getUint8(i);
  else for (let i = 0; i < count; i++) words[i] = view.getUint16(2 * i, true);
  return { stored: extractBits(words, instance, bitsAllocated), ...rescale(instance, transformation) };
}

function extractBits(
  words: Uint16Array,
  { dataset, name }: DicomInstance,
  allocated: number,
): Int16Array | Uint16Array {
  const stored = numberOf(dataset, 'BitsStored') ?? allocated;
  const highBit = numberOf(dataset, 'HighBit') ?? stored - 1;
  const possible = stored >= 1 && highBit >= stored - 1 && highBit < allocated;
  if (!(possible && Number.isInteger(stored) && Number.isInteger(highBit))) {
    const text = `BitsStored ${stored} and HighBit ${highBit} are no part of ${allocated} bits: export the object again`;
    throw new DicomError('DICOM_INVALID', name, text);
  }
  const signed = numberOf(dataset, 'PixelRepresentation') === 1;
  const values = signed ? new Int16Array(words.buffer) : words;
  if (stored === 16) return values;
  // Shifting up to the top of 32 bits and back drops overlay bits above and extends the sign.
  const up = 31 - highBit;
  const down = 32 - stored;
  for (let i = 0; i < words.length; i++) {
    const top = (words[i] ?? 0) << up;
    values[i] = signed ? top >> down : top >>> down;
  }
  return values;
}

function rescale({ name, Modality }: DicomInstance, transformation: DicomDataset): Omit<SliceValues, 'stored'> {
  const slope = numberOf(transformation, 'RescaleSlope');
  const intercept = numberOf(transformation, 'RescaleIntercept');
  const unit = textOf(transformation, 'RescaleType');
  if (Modality === 'CT') {
    if (slope === null || intercept === null || (unit !== null && unit !== 'HU')) {
      const text = 'the CT is not in Hounsfield units (RescaleSlope, RescaleIntercept, RescaleType): send the original';
      throw new DicomError('SERIES_UNSUPPORTED', name, text);
    }
  }
  if (slope === 0) {
    throw new DicomError('DICOM_INVALID', name, 'RescaleSlope is 0: export the object again');
  }
  return { slope: slope ?? 1, intercept: intercept ?? 0 };
}

/**
 * Values in the modality's unit (CT: Hounsfield units), slice after slice.
 *
 * @param slices Equal lengths, in slice order.
 * @returns `Int16Array` where every slope and intercept is an integer and all values fit, else `Int32Array`, and
 *   `Float64Array` for fractions. The type matters: PyRadiomics truncates what it interpolates in an integer image.
 */
export function joinSlices(slices: readonly SliceValues[]): VoxelArray {
  const count = slices.reduce((sum, { stored }) => sum + stored.length, 0);
  const voxels = allocate(slices, count);
  let start = 0;
  for (const { stored, slope, intercept } of slices) {
    for (let i = 0; i < stored.length; i++) voxels[start + i] = (stored[i] ?? 0) * slope + intercept;
    start += stored.length;
  }
  return voxels;
}

function allocate(slices: readonly SliceValues[], count: number): VoxelArray {
  if (slices.some(({ slope, intercept }) => !Number.isInteger(slope) || !Number.isInteger(intercept))) {
    return sharedVoxels(Float64Array, count);
  }
  let lowest = 0;
  let highest = 0;
  for (const { stored, slope, intercept } of slices) {
    for (const value of stored) {
      const rescaled = value * slope + intercept;
      if (rescaled < lowest) lowest = rescaled;
      if (rescaled > highest) highest = rescaled;
    }
  }
  if (lowest >= -32768 && highest <= 32767) return sharedVoxels(Int16Array, count);
  return lowest >= -(2 ** 31) && highest < 2 ** 31
    ? sharedVoxels(Int32Array, count)
    : sharedVoxels(Float64Array, count);
}
