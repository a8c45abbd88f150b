import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { NaturalDataset } from 'dcmjs';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { readSegment, readSegments } from '../../../src/dicomweb/segmentation.ts';
import { listSegments, pickPrimaryTumour } from '../../../src/dicomweb/segments.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import {
  frameItem,
  readInstances,
  type SmallFrame,
  segmentItem,
  smallSeg,
  smallSeries,
  writeDicom,
} from '../../helpers/dicom-objects.ts';

const table = loadSegmentTable(path.join(path.dirname(fileURLToPath(import.meta.url)), '../../../mappings'));
const series = buildVolume(await readInstances(smallSeries()));
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
  it('places sparse frames that do not begin on a byte by position, whatever their order', async () => {
    const { mask, ...rest } = readSegment(await seg(), series, 1);
    expect(setVoxels(mask.voxels)).toEqual([at(0, 0, 1), at(2, 1, 1), at(4, 2, 3)]);
    expect(mask.spacingMm).toEqual(series.volume.spacingMm);
    expect(rest).toEqual({
      SOPInstanceUID: '1.2.3.4.1',
      SeriesInstanceUID: '1.2.3.4',
      segmentNumbers: [1],
      // Two of the voxels lie on the second slice, one on each other one.
      keySOPInstanceUID: series.sopInstanceUIDs[1],
      SegmentLabel: 'Primary tumour',
      SegmentAlgorithmType: 'MANUAL',
      SegmentAlgorithmName: null,
      threshold: null,
    });
  });

  it('keeps the segments of one object apart', async () => {
    const two = [...frames, { z: 1, segment: 2, pixels: [[3, 2]] as const }];
    const SegmentSequence = [segmentItem(1, 'a', '86049000', ''), segmentItem(2, 'b', '4147007', '')];
    expect(setVoxels(readSegment(await seg({ SegmentSequence }, two), series, 2).mask.voxels)).toEqual([at(3, 2, 1)]);
    expect(setVoxels(readSegment(await seg({ SegmentSequence }, two), series, 1).mask.voxels)).toHaveLength(3);
  });

  it('a series in the opposite slice order gets the same patient positions', async () => {
    const turned = { ImageOrientationPatient: [1, 0, 0, 0, -1, 0] };
    const reversed = buildVolume(await readInstances(smallSeries(() => turned)));
    const SharedFunctionalGroupsSequence = [
      { PlaneOrientationSequence: [turned], PixelMeasuresSequence: [{ PixelSpacing: [0.75, 0.5] }] },
    ];
    const { mask } = readSegment(await seg({ SharedFunctionalGroupsSequence }), reversed, 1);
    expect(setVoxels(mask.voxels)).toEqual([at(4, 2, 0), at(0, 0, 2), at(2, 1, 2)]);
  });

  it('functional groups may all stand in each frame, or the segment number in the shared ones', async () => {
    const shared = {
      PlaneOrientationSequence: [{ ImageOrientationPatient: [1, 0, 0, 0, 1, 0] }],
      PixelMeasuresSequence: [{ PixelSpacing: [0.75, 0.5] }],
    };
    const perFrame = frames.map((frame) => ({ ...frameItem(frame), ...shared }));
    const all = await seg({ SharedFunctionalGroupsSequence: [{}], PerFrameFunctionalGroupsSequence: perFrame });
    expect(setVoxels(readSegment(all, series, 1).mask.voxels)).toHaveLength(3);
    const SegmentIdentificationSequence = [{ ReferencedSegmentNumber: 1 }];
    const one = await seg({
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
    ['a binary SEG of 8 bits', { BitsAllocated: 8 }, 'SEG_UNSUPPORTED', /BINARY with 8 bits/],
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
  ])('refuses %s', async (_, changes, code, text) => {
    const broken = await seg(changes);
    expect(() => readSegment(broken, series, 1)).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(text) }),
    );
  });

  it('refuses a segment number that is not there, and lists what is', async () => {
    const whole = await seg();
    expect(() => readSegment(whole, series, 7)).toThrow(
      expect.objectContaining({ code: 'MASK_LABEL_MISSING', message: expect.stringContaining('1 "Primary tumour"') }),
    );
  });
});

