import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { listRois, pickRoi } from '../../../src/dicomweb/rois.ts';
import { readRoi } from '../../../src/dicomweb/rtstruct.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { readInstances, smallSeg, smallSeries, writeDicom } from '../../helpers/dicom-objects.ts';
import { dicomCases, imageFiles, largestVoxelDifference, nrrdOf } from '../../helpers/dicom-oracles.ts';
import { type SmallContour, type SmallRoi, smallRtstruct } from '../../helpers/dicom-rtstruct.ts';
import { hasOracles, oracleBytes, oracleSkipReason } from '../../helpers/oracles.ts';

const series = buildVolume(await readInstances(smallSeries()));
const at = (x: number, y: number, z: number) => x + 5 * (y + 3 * z);
const setVoxels = (voxels: Uint8Array) => [...voxels].flatMap((value, i) => (value === 0 ? [] : [i]));
const square: SmallContour['points'] = [
  [0.5, 0.5],
  [2.5, 0.5],
  [2.5, 1.5],
  [0.5, 1.5],
];
const tumour = (...contours: SmallContour[]): SmallRoi => ({ number: 3, name: 'GTV-1', type: 'GTV', contours });
const rtstruct = (rois: readonly SmallRoi[], changes = {}) =>
  readInstance(writeDicom(smallRtstruct(rois, changes)), 'rs.dcm');

describe('readRoi', () => {
  it('fills contours on the slices that they lie on, and says what it read', async () => {
    const object = await rtstruct([tumour({ z: 2, points: square }, { z: 0, points: square })]);
    const { mask, ...rest } = readRoi(object, series);
    expect(setVoxels(mask.voxels)).toEqual([at(1, 1, 0), at(2, 1, 0), at(1, 1, 2), at(2, 1, 2)]);
    expect(mask.originMm).toEqual(series.volume.originMm);
    expect(rest).toEqual({
      SOPInstanceUID: '1.2.3.5.1',
      SeriesInstanceUID: '1.2.3.5',
      ROINumber: 3,
      ROIName: 'GTV-1',
      RTROIInterpretedType: 'GTV',
    });
  });

  it('an inner contour is a hole', async () => {
    const outer: SmallContour['points'] = [
      [-0.5, -0.5],
      [4.5, -0.5],
      [4.5, 2.5],
      [-0.5, 2.5],
    ];
    const object = await rtstruct([tumour({ z: 1, points: square }, { z: 1, points: outer })]);
    const voxels = setVoxels(readRoi(object, series).mask.voxels);
    expect(voxels).toHaveLength(13);
    expect(voxels).not.toContain(at(1, 1, 1));
  });

  it('a contour up to 0.1 mm off its slice belongs to it: planning systems round', async () => {
    const ContourData = square.flatMap(([x, y]) => [-10 + x / 2, -20 + 0.75 * y, 32.05]);
    const object = await rtstruct([tumour({ z: 1, points: square, changes: { ContourData } })]);
    expect(setVoxels(readRoi(object, series).mask.voxels)).toEqual([at(1, 1, 1), at(2, 1, 1)]);
  });

  it('images with other UIDs than those drawn on: the frame of reference decides', async () => {
    const others = buildVolume(await readInstances(smallSeries((z) => ({ SOPInstanceUID: `9.${z}` }))));
    const object = await rtstruct([tumour({ z: 1, points: square })]);
    expect(setVoxels(readRoi(object, others).mask.voxels)).toHaveLength(2);
  });

  const raised = (mm: number) => square.flatMap(([x, y], i) => [-10 + x / 2, -20 + 0.75 * y, 32 + (i === 0 ? mm : 0)]);
  const moved = (z: number) => square.flatMap(([x, y]) => [-10 + x / 2, -20 + 0.75 * y, z]);
  const wide: SmallContour['points'] = [
    [1, 1],
    [6, 1],
    [1, 2],
  ];
  const drawnOnSlice4 = { ContourImageSequence: [{ ReferencedSOPInstanceUID: '1.2.3.2.4' }] };
  const contour = (changes: SmallContour['changes'] = {}) => [tumour({ z: 1, points: square, changes })];

  it.each<[string, readonly SmallRoi[], object, string, RegExp]>([
    [
      'a contour between slices',
      contour({ ContourData: moved(33) }),
      {},
      'RTSTRUCT_GEOMETRY',
      /contour 1 of "GTV-1" lies between slices/,
    ],
    [
      'a contour above the last slice',
      contour({ ContourData: moved(38) }),
      {},
      'MASK_OUTSIDE_IMAGE',
      /beyond the first or last slice/,
    ],
    ['a contour beyond the edge', [tumour({ z: 1, points: wide })], {}, 'MASK_OUTSIDE_IMAGE', /beyond the edge/],
    ['a contour across slices', contour({ ContourData: raised(2) }), {}, 'RTSTRUCT_GEOMETRY', /across several slices/],
    ['a contour that is not flat', contour({ ContourData: raised(0.5) }), {}, 'RTSTRUCT_GEOMETRY', /between slices/],
    [
      'a contour drawn on another slice',
      contour(drawnOnSlice4),
      {},
      'RTSTRUCT_GEOMETRY',
      /lies on slice 2 but was drawn/,
    ],
    [
      'a contour stored twice',
      [tumour({ z: 1, points: square }, { z: 1, points: square })],
      {},
      'RTSTRUCT_GEOMETRY',
      /contour 2 .* stored twice/,
    ],
    [
      'an open contour',
      contour({ ContourGeometricType: 'OPEN_NONPLANAR' }),
      {},
      'RTSTRUCT_UNSUPPORTED',
      /OPEN_NONPLANAR/,
    ],
    ['a point', contour({ ContourGeometricType: 'POINT' }), {}, 'RTSTRUCT_UNSUPPORTED', /POINT/],
    [
      'a coordinate too few',
      contour({ ContourData: moved(32).slice(1) }),
      {},
      'DICOM_INVALID',
      /11 coordinates for 4 points/,
    ],
    ['no contour', [tumour()], {}, 'RTSTRUCT_EMPTY', /"GTV-1" has 0 contours/],
    [
      'a contour between pixel centres',
      [
        tumour({
          z: 1,
          points: [
            [1.2, 1.2],
            [1.8, 1.2],
            [1.8, 1.8],
          ],
        }),
      ],
      {},
      'RTSTRUCT_EMPTY',
      /no voxel/,
    ],
    ['no region of interest', [], {}, 'MASK_LABEL_MISSING', /there are: none/],
    [
      'another frame of reference',
      contour(),
      { StructureSetROISequence: [{ ROINumber: 3, ROIName: 'GTV-1', ReferencedFrameOfReferenceUID: '9.9' }] },
      'RTSTRUCT_FRAME_OF_REFERENCE',
      /1\.2\.3\.2/,
    ],
    [
      'no frame of reference',
      contour(),
      { StructureSetROISequence: [{ ROINumber: 3, ROIName: 'GTV-1' }] },
      'RTSTRUCT_FRAME_OF_REFERENCE',
      /another frame/,
    ],
  ])('refuses %s', async (_, rois, changes, code, text) => {
    const object = await rtstruct(rois, changes);
    expect(() => readRoi(object, series)).toThrow(
      expect.objectContaining({ code, subject: 'rs.dcm', message: expect.stringMatching(text) }),
    );
  });

  it('refuses what is no RTSTRUCT', async () => {
    const seg = await readInstance(writeDicom(smallSeg([{ z: 0, pixels: [[0, 0]] }])), 'seg.dcm');
    expect(() => readRoi(seg, series)).toThrow(expect.objectContaining({ code: 'RTSTRUCT_UNSUPPORTED' }));
  });
});

