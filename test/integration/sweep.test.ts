import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import { databaseOf, type Engine, openEngine } from '../../src/jobs/engine.ts';
import { jobStates, listJobs } from '../../src/jobs/job-list.ts';
import type { JobSettings } from '../../src/jobs/jobs.ts';
import { createLogger } from '../../src/log.ts';
import { openDatabase } from '../../src/store/database.ts';
import { mappingsFolder } from '../helpers/fhir-resources.ts';
import { orthancAvailable, orthancSkipReason, startOrthanc } from '../helpers/orthanc.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { until } from '../helpers/until.ts';

const today = new Date().toISOString().slice(0, 10);
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString();

/** The newest venous CT of a synthetic patient who is under atezolizumab, and its SEG. */
function newestCt(): { slices: Uint8Array[]; seg: Uint8Array } {
  const patient = syntheticPatients.find(({ id }) => id === 'synthetic-fern');
  if (patient === undefined) throw new Error('no such patient');
  const files = [...createPatient(patient, today).dicomSeries()].at(-1) ?? [];
  const [seg] = files.slice(-1);
  if (seg === undefined) throw new Error('no segmentation');
  return { slices: files.slice(0, -1), seg };
}

/** A patient without images, on a tumour board or not. */
function boardEntry(id: string, appointment: Partial<fhir4.Appointment>): fhir4.BundleEntry[] {
  const resources: fhir4.FhirResource[] = [
    { resourceType: 'Patient', id, identifier: [{ system: 'urn:example:pacs', value: id.toUpperCase() }] },
    {
      resourceType: 'Appointment',
      id: `${id}-board`,
      status: 'booked',
      start: inDays(1),
      serviceType: [{ coding: [{ system: 'http://snomed.info/sct', code: '720006006' }] }],
      participant: [{ status: 'accepted', actor: { reference: `Patient/${id}` } }],
      ...appointment,
    },
  ];
  return resources.map((resource) => ({
    resource,
    request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
  }));
}

