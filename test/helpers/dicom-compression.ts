import { createRequire } from 'node:module';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import type { NaturalDataset } from 'dcmjs';
import { writeDicom } from './dicom-objects.ts';

const fromPackage = createRequire(createRequire(import.meta.url).resolve('@cornerstonejs/dicom-codec'));

/** Samples of a frame to encode. */
export interface FrameToEncode {
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly isSigned: boolean;
  /** Little endian samples. */
  readonly bytes: Uint8Array;
}

interface Encoder {
  getDecodedBuffer(info: object): Uint8Array;
  getEncodedBuffer(): Uint8Array;
  encode(): void;
  delete(): void;
  setNearLossless?(difference: number): void;
  setQuality?(lossless: boolean, quantisation: number): void;
  setCompressionRatio?(ratio: number): void;
  setProgressive?(progressive: boolean): void;
}

const encoders = {
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/wasmjs', 'J2KEncoder'],
  'jpeg-ls': ['@cornerstonejs/codec-charls/wasmjs', 'JpegLSEncoder'],
  htj2k: ['@cornerstonejs/codec-openjph', 'HTJ2KEncoder'],
  jpeg: ['@cornerstonejs/codec-libjpeg-turbo-8bit/wasmjs', 'JPEGEncoder'],
} as const;

type EncoderModule = Record<string, new () => Encoder>;
/** One module each: the engine is slow to give the address space of many back. */
const modules = new Map<string, Promise<EncoderModule>>();

function load(name: string): Promise<EncoderModule> {
  const create = fromPackage(name) as (options: object) => Promise<EncoderModule>;
  const module = modules.get(name) ?? create({ print: () => undefined, printErr: () => undefined });
  modules.set(name, module);
  return module;
}

/** Encodes a grey frame; `set` chooses the settings of the encoder. */
export async function encodeFrame(
  codec: keyof typeof encoders,
  { bytes, ...info }: FrameToEncode,
  set: (encoder: Encoder) => void = () => undefined,
): Promise<Uint8Array> {
  const [name, className] = encoders[codec];
  const module = await load(name);
  const encoder = new module[className]!();
  encoder.getDecodedBuffer({ ...info, componentCount: 1, isUsingColorTransform: false }).set(bytes);
  set(encoder);
  encoder.encode();
  const codestream = new Uint8Array(encoder.getEncodedBuffer());
  encoder.delete();
  return codestream;
}

const u16 = (...values: number[]) => Buffer.from(Uint16Array.from(values).buffer);
const u32 = (value: number) => Buffer.from(Uint32Array.of(value).buffer);

function item(value: Uint8Array): Buffer {
  const padding = Buffer.alloc(value.length % 2);
  return Buffer.concat([u16(0xfffe, 0xe000), u32(value.length + padding.length), value, padding]);
}

/**
 * Writes a data set with encapsulated pixel data.
 *
 * @param fragments As they stand in the file, one item each.
 * @param offsets Basic offset table.
 */
export function writeEncapsulated(
  { PixelData: _, ...dataset }: NaturalDataset,
  fragments: readonly Uint8Array[],
  TransferSyntaxUID: string,
  offsets: readonly number[] = [],
): Uint8Array {
  const header = u16(0x7fe0, 0x0010);
  const table = item(Buffer.from(Uint32Array.from(offsets).buffer));
  return Buffer.concat([
    writeDicom(dataset, TransferSyntaxUID),
    ...[header, Buffer.from('OB\0\0'), u32(0xffffffff), table, ...fragments.map(item)],
    ...[u16(0xfffe, 0xe0dd), u32(0)],
  ]);
}

/** Where the data set of a Part 10 file begins. */
export function dataStart(file: Uint8Array): number {
  return 144 + new DataView(file.buffer, file.byteOffset).getUint32(140, true);
}

export const deflated = '1.2.840.10008.1.2.1.99';

/** Deflates the data set of a file that says that it is deflated and is not yet. */
export function deflateDicom(file: Uint8Array): Buffer {
  const start = dataStart(file);
  return Buffer.concat([file.subarray(0, start), deflateRawSync(file.subarray(start))]);
}

/**
 * Replaces texts in a file by others of the same length: other UIDs without touching how anything is written.
 *
 * @param texts From old to new.
 */
export function replaceTexts(file: Uint8Array, texts: Readonly<Record<string, string>>): Buffer {
  const start = dataStart(file);
  const isDeflated = file.subarray(0, start).includes(0) && Buffer.from(file.subarray(0, start)).includes(deflated);
  const body = Buffer.from(isDeflated ? inflateRawSync(file.subarray(start)) : file.subarray(start));
  const meta = Buffer.from(file.subarray(0, start));
  for (const [from, to] of Object.entries(texts)) {
    if (from.length !== to.length) throw new RangeError(`${from} and ${to} differ in length`);
    for (const part of [meta, body]) {
      for (let at = part.indexOf(from); at >= 0; at = part.indexOf(from, at + to.length)) part.write(to, at, 'latin1');
    }
  }
  return Buffer.concat([meta, isDeflated ? deflateRawSync(body) : body]);
}
