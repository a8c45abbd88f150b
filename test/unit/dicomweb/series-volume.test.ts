import type { NaturalDataset } from 'dcmjs';
import { describe, expect, it } from 'vitest';
import type { DicomInstance } from '../../../src/dicomweb/instance.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { readInstances, smallCt, smallSeries, smallSlice, writeDicom } from '../../helpers/dicom-objects.ts';

const series = (changes?: (z: number) => NaturalDataset) => readInstances(smallSeries(changes));
const position = (x: number, y: number, z: number) => ({ ImagePositionPatient: [x, y, z] });
const failure = (code: string, text: RegExp) => expect.objectContaining({ code, message: expect.stringMatching(text) });

describe('buildVolume', () => {
  it('sorts slices along the normal and gives grid, voxels and identity', async () => {
    const [a, b, c, d] = await series();
    const result = buildVolume([c!, a!, d!, b!]);
    expect(result.volume).toMatchObject({
      dims: [5, 3, 4],
      spacingMm: [0.5, 0.75, 2],
      originMm: [-10, -20, 30],
      direction: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
      ],
    });
    expect(result.volume.voxels).toBeInstanceOf(Int16Array);
    expect(result.volume.voxels[3 + 5 * (2 + 3 * 1)]).toBe(3 + 20 + 100 - 1024);
    expect(result.sopInstanceUIDs).toEqual(['1.2.3.2.1', '1.2.3.2.2', '1.2.3.2.3', '1.2.3.2.4']);
    expect(result).toMatchObject({
      StudyInstanceUID: '1.2.3.1',
      SeriesInstanceUID: '1.2.3.2',
      FrameOfReferenceUID: '1.2.3.3',
      PatientID: 'SMALL',
      SeriesDescription: 'Chest venous phase',
      SliceThickness: 2,
      Modality: 'CT',
    });
  });

  it('with the columns running backwards the normal is -z and the slice order turns round', async () => {
    const { volume, sopInstanceUIDs } = buildVolume(
      await series(() => ({ ImageOrientationPatient: [1, 0, 0, 0, -1, 0] })),
    );
    expect(volume.direction[2]).toEqual([0, 0, -1]);
    expect(volume.originMm[2]).toBe(36);
    expect(sopInstanceUIDs[0]).toBe('1.2.3.2.4');
    expect(volume.voxels[0]).toBe(300 - 1024);
  });

  it('coronal slices: the axes go with the orientation', async () => {
    const { volume } = buildVolume(
      await series((z) => ({ ImageOrientationPatient: [1, 0, 0, 0, 0, -1], ...position(0, 2 * z, 0) })),
    );
    expect(volume.direction).toEqual([
      [1, 0, 0],
      [0, 0, -1],
      [0, 1, 0],
    ]);
    expect(volume.spacingMm).toEqual([0.5, 0.75, 2]);
  });

  it('positions with decimal noise of 4e-6 mm: the distance is that of the whole stack', async () => {
    const { volume } = buildVolume(await series((z) => position(-10, -20, 30 + 2 * z + (z === 1 ? 4e-6 : 0))));
    expect(volume.spacingMm[2]).toBe(2);
  });

  it('one slice: its thickness is the distance', async () => {
    expect(buildVolume((await series()).slice(0, 1)).volume.spacingMm[2]).toBe(2);
  });

  it('MR without rescale keeps its stored values', async () => {
    const mr = { Modality: 'MR', RescaleSlope: undefined, RescaleIntercept: undefined };
    expect(buildVolume(await series(() => mr)).volume.voxels[1]).toBe(1);
  });
});

describe('stored values', () => {
  const pixels = (values: readonly number[]) => ({
    PixelData: new Uint8Array(Uint16Array.from({ length: 15 }, (_, i) => values[i] ?? 0).buffer),
  });
  const voxels = async (changes: NaturalDataset) => {
    const { volume } = buildVolume(await readInstances([writeDicom(smallSlice(0, changes))]));
    return { type: volume.voxels.constructor.name, first: Array.from(volume.voxels.slice(0, 3)) };
  };

  it('signed 16 bit', async () => {
    const stored = pixels([0x8000, 0xffff, 5]);
    const result = await voxels({ ...stored, PixelRepresentation: 1, RescaleIntercept: 0 });
    expect(result).toEqual({ type: 'Int16Array', first: [-32768, -1, 5] });
  });

  it('12 of 16 bits unsigned: what stands in the upper 4 bits is not part of the value', async () => {
    const result = await voxels({
      ...pixels([0xf001, 0x0fff, 5]),
      BitsStored: 12,
      HighBit: 11,
      RescaleIntercept: -1000,
    });
    expect(result).toEqual({ type: 'Int16Array', first: [-999, 3095, -995] });
  });

  it('12 of 16 bits signed: the sign is bit 11', async () => {
    const result = await voxels({
      ...pixels([0x0fff, 0x0800, 0xf7ff]),
      BitsStored: 12,
      HighBit: 11,
      PixelRepresentation: 1,
      RescaleIntercept: 0,
    });
    expect(result).toEqual({ type: 'Int16Array', first: [-1, -2048, 2047] });
  });

  it('values beyond 16 bit become Int32', async () => {
    expect(await voxels(pixels([65535, 0, 0]))).toEqual({ type: 'Int32Array', first: [64511, -1024, -1024] });
  });

  it('a fractional slope becomes Float64', async () => {
    expect(await voxels({ ...pixels([1, 2, 3]), RescaleSlope: 0.5, RescaleIntercept: 0.25 })).toEqual({
      type: 'Float64Array',
      first: [0.75, 1.25, 1.75],
    });
  });

  it('8 bit', async () => {
    const changes = { BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelData: new Uint8Array(16).fill(7) };
    expect((await voxels(changes)).first).toEqual([-1017, -1017, -1017]);
  });
});

