import type { JpegScan } from './codestream.ts';
import { EntropyReader } from './entropy-reader.ts';

/**
 * Decodes lossless JPEG: each sample is predicted from its neighbours and a Huffman-coded difference added, modulo 2^16.
 *
 * @param bytes Codestream.
 * @param scan What `readJpegScan` found in it: predictor 1 to 7.
 * @param out Samples row by row, length `rows * columns`. Overwritten.
 * @throws RangeError if the data breaks off or can't be of this process.
 * @see ITU-T T.81 annex H
 */
export function decodeLossless(bytes: Uint8Array, scan: JpegScan, out: Uint16Array): void {
  const { rows, columns, precision, shift, restartInterval, dcTable, start: predictor } = scan;
  const unknown = predictor < 1 || predictor > 7 || precision < 2 || precision > 16 || shift >= precision;
  if (unknown) throw new RangeError('not lossless JPEG');
  // Restarts within a row would need a first line that begins in its middle: T.81 H.1.1 forbids them.
  if (restartInterval % columns !== 0) throw new RangeError('restart markers within a row');
  if (out.length !== rows * columns) throw new RangeError(`out: ${out.length} samples`);
  const restartRows = restartInterval / columns;
  const reader = new EntropyReader(bytes, scan.dataStart);
  for (let y = 0; y < rows; y++) {
    const isFirst = y === 0 || (restartRows > 0 && y % restartRows === 0);
    if (isFirst && y > 0) reader.restart();
    const row = y * columns;
    // T.81 H.1.2.1: the first sample of all from the middle of the range, those of a first column from above.
    const before = isFirst ? 1 << (precision - shift - 1) : (out[row - columns] ?? 0);
    out[row] = before + difference(reader, dcTable);
    for (let x = 1; x < columns; x++) {
      const at = row + x;
      const a = out[at - 1] ?? 0;
      const predicted = isFirst ? a : predict(predictor, a, out[at - columns] ?? 0, out[at - columns - 1] ?? 0);
      out[at] = predicted + difference(reader, dcTable);
    }
  }
  if (shift > 0) for (let i = 0; i < out.length; i++) out[i] = (out[i] ?? 0) << shift;
}

/** T.81 table H.1: `a` left, `b` above, `c` above left. */
function predict(predictor: number, a: number, b: number, c: number): number {
  switch (predictor) {
    case 1:
      return a;
    case 2:
      return b;
    case 3:
      return c;
    case 4:
      return a + b - c;
    case 5:
      return a + ((b - c) >> 1);
    case 6:
      return b + ((a - c) >> 1);
    default:
      return (a + b) >> 1;
  }
}

function difference(reader: EntropyReader, table: Uint16Array): number {
  const size = reader.decode(table);
  if (size > 16) throw new RangeError('a difference of more than 16 bits');
  // 16 stands for 32768 and is followed by no bits: T.81 H.1.2.2.
  return size === 16 ? 32768 : reader.receiveDifference(size);
}