describe('pickRoi', () => {
  const roi = (number: number, name: string, type: string): SmallRoi => ({ number, name, type, contours: [] });
  const rois = async () =>
    listRois(await rtstruct([roi(1, 'GTV', 'GTV'), roi(2, 'gtv', ''), roi(5, 'Node', 'GTV'), roi(7, 'Lung', 'ORGAN')]));

  it('by name letter by letter, by number, by type', async () => {
    expect(pickRoi(await rois(), { ROIName: 'gtv' }).ROINumber).toBe(2);
    expect(pickRoi(await rois(), { ROINumber: 5 }).ROIName).toBe('Node');
    expect(pickRoi(await rois(), { RTROIInterpretedType: 'ORGAN' }).ROINumber).toBe(7);
  });

  it('several that fit: RTSTRUCT_AMBIGUOUS, listing them', async () => {
    const found = await rois();
    expect(() => pickRoi(found, { RTROIInterpretedType: 'GTV' }, 'rs')).toThrow(
      expect.objectContaining({
        code: 'RTSTRUCT_AMBIGUOUS',
        message: expect.stringContaining('2 regions of interest fit (1 "GTV" GTV; 5 "Node" GTV)'),
      }),
    );
    expect(() => pickRoi(found, {}, 'rs')).toThrow(/^4 regions/);
  });

  it('none that fits: MASK_LABEL_MISSING, listing what there is', async () => {
    const found = await rois();
    expect(() => pickRoi(found, { ROIName: 'PTV' }, 'rs')).toThrow(
      expect.objectContaining({
        code: 'MASK_LABEL_MISSING',
        message: expect.stringContaining('2 "gtv"; 5 "Node" GTV'),
      }),
    );
  });
});

describe.skipIf(!hasOracles)(`RTSTRUCT against label maps (${oracleSkipReason})`, () => {
  const structures = [
    ['lung-pat1', 'lung-pat1/dicom/rtstruct.dcm', 'GTV-1', 125256],
    [
      'lung-pat1 as published (implicit VR, 12 bits)',
      'lung-pat1/original-dicom/rtstruct_DCM_RS_00060.dcm',
      'GTV-1',
      125256,
    ],
    ['brain1 (MR, reversed)', 'brain1/dicom/rtstruct.dcm', 'GTV-1', 4137],
    ['breast1 (MR)', 'breast1/dicom/rtstruct.dcm', 'GTV-1', 143],
    ['sts001 (implicit VR, signed)', 'sts001-ct/dicom/RS.dcm', 'GTV_Mass_CT', 117145],
  ] as const;

  it.each(structures)('%s: no voxel differs', async (name, file, ROIName, voxels) => {
    const reference = dicomCases.find((candidate) => candidate.name === name)!;
    const images = buildVolume(await readInstances(imageFiles(reference)));
    const { mask } = readRoi(await readInstance(oracleBytes(`radiomics/${file}`), file), images, { ROIName });
    expect(largestVoxelDifference(mask, nrrdOf(reference).mask)).toBe(0);
    expect(mask.voxels.reduce((sum, value) => sum + value, 0)).toBe(voxels);
  });

  it('an RTSTRUCT of another patient is in another frame of reference', async () => {
    const images = buildVolume(await readInstances(imageFiles(dicomCases[3])));
    const file = 'radiomics/brain1/dicom/rtstruct.dcm';
    const object = await readInstance(oracleBytes(file), file);
    expect(() => readRoi(object, images)).toThrow(expect.objectContaining({ code: 'RTSTRUCT_FRAME_OF_REFERENCE' }));
  });
});
