import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NaturalDataset } from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { listSegments, pickPrimaryTumour, readSegment } from '../../../src/dicomweb/segmentation.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import {
  frameItem,
  type SmallFrame,
  segmentItem,
  smallSeg,
  smallSeries,
  writeDicom,
} from '../../helpers/dicom-objects.ts';

const table = loadSegmentTable(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../mappings'));
const series = buildVolume(smallSeries().map((bytes, at) => readInstance(bytes, `${at}.dcm`)));
const frames: readonly SmallFrame[] = [
  { z: 3, pixels: [[4, 2]] },
  {
    z: 1,
    pixels: [
      [0, 0],
      [2, 1],
    ],
  },
];
const seg = (changes: NaturalDataset = {}, of: readonly SmallFrame[] = frames) =>
  readInstance(writeDicom(smallSeg(of, changes)), 'seg.dcm');
const setVoxels = (voxels: Uint8Array) => [...voxels].flatMap((value, at) => (value === 0 ? [] : [at]));
const at = (x: number, y: number, z: number) => x + 5 * (y + 3 * z);

describe('readSegment', () => {
  it('places sparse frames that do not begin on a byte by position, whatever their order', () => {
    const { mask, ...rest } = readSegment(seg(), series, 1);
    expect(setVoxels(mask.voxels)).toEqual([at(0, 0, 1), at(2, 1, 1), at(4, 2, 3)]);
    expect(mask.spacingMm).toEqual(series.volume.spacingMm);
    expect(rest).toEqual({
      SOPInstanceUID: '1.2.3.4.1',
      SeriesInstanceUID: '1.2.3.4',
      SegmentNumber: 1,
      SegmentLabel: 'Primary tumour',
      SegmentAlgorithmType: 'MANUAL',
      SegmentAlgorithmName: null,
    });
  });

  it('keeps the segments of one object apart', () => {
    const two = [...frames, { z: 1, segment: 2, pixels: [[3, 2]] as const }];
    const SegmentSequence = [segmentItem(1, 'a', '86049000', ''), segmentItem(2, 'b', '4147007', '')];
    expect(setVoxels(readSegment(seg({ SegmentSequence }, two), series, 2).mask.voxels)).toEqual([at(3, 2, 1)]);
    expect(setVoxels(readSegment(seg({ SegmentSequence }, two), series, 1).mask.voxels)).toHaveLength(3);
  });

  it('a series in the opposite slice order gets the same patient positions', () => {
    const turned = { ImageOrientationPatient: [1, 0, 0, 0, -1, 0] };
    const reversed = buildVolume(smallSeries(() => turned).map((bytes) => readInstance(bytes, 'ct')));
    const SharedFunctionalGroupsSequence = [
      { PlaneOrientationSequence: [turned], PixelMeasuresSequence: [{ PixelSpacing: [0.75, 0.5] }] },
    ];
    const { mask } = readSegment(seg({ SharedFunctionalGroupsSequence }), reversed, 1);
    expect(setVoxels(mask.voxels)).toEqual([at(4, 2, 0), at(0, 0, 2), at(2, 1, 2)]);
  });

  it('functional groups may all stand in each frame, or the segment number in the shared ones', () => {
    const shared = {
      PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
      PixelMeasuresSequence: [{ PixelSpacing: [0.75, 0.5] }],
    };
    const perFrame = frames.map((frame) => ({ ...frameItem(frame), ...shared }));
    const all = seg({ SharedFunctionalGroupsSequence: [{}], PerFrameFunctionalGroupsSequence: perFrame });
    expect(setVoxels(readSegment(all, series, 1).mask.voxels)).toHaveLength(3);
    const SegmentIdentificationSequence = [{ ReferencedSegmentNumber: 1 }];
    const one = seg({
      SharedFunctionalGroupsSequence: [{ ...shared, SegmentIdentificationSequence }],
      PerFrameFunctionalGroupsSequence: frames.map(({ z }) => ({
        PlanePositionSequence: [{ ImagePositionPatient: [-10, -20, 30 + 2 * z] }],
      })),
    });
    expect(setVoxels(readSegment(one, series, 1).mask.voxels)).toHaveLength(3);
  });

  const moved = (ImagePositionPatient: number[]) => ({
    PerFrameFunctionalGroupsSequence: frames.map((frame) => ({
      ...frameItem(frame),
      DerivationImageSequence: undefined,
      PlanePositionSequence: [{ ImagePositionPatient }],
    })),
  });
  const grid = (ImageOrientationPatient: number[], PixelSpacing: number[]) => ({
    SharedFunctionalGroupsSequence: [
      { PlaneOrientationSequence: [{ ImageOrientationPatient }], PixelMeasuresSequence: [{ PixelSpacing }] },
    ],
  });
  const straight = [1, 0, 0, 0, 1, 0];

  it.each<[string, NaturalDataset, string, RegExp]>([
    ['a fractional SEG', { SegmentationType: 'FRACTIONAL', BitsAllocated: 8 }, 'SEG_UNSUPPORTED', /FRACTIONAL/],
    ['something that is no SEG', { SOPClassUID: '1.2.840.10008.5.1.4.1.1.2' }, 'SEG_UNSUPPORTED', /no SEG/],
    ['another frame of reference', { FrameOfReferenceUID: '9.9' }, 'SEG_FRAME_OF_REFERENCE', /1\.2\.3\.2/],
    ['another size', { Rows: 5, Columns: 3 }, 'SEG_GEOMETRY', /3 x 5 pixels, the images 5 x 3/],
    ['another pixel spacing', grid(straight, [0.75, 0.6]), 'SEG_GEOMETRY', /another pixel spacing/],
    ['another orientation', grid([1, 0, 0, 0, -1, 0], [0.75, 0.5]), 'SEG_GEOMETRY', /another orientation/],
    ['a frame between two slices', moved([-10, -20, 33]), 'SEG_GEOMETRY', /frame 1 lies on no slice/],
    ['a frame beyond the last slice', moved([-10, -20, 38]), 'SEG_GEOMETRY', /on no slice/],
    ['a frame shifted within the plane', moved([-9.5, -20, 32]), 'SEG_GEOMETRY', /on no slice/],
    ['two frames on one slice', moved([-10, -20, 32]), 'SEG_GEOMETRY', /two frames of segment 1 lie on slice 2/],
    [
      'a frame whose position and source image disagree',
      {
        PerFrameFunctionalGroupsSequence: frames.map((frame) => ({
          ...frameItem(frame),
          DerivationImageSequence: frameItem({ z: 0, pixels: [] }).DerivationImageSequence,
        })),
      },
      'SEG_GEOMETRY',
      /frame 1 lies on slice 4 but was drawn on another image/,
    ],
    ['no set pixel', { PixelData: new Uint8Array(4) }, 'SEG_EMPTY', /no voxel/],
    ['no frame', { PerFrameFunctionalGroupsSequence: [] }, 'SEG_EMPTY', /no voxel/],
    ['pixel data that ends too early', { PixelData: new Uint8Array(2) }, 'DICOM_INVALID', /before frame 2/],
  ])('refuses %s', (_, changes, code, text) => {
    expect(() => readSegment(seg(changes), series, 1)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(text) }),
    );
  });

  it('refuses a segment number that is not there, and lists what is', () => {
    expect(() => readSegment(seg(), series, 7)).toThrow(
      expect.objectContaining({ code: 'MASK_LABEL_MISSING', message: expect.stringContaining('1 "Primary tumour"') }),
    );
  });
});

