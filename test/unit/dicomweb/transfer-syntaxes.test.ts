import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NaturalDataset } from 'dcmjs';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { type DicomInstance, readInstance } from '../../../src/dicomweb/instance.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { encodeFrame, type FrameToEncode, writeEncapsulated } from '../../helpers/dicom-compression.ts';
import { editDicom, smallSlice, writeDicom } from '../../helpers/dicom-objects.ts';
import { hasOracles, oracleBytes, oracleJson, oracleSkipReason } from '../../helpers/oracles.ts';

const jpeg = {
  baseline: '1.2.840.10008.1.2.4.50',
  lossless: '1.2.840.10008.1.2.4.70',
  ls: '1.2.840.10008.1.2.4.80',
  nearLossless: '1.2.840.10008.1.2.4.81',
  j2k: '1.2.840.10008.1.2.4.90',
  j2kLossy: '1.2.840.10008.1.2.4.91',
  htj2k: '1.2.840.10008.1.2.4.201',
  htj2kLossy: '1.2.840.10008.1.2.4.203',
  rle: '1.2.840.10008.1.2.5',
};

const folder = 'radiomics/transfer-syntaxes';
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

describe.skipIf(!hasOracles)(`transfer syntaxes of lung-pat1 slices (${oracleSkipReason})`, () => {
  type Expected = Record<string, { pixel_sha256_little_endian_u16: string; files: string[] }>;
  const expected = hasOracles ? Object.values(oracleJson<Expected>(`${folder}/expected.json`)) : [];
  const files = expected.flatMap(({ files, pixel_sha256_little_endian_u16: hash }) =>
    files.map((file) => ({ file, hash })),
  );

  it('there are nine syntaxes of three slices', () => {
    expect(files).toHaveLength(27);
  });

  it.each(files)('$file decodes to the pixels of expected.json', async ({ file, hash }) => {
    const { pixelData, lossy } = await readInstance(oracleBytes(`${folder}/${file}`), file);
    expect(sha256(pixelData!)).toBe(hash);
    expect(lossy).toBe(false);
  });

  it('all at once they decode to the same: frames share the memory of a decoder', async () => {
    const read = await Promise.all(files.map(({ file }) => readInstance(oracleBytes(`${folder}/${file}`), file)));
    expect(read.map(({ pixelData }) => sha256(pixelData!))).toEqual(files.map(({ hash }) => hash));
  });

  it('the attributes of a slice are the same in all syntaxes', async () => {
    const read = await Promise.all(files.map(({ file }) => readInstance(oracleBytes(`${folder}/${file}`), file)));
    for (const { dataset, name } of read) {
      const first = read.find((other) => other.dataset.SOPInstanceUID === dataset.SOPInstanceUID)!;
      for (const keyword of ['Rows', 'ImagePositionPatient', 'PixelSpacing', 'RescaleIntercept', 'PatientID']) {
        expect(dataset[keyword], `${keyword} of ${name}`).toEqual(first.dataset[keyword]);
      }
    }
  });

  it('the SEG has the same bits in explicit, implicit and deflated little endian', async () => {
    const [explicit, implicit, deflated] = await Promise.all(
      ['seg_explicit-le_1.2.1.dcm', 'seg_implicit-le_1.2.dcm', 'seg_deflated_1.2.1.99.dcm'].map((file) =>
        readInstance(oracleBytes(`${folder}/${file}`), file),
      ),
    );
    expect(sha256(explicit!.pixelData!)).toBe(sha256(implicit!.pixelData!));
    expect(sha256(explicit!.pixelData!)).toBe(sha256(deflated!.pixelData!));
  });

  it('a cut file of every slice is refused', async () => {
    for (const { file } of files) {
      const bytes = oracleBytes(`${folder}/${file}`);
      for (const length of [bytes.length - 10, bytes.length >> 1]) {
        await expect(readInstance(bytes.subarray(0, length), file), file).rejects.toMatchObject({
          code: 'DICOM_INVALID',
        });
      }
    }
  });
});

/** A smooth frame with some noise, 64 x 48 pixels: CT-like values of `bits` bits. */
function texture(bits: number, isSigned = false): FrameToEncode {
  const [width, height] = [64, 48];
  const values = Float64Array.from({ length: width * height }, (_, i) => {
    const [x, y] = [i % width, Math.floor(i / width)];
    const wave = 0.5 + 0.4 * Math.sin(x / 9) * Math.cos(y / 7) + 0.02 * Math.sin(i * 12.9898);
    return Math.floor(wave * (2 ** bits - 1)) - (isSigned ? 2 ** (bits - 1) : 0);
  });
  const samples = bits > 8 ? (isSigned ? Int16Array.from(values) : Uint16Array.from(values)) : Uint8Array.from(values);
  return { width, height, bitsPerSample: bits, isSigned, bytes: new Uint8Array(samples.buffer) };
}

