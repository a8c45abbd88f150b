import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import type { FeatureSetRecord } from '../../src/store/records.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';

const record: FeatureSetRecord = {
  StudyInstanceUID: '2.25.1',
  SeriesInstanceUID: '2.25.2',
  segSOPInstanceUID: '2.25.3',
  segmentNumber: 1,
  region: 'tumour',
  settingsHash: 'abc',
  extractorVersion: '1',
  patient: 'Patient/p',
  studyDate: '2026-10-12',
  phase: 'venous',
  phaseReason: null,
  processing: 'a.yaml',
  features: { original_firstorder_Mean: 0.1 + 0.2, original_shape_MeshVolume: 12345.678901234567 },
  SeriesDescription: "O'Brien; drop table feature_set --",
  ConvolutionKernel: null,
  SliceThickness: 3,
  mask: { type: 'AUTOMATIC', algorithm: 'nnU-Net (v2)', author: null, date: null, segmentLabel: 'Primary tumour' },
  computedAt: '2026-10-13T08:00:00.000Z',
};

/** What both databases must do alike. */
function storeContract(
  open: () => Promise<{ store: Store; reopen: () => Promise<Store>; end: () => Promise<void> }>,
): void {
  let opened: Awaited<ReturnType<typeof open>>;
  let store: Store;
  beforeAll(async () => {
    opened = await open();
    store = opened.store;
  });
  afterAll(async () => {
    await store.close();
    await opened.end();
  });

  it('gives a feature set back bit for bit, and only for its own identity', async () => {
    await store.saveFeatureSet(record);
    expect(await store.findFeatureSet(record)).toEqual(record);
    expect(await store.findFeatureSet({ ...record, settingsHash: 'other' })).toBeUndefined();
    expect(await store.findFeatureSet({ ...record, extractorVersion: '2' })).toBeUndefined();
    expect(await store.findFeatureSet({ ...record, segmentNumber: 2 })).toBeUndefined();
    expect(await store.findFeatureSet({ ...record, region: 'ring-2-2' })).toBeUndefined();
  });

  it('leaves a feature set that is there as it is', async () => {
    await store.saveFeatureSet({ ...record, features: { original_firstorder_Mean: 99 } });
    expect((await store.findFeatureSet(record))?.features).toEqual(record.features);
  });

  it('keeps the ring of a tumour beside the tumour', async () => {
    const ring = { ...record, region: 'ring-2-2', features: { original_firstorder_Mean: 7 } };
    await store.saveFeatureSet(ring);
    expect(await store.findFeatureSet(ring)).toEqual(ring);
    expect(await store.findFeatureSet(record)).toEqual(record);
  });

  it('lists the newest study first, undated ones last, and no other patient', async () => {
    await store.saveFeatureSet({ ...record, SeriesInstanceUID: '2.25.4', studyDate: '2026-11-02' });
    await store.saveFeatureSet({ ...record, SeriesInstanceUID: '2.25.5', studyDate: null });
    await store.saveFeatureSet({ ...record, SeriesInstanceUID: '2.25.6', patient: 'Patient/other' });
    const dates = (await store.featureSetsOf('Patient/p')).map(({ studyDate }) => studyDate);
    expect(dates).toEqual(['2026-11-02', '2026-10-12', '2026-10-12', null]);
  });

  it('keeps one imaging status a patient', async () => {
    const pending = {
      patient: 'Patient/p',
      state: 'pending',
      code: null,
      message: null,
      selection: [],
      updatedAt: '2026-11-02T08:00:00Z',
    } as const;
    await store.saveImagingStatus(pending);
    await store.saveImagingStatus({ ...pending, state: 'none', code: 'IMAGING_NO_SEG', message: 'no mask' });
    expect(await store.imagingStatusOf('Patient/p')).toMatchObject({ state: 'none', code: 'IMAGING_NO_SEG' });
    expect(await store.imagingStatusOf('Patient/unknown')).toBeUndefined();
  });

  it('gives a launch away once, also where two ask at the same moment, and not when it is over', async () => {
    const [soon, before] = [60_000, -1000].map((ms) => new Date(Date.now() + ms).toISOString());
    await store.saveLaunch('launch', 'https://ehr.example/fhir', soon ?? '');
    await store.saveLaunch('over', 'https://ehr.example/fhir', before ?? '');
    expect(await store.takeLaunch('unknown')).toBeUndefined();
    expect(await store.takeLaunch('over')).toBeUndefined();
    const taken = await Promise.all([1, 2, 3, 4].map(() => store.takeLaunch('launch')));
    expect(taken.filter((issuer) => issuer !== undefined)).toEqual(['https://ehr.example/fhir']);
    await expect(store.saveLaunch('twice', 'a', soon ?? '')).resolves.toBeUndefined();
    await expect(store.saveLaunch('twice', 'b', soon ?? '')).rejects.toMatchObject({ code: expect.any(String) });
  });

  it('keeps everything over a restart, and brings the tables up to date only once', async () => {
    await store.saveAssessment({ id: 'a1', subject: 'Patient/p', createdAt: '2026-11-02T08:00:00Z' });
    await store.saveAssessment({ id: 'a2', subject: 'Patient/p', createdAt: '2026-11-03T08:00:00Z' });
    await store.close();
    store = await opened.reopen();
    expect((await store.assessmentsOf('Patient/p', 5)).map(({ id }) => id)).toEqual(['a2', 'a1']);
    expect(await store.findFeatureSet(record)).toEqual(record);
  });
}

