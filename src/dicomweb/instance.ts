import { data } from 'dcmjs';
import { DicomError } from '../errors.ts';
import { type DicomDataset, requireText } from './dataset.ts';
import { parsePart10 } from './part10.ts';
import { describeTransferSyntax, explicitLittleEndian, readableTransferSyntaxes } from './transfer-syntaxes.ts';

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
  /** Value of PixelData as stored, little endian; null where the object has none. */
  readonly pixelData: Uint8Array | null;
}

/** Objects of these always have PixelData: without it, the file ends too early. */
const pixelModalities: readonly string[] = ['CT', 'MR', 'PT', 'SEG'];

/**
 * Reads a DICOM Part 10 file.
 *
 * @param bytes The whole file.
 * @param name File name or UID, for messages.
 * @throws DicomError `DICOM_INVALID` if it is no DICOM file, damaged or cut off; `TRANSFER_SYNTAX_UNSUPPORTED` for
 *   anything but Implicit and Explicit VR Little Endian.
 */
export function readInstance(bytes: Uint8Array, name: string): DicomInstance {
  const { meta, dict } = parsePart10(bytes, name);
  const TransferSyntaxUID = String(meta['00020010']?.Value?.[0] ?? '').replaceAll('\0', '');
  if (!readableTransferSyntaxes.includes(TransferSyntaxUID)) {
    const which = TransferSyntaxUID === '' ? 'no transfer syntax is named' : describeTransferSyntax(TransferSyntaxUID);
    const text = `${which} can't be read: convert to ${describeTransferSyntax(explicitLittleEndian)}`;
    throw new DicomError('TRANSFER_SYNTAX_UNSUPPORTED', name, text);
  }
  const { '7FE00010': pixels, ...elements } = dict;
  const value: unknown = pixels?.Value?.[0];
  const dataset: DicomDataset = data.DicomMetaDictionary.naturalizeDataset(elements);
  const Modality = requireText(dataset, 'Modality', name);
  if (value === undefined && pixelModalities.includes(Modality)) throw cutOff(name);
  return {
    name,
    SOPInstanceUID: requireText(dataset, 'SOPInstanceUID', name),
    SOPClassUID: requireText(dataset, 'SOPClassUID', name),
    Modality,
    TransferSyntaxUID,
    dataset,
    pixelData: value === undefined ? null : completePixelData(bytes, value, TransferSyntaxUID, name),
  };
}

/** PixelData, if the file holds all of it: where a file breaks off, dcmjs fills up with zeros. */
function completePixelData(bytes: Uint8Array, value: unknown, syntax: string, name: string): Uint8Array {
  if (value instanceof ArrayBuffer) {
    const file = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const complete = pixelDataHeaders(value.byteLength, syntax).some((header) => {
      const at = file.lastIndexOf(header);
      return at >= 0 && at + header.length + value.byteLength <= file.length;
    });
    if (complete) return new Uint8Array(value);
  }
  throw cutOff(name);
}

function cutOff(name: string): DicomError {
  return new DicomError('DICOM_INVALID', name, 'PixelData is missing or cut off: export or send the object again');
}

/** What can stand before the value of PixelData: tag, VR where explicit, length. DICOM PS3.5 section 7.1. */
function pixelDataHeaders(byteLength: number, syntax: string): Buffer[] {
  const tag = Buffer.from([0xe0, 0x7f, 0x10, 0x00]);
  const length = Buffer.alloc(4);
  length.writeUInt32LE(byteLength);
  if (syntax !== explicitLittleEndian) return [Buffer.concat([tag, length])];
  return ['OW', 'OB', 'UN'].map((vr) => Buffer.concat([tag, Buffer.from(`${vr}\0\0`, 'latin1'), length]));
}
