import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { computeImageFeatures, type ImageFeatureServices } from '../../src/assessment/image-features.ts';
import type { DicomStudy } from '../../src/demo/dicom-writer.ts';
import { type CtSeriesPlan, writeCtSeries } from '../../src/demo/dicom-writer-ct.ts';
import { writeSegmentation } from '../../src/demo/dicom-writer-seg.ts';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import type { DicomInstance } from '../../src/dicomweb/instance.ts';
import { loadSegmentTable } from '../../src/dicomweb/segment-table.ts';
import { loadSeriesRules } from '../../src/dicomweb/series-rules.ts';
import type { ImageRequirement } from '../../src/models/image-schema.ts';
import { readNetwork } from '../../src/onnx/network.ts';
import { runNetwork } from '../../src/onnx/run-network.ts';
import { extractFeatures } from '../../src/radiomics/extractor.ts';
import { parseParameters, settingsHash } from '../../src/radiomics/parameters.ts';
import type { Mask, Volume } from '../../src/radiomics/volume.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { onnxFile, writeNetwork } from '../helpers/onnx-graphs.ts';

/** A block of tissue in which every slice has its own value; the tumour is a cube of 6 x 6 x 4 voxels of 1 x 1 x 2 mm. */
const grid = {
  dims: [24, 24, 10],
  spacingMm: [1, 1, 2],
  originMm: [0, 0, 0],
  direction: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
} as const;
const plane = 24 * 24;
const volume = (hu: number): Volume => ({
  ...grid,
  voxels: Int16Array.from({ length: plane * 10 }, (_, i) => hu + Math.trunc(i / plane)),
});
const inTumour = (i: number) => {
  const [x, y, z] = [i % 24, Math.trunc(i / 24) % 24, Math.trunc(i / plane)];
  return x >= 9 && x < 15 && y >= 9 && y < 15 && z >= 3 && z < 7;
};
const tumour: Mask = { ...grid, voxels: Uint8Array.from({ length: plane * 10 }, (_, i) => Number(inTumour(i))) };

const study = (day: string): DicomStudy => ({
  subject: { PatientID: 'SYN', PatientName: 'SYNTHETIC^Block', PatientBirthDate: '19600101', PatientSex: 'F' },
  StudyInstanceUID: `2.25.${day}`,
  FrameOfReferenceUID: `2.25.${day}9`,
  StudyDate: day,
  StudyTime: '080000',
  StudyID: day,
  StudyDescription: 'CT chest',
});
const series = (day: string, phase: CtSeriesPlan['phase'], hu: number, SeriesNumber: number): Uint8Array[] => {
  const plan = { study: study(day), SeriesNumber, SeriesDescription: `Chest ${phase}`, phase, SeriesTime: '081000' };
  const ct = writeCtSeries(plan, volume(hu));
  return [...ct.instances, writeSegmentation(ct, tumour)];
};

const image = (changes: Partial<ImageRequirement>): ImageRequirement => ({
  name: 'baseline',
  label: 'baseline CT',
  visit: 'baseline',
  phases: ['venous'],
  region: { name: 'tumour' },
  processing: 'mean.yaml',
  maximumAgeDays: 90,
  sliceThicknessMm: [1, 5],
  ...changes,
});

/** A binary SEG as a fractional one: half of the maximum where it was inside, a little elsewhere. */
function fractional(seg: DicomInstance): DicomInstance {
  const bits = seg.pixelData ?? new Uint8Array();
  const pixelData = Uint8Array.from({ length: 8 * bits.length }, (_, i) => ((bits[i >> 3]! >> (i & 7)) & 1 ? 100 : 20));
  const changes = { SegmentationType: 'FRACTIONAL', MaximumFractionalValue: 200, BitsAllocated: 8, BitsStored: 8 };
  return { ...seg, pixelData, dataset: { ...seg.dataset, ...changes } };
}

const ring = { name: 'ring', growMm: 2, shrinkMm: 2 } as const;
const parameters = parseParameters(
  'featureClass:\n  firstorder: [Mean, Maximum]\n  shape: [VoxelVolume]\n',
  'mean.yaml',
);

