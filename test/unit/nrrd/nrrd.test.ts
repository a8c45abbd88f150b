import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { RadiomicsError } from '../../../src/errors.ts';
import { readNrrdMask, readNrrdVolume } from '../../../src/nrrd/nrrd.ts';

const standard = {
  type: 'short',
  dimension: '3',
  space: 'left-posterior-superior',
  sizes: '3 2 2',
  'space directions': '(0.5,0,0) (0,0.75,0) (0,0,2)',
  kinds: 'domain domain domain',
  endian: 'little',
  encoding: 'raw',
  'space origin': '(10,20,30)',
};

type Fields = Record<string, string | undefined>;

/** An NRRD file; a field set to undefined is left out. */
function file(samples: Uint8Array, fields: Fields = {}, magic = 'NRRD0004'): Uint8Array {
  const lines = Object.entries<string | undefined>({ ...standard, ...fields })
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => `${key}: ${value}`);
  return Buffer.concat([Buffer.from([magic, '# a comment', 'made by:=hand', ...lines, '', ''].join('\n')), samples]);
}

const values = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11];

/** Samples of a type, as its writer lays them out. */
function encode(type: string, little: boolean, of: readonly number[] = values): Uint8Array {
  const sizes: Record<string, number> = { '8': 1, '16': 2, '32': 4, '64': 8, float: 4, double: 8 };
  const size = sizes[type.replace(/^u?int/, '')]!;
  const view = new DataView(new ArrayBuffer(of.length * size));
  of.forEach((value, i) => {
    const at = i * size;
    if (type === 'float') view.setFloat32(at, value, little);
    else if (type === 'double') view.setFloat64(at, value, little);
    else if (size === 1) view.setInt8(at, value);
    else if (size === 2) view.setInt16(at, value, little);
    else if (size === 4) view.setInt32(at, value, little);
    else view.setBigInt64(at, BigInt(value), little);
  });
  return new Uint8Array(view.buffer);
}

const shorts = encode('int16', true);

function codeOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    if (error instanceof RadiomicsError) return `${error.code} ${error.subject}`;
    throw error;
  }
  return 'none';
}

describe('NRRD samples', () => {
  const types = ['int8', 'uint8', 'int16', 'uint16', 'int32', 'uint32', 'int64', 'uint64', 'float', 'double'];
  const layouts = types.flatMap((type) =>
    ['little', 'big'].flatMap((endian) => ['raw', 'gzip'].map((encoding) => ({ type, endian, encoding }))),
  );

  it.each(layouts)('$type, $endian endian, $encoding', ({ type, endian, encoding }) => {
    const samples = encode(type, endian === 'little');
    const bytes = file(encoding === 'gzip' ? gzipSync(samples) : samples, { type, endian, encoding });
    expect([...readNrrdVolume(bytes, 'a.nrrd').voxels]).toEqual(values);
  });

  it('signed values keep their sign, unsigned ones their size', () => {
    const negative = encode(
      'int16',
      true,
      values.map((value) => -value),
    );
    expect(readNrrdVolume(file(negative), 'a.nrrd').voxels[11]).toBe(-11);
    expect(readNrrdVolume(file(negative, { type: 'ushort' }), 'a.nrrd').voxels[11]).toBe(65525);
  });

  it('lie in memory that threads share, image and mask', () => {
    for (const type of ['int16', 'uint8'] as const) {
      const bytes = file(encode(type, true), { type });
      expect(readNrrdVolume(bytes, 'x').voxels.buffer).toBeInstanceOf(SharedArrayBuffer);
      expect(readNrrdMask(bytes, 'x').voxels.buffer).toBeInstanceOf(SharedArrayBuffer);
    }
  });

  it('a file in the middle of a larger buffer', () => {
    const bytes = file(shorts);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect([...readNrrdVolume(shifted.subarray(3), 'a.nrrd').voxels]).toEqual(values);
  });
});