describe('pickPrimaryTumour', () => {
  const segments = (...items: NaturalDataset[]) =>
    listSegments({ dataset: { SegmentSequence: items }, name: 'seg.dcm' }).segments;

  it('prefers Neoplasm, Primary over Neoplasm over Mass, whatever their numbers and labels', async () => {
    const mass = segmentItem(1, 'primary tumour', '4147007', 'Mass');
    const neoplasm = segmentItem(2, 'x', '108369006', 'Neoplasm');
    const primary = segmentItem(3, 'y', '86049000', 'Neoplasm, Primary');
    expect(pickPrimaryTumour(segments(mass, neoplasm, primary), table).SegmentNumber).toBe(3);
    expect(pickPrimaryTumour(segments(mass, neoplasm), table).SegmentNumber).toBe(2);
    expect(pickPrimaryTumour(segments(mass), table).SegmentNumber).toBe(1);
  });

  it('passes over a neoplasm of the liver', async () => {
    const liver = segmentItem(1, 'a', '86049000', 'Neoplasm, Primary', ['10200004', 'Liver']);
    const lung = segmentItem(2, 'b', '108369006', 'Neoplasm', ['39607008', 'Lung']);
    const lobe = segmentItem(3, 'c', '86049000', 'Neoplasm, Primary', ['44714003', 'Upper lobe of left lung']);
    expect(pickPrimaryTumour(segments(liver, lung), table).SegmentNumber).toBe(2);
    expect(pickPrimaryTumour(segments(liver, lung, lobe), table).SegmentNumber).toBe(3);
  });

  it('lists the segments when none is a primary tumour', async () => {
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

describe('several, overlapping, fractional and label map segments', () => {
  const SegmentSequence = [segmentItem(2, 'node', '4147007', ''), segmentItem(1, 'tumour', '86049000', '')];
  const overlapping: readonly SmallFrame[] = [
    ...frames,
    {
      z: 1,
      segment: 2,
      pixels: [
        [2, 1],
        [3, 1],
      ],
    },
    { z: 0, segment: 2, pixels: [[4, 0]] },
  ];

  it('the union of overlapping segments, with what it was made of', async () => {
    const both = await seg({ SegmentSequence }, overlapping);
    const { mask, ...rest } = readSegments(both, series, [2, 1, 2]);
    expect(setVoxels(mask.voxels)).toEqual([at(4, 0, 0), at(0, 0, 1), at(2, 1, 1), at(3, 1, 1), at(4, 2, 3)]);
    expect(rest).toMatchObject({
      segmentNumbers: [1, 2],
      SegmentLabel: 'tumour + node',
      SegmentAlgorithmType: 'MANUAL',
    });
    expect(setVoxels(readSegment(both, series, 1).mask.voxels)).toEqual([at(0, 0, 1), at(2, 1, 1), at(4, 2, 3)]);
    expect(setVoxels(readSegment(both, series, 2).mask.voxels)).toEqual([at(4, 0, 0), at(2, 1, 1), at(3, 1, 1)]);
  });

  it('a union with a segment that is not there, or empty, is refused', async () => {
    const both = await seg({ SegmentSequence });
    expect(() => readSegments(both, series, [1, 3])).toThrow(expect.objectContaining({ code: 'MASK_LABEL_MISSING' }));
    expect(() => readSegments(both, series, [])).toThrow(expect.objectContaining({ code: 'MASK_LABEL_MISSING' }));
    expect(() => readSegments(both, series, [1, 2])).toThrow(
      expect.objectContaining({ code: 'SEG_EMPTY', message: expect.stringContaining('segment 2 has no voxel') }),
    );
  });

  const bytesSeg = (values: readonly number[], changes: NaturalDataset) => {
    const one: SmallFrame[] = [{ z: 2, pixels: [] }];
    const PixelData = Uint8Array.from({ length: 16 }, (_, i) => values[i] ?? 0);
    return seg({ BitsAllocated: 8, BitsStored: 8, HighBit: 7, PixelData, ...changes }, one);
  };

  it.each(['PROBABILITY', 'OCCUPANCY'])(
    'fractional (%s): inside from the threshold on, which is stated',
    async (kind) => {
      const changes = { SegmentationType: 'FRACTIONAL', SegmentationFractionalType: kind, MaximumFractionalValue: 200 };
      const fractional = await bytesSeg([99, 100, 101, 200, 0, 49, 50], changes);
      const half = readSegment(fractional, series, 1);
      expect(half.threshold).toBe(0.5);
      expect(setVoxels(half.mask.voxels)).toEqual([at(1, 0, 2), at(2, 0, 2), at(3, 0, 2)]);
      const quarter = readSegment(fractional, series, 1, 0.25);
      expect(quarter.threshold).toBe(0.25);
      expect(setVoxels(quarter.mask.voxels)).toEqual([0, 1, 2, 3, 6].map((i) => at(i % 5, Math.floor(i / 5), 2)));
      for (const threshold of [0, 1.1, Number.NaN]) {
        expect(() => readSegment(fractional, series, 1, threshold)).toThrow(RangeError);
      }
    },
  );

  it('fractions of nothing are refused', async () => {
    const fractional = await bytesSeg([1], { SegmentationType: 'FRACTIONAL' });
    expect(() => readSegment(fractional, series, 1)).toThrow(
      expect.objectContaining({ code: 'SEG_UNSUPPORTED', message: expect.stringContaining('MaximumFractionalValue') }),
    );
  });

  it('a label map, of 8 and of 16 bits', async () => {
    const SOPClassUID = '1.2.840.10008.5.1.4.1.1.66.7';
    const PerFrameFunctionalGroupsSequence = [{ PlanePositionSequence: [{ ImagePositionPatient: [-10, -20, 34] }] }];
    const changes = { SegmentationType: 'LABELMAP', SOPClassUID, SegmentSequence, PerFrameFunctionalGroupsSequence };
    const values = [0, 1, 2, 1, 3];
    const wide = { BitsAllocated: 16, BitsStored: 16, HighBit: 15 };
    const PixelData = new Uint8Array(Uint16Array.from({ length: 15 }, (_, i) => values[i] ?? 0).buffer);
    for (const map of [await bytesSeg(values, changes), await bytesSeg([], { ...changes, ...wide, PixelData })]) {
      expect(setVoxels(readSegment(map, series, 1).mask.voxels)).toEqual([at(1, 0, 2), at(3, 0, 2)]);
      expect(setVoxels(readSegments(map, series, [1, 2]).mask.voxels)).toEqual([1, 2, 3].map((x) => at(x, 0, 2)));
    }
  });

  it('segments that fit equally are listed', () => {
    const name = 'seg.dcm';
    const items = [segmentItem(1, 'a', '86049000', 'Neoplasm, Primary'), segmentItem(2, 'b', '86049000', '')];
    const { segments } = listSegments({ dataset: { SegmentSequence: items }, name });
    expect(() => pickPrimaryTumour(segments, table, name)).toThrow(
      expect.objectContaining({
        code: 'SEG_AMBIGUOUS',
        subject: name,
        message: expect.stringMatching(/^2 segments .*1 "a" SCT 86049000 Neoplasm, Primary; 2 "b"/),
      }),
    );
  });

  it('a segment without a number, and numbers given twice, are left out and named', () => {
    const SegmentSequence = [
      { SegmentLabel: 'x' },
      segmentItem(1, 'a', 'a', ''),
      segmentItem(2, 'b', 'b', ''),
      segmentItem(2, 'c', 'c', ''),
    ];
    const { segments, problems } = listSegments({ dataset: { SegmentSequence }, name: 's' });
    expect(segments.map(({ SegmentNumber }) => SegmentNumber)).toEqual([1]);
    expect(problems.map(({ code, message }) => `${code} ${message.slice(0, 21)}`)).toEqual([
      'DICOM_INVALID segment 1 of the list',
      'DICOM_INVALID segment 3 of the list',
      'DICOM_INVALID segment 4 of the list',
    ]);
  });
});
