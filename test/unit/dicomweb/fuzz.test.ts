import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { readRoi } from '../../../src/dicomweb/rtstruct.ts';
import { readSegment } from '../../../src/dicomweb/segmentation.ts';
import { listSegments } from '../../../src/dicomweb/segments.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { DeltascopeError, describeError } from '../../../src/errors.ts';
import { deflateDicom, deflated, encodeFrame, writeEncapsulated } from '../../helpers/dicom-compression.ts';
import { writeEnhancedCt } from '../../helpers/dicom-enhanced.ts';
import { readInstances, smallSeg, smallSeries, smallSlice, writeDicom } from '../../helpers/dicom-objects.ts';
import { smallRtstruct } from '../../helpers/dicom-rtstruct.ts';

const slices = await readInstances(smallSeries());
const series = buildVolume(slices);

/** Files of each kind that is read, with what reads them further. */
async function seeds(): Promise<readonly Uint8Array[]> {
  const square = [
    [0, 0],
    [3, 0],
    [3, 2],
    [0, 2],
  ] as const;
  const plain = smallSlice(1);
  const shape = { width: 40, height: 32, bitsPerSample: 16, isSigned: false };
  const bytes = Uint8Array.from({ length: 2 * 40 * 32 }, (_, i) => (i % 2 === 0 ? (7 * i) % 251 : 1));
  const larger = { ...plain, Rows: 32, Columns: 40 };
  const compressed = await Promise.all(
    (
      [
        ['jpeg-ls', '80'],
        ['jpeg-2000', '90'],
        ['htj2k', '201'],
      ] as const
    ).map(async ([codec, syntax]) =>
      writeEncapsulated(larger, [await encodeFrame(codec, { ...shape, bytes })], `1.2.840.10008.1.2.4.${syntax}`),
    ),
  );
  const rle = Buffer.concat([
    Buffer.from(Uint32Array.from([2, 64, 80, ...Array(13).fill(0)]).buffer),
    ...[0, 1].map(() => Buffer.from([14, ...Array(15).fill(7)])),
  ]);
  return [
    writeDicom(plain),
    writeDicom(plain, '1.2.840.10008.1.2'),
    deflateDicom(writeDicom(plain, deflated)),
    writeDicom(
      smallSeg([
        { z: 1, pixels: [[1, 1]] },
        { z: 2, pixels: [[2, 2]] },
      ]),
    ),
    writeDicom(smallRtstruct([{ number: 1, name: 'GTV', contours: [{ z: 1, points: square }] }])),
    writeEnhancedCt(slices),
    writeEncapsulated(plain, [rle], '1.2.840.10008.1.2.5'),
    ...compressed,
  ];
}

/** Reads a file as far as it goes. */
async function readAll(bytes: Uint8Array): Promise<void> {
  const instance = await readInstance(bytes, 'fuzz.dcm');
  if (instance.Modality === 'SEG') {
    listSegments(instance);
    readSegment(instance, series, 1);
  } else if (instance.Modality === 'RTSTRUCT') readRoi(instance, series);
  else buildVolume([instance]);
}

describe('files with changed bytes', async () => {
  const files = await seeds();

  it('all of them are read unchanged', async () => {
    for (const file of files) await readAll(file);
  });

  // Half of the changes hit the first fields of an element or codestream: lengths, tags and sizes.
  const change = fc.record({
    at: fc.nat(1_000_000),
    value: fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xfe, 0xff), fc.nat(255)),
  });
  const mutation = fc.record({
    file: fc.nat(files.length - 1),
    changes: fc.array(change, { minLength: 1, maxLength: 6 }),
    cut: fc.option(fc.nat(1_000_000), { freq: 5 }),
  });
  const runs = Number(process.env.DELTASCOPE_FUZZ_RUNS ?? 1500);

  it(`${runs} changed files give a result or a named error, in time and memory that the file's size bounds`, async () => {
    let slowest = 0;
    let largest = 0;
    const before = process.memoryUsage();
    await fc.assert(
      fc.asyncProperty(mutation, async ({ file, changes, cut }) => {
        const whole = files[file]!;
        const bytes = Uint8Array.from(cut === null ? whole : whole.subarray(0, cut % whole.length));
        // The preamble has no meaning.
        for (const { at, value } of changes) if (bytes.length > 128) bytes[128 + (at % (bytes.length - 128))] = value;
        const start = performance.now();
        const held = process.memoryUsage().arrayBuffers;
        const error = await readAll(bytes).then(
          () => null,
          (cause: unknown) => cause,
        );
        slowest = Math.max(slowest, performance.now() - start);
        largest = Math.max(largest, process.memoryUsage().arrayBuffers - held);
        if (error === null) return;
        expect(error).toBeInstanceOf(DeltascopeError);
        expect(describeError(error)).toMatch(/^[A-Z_]+ \(\S.*\): \S/);
        expect(describeError(error)).not.toContain('\n');
      }),
      { seed: 20260721, numRuns: runs, endOnFailure: true },
    );
    expect(slowest).toBeLessThan(2000);
    // No file is larger than 4 kB, and none says of itself that it is larger than 1 MB unpacked.
    expect(largest).toBeLessThan(2 ** 23);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(2 ** 28);
    expect(after.rss - before.rss).toBeLessThan(2 ** 28);
  }, 600_000);

  it('a length of 900 MB in an item of a sequence is refused before anything is allocated for it', async () => {
    const element = (group: number, number: number, vr: string, length: number) => {
      const header = Buffer.alloc(12);
      header.writeUInt16LE(group);
      header.writeUInt16LE(number, 2);
      header.write(vr, 4, 'latin1');
      header.writeUInt32LE(length, 8);
      return header;
    };
    const item = Buffer.from([0xfe, 0xff, 0x00, 0xe0, 20, 0, 0, 0]);
    // WaveformSequence with one item that holds WaveformData: lengths are right up to the innermost.
    const sequence = (length: number) =>
      Buffer.concat([element(0x5400, 0x0100, 'SQ', 28), item, element(0x5400, 0x1010, 'OW', length), Buffer.alloc(8)]);
    const image = Buffer.from(writeDicom(smallSlice(0)));
    const pixels = image.indexOf(Buffer.from([0xe0, 0x7f, 0x10, 0x00]));
    const withSequence = (length: number) =>
      Buffer.concat([image.subarray(0, pixels), sequence(length), image.subarray(pixels)]);
    expect((await readInstance(withSequence(8), 'right.dcm')).dataset.WaveformSequence).toHaveLength(1);
    const held = process.memoryUsage().arrayBuffers;
    await expect(readInstance(withSequence(900_000_000), 'long.dcm')).rejects.toMatchObject({ code: 'DICOM_INVALID' });
    expect(process.memoryUsage().arrayBuffers - held).toBeLessThan(2 ** 20);
  });

  it('a text that reaches out of its item is refused, not cut off', async () => {
    const bytes = Buffer.from(writeEnhancedCt(slices));
    const at = bytes.indexOf('1.2.3.77');
    bytes.writeUInt16LE(400, at - 2);
    await expect(readInstance(bytes, 'text.dcm')).rejects.toMatchObject({ code: 'DICOM_INVALID' });
  });
});
