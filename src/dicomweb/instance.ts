import { data } from 'dcmjs';
import { DicomError } from '../errors.ts';
import { type DicomDataset, requireText, textOf } from './dataset.ts';
import { decodePixels } from './decode-pixels.ts';
import { type Part10, readPart10 } from './part10.ts';

/** One DICOM object in memory. */
export interface DicomInstance {
  /** File name or UID: what messages call it. */
  readonly name: string;
  readonly SOPInstanceUID: string;
  readonly SOPClassUID: string;
  readonly Modality: string;
  readonly TransferSyntaxUID: string;
  /** Attributes by keyword; DS and IS values are numbers, sequences arrays of data sets. Without PixelData. */
  readonly dataset: DicomDataset;
  /** Value of PixelData, decoded, little endian, frames one after another; null where the object has none. */
  readonly pixelData: Uint8Array | null;
  /** True where the image has been compressed with loss, now or before. */
  readonly lossy: boolean;
}

/** Objects of these always have PixelData: without it, the file ends too early. */
const pixelModalities: readonly string[] = ['CT', 'MR', 'PT', 'SEG'];

/**
 * Reads a DICOM Part 10 file and decodes its pixel data.
 *
 * @param bytes The whole file.
 * @param name File name or UID, for messages.
 * @throws DicomError `DICOM_INVALID` if it is no DICOM file, damaged or cut off; `TRANSFER_SYNTAX_UNSUPPORTED` naming a
 *   transfer syntax that is not read; `SERIES_UNSUPPORTED` for pixels that are not read, such as colour.
 */
export async function readInstance(bytes: Uint8Array, name: string): Promise<DicomInstance> {
  const part10 = readPart10(bytes, name);
  const dataset = naturalise(part10, name);
  const Modality = requireText(dataset, 'Modality', name);
  const { TransferSyntaxUID, syntax, pixelData } = part10;
  if (pixelData === null && pixelModalities.includes(Modality)) throw withoutPixels(dataset, name);
  return {
    name,
    SOPInstanceUID: requireText(dataset, 'SOPInstanceUID', name),
    SOPClassUID: requireText(dataset, 'SOPClassUID', name),
    Modality,
    TransferSyntaxUID,
    dataset,
    pixelData: pixelData === null ? null : await decodePixels(pixelData, syntax, dataset, name),
    lossy: isLossy(dataset, syntax.lossy),
  };
}

function naturalise({ elements }: Part10, name: string): DicomDataset {
  try {
    return data.DicomMetaDictionary.naturalizeDataset(elements);
  } catch (cause) {
    const text = 'the DICOM file is damaged: export or send it again';
    throw new DicomError('DICOM_INVALID', name, text, { cause });
  }
}

function withoutPixels(dataset: DicomDataset, name: string): DicomError {
  if (dataset.FloatPixelData !== undefined || dataset.DoubleFloatPixelData !== undefined) {
    const text = 'pixels stored as real numbers (FloatPixelData) are not read: send the original series';
    return new DicomError('SERIES_UNSUPPORTED', name, text);
  }
  return new DicomError('DICOM_INVALID', name, 'PixelData is missing: export or send the object again');
}

/** LossyImageCompression stays 01 when the image is decompressed; without it the transfer syntax speaks. */
function isLossy(dataset: DicomDataset, syntaxMayLose: boolean): boolean {
  const said = textOf(dataset, 'LossyImageCompression');
  return said === '01' || (syntaxMayLose && said !== '00');
}