function attributes({ width, height, bitsPerSample, isSigned }: FrameToEncode, changes: NaturalDataset = {}) {
  const BitsAllocated = bitsPerSample > 8 ? 16 : 8;
  const depth = { BitsAllocated, BitsStored: bitsPerSample, HighBit: bitsPerSample - 1 };
  const size = { Rows: height, Columns: width };
  return smallSlice(0, { ...size, ...depth, PixelRepresentation: isSigned ? 1 : 0, ...changes });
}

const values = (instance: DicomInstance) => Array.from(buildVolume([instance]).volume.voxels);

/** The same slice uncompressed. */
const original = async (frame: FrameToEncode) =>
  values(await readInstance(writeDicom(attributes(frame, { PixelData: frame.bytes })), 'original'));

const largestDifference = (a: readonly number[], b: readonly number[]) =>
  a.reduce((largest, value, i) => Math.max(largest, Math.abs(value - b[i]!)), a.length === b.length ? 0 : Infinity);

describe('compressed frames come back', () => {
  const lossless = (encoder: { setQuality?(reversible: boolean, step: number): void }) => encoder.setQuality?.(true, 0);
  it.each([
    ['HTJ2K lossless', 'htj2k', jpeg.htj2k, texture(16)],
    ['HTJ2K lossless, RPCL', 'htj2k', '1.2.840.10008.1.2.4.202', texture(12)],
    ['HTJ2K lossless, signed', 'htj2k', jpeg.htj2k, texture(16, true)],
    ['HTJ2K lossless, 8 bits', 'htj2k', jpeg.htj2k, texture(8)],
    ['JPEG 2000 lossless, signed', 'jpeg-2000', jpeg.j2k, texture(16, true)],
    ['JPEG 2000 lossless, 12 bits', 'jpeg-2000', jpeg.j2k, texture(12)],
    ['JPEG-LS lossless, 12 bits', 'jpeg-ls', jpeg.ls, texture(12)],
    ['JPEG-LS lossless, 8 bits', 'jpeg-ls', jpeg.ls, texture(8)],
  ] as const)('%s', async (_, codec, syntax, frame) => {
    const codestream = await encodeFrame(codec, frame, lossless);
    const instance = await readInstance(writeEncapsulated(attributes(frame), [codestream], syntax), 'x.dcm');
    expect(values(instance)).toEqual(await original(frame));
    expect(instance.lossy).toBe(false);
  });

  it('8-bit samples of a codestream in 16 bits allocated', async () => {
    const frame = texture(8);
    const wide = attributes(frame, { BitsAllocated: 16 });
    const codestream = await encodeFrame('jpeg-ls', frame);
    expect(values(await readInstance(writeEncapsulated(wide, [codestream], jpeg.ls), 'x'))).toEqual(
      await original(frame),
    );
  });

  it.each([
    ['JPEG baseline', 'jpeg', jpeg.baseline, 8, 12, { setProgressive: false }],
    ['JPEG-LS near-lossless by 3', 'jpeg-ls', jpeg.nearLossless, 16, 3, { setNearLossless: 3 }],
    ['JPEG 2000', 'jpeg-2000', jpeg.j2kLossy, 16, 700, { setQuality: [false, 0], setCompressionRatio: 6 }],
    ['HTJ2K', 'htj2k', jpeg.htj2kLossy, 16, 700, { setQuality: [false, 0.001] }],
  ] as const)(
    '%s: within its loss, and the series says that it is lossy',
    async (_, codec, syntax, bits, most, how) => {
      const frame = texture(bits);
      const settings: Record<string, unknown> = how;
      const codestream = await encodeFrame(codec, frame, (encoder) => {
        for (const [name, value] of Object.entries(settings)) {
          const set = encoder[name as 'setQuality'] as (...values: unknown[]) => void;
          set.apply(encoder, Array.isArray(value) ? value : [value]);
        }
      });
      const instance = await readInstance(writeEncapsulated(attributes(frame), [codestream], syntax), 'x.dcm');
      const difference = largestDifference(values(instance), await original(frame));
      expect(difference).toBeGreaterThan(0);
      expect(difference).toBeLessThanOrEqual(most);
      expect(buildVolume([instance]).lossyCompression).not.toBeNull();
    },
  );

  it('.91 that says LossyImageCompression 00 is not lossy', async () => {
    const frame = texture(12);
    const codestream = await encodeFrame('jpeg-2000', frame, lossless);
    const dataset = attributes(frame, { LossyImageCompression: '00' });
    const instance = await readInstance(writeEncapsulated(dataset, [codestream], jpeg.j2kLossy), 'x.dcm');
    expect(values(instance)).toEqual(await original(frame));
    expect(instance.lossy).toBe(false);
  });

  it('a frame in several fragments, and several frames in more fragments than frames', async () => {
    const frame = texture(12);
    const codestream = await encodeFrame('jpeg-ls', frame);
    const half = 2 * (codestream.length >> 2);
    const parts = [codestream.subarray(0, half), codestream.subarray(half)];
    const one = await readInstance(writeEncapsulated(attributes(frame), parts, jpeg.ls), 'x.dcm');
    expect(values(one)).toEqual(await original(frame));
    const dataset = attributes(frame, { NumberOfFrames: 2 });
    const padded = codestream.length + (codestream.length % 2);
    for (const offsets of [[], [0, 16 + padded]]) {
      const two = await readInstance(writeEncapsulated(dataset, [...parts, ...parts], jpeg.ls, offsets), 'x.dcm');
      expect(two.pixelData).toEqual(Uint8Array.from([...one.pixelData!, ...one.pixelData!]));
    }
  });

  it('nothing of it reaches standard output', async () => {
    const frame = texture(12);
    const codestream = await encodeFrame('jpeg-2000', frame);
    const spies = [vi.spyOn(console, 'log'), vi.spyOn(console, 'error'), vi.spyOn(process.stdout, 'write')];
    await readInstance(writeEncapsulated(attributes(frame), [codestream], jpeg.j2k), 'x.dcm');
    for (const spy of spies) expect(spy).not.toHaveBeenCalled();
    vi.restoreAllMocks();
  });
});

