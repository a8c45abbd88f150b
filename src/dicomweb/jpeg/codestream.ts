import { buildHuffmanTable } from './entropy-reader.ts';

/** A JPEG codestream of one component and one scan, up to its entropy-coded data. */
export interface JpegScan {
  /** SOF0 (0xffc0) baseline, SOF1 extended sequential, SOF3 lossless. */
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  /** Quantisation factors in zigzag order, length 64; null in a lossless codestream. */
  readonly quantisation: Uint16Array | null;
  readonly dcTable: Uint16Array;
  /** Null in a lossless codestream. */
  readonly acTable: Uint16Array | null;
  /** Spectral start; the predictor of a lossless codestream. */
  readonly start: number;
  /** Point transform. */
  readonly shift: number;
  /** Samples or blocks between restart markers, 0 for none. */
  readonly restartInterval: number;
  /** Offset of the entropy-coded data. */
  readonly dataStart: number;
}

/** SOF3, Huffman coded. */
export const losslessProcess = 0xffc3;
const readableProcesses: readonly number[] = [0xffc0, 0xffc1, losslessProcess];

interface Tables {
  readonly quantisation: Map<number, Uint16Array>;
  readonly huffman: Map<number, Uint16Array>;
  restartInterval: number;
}

interface Frame {
  readonly process: number;
  readonly precision: number;
  readonly rows: number;
  readonly columns: number;
  readonly quantisationId: number;
}

/**
 * Reads the markers of a JPEG codestream up to its first scan.
 *
 * @param bytes Codestream from SOI on.
 * @throws RangeError if it breaks off, is progressive, arithmetic or in colour, or names a table that is not there.
 * @see ITU-T T.81 annex B
 */
export function readJpegScan(bytes: Uint8Array): JpegScan {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint16(0) !== 0xffd8) throw new RangeError('no JPEG codestream');
  const tables: Tables = { quantisation: new Map(), huffman: new Map(), restartInterval: 0 };
  let frame: Frame | null = null;
  for (let at = 2; ; ) {
    const marker = view.getUint16(at);
    if (marker === 0xffff) {
      at += 1;
      continue;
    }
    const length = view.getUint16(at + 2);
    if (marker < 0xffc0 || length < 2) throw new RangeError('a marker is missing');
    const segment = new DataView(view.buffer, view.byteOffset + at + 4, length - 2);
    if (marker === 0xffda) return scanOf(segment, frame, tables, at + 2 + length);
    if (marker === 0xffc4) readHuffmanTables(segment, tables.huffman);
    else if (marker === 0xffdb) readQuantisationTables(segment, tables.quantisation);
    else if (marker === 0xffdd) tables.restartInterval = segment.getUint16(0);
    else if (marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc8) frame = readFrame(marker, segment);
    at += 2 + length;
  }
}

function readFrame(process: number, segment: DataView): Frame {
  if (!readableProcesses.includes(process)) throw new RangeError(`JPEG process SOF${process & 15}`);
  if (segment.getUint8(5) !== 1) throw new RangeError('more than one component');
  return {
    process,
    precision: segment.getUint8(0),
    rows: segment.getUint16(1),
    columns: segment.getUint16(3),
    quantisationId: segment.getUint8(8),
  };
}

function readHuffmanTables(segment: DataView, huffman: Map<number, Uint16Array>): void {
  for (let at = 0; at < segment.byteLength; ) {
    // Class (0 DC and lossless, 1 AC) and destination.
    const id = segment.getUint8(at);
    const counts = Uint8Array.from({ length: 16 }, (_, i) => segment.getUint8(at + 1 + i));
    const total = counts.reduce((sum, count) => sum + count, 0);
    const values = Uint8Array.from({ length: total }, (_, i) => segment.getUint8(at + 17 + i));
    huffman.set(id, buildHuffmanTable(counts, values));
    at += 17 + total;
  }
}

function readQuantisationTables(segment: DataView, quantisation: Map<number, Uint16Array>): void {
  for (let at = 0; at < segment.byteLength; ) {
    const id = segment.getUint8(at);
    const bytes = id >> 4 === 0 ? 1 : 2;
    const read = (i: number) => (bytes === 1 ? segment.getUint8(at + 1 + i) : segment.getUint16(at + 1 + 2 * i));
    quantisation.set(
      id & 15,
      Uint16Array.from({ length: 64 }, (_, i) => read(i)),
    );
    at += 1 + 64 * bytes;
  }
}

function scanOf(segment: DataView, frame: Frame | null, tables: Tables, dataStart: number): JpegScan {
  if (frame === null || segment.getUint8(0) !== 1) throw new RangeError('the scan is not that of one component');
  const selectors = segment.getUint8(2);
  const dcTable = tables.huffman.get(selectors >> 4);
  const acTable = tables.huffman.get(0x10 | (selectors & 15)) ?? null;
  const quantisation = tables.quantisation.get(frame.quantisationId) ?? null;
  const complete = frame.process === losslessProcess || (acTable !== null && quantisation !== null);
  if (dcTable === undefined || !complete) throw new RangeError('a table is missing');
  const start = segment.getUint8(3);
  const shift = segment.getUint8(5) & 15;
  const { restartInterval } = tables;
  return { ...frame, quantisation, dcTable, acTable, start, shift, restartInterval, dataStart };
}
