import { DicomError } from '../errors.ts';
import { type DicomDataset, numberOf, requireNumber, textOf } from './dataset.ts';

/** How the values of an image's pixels are stored. DICOM PS3.3 section C.7.6.3. */
export interface PixelLayout {
  readonly rows: number;
  readonly columns: number;
  readonly frames: number;
  /** 1, 8 or 16. */
  readonly bitsAllocated: number;
}

/** Photometric interpretations of one grey value a pixel. Which end is black is a matter of display, not of the value. */
const greyInterpretations: readonly string[] = ['MONOCHROME1', 'MONOCHROME2'];
/** Far above any slice: 4096 x 4096. */
const maximumFramePixels = 2 ** 24;

/**
 * Size and depth of the frames of a grey image.
 *
 * @throws DicomError `SERIES_UNSUPPORTED` for colour or another depth, naming it; `DICOM_INVALID` for numbers that no
 *   image has, so that nothing is allocated on their word.
 */
export function pixelLayout(dataset: DicomDataset, name: string): PixelLayout {
  const interpretation = textOf(dataset, 'PhotometricInterpretation') ?? 'MONOCHROME2';
  const samples = numberOf(dataset, 'SamplesPerPixel') ?? 1;
  if (samples !== 1 || !greyInterpretations.includes(interpretation)) {
    const text = `the image is ${interpretation} with ${samples} samples a pixel, not grey: send the original series`;
    throw new DicomError('SERIES_UNSUPPORTED', name, text);
  }
  const bitsAllocated = requireNumber(dataset, 'BitsAllocated', name);
  if (bitsAllocated !== 1 && bitsAllocated !== 8 && bitsAllocated !== 16) {
    const text = `${bitsAllocated} bits a pixel are not read: send the original series with 8 or 16`;
    throw new DicomError('SERIES_UNSUPPORTED', name, text);
  }
  const rows = requireNumber(dataset, 'Rows', name);
  const columns = requireNumber(dataset, 'Columns', name);
  const frames = numberOf(dataset, 'NumberOfFrames') ?? 1;
  const counts = [rows, columns, frames];
  if (!counts.every((count) => Number.isInteger(count) && count > 0) || rows * columns > maximumFramePixels) {
    const text = `the image has ${rows} x ${columns} pixels and ${frames} frames: export the object again`;
    throw new DicomError('DICOM_INVALID', name, text);
  }
  return { rows, columns, frames, bitsAllocated };
}
