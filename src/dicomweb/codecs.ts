import { createRequire } from 'node:module';

/** A decoded frame as a WebAssembly decoder gives it. */
export interface DecodedFrame {
  /** Samples row by row, little endian, one byte each up to 8 bits and two above. */
  readonly bytes: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly bitsPerSample: number;
  readonly componentCount: number;
}

type FrameInfo = Omit<DecodedFrame, 'bytes'>;

/** What the decoders have in common. Buffers are views of WebAssembly memory, valid until the next call. */
interface Decoder {
  getEncodedBuffer(length: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  getFrameInfo(): FrameInfo;
  decode(): void;
  delete(): void;
}

interface CodecModule {
  readonly J2KDecoder?: new () => Decoder;
  readonly JpegLSDecoder?: new () => Decoder;
  readonly HTJ2KDecoder?: new () => Decoder;
  readonly JPEGDecoder?: new () => Decoder;
}

interface LoadedCodec {
  readonly module: CodecModule;
  /** What the module prints goes nowhere but here: it may not reach standard output, which carries results. */
  readonly printed: string[];
  /** Frames that it could not decode. */
  failures: number;
}

// dicom-codec itself decodes with the JavaScript builds of these packages: ten times slower than the WebAssembly ones,
// with messages on standard output, and the memory of one frame handed out while the next one is decoded. They are
// resolved from where it stands, because they are its dependencies.
const fromPackage = createRequire(createRequire(import.meta.url).resolve('@cornerstonejs/dicom-codec'));

const packages = {
  'jpeg-2000': ['@cornerstonejs/codec-openjpeg/decodewasmjs', 'J2KDecoder'],
  'jpeg-ls': ['@cornerstonejs/codec-charls/decodewasmjs', 'JpegLSDecoder'],
  htj2k: ['@cornerstonejs/codec-openjph', 'HTJ2KDecoder'],
  'jpeg-baseline': ['@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs', 'JPEGDecoder'],
} as const;

/** The compressions that are decoded in WebAssembly. */
export type Codec = keyof typeof packages;

/**
 * A module is started anew after so many failures: each leaves a little of its stack behind, and after some hundred
 * CharLS fails for good. Not after every one, because the engine is slow to give the address space back.
 */
const maximumFailures = 16;

/**
 * A module whose memory has grown beyond this is started anew (bytes): it never shrinks, and damaged codestreams, the
 * size in whose header is right, have been seen to make OpenJPH ask for 300 MB. A frame of 2048 x 2048 takes less.
 */
const maximumMemory = 2 ** 27;

const loaded = new Map<Codec, Promise<LoadedCodec>>();

function load(codec: Codec): Promise<LoadedCodec> {
  const existing = loaded.get(codec);
  if (existing !== undefined) return existing;
  const create = fromPackage(packages[codec][0]) as (options: object) => Promise<CodecModule>;
  const printed: string[] = [];
  const print = (line: string) => void printed.push(line);
  // Each module gets options of its own: it takes the object as its state.
  const loading = create({ print, printErr: print }).then((module) => ({ module, printed, failures: 0 }));
  loaded.set(codec, loading);
  return loading;
}

/**
 * Decodes one frame.
 *
 * @param frame Codestream whose header has been checked: the decoders trust the sizes in it.
 * @throws Error if the codestream is damaged, where the decoder notices.
 */
export async function decodeFrame(codec: Codec, frame: Uint8Array): Promise<DecodedFrame> {
  const current = await load(codec);
  // From here to the copy nothing may wait: other frames are decoded in the same memory.
  current.printed.length = 0;
  try {
    const { memory, ...decoded } = run(current.module[packages[codec][1]], frame, current.printed);
    if (memory > maximumMemory) loaded.delete(codec);
    return decoded;
  } catch (cause) {
    current.failures += 1;
    // Exceptions of the decoder itself come as numbers; anything else has damaged the module.
    if (typeof cause !== 'number' || current.failures >= maximumFailures) loaded.delete(codec);
    throw new Error('the codestream is damaged', { cause });
  }
}

function run(
  Decoder: (new () => Decoder) | undefined,
  frame: Uint8Array,
  printed: readonly string[],
): DecodedFrame & { readonly memory: number } {
  if (Decoder === undefined) throw new Error('the codec has no such decoder');
  const decoder = new Decoder();
  decoder.getEncodedBuffer(frame.length).set(frame);
  decoder.decode();
  // OpenJPEG says so and goes on: without a result here.
  const failed = printed.some((line) => line.includes('ERROR'));
  const bytes = failed ? new Uint8Array() : new Uint8Array(decoder.getDecodedBuffer());
  const { width, height, bitsPerSample, componentCount } = decoder.getFrameInfo();
  // A buffer is a view of all the memory that the module has.
  const memory = decoder.getEncodedBuffer(1).buffer.byteLength;
  decoder.delete();
  return { bytes, width, height, bitsPerSample, componentCount, memory };
}
