/** Bytes of the header: the number of segments and 15 offsets. */
const headerBytes = 64;

/**
 * Decodes one frame of RLE Lossless.
 *
 * @param frame Header and byte segments; the first segment has the most significant bytes.
 * @param out Values, little endian, row by row: `pixels * bytesPerPixel` bytes. Overwritten.
 * @param bytesPerPixel 1 or 2, as many as there are segments.
 * @throws RangeError if the segments are another number, or one does not fill the frame.
 * @see DICOM PS3.5 annex G
 */
export function decodeRle(frame: Uint8Array, out: Uint8Array, bytesPerPixel: number): void {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  const segments = view.getUint32(0, true);
  if (segments !== bytesPerPixel) throw new RangeError(`${segments} RLE segments for ${bytesPerPixel} bytes a pixel`);
  for (let segment = 0; segment < segments; segment++) {
    const start = view.getUint32(4 * (segment + 1), true);
    const end = segment + 1 < segments ? view.getUint32(4 * (segment + 2), true) : frame.length;
    if (start < headerBytes || end < start || end > frame.length) throw new RangeError('an RLE segment lies outside');
    unpackSegment(frame.subarray(start, end), out, bytesPerPixel - 1 - segment, bytesPerPixel);
  }
}

function unpackSegment(bytes: Uint8Array, out: Uint8Array, first: number, step: number): void {
  let to = first;
  for (let from = 0; from < bytes.length && to < out.length; ) {
    const control = bytes[from++] ?? 0;
    if (control < 128) {
      for (let left = control + 1; left > 0 && to < out.length; left--, to += step) {
        if (from >= bytes.length) throw new RangeError('an RLE segment breaks off');
        out[to] = bytes[from++] ?? 0;
      }
    } else if (control > 128) {
      if (from >= bytes.length) throw new RangeError('an RLE segment breaks off');
      const value = bytes[from++] ?? 0;
      for (let left = 257 - control; left > 0 && to < out.length; left--, to += step) out[to] = value;
    }
    // 128 is output by some encoders as padding and means nothing.
  }
  if (to < out.length) throw new RangeError('an RLE segment does not fill the frame');
}
