import { DicomError } from '../errors.ts';
import { type Codec, decodeFrame } from './codecs.ts';
import { endsCodestream, readJpeg2000Header, readJpegHeader } from './codestream-header.ts';
import type { DicomDataset } from './dataset.ts';
import { joinFragments } from './encapsulated-frames.ts';
import { losslessProcess, readJpegScan } from './jpeg/codestream.ts';
import { decodeLossless } from './jpeg/lossless.ts';
import { decodeSequential } from './jpeg/sequential.ts';
import type { StoredPixelData } from './part10.ts';
import { type PixelLayout, pixelLayout } from './pixel-layout.ts';
import { decodeRle } from './rle.ts';
import type { Compression, TransferSyntax } from './transfer-syntaxes.ts';

/**
 * Decodes pixel data into native little endian values, frames one after another.
 *
 * @param stored As it stands in the file.
 * @param dataset Attributes of the image; looked at where the pixel data is compressed.
 * @param name File name or UID, for the message.
 * @returns An array of its own, as long as DICOM PS3.5 section 8 has it: `Rows * Columns * BitsAllocated / 8` bytes a
 *   frame for compressed data, else what the file has.
 * @throws DicomError `DICOM_INVALID` if it is damaged or of another size than the attributes say, `SERIES_UNSUPPORTED` for
 *   colour or a depth that is not read.
 */
export async function decodePixels(
  stored: StoredPixelData,
  syntax: TransferSyntax,
  dataset: DicomDataset,
  name: string,
): Promise<Uint8Array> {
  const { value, vr } = stored;
  if (syntax.compression === null) {
    if (value === null) throw damaged(name, new RangeError('encapsulated without compression'));
    const bytes = new Uint8Array(value);
    // Big endian turns words round and leaves bytes (OB) alone.
    if (syntax.encoding === 'big-endian' && vr === 'OW') swapWords(bytes);
    return bytes;
  }
  const layout = pixelLayout(dataset, name);
  if (layout.bitsAllocated === 1) {
    throw new DicomError('SERIES_UNSUPPORTED', name, `1 bit a pixel in ${syntax.name}: send it uncompressed`);
  }
  try {
    if (value !== null) throw new RangeError('compressed pixel data is not encapsulated');
    return await decodeFrames(stored, syntax.compression, layout);
  } catch (error) {
    throw damaged(name, error);
  }
}

function damaged(name: string, cause: unknown): DicomError {
  const text = 'PixelData is damaged or of another size than the attributes say: export or send the object again';
  return new DicomError('DICOM_INVALID', name, text, { cause });
}

function swapWords(bytes: Uint8Array): void {
  for (let i = 0; i + 1 < bytes.length; i += 2) {
    const first = bytes[i] ?? 0;
    bytes[i] = bytes[i + 1] ?? 0;
    bytes[i + 1] = first;
  }
}

async function decodeFrames(
  { offsetTable, fragments }: StoredPixelData,
  compression: Compression,
  layout: PixelLayout,
): Promise<Uint8Array> {
  const frames = joinFragments(offsetTable, fragments, layout.frames);
  const frameBytes = layout.rows * layout.columns * (layout.bitsAllocated / 8);
  for (const frame of frames) checkFrame(frame, compression, layout, frameBytes);
  if (frameBytes * frames.length > maximumBytes) throw new RangeError('more than 1 GiB of pixels');
  const out = new Uint8Array(frameBytes * frames.length);
  for (const [at, frame] of frames.entries()) {
    await decodeInto(frame, compression, layout, out.subarray(at * frameBytes, (at + 1) * frameBytes));
  }
  return out;
}

/** What one object may decode to. */
const maximumBytes = 2 ** 30;
/** RLE makes at most 128 bytes of 2. */
const rleExpansion = 64;

/**
 * The decoders allocate by the header in the codestream: it must agree with the attributes, before anything is
 * allocated.
 */
function checkFrame(frame: Uint8Array, compression: Compression, layout: PixelLayout, frameBytes: number): void {
  if (compression === 'rle') {
    if (frameBytes > rleExpansion * frame.length) throw new RangeError('too few bytes for the frame');
    return;
  }
  const isJpeg2000 = compression === 'jpeg-2000' || compression === 'htj2k';
  // OpenJPH takes what is missing at the end for zero, and CharLS looks for it for seconds.
  const mustEnd = compression === 'htj2k' || compression === 'jpeg-ls';
  if (mustEnd && !endsCodestream(frame)) throw new RangeError('the codestream breaks off');
  const header = isJpeg2000 ? readJpeg2000Header(frame) : readJpegHeader(frame);
  const { rows, columns, components, precision } = header;
  const fits = rows === layout.rows && columns === layout.columns && components === 1;
  if (!fits || precision > layout.bitsAllocated) {
    const found = `${rows} x ${columns} samples of ${components} components and ${precision} bits`;
    throw new RangeError(`the codestream has ${found}`);
  }
}

async function decodeInto(
  frame: Uint8Array,
  compression: Compression,
  layout: PixelLayout,
  out: Uint8Array,
): Promise<void> {
  if (compression === 'rle') return decodeRle(frame, out, layout.bitsAllocated / 8);
  if (compression !== 'jpeg-lossless' && compression !== 'jpeg-dct') return decodeWith(compression, frame, layout, out);
  const scan = readJpegScan(frame);
  const isLossless = scan.process === losslessProcess;
  if (isLossless !== (compression === 'jpeg-lossless')) throw new RangeError('another JPEG process than the syntax');
  if (!isLossless && scan.precision === 8) return decodeWith('jpeg-baseline', frame, layout, out);
  const samples = new Uint16Array(layout.rows * layout.columns);
  if (isLossless) decodeLossless(frame, scan, samples);
  else decodeSequential(frame, scan, samples);
  writeSamples(samples, layout, out);
}

function writeSamples(samples: Uint16Array, { bitsAllocated }: PixelLayout, out: Uint8Array): void {
  const bytes = bitsAllocated / 8;
  for (let i = 0; i < samples.length; i++) {
    const value = samples[i] ?? 0;
    out[bytes * i] = value;
    if (bytes === 2) out[2 * i + 1] = value >> 8;
  }
}

async function decodeWith(codec: Codec, frame: Uint8Array, layout: PixelLayout, out: Uint8Array): Promise<void> {
  const { bytes, width, height, componentCount, bitsPerSample } = await decodeFrame(codec, frame);
  const pixels = layout.rows * layout.columns;
  const sampleBytes = bitsPerSample > 8 ? 2 : 1;
  const sameSize = width === layout.columns && height === layout.rows && componentCount === 1;
  if (!sameSize || bytes.length !== pixels * sampleBytes || sampleBytes > layout.bitsAllocated / 8) {
    throw new RangeError(`${bytes.length} bytes were decoded`);
  }
  if (8 * sampleBytes === layout.bitsAllocated) out.set(bytes);
  // Samples of at most 8 bits in 16: what lies above the stored bits is not looked at.
  else for (let i = 0; i < pixels; i++) out[2 * i] = bytes[i] ?? 0;
}