describe('a damaged codestream', () => {
  it.each([
    ['JPEG-LS', 'jpeg-ls', jpeg.ls],
    ['JPEG 2000', 'jpeg-2000', jpeg.j2k],
    ['HTJ2K', 'htj2k', jpeg.htj2k],
  ] as const)('%s: refused when cut in half, and the next whole one is read', async (_, codec, syntax) => {
    const frame = texture(12);
    const codestream = await encodeFrame(codec, frame);
    const cut = codestream.subarray(0, codestream.length >> 1);
    for (let i = 0; i < 30; i++) {
      const bytes = writeEncapsulated(attributes(frame), [cut], syntax);
      await expect(readInstance(bytes, 'x.dcm')).rejects.toMatchObject({ code: 'DICOM_INVALID' });
    }
    const whole = await readInstance(writeEncapsulated(attributes(frame), [codestream], syntax), 'x.dcm');
    expect(values(whole)).toEqual(await original(frame));
  });

  it.each<[string, NaturalDataset, string]>([
    ['other Rows than the codestream', { Rows: 47 }, 'DICOM_INVALID'],
    ['a size that nothing has', { Rows: 65535, Columns: 65535 }, 'DICOM_INVALID'],
    ['more frames than fragments', { NumberOfFrames: 2 ** 31 }, 'DICOM_INVALID'],
    ['a frame count of -1', { NumberOfFrames: -1 }, 'DICOM_INVALID'],
    ['8 bits for 12', { BitsAllocated: 8, BitsStored: 8, HighBit: 7 }, 'DICOM_INVALID'],
    ['1 bit', { BitsAllocated: 1, BitsStored: 1, HighBit: 0 }, 'SERIES_UNSUPPORTED'],
    ['32 bits', { BitsAllocated: 32, BitsStored: 32, HighBit: 31 }, 'SERIES_UNSUPPORTED'],
    ['colour', { SamplesPerPixel: 3, PhotometricInterpretation: 'YBR_RCT' }, 'SERIES_UNSUPPORTED'],
    ['a palette', { PhotometricInterpretation: 'PALETTE COLOR' }, 'SERIES_UNSUPPORTED'],
  ])('%s: refused before anything is decoded', async (_, changes, code) => {
    const frame = texture(12);
    const codestream = await encodeFrame('jpeg-ls', frame);
    const bytes = writeEncapsulated(attributes(frame, changes), [codestream], jpeg.ls);
    await expect(readInstance(bytes, 'x.dcm')).rejects.toMatchObject({ code });
  });

  it.each([
    ['no fragment', []],
    ['no codestream', [new Uint8Array(40)]],
    ['RLE with too few segments', [Buffer.alloc(128, 1)]],
    [
      'RLE that breaks off',
      [Buffer.concat([Buffer.from([2, 0, 0, 0, 64, 0, 0, 0, 66, 0, 0, 0]), Buffer.alloc(56, 9)])],
    ],
  ])('%s: refused', async (_, fragments) => {
    for (const syntax of [jpeg.rle, jpeg.lossless, jpeg.baseline, jpeg.ls, jpeg.j2k, jpeg.htj2k]) {
      const bytes = writeEncapsulated(attributes(texture(12)), fragments, syntax);
      await expect(readInstance(bytes, 'x.dcm'), syntax).rejects.toMatchObject({ code: 'DICOM_INVALID' });
    }
  });

  it('pixels that are compressed by the syntax and not encapsulated are refused', async () => {
    await expect(readInstance(writeDicom(smallSlice(0), jpeg.ls), 'x.dcm')).rejects.toMatchObject({
      code: 'DICOM_INVALID',
    });
  });
});

