import { data, type NaturalDataset } from 'dcmjs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DicomStudy, decimalString, deterministicUid } from '../../../src/demo/dicom-writer.ts';
import { writeCtSeries } from '../../../src/demo/dicom-writer-ct.ts';
import { writeSegmentation } from '../../../src/demo/dicom-writer-seg.ts';
import type { Grid, Mask, Volume } from '../../../src/radiomics/volume.ts';
import { codeOf } from '../../helpers/error-code.ts';

const study: DicomStudy = {
  subject: { PatientID: 'SYN-9', PatientName: 'SYNTHETIC^NINE', PatientBirthDate: '19600101', PatientSex: 'F' },
  StudyInstanceUID: '2.25.11',
  FrameOfReferenceUID: '2.25.12',
  StudyDate: '20261101',
  StudyTime: '101500',
  StudyID: '1',
  StudyDescription: 'Synthetic',
};
const plan = { study, SeriesNumber: 3, SeriesDescription: 'Chest', phase: 'plain', SeriesTime: '101700' } as const;

// 5 x 3: frames of 15 bits, so that they do not begin at bytes.
const grid: Grid = {
  dims: [5, 3, 4],
  spacingMm: [0.7, 0.9, 2.5],
  originMm: [-10.3, 20.1, -7.5],
  direction: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
};
const volume: Volume = { ...grid, voxels: Int16Array.from({ length: 60 }, (_, i) => i * 50 - 1024) };

function read(bytes: Uint8Array): NaturalDataset {
  const file = data.DicomMessage.readFile(new Uint8Array(bytes).buffer);
  return data.DicomMetaDictionary.naturalizeDataset(file.dict);
}

const pixels = (dataset: NaturalDataset) => (dataset.PixelData as ArrayBuffer[])[0]!;
const items = (value: unknown) => value as NaturalDataset[];

describe('CT series', () => {
  const series = writeCtSeries(plan, volume);

  test('each slice keeps its Hounsfield units and its place', () => {
    series.instances.map(read).forEach((slice, k) => {
      const stored = Array.from(new Uint16Array(pixels(slice)));
      const hu = stored.map((value) => value * Number(slice.RescaleSlope) + Number(slice.RescaleIntercept));
      expect(hu).toEqual(Array.from(volume.voxels.subarray(15 * k, 15 * k + 15)));
      expect((slice.ImagePositionPatient as number[]).map(Number)).toEqual([-10.3, 20.1, -7.5 + 2.5 * k]);
      expect((slice.PixelSpacing as number[]).map(Number)).toEqual([0.9, 0.7]);
      expect([slice.Rows, slice.Columns]).toEqual([3, 5]);
      expect(slice.SOPInstanceUID).toBe(series.sopInstanceUIDs[k]);
      expect(slice.ContrastBolusAgent).toBeUndefined();
      expect(String(slice.ImageComments)).toContain('SYNTHETIC');
    });
  });
  test('the venous phase names a contrast medium', () => {
    const venous = writeCtSeries({ ...plan, phase: 'venous' }, volume);
    expect(read(venous.instances[0]!).ContrastBolusAgent).toBe('Synthetic contrast medium');
  });
  test('the same volume gives the same bytes, another series number other UIDs', () => {
    expect(writeCtSeries(plan, volume).instances).toEqual(series.instances);
    expect(writeCtSeries({ ...plan, SeriesNumber: 4 }, volume).SeriesInstanceUID).not.toBe(series.SeriesInstanceUID);
  });
  test('values beyond 12 bits and oblique axes are refused', () => {
    const bright = { ...volume, voxels: Int16Array.from(volume.voxels).fill(3072) };
    const tilted: Volume = {
      ...volume,
      direction: [
        [0, 1, 0],
        [1, 0, 0],
        [0, 0, 1],
      ],
    };
    expect(codeOf(() => writeCtSeries(plan, bright))).toBe('SERIES_UNSUPPORTED');
    expect(codeOf(() => writeCtSeries(plan, tilted))).toBe('SERIES_UNSUPPORTED');
  });
});

