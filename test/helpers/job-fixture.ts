import { type JobSettings, type Jobs, startJobs } from '../../src/jobs/jobs.ts';
import { createLogger } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import type { ImagingStatus } from '../../src/store/records.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { fakeClient } from './fake-archive.ts';
import { mappings } from './fhir-resources.ts';

export type Where = Parameters<typeof openDatabase>[0];

/** The queues on a database, with an analysis that is made up. */
export interface JobFixture {
  readonly database: Database;
  readonly store: Store;
  readonly jobs: Jobs;
  close(): Promise<void>;
}

/** What a made-up analysis comes to. */
export function imagingStatus(
  patientId: string,
  state: ImagingStatus['state'],
  code: string | null = null,
): ImagingStatus {
  const message = code === null ? null : `made up: ${code}`;
  return {
    patient: `Patient/${patientId}`,
    state,
    code,
    message,
    selection: [],
    updatedAt: new Date().toISOString(),
  };
}

/** Starts the queues; no server is asked. */
export async function startJobFixture(
  where: Where,
  analyse: (patientId: string, onProgress: (share: number) => void) => Promise<ImagingStatus>,
  settings: Partial<JobSettings> = {},
): Promise<JobFixture> {
  const database = await openDatabase(where);
  const store = createStore(database);
  const jobs = await startJobs({
    database,
    store,
    logger: createLogger('silent'),
    settings: { analyses: 1, cron: null, ...settings },
    refreshAfterMs: 600_000,
    sweeps: {
      fhir: {
        read: () => Promise.reject(new Error('no server')),
        search: () => Promise.reject(new Error('no server')),
      },
      dicomweb: fakeClient([]),
      mappings,
      noteRead: async () => undefined,
    },
    async analyse(patientId, onProgress) {
      const status = await analyse(patientId, onProgress);
      await store.saveImagingStatus(status);
      return status;
    },
  });
  return {
    database,
    store,
    jobs,
    async close() {
      await jobs.close();
      await database.close();
    },
  };
}
