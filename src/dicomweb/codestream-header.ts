/** What the header of a compressed frame says of its samples. */
export interface FrameHeader {
  readonly rows: number;
  readonly columns: number;
  readonly components: number;
  /** Bits of a sample. */
  readonly precision: number;
}

/** Largest number of tiles in a JPEG 2000 frame: 64 x 64 of them, far more than any encoder cuts a slice into. */
const maximumTiles = 4096;

/**
 * Reads the frame header of a JPEG or JPEG-LS codestream.
 *
 * @param frame Codestream from its first marker.
 * @throws RangeError if it does not begin with SOI or has no frame header.
 * @see ITU-T T.81 section B.2.2, ITU-T T.87 annex C
 */
export function readJpegHeader(frame: Uint8Array): FrameHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint16(0) !== 0xffd8) throw new RangeError('no JPEG codestream');
  for (let at = 2; ; ) {
    const marker = view.getUint16(at);
    if (isFrameMarker(marker)) {
      const precision = view.getUint8(at + 4);
      return {
        precision,
        rows: view.getUint16(at + 5),
        columns: view.getUint16(at + 7),
        components: view.getUint8(at + 9),
      };
    }
    if (marker < 0xff00) throw new RangeError('a marker is missing');
    // 0xffff is fill before a marker.
    at += marker === 0xffff ? 1 : 2 + view.getUint16(at + 2);
  }
}

/** SOF0 to SOF15 without DHT, JPG and DAC, and SOF55 of JPEG-LS. */
function isFrameMarker(marker: number): boolean {
  if (marker === 0xfff7) return true;
  return marker >= 0xffc0 && marker <= 0xffcf && marker !== 0xffc4 && marker !== 0xffc8 && marker !== 0xffcc;
}

/**
 * Reads the image and tile size of a JPEG 2000 or High-Throughput JPEG 2000 codestream.
 *
 * @param frame Codestream from SOC on. A JP2 file is none.
 * @throws RangeError if it does not begin with SOC and SIZ, or describes something that is no plain grey image:
 *   subsampled, offset on its grid, or cut into thousands of tiles, which decoders spend unbounded time on.
 * @see ITU-T T.800 section A.5.1
 */
export function readJpeg2000Header(frame: Uint8Array): FrameHeader {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (view.getUint32(0) !== 0xff4fff51) throw new RangeError('no JPEG 2000 codestream');
  const [columns, rows, left, top, tileWidth, tileHeight, tileLeft, tileTop] = Array.from({ length: 8 }, (_, i) =>
    view.getUint32(8 + 4 * i),
  );
  const components = view.getUint16(40);
  if (columns === undefined || rows === undefined || !tileWidth || !tileHeight) throw new RangeError('no image size');
  const offset = left !== 0 || top !== 0 || tileLeft !== 0 || tileTop !== 0;
  const subsampled = view.getUint8(43) !== 1 || view.getUint8(44) !== 1;
  const tiles = Math.ceil(columns / tileWidth) * Math.ceil(rows / tileHeight);
  if (offset || subsampled || tiles > maximumTiles) throw new RangeError('not a plain grey image');
  return { rows, columns, components, precision: (view.getUint8(42) & 0x7f) + 1 };
}

/** True where the codestream ends with its end marker (EOI, EOC), but for a byte of padding. */
export function endsCodestream(frame: Uint8Array): boolean {
  const end = frame.at(-1) === 0 ? frame.length - 1 : frame.length;
  return frame[end - 2] === 0xff && frame[end - 1] === 0xd9;
}