/** The tables as version 0.1 of Deltascope made them, with one feature set and one status in them. */
const firstTables = [
  'create table migration (number integer primary key, applied_at timestamptz not null default now())',
  `create table feature_set (
    study_instance_uid text not null, series_instance_uid text not null, seg_sop_instance_uid text not null,
    segment_number integer not null, settings_hash text not null, extractor_version text not null,
    patient text not null, record jsonb not null,
    primary key (study_instance_uid, series_instance_uid, seg_sop_instance_uid, segment_number, settings_hash, extractor_version)
  )`,
  'create index feature_set_patient on feature_set (patient)',
  'create table imaging_status (patient text primary key, record jsonb not null)',
  'create table assessment (id text primary key, patient text not null, created_at timestamptz not null, record jsonb not null)',
  'create index assessment_patient on assessment (patient, created_at desc)',
  'insert into migration (number) values (0), (1), (2), (3), (4)',
];
const { phaseReason: _, ConvolutionKernel: __, mask: ___, ...unchanged } = record;
const firstRecord = {
  ...unchanged,
  SegmentLabel: 'Primary tumour',
  SegmentAlgorithmType: 'AUTOMATIC (nnU-Net (v2))',
};

/** What a database of version 0.1 must hold after it was opened. */
async function checkMigrated(query: (sql: string, values?: unknown[]) => Promise<unknown>, open: () => Promise<Store>) {
  for (const sql of firstTables) await query(sql);
  for (const [uid, type] of [
    ['2.25.2', firstRecord.SegmentAlgorithmType],
    ['2.25.9', 'MANUAL'],
    ['2.25.10', ''],
  ]) {
    const old = { ...firstRecord, SeriesInstanceUID: uid, SegmentAlgorithmType: type };
    const values = ['2.25.1', uid, '2.25.3', 1, 'abc', '1', 'Patient/p', JSON.stringify(old)];
    await query('insert into feature_set values ($1, $2, $3, $4, $5, $6, $7, $8::jsonb)', values);
  }
  const status = { patient: 'Patient/p', state: 'ready', code: null, message: null, updatedAt: '2026-11-02T08:00:00Z' };
  await query('insert into imaging_status values ($1, $2::jsonb)', ['Patient/p', JSON.stringify(status)]);
  const store = await open();
  expect(await store.findFeatureSet(record)).toEqual(record);
  const algorithms = (await store.featureSetsOf('Patient/p')).map(({ mask }) => [mask.type, mask.algorithm]);
  expect(algorithms.sort()).toEqual([
    ['AUTOMATIC', 'nnU-Net (v2)'],
    ['MANUAL', null],
    ['UNKNOWN', null],
  ]);
  expect(await store.imagingStatusOf('Patient/p')).toEqual({ ...status, selection: [] });
  await store.saveFeatureSet({ ...record, region: 'ring-2-2' });
  expect(await store.featureSetsOf('Patient/p')).toHaveLength(4);
  await store.close();
}

describe('a database of an earlier version', () => {
  it('PGlite: feature sets get a region and the mask its provenance, once', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-store-'));
    const where = { folder: path.join(folder, 'database') };
    const old = await PGlite.create(where.folder);
    await checkMigrated(
      (sql, values) => old.query(sql, values),
      async () => {
        await old.close();
        return createStore(await openDatabase(where));
      },
    );
    const again = createStore(await openDatabase(where));
    expect(await again.findFeatureSet(record)).toEqual(record);
    await again.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.skipIf(!postgresAvailable)(`PostgreSQL (${postgresSkipReason})`, async () => {
    const server = await startPostgres();
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await checkMigrated(
      (sql, values) => client.query(sql, values),
      async () => {
        await client.end();
        return createStore(await openDatabase({ url: server.url }));
      },
    );
    await server.close();
  });
});

describe('store on PGlite', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-store-'));
  const where = { folder: path.join(folder, 'database') };
  storeContract(async () => ({
    store: createStore(await openDatabase(where)),
    reopen: async () => createStore(await openDatabase(where)),
    end: async () => rmSync(folder, { recursive: true, force: true }),
  }));

  it('keeps a second writer out of the folder', async () => {
    await expect(openDatabase(where)).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
  });
});

describe.skipIf(!postgresAvailable)(`store on PostgreSQL (${postgresSkipReason})`, () => {
  storeContract(async () => {
    const server = await startPostgres();
    return {
      store: createStore(await openDatabase({ url: server.url })),
      reopen: async () => createStore(await openDatabase({ url: server.url })),
      end: server.close,
    };
  });
});

describe.skipIf(!postgresAvailable)(`PostgreSQL that goes down (${postgresSkipReason})`, () => {
  it('is an error with a code, not the end of the process', async () => {
    const server = await startPostgres();
    const store = createStore(await openDatabase({ url: server.url }));
    await store.imagingStatusOf('Patient/p');
    await server.close();
    await expect(store.imagingStatusOf('Patient/p')).rejects.toMatchObject({ code: 'STORE_UNREACHABLE' });
    await store.close();
  });
});

describe('store that is not there', () => {
  it('says so with a code and what to check', async () => {
    const attempt = openDatabase({ url: 'postgres://nobody@127.0.0.1:1/none' });
    await expect(attempt).rejects.toMatchObject({ code: 'STORE_UNREACHABLE', subject: 'PostgreSQL' });
  });
});
