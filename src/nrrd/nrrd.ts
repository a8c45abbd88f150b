import { gunzipSync } from 'node:zlib';
import type { VoxelArray } from '../radiomics/kernels/voxel-array.ts';
import { type Grid, type Mask, sharedVoxels, type Vector, type Volume, voxelCount } from '../radiomics/volume.ts';
import { type NrrdHeader, nrrdErrors, readNrrdHeader } from './nrrd-header.ts';

/** Largest cosine between two grid axes that still counts as a right angle. */
const skewTolerance = 1e-3;

/** DEFLATE makes at most so many bytes of one: 258 of 2 bits. */
const largestExpansion = 1032;

/** The samples' bytes, in an own buffer that threads can share. */
function readSamples(bytes: Uint8Array, header: NrrdHeader, name: string): Uint8Array {
  const { invalid } = nrrdErrors(name);
  const expected = voxelCount(header.dims) * header.type.bytes;
  let samples = bytes.subarray(header.dataOffset);
  if (header.encoding === 'gzip') {
    if (expected > largestExpansion * samples.length) {
      throw invalid(`the header announces ${expected} bytes of samples, more than ${samples.length} can unpack to`);
    }
    try {
      // The limit keeps a small file from unpacking to more than its header announces.
      samples = gunzipSync(samples, { maxOutputLength: expected + 1 });
    } catch (cause) {
      throw invalid(`the samples don't unpack to the ${expected} bytes that the header announces`, { cause });
    }
  }
  if (samples.length < expected || (header.encoding === 'gzip' && samples.length > expected)) {
    throw invalid(`the header announces ${expected} bytes of samples, the file has ${samples.length}`);
  }
  const own = sharedVoxels(Uint8Array, expected);
  own.set(samples.subarray(0, expected));
  return own;
}

/** 64-bit integers that fit in 32 bits; no image needs more. */
function narrow(values: BigInt64Array | BigUint64Array, name: string): Int32Array {
  const narrowed = new Int32Array(values.length);
  values.forEach((value, i) => {
    if (BigInt.asIntN(32, value) !== value) {
      throw nrrdErrors(name).unsupported(`sample ${value} needs 64 bits; save it as a 32-bit type`);
    }
    narrowed[i] = Number(value);
  });
  return narrowed;
}

function toVoxels(bytes: Uint8Array, { type, littleEndian }: NrrdHeader, name: string): VoxelArray {
  if (!littleEndian) {
    const swapped = Buffer.from(bytes.buffer);
    if (type.bytes === 2) swapped.swap16();
    if (type.bytes === 4) swapped.swap32();
    if (type.bytes === 8) swapped.swap64();
  }
  const { buffer } = bytes;
  const signed = type.kind === 'integer';
  if (type.kind === 'float') return type.bytes === 4 ? new Float32Array(buffer) : new Float64Array(buffer);
  if (type.bytes === 1) return signed ? new Int8Array(buffer) : bytes;
  if (type.bytes === 2) return signed ? new Int16Array(buffer) : new Uint16Array(buffer);
  if (type.bytes === 4) return signed ? new Int32Array(buffer) : new Uint32Array(buffer);
  return narrow(signed ? new BigInt64Array(buffer) : new BigUint64Array(buffer), name);
}

function toGrid({ dims, steps, originMm }: NrrdHeader, name: string): Grid {
  const [sx, sy, sz] = steps.map((step) => Math.hypot(...step));
  const spacingMm: Vector = [sx ?? 1, sy ?? 1, sz ?? 1];
  const unit = (axis: 0 | 1 | 2): Vector => {
    const [x, y, z] = steps[axis];
    return [x / spacingMm[axis], y / spacingMm[axis], z / spacingMm[axis]];
  };
  const direction = [unit(0), unit(1), unit(2)] as const;
  const cosine = (a: Vector, b: Vector) => Math.abs(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]);
  const skew = Math.max(
    cosine(direction[0], direction[1]),
    cosine(direction[1], direction[2]),
    cosine(direction[2], direction[0]),
  );
  if (skew > skewTolerance) {
    throw nrrdErrors(name).unsupported(
      'space directions are not at right angles; resample the image to a straight grid',
    );
  }
  return { dims, spacingMm, originMm, direction };
}

/**
 * Reads a scalar image from an NRRD file: raw or gzip, any integer or float type, either byte order, in LPS, RAS or LAS.
 *
 * Voxel order stays as it is in the file, also for left-handed directions: slice order is part of a feature's value.
 *
 * @param bytes The file, header and samples in one.
 * @param name Its name, for error messages.
 * @throws RadiomicsError `NRRD_INVALID` if the file is damaged, `NRRD_UNSUPPORTED` if it is of a kind that is not read:
 *   detached samples, other encodings and spaces, not 3D, axes not at right angles.
 * @see teem.sourceforge.net/nrrd/format.html
 */
export function readNrrdVolume(bytes: Uint8Array, name: string): Volume {
  const header = readNrrdHeader(bytes, name);
  return { ...toGrid(header, name), voxels: toVoxels(readSamples(bytes, header, name), header, name) };
}

/**
 * Reads a label map from an NRRD file.
 *
 * @param bytes The file, header and samples in one; every sample a whole number 0..255.
 * @param name Its name, for error messages.
 * @throws RadiomicsError as {@link readNrrdVolume}, and `NRRD_UNSUPPORTED` for other samples.
 */
export function readNrrdMask(bytes: Uint8Array, name: string): Mask {
  const volume = readNrrdVolume(bytes, name);
  if (volume.voxels instanceof Uint8Array) return { ...volume, voxels: volume.voxels };
  const voxels = sharedVoxels(Uint8Array, volume.voxels.length);
  voxels.set(volume.voxels);
  const other = volume.voxels.find((value, i) => value !== voxels[i]);
  if (other === undefined) return { ...volume, voxels };
  throw nrrdErrors(name).unsupported(`the mask holds ${other}; labels must be whole numbers from 0 to 255`);
}
