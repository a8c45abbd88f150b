import type { NaturalDataset } from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { describeError } from '../../../src/errors.ts';
import { readInstances, smallSeries } from '../../helpers/dicom-objects.ts';

const slices = await readInstances(smallSeries());
const series = buildVolume(slices);

describe('what no scan has', () => {
  const read = async (changes: NaturalDataset | ((z: number) => NaturalDataset)) =>
    buildVolume(await readInstances(smallSeries(typeof changes === 'function' ? changes : () => changes)));
  const at = (z: (slice: number) => number) => (slice: number) => ({ ImagePositionPatient: [-10, -20, z(slice)] });

  it.each<[string, NaturalDataset | ((z: number) => NaturalDataset), string, RegExp]>([
    ['a spacing of 0', { PixelSpacing: [0, 0.5] }, 'DICOM_INVALID', /PixelSpacing is 0 x 0.5 mm/],
    ['a negative spacing', { PixelSpacing: [-1, -1] }, 'DICOM_INVALID', /PixelSpacing is -1 x -1 mm/],
    ['a spacing that is no number', { PixelSpacing: ['NaN', 'NaN'] }, 'DICOM_INVALID', /PixelSpacing has 0 numbers/],
    ['an infinite spacing', { PixelSpacing: ['Infinity', '1'] }, 'DICOM_INVALID', /PixelSpacing has 1 numbers/],
    ['a spacing of kilometres', { PixelSpacing: [2e6, 2e6] }, 'DICOM_INVALID', /no scan has/],
    ['one spacing', { PixelSpacing: [1] }, 'DICOM_INVALID', /1 numbers, not 2/],
    ['a position that is no number', { ImagePositionPatient: ['1', 'NaN', '1'] }, 'DICOM_INVALID', /2 numbers, not 3/],
    ['an orientation of zeros', { ImageOrientationPatient: [0, 0, 0, 0, 0, 0] }, 'DICOM_INVALID', /perpendicular/],
    ['a slope that is no number', { RescaleSlope: 'NaN' }, 'SERIES_UNSUPPORTED', /Hounsfield/],
    ['a slope of 0', { RescaleSlope: 0 }, 'DICOM_INVALID', /RescaleSlope is 0/],
    ['more bits stored than allocated', { BitsStored: 20, HighBit: 19 }, 'DICOM_INVALID', /no part of 16 bits/],
    ['a high bit below the bits stored', { BitsStored: 12, HighBit: 3 }, 'DICOM_INVALID', /no part of 16 bits/],
    ['no bits stored', { BitsStored: 0, HighBit: 0 }, 'DICOM_INVALID', /no part of 16 bits/],
    ['no rows', { Rows: 0 }, 'DICOM_INVALID', /0 x 5 pixels/],
    ['rows and columns of 4 thousand million pixels', { Rows: 65535, Columns: 65535 }, 'DICOM_INVALID', /65535/],
    ['RGB', { PhotometricInterpretation: 'RGB', SamplesPerPixel: 3 }, 'SERIES_UNSUPPORTED', /RGB with 3 samples/],
    ['RGB of one sample', { PhotometricInterpretation: 'RGB' }, 'SERIES_UNSUPPORTED', /RGB/],
    ['a palette', { PhotometricInterpretation: 'PALETTE COLOR' }, 'SERIES_UNSUPPORTED', /PALETTE COLOR/],
    ['all slices at one place', at(() => 3), 'SERIES_DUPLICATE_SLICES', /3 slices lie where another one lies/],
    ['slices 1 and 2.2 mm apart', at((z) => [0, 1, 3.2, 4.2][z]!), 'SERIES_UNEVEN_SPACING', /from 1.00 to 2.20 mm/],
    [
      'a gantry tilt of 1 degree',
      (z) => ({ ImagePositionPatient: [-10, -20 + 0.35 * z, 30 + 20 * z] }),
      'SERIES_GANTRY_TILT',
      /tilted gantry/,
    ],
    [
      'two orientations',
      (z) => (z === 2 ? { ImageOrientationPatient: [1, 0, 0, 0, -1, 0] } : {}),
      'SERIES_MIXED_GEOMETRY',
      /ImageOrientationPatient/,
    ],
  ])('%s: refused in one line', async (_, changes, code, message) => {
    const error = await read(changes).catch((cause: unknown) => cause);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(describeError(error)).not.toContain('\n');
  });

  it('decimal noise in positions, orientation and spacing is none of it', async () => {
    const noisy = await read((z) => ({
      ImagePositionPatient: ['-10.000004', '-19.9999', (30 + 2 * z + 0.004 * (z % 2)).toFixed(3)],
      ImageOrientationPatient: ['1', '0.00001', '0', '-0.00001', '0.9999999', '0'],
      PixelSpacing: [0.75 + 1e-6 * z, 0.5],
    }));
    expect(noisy.volume.dims).toEqual([5, 3, 4]);
    expect(noisy.volume.spacingMm[2]).toBeCloseTo(2, 2);
  });

  it('MONOCHROME1 is a matter of display: the Hounsfield units are the same', async () => {
    expect((await read({ PhotometricInterpretation: 'MONOCHROME1' })).volume.voxels).toEqual(series.volume.voxels);
  });

  it('a slope that makes values too large for an integer keeps them', async () => {
    const { voxels } = (await read({ RescaleSlope: 1e8, RescaleIntercept: 0 })).volume;
    expect(voxels).toBeInstanceOf(Float64Array);
    expect(voxels[44]).toBe(2.24e10);
  });

  it('one lossy image marks the series, with every method and the highest ratio that is stated', async () => {
    const how: Record<string, unknown>[] = [
      { LossyImageCompression: '01', LossyImageCompressionMethod: 'ISO_10918_1', LossyImageCompressionRatio: 12.5 },
      {
        LossyImageCompression: '01',
        LossyImageCompressionMethod: ['ISO_10918_1', 'ISO_15444_1'],
        LossyImageCompressionRatio: [3, 20],
      },
      { LossyImageCompression: '01' },
    ];
    const lossy = async (...of: Record<string, unknown>[]) => (await read((z) => of[z] ?? {})).lossyCompression;
    expect(await lossy({}, how[0]!)).toEqual({ methods: ['ISO_10918_1'], ratio: 12.5 });
    expect(await lossy(...how)).toEqual({ methods: ['ISO_10918_1', 'ISO_15444_1'], ratio: 20 });
    expect(await lossy(how[2]!)).toEqual({ methods: [], ratio: null });
    expect(series.lossyCompression).toBeNull();
  });
});