describe('pickPrimaryTumour', () => {
  const segments = (...items: NaturalDataset[]) => listSegments(seg({ SegmentSequence: items }));

  it('prefers Neoplasm, Primary over Neoplasm over Mass, whatever their numbers and labels', () => {
    const mass = segmentItem(1, 'primary tumour', '4147007', 'Mass');
    const neoplasm = segmentItem(2, 'x', '108369006', 'Neoplasm');
    const primary = segmentItem(3, 'y', '86049000', 'Neoplasm, Primary');
    expect(pickPrimaryTumour(segments(mass, neoplasm, primary), table).SegmentNumber).toBe(3);
    expect(pickPrimaryTumour(segments(mass, neoplasm), table).SegmentNumber).toBe(2);
    expect(pickPrimaryTumour(segments(mass), table).SegmentNumber).toBe(1);
  });

  it('passes over a neoplasm of the liver', () => {
    const liver = segmentItem(1, 'a', '86049000', 'Neoplasm, Primary', ['10200004', 'Liver']);
    const lung = segmentItem(2, 'b', '108369006', 'Neoplasm', ['39607008', 'Lung']);
    const lobe = segmentItem(3, 'c', '86049000', 'Neoplasm, Primary', ['44714003', 'Upper lobe of left lung']);
    expect(pickPrimaryTumour(segments(liver, lung), table).SegmentNumber).toBe(2);
    expect(pickPrimaryTumour(segments(liver, lung, lobe), table).SegmentNumber).toBe(3);
  });

  it('lists the segments when none is a primary tumour', () => {
    const found = segments(
      segmentItem(1, 'Left lung', '39607008', 'Lung'),
      segmentItem(2, 'Met', '14799000', 'Neoplasm, Secondary', ['10200004', 'Liver']),
    );
    expect(() => pickPrimaryTumour(found, table, '1.2.3')).toThrow(
      expect.objectContaining({
        code: 'SEG_NO_PRIMARY_TUMOUR',
        subject: '1.2.3',
        message: expect.stringContaining(
          '1 "Left lung" SCT 39607008 Lung; 2 "Met" SCT 14799000 Neoplasm, Secondary of Liver',
        ),
      }),
    );
  });
});