describe('segmentation', () => {
  const series = writeCtSeries(plan, volume);

  test('frames are the slices with tumour, packed without gaps, and lead back to the mask', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 60, maxLength: 60, max: 1 }), (voxels) => {
        fc.pre(voxels.includes(1));
        const mask: Mask = { ...grid, voxels: Uint8Array.from(voxels) };
        const seg = read(writeSegmentation(series, mask));
        const bits = new Uint8Array(pixels(seg));
        const rebuilt = new Uint8Array(60);
        const frames = items(seg.PerFrameFunctionalGroupsSequence);
        expect(Number(seg.NumberOfFrames)).toBe(frames.length);
        frames.forEach((groups, frame) => {
          const z = Number((items(groups.PlanePositionSequence)[0]!.ImagePositionPatient as number[])[2]);
          const slice = Math.round((z + 7.5) / 2.5);
          const source = items(items(groups.DerivationImageSequence)[0]!.SourceImageSequence)[0]!;
          expect(source.ReferencedSOPInstanceUID).toBe(series.sopInstanceUIDs[slice]);
          for (let i = 0; i < 15; i++) {
            const bit = 15 * frame + i;
            rebuilt[15 * slice + i] = (bits[bit >> 3]! >> (bit & 7)) & 1;
          }
        });
        expect(rebuilt).toEqual(mask.voxels);
        expect(bits.length % 2).toBe(0);
      }),
      { numRuns: 20 },
    );
  });
  test('one segment: a primary neoplasm, made automatically, of this series', () => {
    const seg = read(writeSegmentation(series, { ...grid, voxels: new Uint8Array(60).fill(1) }));
    const [segment] = items(seg.SegmentSequence);
    expect(items(segment!.SegmentedPropertyTypeCodeSequence)[0]!.CodeValue).toBe('86049000');
    expect(items(segment!.SegmentedPropertyCategoryCodeSequence)[0]!.CodeValue).toBe('49755003');
    expect(segment!.SegmentAlgorithmType).toBe('AUTOMATIC');
    expect(segment!.SegmentAlgorithmName).toBe('Deltascope synthetic phantom');
    expect(items(seg.ReferencedSeriesSequence)[0]!.SeriesInstanceUID).toBe(series.SeriesInstanceUID);
    expect(seg.FrameOfReferenceUID).toBe('2.25.12');
  });
  test('an empty mask and one of another length are refused', () => {
    expect(codeOf(() => writeSegmentation(series, { ...grid, voxels: new Uint8Array(60) }))).toBe('SEG_EMPTY');
    const short: Mask = { ...grid, dims: [5, 3, 3], voxels: new Uint8Array(45).fill(1) };
    expect(codeOf(() => writeSegmentation(series, short))).toBe('SEG_GEOMETRY');
  });
});

describe('values', () => {
  test('UIDs are valid, stable, and different for different parts', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), fc.array(fc.string()), (a, b) => {
        const uid = deterministicUid(...a);
        expect(uid).toMatch(/^2\.25\.(0|[1-9]\d{0,38})$/);
        expect(deterministicUid(...a)).toBe(uid);
        if (JSON.stringify(a) !== JSON.stringify(b)) expect(deterministicUid(...b)).not.toBe(uid);
      }),
    );
  });
  test('decimal strings have at most 16 characters and keep the number to 8 digits', () => {
    fc.assert(
      fc.property(fc.double({ min: -1e6, max: 1e6, noNaN: true }), (value) => {
        const text = decimalString(value);
        expect(text.length).toBeLessThanOrEqual(16);
        expect(Math.abs(Number(text) - value)).toBeLessThanOrEqual(1e-8 * Math.abs(value));
      }),
    );
  });
});
