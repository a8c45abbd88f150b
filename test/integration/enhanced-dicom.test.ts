import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { NaturalDataset } from 'dcmjs';
import { afterAll, describe, expect, it } from 'vitest';
import { readInstance } from '../../src/dicomweb/instance.ts';
import { readSegment } from '../../src/dicomweb/segmentation.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { encodeFrame, writeEncapsulated } from '../helpers/dicom-compression.ts';
import { writeEnhancedCt } from '../helpers/dicom-enhanced.ts';
import {
  editDicom,
  frameItem,
  readInstances,
  smallCt,
  smallSeg,
  smallSeries,
  writeDicom,
} from '../helpers/dicom-objects.ts';
import { dicomCases, imageFiles, largestVoxelDifference, segFile } from '../helpers/dicom-oracles.ts';
import { hasOracles, oracleSkipReason } from '../helpers/oracles.ts';

const slices = await readInstances(smallSeries());
const single = buildVolume(slices);
const enhanced = (options = {}) => readInstance(writeEnhancedCt(slices, options), 'enhanced.dcm');

describe('enhanced multi-frame CT', () => {
  it.each([
    ['shared and per-frame functional groups', {}],
    ['all functional groups in each frame, frames in another order', { everythingPerFrame: true, order: [2, 0, 3, 1] }],
  ])('%s: the volume of the single-frame series', async (_, options) => {
    const series = buildVolume([await enhanced(options)]);
    expect(series.volume).toEqual(single.volume);
    expect(series.sopInstanceUIDs).toEqual(Array(4).fill('1.2.3.2.1'));
    expect(series).toMatchObject({ SliceThickness: 2, Modality: 'CT', lossyCompression: null, PatientID: 'SMALL' });
  });

  it('a series of several enhanced images, as concatenations are', async () => {
    const halves = [slices.slice(2), slices.slice(0, 2)].map((part) => writeEnhancedCt(part));
    expect(buildVolume(await readInstances(halves)).volume).toEqual(single.volume);
  });

  it('each frame has a rescale of its own', async () => {
    const bytes = editDicom(writeEnhancedCt(slices, { everythingPerFrame: true }), (dataset) => {
      const frames = dataset.PerFrameFunctionalGroupsSequence as NaturalDataset[];
      frames[1]!.PixelValueTransformationSequence = [{ RescaleIntercept: 0, RescaleSlope: 2, RescaleType: 'HU' }];
    });
    const { voxels } = buildVolume([await readInstance(bytes, 'enhanced.dcm')]).volume;
    expect([voxels[0], voxels[15], voxels[16], voxels[30]]).toEqual([-1024, 200, 202, 200 - 1024]);
  });

  it('compressed frame by frame', async () => {
    const { nx, ny } = smallCt;
    const shape = { width: nx, height: ny, bitsPerSample: 16, isSigned: false };
    const frames = await Promise.all(
      slices.map(({ pixelData }) => encodeFrame('jpeg-ls', { ...shape, bytes: pixelData! })),
    );
    const plain = await enhanced();
    const bytes = writeEncapsulated({ ...plain.dataset }, frames, '1.2.840.10008.1.2.4.80');
    expect(buildVolume([await readInstance(bytes, 'enhanced.dcm')]).volume).toEqual(single.volume);
  });

  it('a SEG drawn on it lies where it was drawn', async () => {
    const series = buildVolume([await enhanced()]);
    const frame = { z: 2, pixels: [[3, 1]] as const };
    const DerivationImageSequence = [{ SourceImageSequence: [{ ReferencedSOPInstanceUID: '1.2.3.2.1' }] }];
    const seg = smallSeg([frame], {
      PerFrameFunctionalGroupsSequence: [{ ...frameItem(frame), DerivationImageSequence }],
    });
    const { mask } = readSegment(await readInstance(writeDicom(seg), 'seg.dcm'), series, 1);
    expect([...mask.voxels].indexOf(1)).toBe(3 + 5 * (1 + 3 * 2));
  });

  it.each<[string, NaturalDataset, string, RegExp]>([
    ['another number of frames than groups', { NumberOfFrames: 3 }, 'DICOM_INVALID', /groups of 4 frames, not 3/],
    ['no frames', { NumberOfFrames: 0, PerFrameFunctionalGroupsSequence: [] }, 'SERIES_EMPTY', /no frames/],
    ['no shared groups', { SharedFunctionalGroupsSequence: [{}] }, 'DICOM_INVALID', /PixelSpacing|ImageOrientation/],
    ['pixel data of another length', { PixelData: new Uint8Array(90) }, 'DICOM_INVALID', /90 bytes, not 120/],
  ])('%s: refused', async (_, changes, code, message) => {
    const instance = await enhanced({ changes });
    expect(() => buildVolume([instance])).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });

  it('two phases in one object lie on each other: refused', async () => {
    const double = [...slices, ...slices];
    const bytes = writeEnhancedCt(double);
    const instance = await readInstance(bytes, 'enhanced.dcm');
    expect(() => buildVolume([instance])).toThrow(expect.objectContaining({ code: 'SERIES_DUPLICATE_SLICES' }));
  });

  it.skipIf(!hasOracles)(`lung-pat1 as one enhanced image (${oracleSkipReason})`, async () => {
    const [lung1] = dicomCases;
    const images = await readInstances(imageFiles(lung1));
    const series = buildVolume(images);
    const one = buildVolume([await readInstance(writeEnhancedCt(images), 'enhanced.dcm')]);
    expect(largestVoxelDifference(one.volume, series.volume)).toBe(0);
    expect({ ...one.volume, voxels: null }).toEqual({ ...series.volume, voxels: null });
    const seg = await readInstance(segFile(lung1), 'seg.dcm');
    // Its frames name the single-frame images.
    expect(() => readSegment(seg, one, 1)).toThrow(expect.objectContaining({ code: 'SEG_GEOMETRY' }));
  });
});

const hasValidator = spawnSync('dciodvfy', ['-version']).error === undefined;

describe.skipIf(!hasValidator)('dciodvfy (needs dicom3tools: apt-get install dicom3tools)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-enhanced-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('the enhanced CT that these tests read is a valid one', () => {
    const file = path.join(folder, 'enhanced.dcm');
    writeFileSync(file, writeEnhancedCt(slices));
    const { stdout, stderr, status } = spawnSync('dciodvfy', ['-new', file], { encoding: 'utf8' });
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => line.trim() !== '');
    expect([status, ...lines]).toEqual([0, expect.stringMatching(/^ ?EnhancedCTImage$/)]);
  });
});