describe.skipIf(!orthancAvailable())(`sweep over Orthanc and a FHIR server (${orthancSkipReason})`, () => {
  const closers: (() => Promise<unknown>)[] = [];
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-sweep-'));
  const { slices, seg } = newestCt();
  let archive: DicomwebClient;
  let dicomwebUrl: string;
  let fhir: Awaited<ReturnType<typeof startFhirServer>>;
  let engine: Engine;

  async function open(settings: Partial<JobSettings>, more: { databaseUrl?: string; dicomweb?: string } = {}) {
    const { databaseUrl, dicomweb = dicomwebUrl } = more;
    return openEngine({
      config: { dataFolder: folder, auditRequired: false, ...(databaseUrl !== undefined && { databaseUrl }) },
      servers: { fhir: { url: fhir.url }, dicomweb: { url: dicomweb } },
      content: loadClinicalContent(mappingsFolder),
      version: 'test',
      logger: createLogger('silent'),
      jobs: { analyses: 1, cron: null, ...settings },
    });
  }

  beforeAll(async () => {
    const orthanc = await startOrthanc();
    closers.push(orthanc.close);
    dicomwebUrl = orthanc.url;
    archive = createDicomwebClient({ url: orthanc.url });
    fhir = await startFhirServer();
    closers.push(fhir.close);
    engine = await open({});
    closers.push(async () => engine.close());
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
    rmSync(folder, { recursive: true, force: true });
  });
  const statusOf = (id: string) => engine.store.imagingStatusOf(`Patient/${id}`);

  it('passes over images of people whom the record does not know', async () => {
    await archive.storeInstances(slices);
    const report = await engine.sweepNow();
    expect(report).toEqual({ images: 1, patients: 1, unmatched: 1, queued: { study: 0, therapy: 0, appointment: 0 } });
  });

  it('finds who was given a checkpoint inhibitor since, and looks at their images', async () => {
    const fern = syntheticPatients.find(({ id }) => id === 'synthetic-fern');
    if (fern === undefined) throw new Error('no such patient');
    await fhir.load(createPatient(fern, today).bundle as fhir4.Bundle);
    const { queued, images } = await engine.sweepNow();
    expect({ queued, images }).toEqual({ queued: { study: 0, therapy: 1, appointment: 0 }, images: 0 });
    await until(async () => (await statusOf('synthetic-fern')) !== undefined, 'the first look');
    expect(await statusOf('synthetic-fern')).toMatchObject({ state: 'none', code: 'IMAGING_NO_SEG' });
  });

  it('finds a segmentation that was added to a known study, and its features are computed', async () => {
    await archive.storeInstances([seg]);
    const shares: number[] = [];
    const report = await engine.sweepNow((share) => shares.push(share));
    expect(report.queued).toEqual({ study: 1, therapy: 0, appointment: 0 });
    expect(shares.at(-1)).toBe(1);
    await until(async () => (await statusOf('synthetic-fern'))?.state === 'ready', 'the features', 90_000);
    const sets = await engine.store.featureSetsOf('Patient/synthetic-fern');
    expect(sets.length).toBeGreaterThan(0);
    expect(new Set(sets.map(({ StudyInstanceUID }) => StudyInstanceUID)).size).toBe(1);
  }, 120_000);

  it('queues nothing when there is nothing new', async () => {
    const report = await engine.sweepNow();
    expect(report).toEqual({ images: 0, patients: 0, unmatched: 0, queued: { study: 0, therapy: 0, appointment: 0 } });
  });

  it('takes patients who are on a tumour board within a week, and no other appointment', async () => {
    const other = [{ coding: [{ system: 'http://snomed.info/sct', code: '185389009' }] }];
    await fhir.load({
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        ...boardEntry('board-soon', {}),
        ...boardEntry('board-later', { start: inDays(30) }),
        ...boardEntry('board-cancelled', { status: 'cancelled' }),
        ...boardEntry('other-visit', { serviceType: other }),
      ],
    });
    expect((await engine.sweepNow()).queued).toEqual({ study: 0, therapy: 0, appointment: 1 });
    await until(async () => (await statusOf('board-soon')) !== undefined, 'the look');
    expect(await statusOf('board-soon')).toMatchObject({ state: 'none', code: 'IMAGING_NO_CT' });
    for (const id of ['board-later', 'board-cancelled', 'other-visit']) expect(await statusOf(id)).toBeUndefined();
    expect((await engine.sweepNow()).queued.appointment).toBe(0);
  });

  it('no job and no mark holds patient content', async () => {
    await engine.close();
    const database = await openDatabase(databaseOf({ dataFolder: folder }));
    const rows: unknown[] = [];
    for (const table of ['pgboss.job', 'pgboss.archive', 'pgboss.schedule', 'sweep_mark']) {
      rows.push(...(await database.query(`select * from ${table}`)));
    }
    const jobs = await listJobs(database, jobStates);
    await database.close();
    expect(
      jobs
        .map(({ patientId }) => patientId)
        .filter(Boolean)
        .sort(),
    ).toEqual(['board-soon', 'synthetic-fern']);
    const text = JSON.stringify(rows);
    expect(text).toContain('synthetic-fern');
    const fern = syntheticPatients.find(({ id }) => id === 'synthetic-fern');
    for (const content of [fern?.family, fern?.given, fern?.PatientID, 'BOARD-SOON', 'birthDate', 'atezolizumab']) {
      expect(text).not.toContain(content);
    }
    engine = await open({});
  });

  it('a sweep that fails says why, and is tried again by itself', async () => {
    await engine.close();
    engine = await open(
      { retry: { attempts: 2, delaySeconds: 1, leaseSeconds: 4 } },
      { dicomweb: 'http://127.0.0.1:9' },
    );
    await expect(engine.sweepNow()).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    await engine.close();
    const database = await openDatabase(databaseOf({ dataFolder: folder }));
    const [waiting] = await listJobs(database, ['retry']);
    expect(waiting).toMatchObject({ kind: 'sweep', code: 'PACS_UNREACHABLE', attempts: 1, attemptsAllowed: 2 });
    await database.close();
    engine = await open({});
    const isOver = async () => (await engine.sweepNow()).images === 0;
    await until(isOver, 'the sweep after the archive is back');
  });

  it.skipIf(!postgresAvailable)(
    `by the clock, in two processes, no sweep runs twice (${postgresSkipReason})`,
    async () => {
      const server = await startPostgres();
      const everySecond = { analyses: 0, cron: '* * * * * *' };
      const both = [
        await open(everySecond, { databaseUrl: server.url }),
        await open(everySecond, { databaseUrl: server.url }),
      ];
      const database = await openDatabase({ url: server.url });
      const sweeps = () => listJobs(database, ['completed']).then((all) => all.filter(({ kind }) => kind === 'sweep'));
      await until(async () => (await sweeps()).length > 0, 'a sweep');
      const [first] = await sweeps();
      await new Promise((resolve) => setTimeout(resolve, 3500));
      expect(await sweeps()).toEqual([first]);
      expect((await listJobs(database, ['queued'])).map(({ patientId }) => patientId).sort()).toEqual([
        'board-soon',
        'synthetic-fern',
      ]);
      await database.close();
      for (const each of both) await each.close();
      await server.close();
    },
  );
});
