import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { SyntheticPatient } from '../../src/demo/patients/plan.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createPhantom } from '../../src/demo/phantom/phantom.ts';
import { readSegment } from '../../src/dicomweb/segmentation.ts';
import { listSegments } from '../../src/dicomweb/segments.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { readInstances } from '../helpers/dicom-objects.ts';

const referenceDate = '2026-11-21';
const hasValidator = spawnSync('dciodvfy', ['-version']).error === undefined;

function patientById(id: string): SyntheticPatient {
  const patient = syntheticPatients.find((candidate) => candidate.id === id);
  if (patient === undefined) throw new Error(`no patient ${id}`);
  return patient;
}

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));
}

describe('images of the patient under treatment: two visits, two phases', () => {
  const patient = patientById('synthetic-fern');
  let series: Uint8Array[][] = [];
  beforeAll(() => {
    series = [...createPatient(patient, referenceDate).dicomSeries()];
  });

  test('four series of 48 slices, each with its SEG', () => {
    expect(series.map((files) => files.length)).toEqual([49, 49, 49, 49]);
  });

  test('the same date gives the same bytes, another date other UIDs', () => {
    const [again] = createPatient(patient, referenceDate).dicomSeries();
    const [later] = createPatient(patient, '2026-11-22').dicomSeries();
    expect(again?.every((file, at) => sameBytes(file, series[0]![at]!))).toBe(true);
    expect(again?.some((file, at) => sameBytes(file, later![at]!))).toBe(false);
  });

  test('read back, voxels, mask and place are those of the phantom', async () => {
    const [first] = series;
    const instances = await readInstances(first!);
    const read = buildVolume(instances.slice(0, -1));
    const { mask } = readSegment(instances.at(-1)!, read, 1);
    const phantom = createPhantom({
      anatomySeed: patient.seed,
      tumour: patient.tumour,
      phase: 'plain',
      noiseSeed: 1000 * patient.seed,
    });
    expect(sameBytes(Int16Array.from(read.volume.voxels), phantom.volume.voxels)).toBe(true);
    expect(sameBytes(mask.voxels, phantom.mask.voxels)).toBe(true);
    expect(read.volume.originMm).toEqual(phantom.volume.originMm);
    expect(read.volume.spacingMm).toEqual(phantom.volume.spacingMm);
  });

  test('phases share study and frame of reference, visits do not; the tumour shrinks', async () => {
    const read = await Promise.all(series.map(readInstances));
    const visits = read.map((instances) => {
      const volume = buildVolume(instances.slice(0, -1));
      const { mask } = readSegment(instances.at(-1)!, volume, 1);
      const voxels = mask.voxels.reduce((sum, label) => sum + label, 0);
      return { study: volume.StudyInstanceUID, frame: volume.FrameOfReferenceUID, voxels };
    });
    expect(visits[0]!.study).toBe(visits[1]!.study);
    expect(visits[0]!.frame).toBe(visits[1]!.frame);
    expect(visits[2]!.study).toBe(visits[3]!.study);
    expect(visits[2]!.study).not.toBe(visits[0]!.study);
    expect(visits[2]!.frame).not.toBe(visits[0]!.frame);
    expect(visits[0]!.voxels).toBe(visits[1]!.voxels);
    expect(visits[3]!.voxels).toBeLessThan(0.5 * visits[1]!.voxels);
  });

  test('the segment is a primary neoplasm, labelled as made by the phantom', async () => {
    const [seg] = await readInstances(series[0]!.slice(-1));
    expect(listSegments(seg!).segments[0]).toMatchObject({
      SegmentLabel: 'Primary tumour',
      SegmentAlgorithmType: 'AUTOMATIC',
      SegmentAlgorithmName: 'Deltascope synthetic phantom',
      type: { value: '86049000', scheme: 'SCT' },
    });
  });
});

describe.skipIf(!hasValidator)('dciodvfy (needs dicom3tools: apt-get install dicom3tools)', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-dciodvfy-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** What the validator says beyond the name of the object: errors and warnings. */
  function complaints(bytes: Uint8Array): string[] {
    const file = path.join(folder, 'object.dcm');
    writeFileSync(file, bytes);
    const { stdout, stderr, status } = spawnSync('dciodvfy', ['-new', file], { encoding: 'utf8' });
    const lines = `${stdout}\n${stderr}`
      .split('\n')
      .filter((line) => line !== '' && !/^(CTImage|Segmentation)$/.test(line));
    return status === 0 ? lines : [`exit status ${status}`, ...lines];
  }

  const withImages = syntheticPatients.filter(({ imaging }) => imaging.length > 0);
  test.each(withImages.map((patient) => [patient.id, patient] as const))('%s: no error, no warning', (_, patient) => {
    for (const files of createPatient(patient, referenceDate).dicomSeries()) {
      // Slices differ in position and pixels only: the ends and the middle stand for the rest.
      for (const at of [0, 23, 47, 48]) {
        const bytes = files[at];
        if (bytes !== undefined) expect(complaints(bytes)).toEqual([]);
      }
    }
  });

  test('the validator bites: a slice with an ImageType of another kind is refused', () => {
    const [files] = createPatient(patientById('synthetic-cedar'), referenceDate).dicomSeries();
    const bytes = Buffer.from(files![0]!);
    const at = bytes.indexOf('ORIGINAL\\PRIMARY\\AXIAL');
    bytes.write('ORIGINAL\\PRIMARY\\NOTHING'.slice(0, 22), at, 'latin1');
    expect(complaints(bytes)).not.toEqual([]);
  });
});
