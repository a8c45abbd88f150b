import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
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
  settingsHash: 'abc',
  extractorVersion: '1',
  patient: 'Patient/p',
  studyDate: '2026-10-12',
  phase: 'venous',
  region: 'tumour',
  processing: 'a.yaml',
  features: { original_firstorder_Mean: 0.1 + 0.2, original_shape_MeshVolume: 12345.678901234567 },
  SeriesDescription: "O'Brien; drop table feature_set --",
  SliceThickness: 3,
  SegmentLabel: 'Primary tumour',
  SegmentAlgorithmType: 'MANUAL',
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
  });

  it('leaves a feature set that is there as it is', async () => {
    await store.saveFeatureSet({ ...record, features: { original_firstorder_Mean: 99 } });
    expect((await store.findFeatureSet(record))?.features).toEqual(record.features);
  });

  it('lists the newest study first, undated ones last, and no other patient', async () => {
    await store.saveFeatureSet({ ...record, SeriesInstanceUID: '2.25.4', studyDate: '2026-11-02' });
    await store.saveFeatureSet({ ...record, SeriesInstanceUID: '2.25.5', studyDate: null });
    await store.saveFeatureSet({ ...record, SeriesInstanceUID: '2.25.6', patient: 'Patient/other' });
    const dates = (await store.featureSetsOf('Patient/p')).map(({ studyDate }) => studyDate);
    expect(dates).toEqual(['2026-11-02', '2026-10-12', null]);
  });

  it('keeps one imaging status a patient', async () => {
    const pending = {
      patient: 'Patient/p',
      state: 'pending',
      code: null,
      message: null,
      updatedAt: '2026-11-02T08:00:00Z',
    } as const;
    await store.saveImagingStatus(pending);
    await store.saveImagingStatus({ ...pending, state: 'none', code: 'IMAGING_NO_SEG', message: 'no mask' });
    expect(await store.imagingStatusOf('Patient/p')).toMatchObject({ state: 'none', code: 'IMAGING_NO_SEG' });
    expect(await store.imagingStatusOf('Patient/unknown')).toBeUndefined();
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
