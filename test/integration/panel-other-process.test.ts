import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createDicomwebClient } from '../../src/dicomweb/client.ts';
import type { AnalysisState } from '../../src/http/api/panel-types.ts';
import { openEngine } from '../../src/jobs/engine.ts';
import { createLogger } from '../../src/log.ts';
import { seriesOf } from '../helpers/panel-service.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';

describe.skipIf(!postgresAvailable)(`an analysis that another process makes (${postgresSkipReason})`, () => {
  const closers: (() => Promise<unknown>)[] = [];
  let service: TestService;
  let startWorker: () => Promise<void>;

  beforeAll(async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-other-'));
    closers.push(() => rm(folder, { recursive: true, force: true }));
    const postgres = await startPostgres();
    closers.push(postgres.close);
    const fhir = await startFhirServer();
    closers.push(fhir.close);
    const archive = await startDicomwebServer({ folder: path.join(folder, 'dicom') });
    closers.push(archive.close);
    const hazel = syntheticPatients.find(({ id }) => id === 'synthetic-hazel')!;
    await fhir.load(createPatient(hazel, new Date().toISOString().slice(0, 10)).bundle);
    for (const series of seriesOf(hazel.id)) await createDicomwebClient({ url: archive.url }).storeInstances(series);
    const environment = { DELTASCOPE_DATABASE_URL: postgres.url };
    service = await startTestService(fhir.url, archive.url, undefined, environment, 0);
    closers.push(service.close);
    startWorker = async () => {
      const config = readConfig({ ...environment, DELTASCOPE_DATA_DIR: folder });
      const worker = await openEngine({
        config,
        servers: { fhir: { url: fhir.url }, dicomweb: { url: archive.url } },
        content: loadClinicalContent(config.mappingsFolder),
        version: 'test',
        logger: createLogger('silent'),
        jobs: { analyses: 1, cron: null },
      });
      closers.push(worker.close);
    };
  }, 240_000);
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  }, 60_000);

  it('waits, runs and ends in the events, without a share', async () => {
    const response = await fetch(`${service.url}/api/patients/synthetic-hazel/analysis/events`);
    const events: AnalysisState[] = [];
    const decoder = new TextDecoder();
    for await (const chunk of response.body!) {
      for (const [, data] of decoder.decode(chunk as Uint8Array, { stream: true }).matchAll(/^data: (.*)$/gm)) {
        events.push(JSON.parse(data!) as AnalysisState);
      }
      if (events.length === 1 && closers.length === 5) await startWorker();
    }
    expect(events[0]?.state).toBe('pending');
    expect(events.at(-1)).toMatchObject({ state: 'ready', code: null });
    expect(events.every(({ share }) => share === null)).toBe(true);
  }, 240_000);
});