describe('computeImageFeatures on the embedded archive', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-image-features-'));
  let server: Awaited<ReturnType<typeof startDicomwebServer>>;
  let dicomweb: DicomwebClient;
  let store: Store;
  let retrieved = 0;
  let extracted = 0;

  beforeAll(async () => {
    // First: while the database is made, the connection to the archive would time out.
    store = createStore(await openDatabase({ folder: path.join(folder, 'database') }));
    server = await startDicomwebServer({ folder: path.join(folder, 'archive') });
    const client = createDicomwebClient({ url: server.url });
    dicomweb = {
      ...client,
      retrieveSeries: (...address) => {
        retrieved += 1;
        return client.retrieveSeries(...address);
      },
    };
    await client.storeInstances([
      ...series('20260101', 'venous', 10, 1),
      ...series('20260201', 'plain', 20, 1),
      ...series('20260201', 'venous', 60, 2),
      ...series('20260401', 'venous', 30, 1),
    ]);
  });
  afterAll(async () => {
    await store.close();
    await server.close();
    rmSync(folder, { recursive: true });
  });

  const mappings = fileURLToPath(new URL('../../mappings', import.meta.url));
  const services = (images: ImageRequirement[], more: Partial<ImageFeatureServices> = {}): ImageFeatureServices => ({
    dicomweb,
    store,
    rules: { seriesRules: loadSeriesRules(mappings), segments: loadSegmentTable(mappings) },
    images,
    processing: [{ name: 'mean.yaml', settingsHash: settingsHash(parameters), parameters }],
    async extract({ volume: voxels }, { mask }, settings) {
      extracted += 1;
      return extractFeatures(voxels, mask, settings);
    },
    infer: runNetwork,
    ...more,
  });
  const subject = { patient: 'Patient/p', patientIds: ['SYN'], firstDose: '2026-02-10' };
  const counts = async (work: () => Promise<unknown>) => {
    [retrieved, extracted] = [0, 0];
    await work();
    return { retrieved, extracted };
  };

  it('computes tumour and ring of the visit and phase that a model asks for, and nothing else', async () => {
    const shares: number[] = [];
    const wanted = [image({}), image({ name: 'ring', region: ring }), image({ name: 'same' })];
    const done = await counts(() => computeImageFeatures(services(wanted), subject, (share) => shares.push(share)));
    expect(done).toEqual({ retrieved: 1, extracted: 2 });
    expect(shares).toEqual([0.5, 1, 1]);
    const sets = await store.featureSetsOf('Patient/p');
    expect(sets.map(({ region, studyDate, phase }) => [region, studyDate, phase]).sort()).toEqual([
      ['ring-2-2', '2026-02-01', 'venous'],
      ['tumour', '2026-02-01', 'venous'],
    ]);
    const of = (region: string) => sets.find((set) => set.region === region);
    // 6 x 6 x 4 voxels of 2 mm3, slices 3 to 6 of 60 + slice.
    expect(of('tumour')?.features).toEqual({
      original_firstorder_Mean: 64.5,
      original_firstorder_Maximum: 66,
      original_shape_VoxelVolume: 288,
    });
    /*
     * Ring, by counting: with voxels of 1 x 1 x 2 mm, 2 mm reach one slice, or two columns and rows, or one of each across. Outside,
     * each of the 4 slices has 4 sides of 6 x 2 and 4 corners of 1 (1 + 1 within 2 mm; 1 + 2 is not), 52; the slices above and below
     * have 36. Inside, a voxel is within 2 mm of the outside in the outer two of three layers, or in the first and last slice.
     */
    const outside = 4 * (4 * 12 + 4) + 2 * 36;
    const inside = 6 * 6 * 4 - 2 * 2 * 2;
    expect(of('ring-2-2')?.features.original_shape_VoxelVolume).toBe(2 * (outside + inside));
    // The slice above belongs to the ring, one further does not.
    expect(of('ring-2-2')?.features.original_firstorder_Maximum).toBe(67);
  });

  it('keeps what the images and the mask are, and says which series were chosen', async () => {
    const [set] = await store.featureSetsOf('Patient/p');
    expect(set).toMatchObject({
      SeriesDescription: 'Chest venous',
      SliceThickness: 2,
      phaseReason: "SeriesDescription 'Chest venous'",
      mask: {
        type: 'AUTOMATIC',
        algorithm: 'Deltascope synthetic phantom',
        author: 'PHANTOM SYNTHETIC',
        date: '2026-02-01',
        segmentLabel: 'Primary tumour',
      },
    });
    const status = await store.imagingStatusOf('Patient/p');
    expect(status).toMatchObject({ state: 'ready', message: null });
    expect(status?.selection.map(({ studyDate, series: all }) => [studyDate, all.length])).toEqual([
      ['2026-04-01', 1],
      ['2026-02-01', 2],
      ['2026-01-01', 1],
    ]);
  });

  it('asks for no image when everything is stored, and only for the new visit when a model asks for one', async () => {
    const wanted = [image({}), image({ name: 'ring', region: ring })];
    expect(await counts(() => computeImageFeatures(services(wanted), subject))).toEqual({ retrieved: 0, extracted: 0 });
    const more = [...wanted, image({ name: 'newest', visit: 'newest-follow-up' })];
    expect(await counts(() => computeImageFeatures(services(more), subject))).toEqual({ retrieved: 1, extracted: 1 });
    const outside = [
      ...wanted,
      image({ name: 'early', visit: 'first-follow-up', region: ring, daysFromFirstDose: [1, 30] }),
    ];
    expect(await counts(() => computeImageFeatures(services(outside), subject))).toEqual({
      retrieved: 0,
      extracted: 0,
    });
  });

  it('a ring that can not be made does not hide the tumour; a series that can not be read gives way to the next phase', async () => {
    const broken: DicomwebClient['retrieveSeries'] = (uid, of) =>
      of === venous ? Promise.reject(new Error('lost')) : dicomweb.retrieveSeries(uid, of);
    const venous = (await store.featureSetsOf('Patient/p')).find(
      ({ studyDate }) => studyDate === '2026-02-01',
    )?.SeriesInstanceUID;
    const narrow = { name: 'ring', growMm: 0.1, shrinkMm: 0.1 } as const;
    const wide = { name: 'ring', growMm: 4, shrinkMm: 2 } as const;
    const first = [image({ region: narrow }), image({ region: wide })];
    const status = await computeImageFeatures(services(first), subject);
    expect(status).toMatchObject({ state: 'ready', message: expect.stringContaining('MASK_EMPTY') });
    const wanted = [image({ phases: ['venous', 'plain'], region: { ...wide, growMm: 3 } })];
    const partial = await computeImageFeatures(
      services(wanted, { dicomweb: { ...dicomweb, retrieveSeries: broken } }),
      subject,
    );
    expect(partial).toMatchObject({ state: 'ready', message: expect.stringContaining('unexpected failure') });
    const sets = (await store.featureSetsOf('Patient/p')).filter(({ region }) => region === 'ring-3-2');
    expect(sets.map(({ phase }) => phase)).toEqual(['plain']);
  });

  it('keeps how images were compressed with loss, and from which share on a fractional mask is inside', async () => {
    const lossy = { LossyImageCompressionMethod: 'ISO_10918_1', LossyImageCompressionRatio: 10 };
    const archive: DicomwebClient = {
      ...dicomweb,
      retrieveSeries: async (...address) =>
        (await dicomweb.retrieveSeries(...address)).map((one) => ({
          ...one,
          lossy: true,
          dataset: { ...one.dataset, ...lossy },
        })),
      retrieveInstance: async (address) => fractional(await dicomweb.retrieveInstance(address)),
    };
    const plain = parseParameters('featureClass: { shape: [VoxelVolume] }', 'kept.yaml');
    const processing = [{ name: 'kept.yaml', settingsHash: settingsHash(plain), parameters: plain }];
    const wanted = [image({ processing: 'kept.yaml' })];
    await computeImageFeatures(services(wanted, { dicomweb: archive, processing }), subject);
    const set = (await store.featureSetsOf('Patient/p')).find(({ processing: name }) => name === 'kept.yaml');
    expect(set).toMatchObject({
      features: { original_shape_VoxelVolume: 288 },
      preparation: {
        lossyCompression: { methods: ['ISO_10918_1'], ratio: 10 },
        straightened: null,
        maskThreshold: 0.5,
      },
    });
    const other = (await store.featureSetsOf('Patient/p')).find(({ processing: name }) => name === 'mean.yaml');
    expect(other?.preparation).toEqual({ lossyCompression: null, straightened: null, maskThreshold: null });
  });

  it('a network sees the block around the tumour, and its outputs are features', async () => {
    // Mean of 2 x 2 x 4 voxels around the centroid of slices 3 to 6: (60 + 4.5) for columns and rows 11 and 12.
    const graph = onnxFile(
      [1, 4, 2, 2],
      [{ name: 'y', dims: [1, 1] }],
      [
        { opType: 'Flatten', input: ['x'], output: ['flat'] },
        { opType: 'Gemm', input: ['flat', 'w'], output: ['y'] },
      ],
      [{ name: 'w', dims: [16, 1], values: Array<number>(16).fill(1 / 16) }],
    );
    const { declarationFile } = writeNetwork(folder, graph, {
      crop: { centre: 'mask-centroid', sizeMm: [2, 2, null], sizeVoxels: [2, 2, 4], outsideHu: -1000 },
      interpolation: 'linear',
      normalise: { mean: 0, sd: 1 },
    });
    const network = readNetwork(declarationFile);
    const processing = [{ name: 'test.json', settingsHash: network.hash, network }];
    const wanted = [image({ processing: 'test.json' }), image({ processing: 'not-supplied.json' })];
    expect(await computeImageFeatures(services(wanted, { processing }), subject)).toMatchObject({
      state: 'ready',
      message: null,
    });
    const set = (await store.featureSetsOf('Patient/p')).find(({ processing: name }) => name === 'test.json');
    expect(set).toMatchObject({ settingsHash: network.hash, features: { test_score: 64.5 } });
  });

  it('an unknown patient: none, with the code', async () => {
    const nobody = { patient: 'Patient/q', patientIds: ['NOBODY'], firstDose: null };
    expect(await computeImageFeatures(services([image({})]), nobody)).toMatchObject({
      state: 'none',
      code: 'IMAGING_NO_CT',
      selection: [],
    });
  });
});
