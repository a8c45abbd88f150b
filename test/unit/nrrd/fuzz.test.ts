import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { DeltascopeError, describeError } from '../../../src/errors.ts';
import { readNrrdMask, readNrrdVolume } from '../../../src/nrrd/nrrd.ts';

const ones = new Uint8Array(Uint16Array.from({ length: 24 }, () => 1).buffer);

/** A file of 4 x 3 x 2 samples of 16 bits. */
function nrrd(fields: Readonly<Record<string, string>> = {}, samples: Uint8Array = ones): Buffer {
  const header = {
    type: 'short',
    dimension: '3',
    space: 'left-posterior-superior',
    sizes: '4 3 2',
    'space directions': '(1,0,0) (0,1,0) (0,0,2)',
    endian: 'little',
    encoding: 'gzip',
    'space origin': '(0,0,0)',
    ...fields,
  };
  const lines = Object.entries(header).map(([key, value]) => `${key}: ${value}\n`);
  const data = header.encoding === 'gzip' ? gzipSync(samples) : samples;
  return Buffer.concat([Buffer.from(`NRRD0004\n${lines.join('')}\n`), data]);
}

const files = [nrrd(), nrrd({ encoding: 'raw' }), nrrd({ type: 'uchar' }, new Uint8Array(24).fill(1))];

/** Reads a file and gives its error. */
function failure(bytes: Uint8Array): unknown {
  try {
    readNrrdVolume(bytes, 'fuzz.nrrd');
    readNrrdMask(bytes, 'fuzz.nrrd');
    return null;
  } catch (error) {
    return error;
  }
}

describe('NRRD files with changed bytes', () => {
  it('are read unchanged', () => {
    for (const file of files) expect(failure(file)).toBeNull();
  });

  const change = fc.record({
    at: fc.nat(100_000),
    // Digits and separators make other numbers, the rest other words.
    value: fc.oneof(fc.constantFrom(...Buffer.from('0123456789-., ()eE\n:')), fc.nat(255)),
  });
  const mutation = fc.record({
    file: fc.nat(files.length - 1),
    changes: fc.array(change, { minLength: 1, maxLength: 8 }),
    cut: fc.option(fc.nat(100_000), { freq: 5 }),
  });
  const runs = Number(process.env.DELTASCOPE_FUZZ_RUNS ?? 3000);

  it(`${runs} of them give a volume or a named error, and nothing large is allocated`, () => {
    let slowest = 0;
    let largest = 0;
    fc.assert(
      fc.property(mutation, ({ file, changes, cut }) => {
        const whole = files[file]!;
        const bytes = Uint8Array.from(cut === null ? whole : whole.subarray(0, cut % whole.length));
        for (const { at, value } of changes) if (bytes.length > 0) bytes[at % bytes.length] = value;
        const start = performance.now();
        const held = process.memoryUsage().arrayBuffers;
        const error = failure(bytes);
        slowest = Math.max(slowest, performance.now() - start);
        largest = Math.max(largest, process.memoryUsage().arrayBuffers - held);
        if (error === null) return;
        expect(error).toBeInstanceOf(DeltascopeError);
        expect(describeError(error)).not.toContain('\n');
      }),
      { seed: 20260722, numRuns: runs, endOnFailure: true },
    );
    expect(slowest).toBeLessThan(1000);
    // A file of 300 bytes can unpack to 0.3 MB.
    expect(largest).toBeLessThan(2 ** 22);
  }, 600_000);
});

describe('samples that are not those of the header', () => {
  const allocated = (bytes: Uint8Array) => {
    const held = process.memoryUsage().arrayBuffers;
    const error = failure(bytes);
    return { error, bytes: process.memoryUsage().arrayBuffers - held };
  };

  it('a small file that unpacks to 64 MB of zeros: unpacking stops at the announced size', () => {
    const bomb = nrrd({}, new Uint8Array(2 ** 26));
    expect(bomb.length).toBeLessThan(2 ** 17);
    const { error, bytes } = allocated(bomb);
    expect(error).toMatchObject({ code: 'NRRD_INVALID' });
    expect(bytes).toBeLessThan(2 ** 20);
  });

  it('a header that announces more than its samples can unpack to', () => {
    const { error, bytes } = allocated(nrrd({ sizes: '1000 1000 500' }));
    expect(error).toMatchObject({ code: 'NRRD_INVALID', message: expect.stringMatching(/can unpack to/) });
    expect(bytes).toBeLessThan(2 ** 20);
  });

  it.each([
    ['2000 2000 1000', 'NRRD_UNSUPPORTED'],
    ['99999999999 1 1', 'NRRD_UNSUPPORTED'],
    ['1e308 1e308 1', 'NRRD_UNSUPPORTED'],
    ['0 3 2', 'NRRD_INVALID'],
    ['-4 3 2', 'NRRD_INVALID'],
    ['4.5 3 2', 'NRRD_INVALID'],
    ['NaN 3 2', 'NRRD_INVALID'],
  ])('sizes %s: %s', (sizes, code) => {
    expect(failure(nrrd({ sizes }))).toMatchObject({ code });
    expect(failure(nrrd({ sizes, encoding: 'raw' }))).toMatchObject({ code });
  });

  it('0 bytes, and a file that is no NRRD', () => {
    expect(failure(new Uint8Array())).toMatchObject({ code: 'NRRD_INVALID' });
    expect(failure(Buffer.from('NRRD0009\n\n'))).toMatchObject({ code: 'NRRD_INVALID' });
  });
});
