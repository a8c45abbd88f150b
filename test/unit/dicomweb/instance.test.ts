import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { smallCt, smallSlice, writeDicom } from '../../helpers/dicom-objects.ts';
import { hasOracles, oracleBytes, oracleJson, oracleSkipReason } from '../../helpers/oracles.ts';

const slice = writeDicom(smallSlice(1));

describe('readInstance', () => {
  it('gives attributes by keyword, decimal and integer strings as numbers, and the pixel bytes', () => {
    const instance = readInstance(slice, 'slice');
    expect(instance.SOPInstanceUID).toBe('1.2.3.2.2');
    expect(instance.TransferSyntaxUID).toBe('1.2.840.10008.1.2.1');
    expect(instance.dataset.ImagePositionPatient).toEqual([-10, -20, 32]);
    expect(instance.dataset.InstanceNumber).toBe(2);
    expect(instance.pixelData).toHaveLength(2 * smallCt.nx * smallCt.ny);
    expect(instance.dataset.PixelData).toBeUndefined();
  });

  it.each([
    ['no bytes', new Uint8Array()],
    ['no DICM prefix', new Uint8Array(4000).fill(7)],
    ['the preamble alone', slice.subarray(0, 132)],
    ['cut inside the meta information', slice.subarray(0, 160)],
    ['cut inside the data set', slice.subarray(0, 600)],
    ['cut inside PixelData', slice.subarray(0, slice.length - 10)],
    ['cut by one byte', slice.subarray(0, slice.length - 1)],
  ])('refuses %s as DICOM_INVALID', (_, bytes) => {
    expect(() => readInstance(bytes, 'x.dcm')).toThrow(
      expect.objectContaining({ code: 'DICOM_INVALID', subject: 'x.dcm' }),
    );
  });

  it('reads a file that uses code extensions (ISO 2022), which dcmjs refuses', () => {
    const bytes = writeDicom(smallSlice(0, { SpecificCharacterSet: ['', 'ISO 2022 IR 87'] }));
    expect(readInstance(bytes, 'x.dcm').pixelData).toHaveLength(30);
  });
});

describe.skipIf(!hasOracles)(`transfer syntaxes of lung-pat1 slices (${oracleSkipReason})`, () => {
  const folder = 'radiomics/transfer-syntaxes';
  const expected = hasOracles
    ? Object.entries(
        oracleJson<Record<string, { pixel_sha256_little_endian_u16: string; files: string[] }>>(
          `${folder}/expected.json`,
        ),
      )
    : [];
  const files = expected.flatMap(([, { files, pixel_sha256_little_endian_u16: hash }]) =>
    files.map((file) => ({ file, hash, readable: /_1\.2(\.1)?\.dcm$/.test(file) })),
  );
  const names: Record<string, string> = {
    deflated: 'Deflated Explicit VR Little Endian',
    'explicit-be': 'Explicit VR Big Endian',
    j2k: 'JPEG 2000 Lossless',
    'jpeg-lossless-p14': 'JPEG Lossless',
    'jpeg-lossless-sv1': 'JPEG Lossless, First-Order Prediction',
    jpegls: 'JPEG-LS Lossless',
    rle: 'RLE Lossless',
  };

  it.each(files.filter(({ readable }) => readable))(
    '$file decodes to the pixels of expected.json',
    ({ file, hash }) => {
      const { pixelData } = readInstance(oracleBytes(`${folder}/${file}`), file);
      expect(createHash('sha256').update(pixelData!).digest('hex')).toBe(hash);
    },
  );

  it.each(files.filter(({ readable }) => !readable))('$file is refused by the name of its syntax', ({ file }) => {
    const [, name = ''] = Object.entries(names).find(([key]) => file.includes(`_${key}`)) ?? [];
    const uid = `1.2.840.10008.${/_(1\.2\.[\d.]+)\.dcm$/.exec(file)?.[1]}`;
    expect(() => readInstance(oracleBytes(`${folder}/${file}`), file)).toThrow(
      expect.objectContaining({
        code: 'TRANSFER_SYNTAX_UNSUPPORTED',
        message: expect.stringContaining(`${name} (${uid})`),
      }),
    );
  });

  it('covers two readable and seven refused syntaxes', () => {
    expect(files.filter(({ readable }) => readable)).toHaveLength(6);
    expect(files.filter(({ readable }) => !readable)).toHaveLength(21);
  });

  it('gives the same SEG bits in explicit and implicit little endian', () => {
    const [explicit, implicit] = ['seg_explicit-le_1.2.1.dcm', 'seg_implicit-le_1.2.dcm'].map((file) =>
      readInstance(oracleBytes(`${folder}/${file}`), file),
    );
    expect(explicit?.pixelData).toEqual(implicit?.pixelData);
    expect(() => readInstance(oracleBytes(`${folder}/seg_deflated_1.2.1.99.dcm`), 'seg')).toThrow(/Deflated/);
  });

  it('a cut file of every readable slice is refused', () => {
    for (const { file } of files.filter(({ readable }) => readable)) {
      const bytes = oracleBytes(`${folder}/${file}`);
      for (const length of [bytes.length - 1, bytes.length >> 1]) {
        expect(() => buildVolume([readInstance(bytes.subarray(0, length), file)])).toThrow(
          expect.objectContaining({ code: 'DICOM_INVALID' }),
        );
      }
    }
  });
});
