import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { readSegment } from '../../../src/dicomweb/segmentation.ts';
import { listSegments, pickPrimaryTumour } from '../../../src/dicomweb/segments.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import { readInstances } from '../../helpers/dicom-objects.ts';
import { dicomCases, imageFiles, largestVoxelDifference, nrrdOf, segFile } from '../../helpers/dicom-oracles.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';

const table = loadSegmentTable(fileURLToPath(new URL('../../../mappings', import.meta.url)));

// The NRRD files were written from the same images with the positions in full precision, the DICOM files with 16
// characters a number: that is the whole tolerance.
const relativeTolerance = 1e-12;

describe.skipIf(!hasOracles)(`DICOM against NRRD (${oracleSkipReason})`, () => {
  it.each(dicomCases)('$name: grid, voxels and mask are those of the NRRD', async (reference) => {
    const files = imageFiles(reference);
    // Neither the order of the files nor that of the frames may matter.
    const series = buildVolume(await readInstances(files.reverse()));
    const expected = nrrdOf(reference);
    const { volume } = series;
    expect(volume.dims).toEqual(expected.volume.dims);
    expect(volume.voxels).toBeInstanceOf(Int16Array);
    for (const axis of [0, 1, 2] as const) {
      const spacing = expected.volume.spacingMm[axis];
      expect(Math.abs(volume.spacingMm[axis] - spacing) / spacing).toBeLessThan(relativeTolerance);
    }
    const reversed = volume.direction[2][2] < 0;
    expect(reversed).toBe(reference.name.startsWith('brain1'));
    if (!reversed) {
      expect(volume.direction).toEqual(expected.volume.direction);
      for (const axis of [0, 1, 2] as const) {
        expect(volume.originMm[axis]).toBeCloseTo(expected.volume.originMm[axis], 9);
      }
    }
    expect(largestVoxelDifference(volume, expected.volume)).toBe(0);

    const seg = await readInstance(segFile(reference), 'seg.dcm');
    const segment = pickPrimaryTumour(listSegments(seg).segments, {
      ...table,
      // brain1 and breast1 name regions that the lung table rightly refuses.
      anatomicRegions: { codes: [], meaningPattern: /./ },
    });
    const { mask } = readSegment(seg, series, segment.SegmentNumber);
    expect(largestVoxelDifference(mask, expected.mask)).toBe(0);
  });

  it('a segmentation of another patient is in another frame of reference', async () => {
    const [lung1, , brain1] = dicomCases;
    const series = buildVolume(await readInstances(imageFiles(lung1)));
    const seg = await readInstance(segFile(brain1), 'seg.dcm');
    expect(() => readSegment(seg, series, 1)).toThrow(expect.objectContaining({ code: 'SEG_FRAME_OF_REFERENCE' }));
  });

  it('lung-pat1 without its 30th file: the gap is named', async () => {
    const [lung1] = dicomCases;
    const instances = await readInstances(imageFiles(lung1));
    expect(() => buildVolume(instances.filter((_, at) => at !== 29))).toThrow(
      expect.objectContaining({
        code: 'SERIES_MISSING_SLICES',
        message: expect.stringContaining('1 slices are missing (along the normal, between -16.40 and -10.40 mm)'),
      }),
    );
  });
});
