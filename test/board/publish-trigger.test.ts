import type { Appointment } from '@medplum/fhirtypes';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { boardAppointments } from '../../src/demo/board-appointments.ts';
import { syntheticPatients } from '../../src/demo/patients.ts';
import { type Engine, openEngine } from '../../src/jobs/engine.ts';
import { jobStates, type ListedJob, listJobs } from '../../src/jobs/job-list.ts';
import { createLogger } from '../../src/log.ts';
import { formatDate } from '../../src/models/calendar.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { type Orthanc, orthancAvailable, orthancSkipReason, startOrthanc } from '../helpers/orthanc.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { until } from '../helpers/until.ts';
import { type ArchiveAndRecord, startArchiveAndRecord } from './archive-and-record.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import { hasPoppler, popplerSkipReason, seePdf } from './pdf-probes.ts';

const patientId = 'synthetic-aster';
const patienceMs = 120_000;

describe.skipIf(!orthancAvailable() || !postgresAvailable)(
  `DELTASCOPE_WRITE_BACK=both over a real archive (${orthancSkipReason}; ${postgresSkipReason})`,
  { timeout: 300_000 },
  () => {
    let orthanc: Orthanc;
    let world: ArchiveAndRecord;
    let proxy: FaultProxy;
    let engine: Engine;
    let postgres: Awaited<ReturnType<typeof startPostgres>>;
    /** The engine's database, seen beside it. */
    let database: Database;

    const open = () => {
      const settings = readConfig({
        DELTASCOPE_DATA_DIR: world.folder,
        DELTASCOPE_DATABASE_URL: postgres.url,
        DELTASCOPE_WRITE_BACK: 'both',
      });
      return openEngine({
        config: settings,
        servers: { fhir: { url: world.fhir.url }, dicomweb: { url: proxy.url } },
        content: loadClinicalContent(settings.mappingsFolder),
        version: 'test',
        logger: createLogger('silent'),
        jobs: { analyses: 1, cron: null, retry: { attempts: 8, delaySeconds: 1 } },
      });
    };
    beforeAll(async () => {
      world = await startArchiveAndRecord(patientId, async () => {
        orthanc = await startOrthanc();
        return orthanc;
      });
      proxy = await startFaultProxy(orthanc.url);
      postgres = await startPostgres();
      database = await openDatabase({ url: postgres.url });
    });
    afterAll(async () => {
      await engine?.close();
      await database?.close();
      await postgres?.close();
      await proxy?.close();
      await world?.close();
    });

    async function publishJobs(): Promise<ListedJob[]> {
      return (await listJobs(database, jobStates)).filter(({ kind }) => kind === 'publish');
    }
    async function outcomes(): Promise<string[]> {
      const found: string[] = [];
      for await (const { text } of engine.store.audit.read(new Date(0), new Date(Date.now() + 60_000))) {
        const { event, outcome } = JSON.parse(text) as AuditEntry;
        if (event === 'publication') found.push(outcome);
      }
      return found;
    }

    /** Waits until no job of any kind is to be done. */
    async function idle(): Promise<void> {
      const isDone = ({ state }: ListedJob) => state === 'completed' || state === 'failed';
      await until(async () => (await listJobs(database, jobStates)).every(isDone), 'the end of all jobs', patienceMs);
    }

    it('the archive ends between report and page: the queue stores the rest when it is back, and nothing twice', async () => {
      let halted: Promise<void> | undefined;
      proxy.faultOf = ({ method, body }) => {
        if (method === 'POST' && body.includes('application/pdf')) halted ??= orthanc.halt();
        return halted === undefined ? 'pass' : 'gone';
      };
      engine = await open();
      await (await engine.requestImaging(patientId)).finished;
      await until(() => halted !== undefined, 'the page on its way', patienceMs);
      await halted;
      await until(async () => (await outcomes()).length > 0, 'a failed attempt', patienceMs);
      expect(await outcomes()).toContain('PACS_UNREACHABLE');
      expect((await world.writtenResources()).DiagnosticReport).toBe(0);
      expect(await engine.store.lastPublication(`Patient/${patientId}`, 'dicom')).toBeUndefined();

      await orthanc.resume();
      // Nothing reaches it before it is looked at.
      const half = await world.storedObjects();
      expect(half.map(({ Modality }) => Modality)).toContain('SR');
      expect(half.map(({ Modality }) => Modality)).not.toContain('DOC');
      proxy.faultOf = () => 'pass';
      await until(async () => (await outcomes()).includes('success'), 'the publication', patienceMs);
      const whole = await world.storedObjects();
      expect(whole.filter(({ Modality }) => Modality !== 'DOC')).toEqual(half);
      expect(whole.filter(({ Modality }) => Modality === 'DOC')).toHaveLength(1);
      expect(await world.writtenResources()).toMatchObject({ DiagnosticReport: 1, Provenance: 1 });
      await idle();
      const [job, ...others] = await publishJobs();
      expect(others).toEqual([]);
      expect(job).toMatchObject({ patientId, reason: 'analysis', state: 'completed' });
      expect(job?.attempts).toBeGreaterThan(1);
    });

    /** Sweeps have the images looked at again first, and leave the publication to the next one as long as that is not over. */
    async function sweeps(): Promise<void> {
      for (let turn = 0; turn < 3; turn++) {
        await engine.sweepNow();
        await (await engine.requestImaging(patientId)).finished;
        await idle();
      }
    }

    /** Text of the pages in the archive, by UID. */
    async function pages(): Promise<Map<string, string>> {
      const texts = new Map<string, string>();
      for (const { Modality, ...address } of await world.storedObjects()) {
        if (Modality !== 'DOC') continue;
        const { dataset } = await world.client.retrieveInstance(address);
        const [bytes] = [dataset.EncapsulatedDocument].flat() as ArrayBuffer[];
        texts.set(address.SOPInstanceUID, seePdf(new Uint8Array(bytes as ArrayBuffer)).pages.join(' '));
      }
      return texts;
    }

    it.skipIf(!hasPoppler)(
      `for a board of tomorrow a page with its question follows, once; and one more when the question changes (${popplerSkipReason})`,
      async () => {
        const others = async () => (await world.storedObjects()).filter(({ Modality }) => Modality !== 'DOC');
        const [objects, resources, first] = [await others(), await world.writtenResources(), await pages()];
        const before = (await outcomes()).length;
        const tomorrow = new Date(Date.now() + 86_400_000).toISOString().slice(0, 10);
        const board = boardAppointments(
          syntheticPatients.filter(({ id }) => id === patientId),
          tomorrow,
        );
        let seen = first;
        for (const [times, question] of ['Operable?', 'Operable?', 'Radiotherapy?'].entries()) {
          const [appointment] = (board.entry ?? []).map(({ resource }) => resource as Appointment);
          Object.assign(appointment ?? {}, { comment: question });
          await world.fhir.load(structuredClone(board));
          await sweeps();
          const all = await pages();
          const added = [...all].filter(([uid]) => !seen.has(uid)).map(([, text]) => text);
          // The second time it is the same board.
          expect(added).toHaveLength(times === 1 ? 0 : 1);
          for (const text of added) {
            expect(text).toContain(`Board of ${formatDate(tomorrow)}`);
            expect(text).toContain(question);
          }
          seen = all;
        }
        expect(await others()).toEqual(objects);
        const added = seen.size - first.size;
        expect(await world.writtenResources()).toEqual({
          ...resources,
          DiagnosticReport: (resources.DiagnosticReport ?? 0) + added,
          Provenance: (resources.Provenance ?? 0) + added,
        });
        expect(new Set((await outcomes()).slice(before))).toEqual(new Set(['success']));
      },
    );
  },
);
