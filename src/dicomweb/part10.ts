import { inflateRawSync } from 'node:zlib';
import type { DicomDict, DicomElements } from 'dcmjs';
import { DicomError } from '../errors.ts';
import { parseBounded } from './bounded-parse.ts';
import { type ElementEncoding, type FoundElement, findElement, readFragments } from './element-walk.ts';
import { isUid } from './instance-address.ts';
import {
  describeTransferSyntax,
  explicitLittleEndian,
  type TransferSyntax,
  transferSyntaxOf,
} from './transfer-syntaxes.ts';

/** PixelData as it stands in the file. */
export interface StoredPixelData {
  readonly vr: string;
  /** The value; null where it is encapsulated. */
  readonly value: Uint8Array | null;
  /** Basic offset table and fragments of an encapsulated value. */
  readonly offsetTable: Uint8Array;
  readonly fragments: readonly Uint8Array[];
}

/** A Part 10 file, apart from its preamble. */
export interface Part10 {
  readonly TransferSyntaxUID: string;
  readonly syntax: TransferSyntax;
  /** By tag, without PixelData. */
  readonly elements: DicomElements;
  /** Views of the file; null where there is none. */
  readonly pixelData: StoredPixelData | null;
}

/** What a deflated data set may grow to: an enhanced CT of 2000 frames of 512 x 512. */
const largestInflatedBytes = 2 ** 30;

const pixelDataTag = 0x7fe00010;
const transferSyntaxTag = 0x00020010;
/** Preamble, prefix and group length. DICOM PS3.10 section 7.1. */
const metaStart = 132;
const groupLengthBytes = 12;

/**
 * Reads a DICOM Part 10 file: its elements, and where its pixel data lies.
 *
 * @param bytes The whole file.
 * @param name File name or UID, for the message.
 * @throws DicomError `DICOM_INVALID` if it is no DICOM file, damaged or cut off, or a deflated data set that inflates to
 *   more than 1 GiB; `TRANSFER_SYNTAX_UNSUPPORTED` naming the transfer syntax.
 */
export function readPart10(bytes: Uint8Array, name: string): Part10 {
  const { file, TransferSyntaxUID, syntax, dataStart } = open(bytes, name);
  if (syntax === undefined) {
    const text = `${describeTransferSyntax(TransferSyntaxUID)} can't be read: convert to ${describeTransferSyntax(explicitLittleEndian)}`;
    throw new DicomError('TRANSFER_SYNTAX_UNSUPPORTED', name, text);
  }
  const encoding = encodingOf(syntax);
  try {
    const found = findElement(file, pixelDataTag, dataStart, encoding);
    const { dict } = parseBounded(file.subarray(0, found?.start), dataStart, encoding);
    return {
      TransferSyntaxUID,
      syntax,
      elements: dict,
      pixelData: found === null ? null : pixelDataOf(file, found),
    };
  } catch (error) {
    throw unreadable(name, error);
  }
}

/**
 * Refuses a data set in which one of these elements stands twice: readers differ in which one they take.
 *
 * @param bytes A whole Part 10 file.
 * @param tags `0xggggeeee`.
 * @throws DicomError `DICOM_INVALID`.
 */
export function requireOnce(bytes: Uint8Array, name: string, tags: readonly number[]): void {
  const { file, syntax, dataStart } = open(bytes, name);
  const encoding = encodingOf(syntax);
  try {
    for (const tag of tags) {
      const first = findElement(file, tag, dataStart, encoding);
      if (first === null) continue;
      const again = findElement(file, tag, first.valueStart + (first.length ?? 0), encoding);
      if (again !== null) throw new RangeError(`element ${tag.toString(16)} stands there twice`);
    }
  } catch (error) {
    throw unreadable(name, error);
  }
}

function encodingOf(syntax: TransferSyntax | undefined): ElementEncoding {
  return { explicit: syntax?.encoding !== 'implicit', littleEndian: syntax?.encoding !== 'big-endian' };
}

function pixelDataOf(file: Uint8Array, { vr, valueStart, length }: FoundElement): StoredPixelData {
  if (length === null) {
    const { table, fragments } = readFragments(file, valueStart);
    return { vr, value: null, offsetTable: table, fragments };
  }
  const value = file.subarray(valueStart, valueStart + length);
  if (value.length < length) throw new RangeError('PixelData breaks off');
  return { vr, value, offsetTable: new Uint8Array(), fragments: [] };
}

/**
 * Parses a DICOM Part 10 file into its elements, PixelData as it is stored among them.
 *
 * @param bytes The whole file.
 * @param name File name or UID, for the message.
 * @throws DicomError `DICOM_INVALID` if it is no DICOM file, damaged or cut off.
 */
export function parsePart10(bytes: Uint8Array, name: string): DicomDict {
  const { file, TransferSyntaxUID, syntax, dataStart } = open(bytes, name);
  try {
    const parsed = parseBounded(file, dataStart, encodingOf(syntax));
    // Instead of the one that an inflated file carries.
    parsed.meta['00020010'] = { vr: 'UI', Value: [TransferSyntaxUID] };
    return parsed;
  } catch (error) {
    throw unreadable(name, error);
  }
}

interface OpenedFile {
  /** The file with an inflated data set, and its transfer syntax said accordingly. */
  readonly file: Uint8Array;
  readonly TransferSyntaxUID: string;
  readonly syntax: TransferSyntax | undefined;
  readonly dataStart: number;
}

function open(bytes: Uint8Array, name: string): OpenedFile {
  if (!hasPreamble(bytes)) {
    throw new DicomError('DICOM_INVALID', name, 'not a DICOM file (no DICM prefix): check the path or export it again');
  }
  try {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const dataStart = metaStart + groupLengthBytes + view.getUint32(metaStart + 8, true);
    if (dataStart > bytes.length) throw new RangeError('the meta information breaks off');
    const meta = bytes.subarray(0, dataStart);
    const found = findElement(meta, transferSyntaxTag, metaStart, { explicit: true, littleEndian: true });
    const at = found?.valueStart ?? 0;
    const TransferSyntaxUID = latin1(meta.subarray(at, at + (found?.length ?? 0)));
    if (!isUid(TransferSyntaxUID)) throw new RangeError('TransferSyntaxUID is no UID');
    const syntax = transferSyntaxOf(TransferSyntaxUID);
    if (syntax?.encoding !== 'deflated') return { file: bytes, TransferSyntaxUID, syntax, dataStart };
    const inflated = inflateRawSync(bytes.subarray(dataStart), { maxOutputLength: largestInflatedBytes });
    const file = Buffer.concat([meta, inflated]);
    // dcmjs would inflate again, and without a limit.
    file.write(explicitLittleEndian.padEnd(found?.length ?? 0, '\0'), at, 'latin1');
    return { file, TransferSyntaxUID, syntax, dataStart };
  } catch (error) {
    throw unreadable(name, error);
  }
}

function latin1(value: Uint8Array): string {
  return Buffer.from(value).toString('latin1').replaceAll('\0', '').trim();
}

function unreadable(name: string, cause: unknown): DicomError {
  return new DicomError('DICOM_INVALID', name, 'the DICOM file is damaged or cut off: export or send it again', {
    cause,
  });
}

/** True where the bytes begin as a DICOM file does: 128 bytes of preamble, then `DICM`. DICOM PS3.10 section 7.1. */
export function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length > 132 && Buffer.from(bytes.buffer, bytes.byteOffset + 128, 4).toString('latin1') === 'DICM';
}