describe('NRRD geometry', () => {
  it('left-posterior-superior, as it is', () => {
    expect(readNrrdVolume(file(shorts), 'a.nrrd')).toMatchObject({
      dims: [3, 2, 2],
      spacingMm: [0.5, 0.75, 2],
      originMm: [10, 20, 30],
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    });
  });

  it.each([
    ['right-anterior-superior', [-10, -20, 30], [-1, -1, 1]],
    ['RAS', [-10, -20, 30], [-1, -1, 1]],
    ['left-anterior-superior', [10, -20, 30], [1, -1, 1]],
    ['LPS', [10, 20, 30], [1, 1, 1]],
  ])('%s is turned into LPS', (space, origin, signs) => {
    const { originMm, direction } = readNrrdVolume(file(shorts, { space }), 'a.nrrd');
    expect(originMm).toEqual(origin);
    expect([direction[0][0], direction[1][1], direction[2][2]]).toEqual(signs);
  });

  it('left-handed and oblique directions', () => {
    const directions = { 'space directions': '(0.3,0.4,0) (0.8,-0.6,0) (0,0,2)' };
    const { spacingMm, direction } = readNrrdVolume(file(shorts, directions), 'a.nrrd');
    expect(spacingMm[0]).toBeCloseTo(0.5, 15);
    expect(spacingMm[1]).toBeCloseTo(1, 15);
    expect(direction[0][1]).toBeCloseTo(0.8, 15);
    expect(direction[1][1]).toBeCloseTo(-0.6, 15);
  });

  it('spacings alone', () => {
    const plain: Fields = {
      space: undefined,
      'space directions': undefined,
      'space origin': undefined,
      spacings: '1 2 3',
    };
    expect(readNrrdVolume(file(shorts, plain), 'a.nrrd')).toMatchObject({ spacingMm: [1, 2, 3], originMm: [0, 0, 0] });
  });
});

describe('NRRD masks', () => {
  it('any integer type', () => {
    expect([...readNrrdMask(file(encode('int32', true), { type: 'int' }), 'm.nrrd').voxels]).toEqual(values);
  });

  it.each([256, -1, 1.5])('refuses a label %d', (label) => {
    const samples = encode('double', true, values.with(5, label));
    expect(codeOf(() => readNrrdMask(file(samples, { type: 'double' }), 'm.nrrd'))).toBe('NRRD_UNSUPPORTED m.nrrd');
  });
});

describe('NRRD files that are refused', () => {
  const cases: [string, Uint8Array, string][] = [
    ['nothing', new Uint8Array(), 'NRRD_INVALID'],
    ['another format', file(shorts, {}, 'DICM'), 'NRRD_INVALID'],
    ['a header without end', file(shorts).subarray(0, 60), 'NRRD_INVALID'],
    ['too few samples', file(shorts.subarray(0, 20)), 'NRRD_INVALID'],
    ['too few samples after unpacking', file(gzipSync(shorts.subarray(0, 20)), { encoding: 'gzip' }), 'NRRD_INVALID'],
    ['more samples than announced', file(gzipSync(new Uint8Array(99)), { encoding: 'gzip' }), 'NRRD_INVALID'],
    ['a damaged gzip stream', file(gzipSync(shorts).fill(7, 12, 20), { encoding: 'gzip' }), 'NRRD_INVALID'],
    ['sizes that are no numbers', file(shorts, { sizes: '3 two 2' }), 'NRRD_INVALID'],
    ['a size of 0', file(shorts, { sizes: '3 0 2' }), 'NRRD_INVALID'],
    ['a direction of length 0', file(shorts, { 'space directions': '(0,0,0) (0,1,0) (0,0,1)' }), 'NRRD_INVALID'],
    ['a missing byte order', file(shorts, { endian: undefined }), 'NRRD_INVALID'],
    ['a detached header', file(shorts, { 'data file': 'samples.raw' }), 'NRRD_UNSUPPORTED'],
    ['skipped bytes', file(shorts, { 'byte skip': '-1' }), 'NRRD_UNSUPPORTED'],
    ['a plane', file(shorts, { dimension: '2', sizes: '3 4' }), 'NRRD_UNSUPPORTED'],
    ['vectors', file(shorts, { 'space directions': 'none (1,0,0) (0,1,0)' }), 'NRRD_UNSUPPORTED'],
    ['bzip2', file(shorts, { encoding: 'bzip2' }), 'NRRD_UNSUPPORTED'],
    ['text', file(shorts, { encoding: 'ascii' }), 'NRRD_UNSUPPORTED'],
    ['blocks', file(shorts, { type: 'block' }), 'NRRD_UNSUPPORTED'],
    ['another space', file(shorts, { space: 'scanner-xyz' }), 'NRRD_UNSUPPORTED'],
    ['axes not at right angles', file(shorts, { 'space directions': '(1,0,0) (0,1,0) (0,0.2,1)' }), 'NRRD_UNSUPPORTED'],
    ['more voxels than can be held', file(shorts, { sizes: '100000 100000 100000' }), 'NRRD_UNSUPPORTED'],
    ['64-bit values', file(encode('int64', true, values.with(0, 2 ** 40)), { type: 'int64' }), 'NRRD_UNSUPPORTED'],
  ];

  it.each(cases)('%s', (_, bytes, code) => {
    expect(codeOf(() => readNrrdVolume(bytes, 'a.nrrd'))).toBe(`${code} a.nrrd`);
  });
});