const hasDcmtk = ['dcmcjpeg', 'dcmdjpeg'].every((tool) => spawnSync(tool, ['--version']).error === undefined);

describe.skipIf(!hasDcmtk)('JPEG written by DCMTK (apt-get install dcmtk)', () => {
  const work = mkdtempSync(path.join(tmpdir(), 'deltascope-jpeg-'));
  afterAll(() => rmSync(work, { recursive: true, force: true }));
  const dcmtk = (tool: string, options: readonly string[], bytes: Uint8Array) => {
    writeFileSync(path.join(work, 'in.dcm'), bytes);
    const { status, stderr } = spawnSync(tool, [...options, 'in.dcm', 'out.dcm'], { cwd: work, encoding: 'utf8' });
    expect(stderr.replaceAll(/^W:.*\n/gm, ''), tool).toBe('');
    expect(status, tool).toBe(0);
    return readFileSync(path.join(work, 'out.dcm'));
  };
  const plain = (frame: FrameToEncode) => writeDicom(attributes(frame, { PixelData: frame.bytes }));

  it.each([1, 2, 3, 4, 5, 6, 7])('lossless process 14, predictor %i, 16, 12 and 8 bits', async (predictor) => {
    for (const frame of [texture(16), texture(12), texture(8)]) {
      const file = dcmtk('dcmcjpeg', ['+el', '+sv', String(predictor)], plain(frame));
      const instance = await readInstance(file, 'x.dcm');
      expect(instance.TransferSyntaxUID).toBe('1.2.840.10008.1.2.4.57');
      expect(values(instance)).toEqual(await original(frame));
    }
  });

  it('lossless with a point transform of 2: the two lowest bits are gone', async () => {
    const frame = texture(12);
    const file = dcmtk('dcmcjpeg', ['+el', '+pt', '2'], plain(frame));
    const expected = (await original(frame)).map((value) => (((value + 1024) >> 2) << 2) - 1024);
    expect(values(await readInstance(file, 'x.dcm'))).toEqual(expected);
  });

  it.each([
    ['baseline, 8 bits', ['+eb', '+q', '90'], 8, 2],
    ['extended, 12 bits', ['+ee', '+q', '90'], 12, 1],
    ['extended, 12 bits, coarse', ['+ee', '+q', '20'], 12, 1],
  ] as const)('%s: what DCMTK decodes, but for rounding', async (_, options, bits, most) => {
    const file = dcmtk('dcmcjpeg', options, plain(texture(bits)));
    const instance = await readInstance(file, 'x.dcm');
    const decoded = await readInstance(dcmtk('dcmdjpeg', [], file), 'decoded');
    expect(largestDifference(values(instance), values(decoded))).toBeLessThanOrEqual(most);
    expect(instance.lossy).toBe(true);
    expect(decoded.lossy).toBe(true);
    // DCMTK writes down how it compressed.
    const lossy = buildVolume([decoded]).lossyCompression;
    expect(lossy?.methods).toEqual(['ISO_10918_1']);
    expect(lossy?.ratio).toBeGreaterThan(1);
  });

  it('progressive JPEG in a baseline syntax is refused', async () => {
    const file = dcmtk('dcmcjpeg', ['+eb'], plain(texture(8)));
    const at = file.indexOf(Buffer.from([0xff, 0xc0]));
    file[at + 1] = 0xc2;
    await expect(readInstance(file, 'x.dcm')).rejects.toMatchObject({ code: 'DICOM_INVALID' });
  });
});

describe('editDicom', () => {
  it('keeps the fragments of a compressed file', async () => {
    const frame = texture(12);
    const codestream = await encodeFrame('jpeg-ls', frame);
    const edited = editDicom(writeEncapsulated(attributes(frame), [codestream], jpeg.ls), (dataset) => {
      dataset.PatientID = 'OTHER';
    });
    expect(values(await readInstance(edited, 'x.dcm'))).toEqual(await original(frame));
  });
});