describe('buildVolume refuses', () => {
  const cases: [string, () => Promise<readonly DicomInstance[]>, string, RegExp][] = [
    ['no images', async () => [], 'SERIES_EMPTY', /no images/],
    [
      'a missing slice, saying where and how many',
      async () => (await series()).filter((_, z) => z !== 2),
      'SERIES_MISSING_SLICES',
      /1 slices are missing.*32\.00 and 36\.00 mm/,
    ],
    [
      'three slices missing in two places',
      () => readInstances([0, 1, 3, 4, 5, 8, 9].map((z) => writeDicom(smallSlice(z, position(-10, -20, 30 + 2 * z))))),
      'SERIES_MISSING_SLICES',
      /3 slices are missing.*32\.00 and 36\.00 mm; 40\.00 and 46\.00 mm/,
    ],
    [
      'two slices at one place',
      async () => [...(await series()), ...(await series((z) => ({ SOPInstanceUID: `9.${z}` }))).slice(1, 2)],
      'SERIES_DUPLICATE_SLICES',
      /1 slices lie where another one lies.*32\.00 mm/,
    ],
    [
      'an image given twice',
      async () => [...(await series()), ...(await series())],
      'SERIES_DUPLICATE_SLICES',
      /4 slices/,
    ],
    [
      'uneven slice distances',
      () => series((z) => position(-10, -20, 30 + 2 * z + (z === 3 ? 0.5 : 0))),
      'SERIES_UNEVEN_SPACING',
      /from 2\.00 to 2\.50 mm/,
    ],
    [
      'a localiser among the slices',
      () => series((z) => (z === 0 ? { ImageOrientationPatient: [0, 1, 0, 0, 0, -1] } : {})),
      'SERIES_MIXED_GEOMETRY',
      /ImageOrientationPatient/,
    ],
    [
      'two pixel spacings',
      () => series((z) => (z === 0 ? { PixelSpacing: [0.75, 0.6] } : {})),
      'SERIES_MIXED_GEOMETRY',
      /PixelSpacing/,
    ],
    ['two image sizes', () => series((z) => (z === 0 ? { Rows: 5, Columns: 3 } : {})), 'SERIES_MIXED_GEOMETRY', /Rows/],
    [
      'two frames of reference',
      () => series((z) => (z === 0 ? { FrameOfReferenceUID: '9.9' } : {})),
      'SERIES_MIXED_GEOMETRY',
      /FrameOfReferenceUID/,
    ],
    [
      'two series',
      () => series((z) => (z === 0 ? { SeriesInstanceUID: '9.9' } : {})),
      'SERIES_MIXED_GEOMETRY',
      /SeriesInstanceUID/,
    ],
    [
      'two patients',
      () => series((z) => (z === 0 ? { PatientID: 'OTHER' } : {})),
      'SERIES_MIXED_GEOMETRY',
      /PatientID takes 2/,
    ],
    [
      'a tilted gantry',
      () => series((z) => position(-10, -20 + 0.5 * z, 30 + 2 * z)),
      'SERIES_GANTRY_TILT',
      /tilted gantry/,
    ],
    [
      'multi-frame images that are not enhanced',
      () => series(() => ({ NumberOfFrames: 2 })),
      'SERIES_UNSUPPORTED',
      /2 frames without functional groups/,
    ],
    ['a CT without rescale', () => series(() => ({ RescaleSlope: undefined })), 'SERIES_UNSUPPORTED', /Hounsfield/],
    ['a CT in another unit', () => series(() => ({ RescaleType: 'US' })), 'SERIES_UNSUPPORTED', /Hounsfield/],
    ['colour', () => series(() => ({ SamplesPerPixel: 3 })), 'SERIES_UNSUPPORTED', /grey/],
    [
      'a single slice without thickness',
      async () => (await series(() => ({ SliceThickness: undefined }))).slice(0, 1),
      'SERIES_UNSUPPORTED',
      /SliceThickness/,
    ],
    ['no position', () => series(() => ({ ImagePositionPatient: undefined })), 'DICOM_INVALID', /ImagePositionPatient/],
    [
      'an impossible orientation',
      () => series(() => ({ ImageOrientationPatient: [1, 0, 0, 1, 0, 0] })),
      'DICOM_INVALID',
      /perpendicular/,
    ],
    ['a pixel spacing of 0', () => series(() => ({ PixelSpacing: [0, 0] })), 'DICOM_INVALID', /PixelSpacing/],
    [
      'pixel data of the wrong length',
      () => series(() => ({ PixelData: new Uint8Array(20) })),
      'DICOM_INVALID',
      /20 bytes, not 30/,
    ],
    ['a slope of 0', () => series(() => ({ RescaleSlope: 0 })), 'DICOM_INVALID', /RescaleSlope/],
  ];

  it.each(cases)('%s', async (_, make, code, text) => {
    const instances = await make();
    expect(() => buildVolume(instances)).toThrow(failure(code, text));
  });

  it('the small series itself is fine', async () => {
    expect(buildVolume(await series()).volume.voxels).toHaveLength(smallCt.nx * smallCt.ny * smallCt.nz);
  });
});
