import type { PublicationOutcome } from '../assessment/publish-results.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import type { ImagingStatus } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { createSweepMarks } from '../store/sweep-marks.ts';
import { imagingQueue, imagingRetry, isUnfinished, openBoss, type RetryPolicy } from './boss.ts';
import { createImagingQueue, type ImagingQueue } from './imaging-queue.ts';
import { createPublishQueue, type PublishQueue } from './publish-job.ts';
import { type SweepReport, type SweepServices, sweep } from './sweep.ts';
import { createSweepQueue } from './sweep-queue.ts';

/** Which work of the queues a process does. */
export interface JobSettings {
  /** Image analyses at the same time; 0 leaves them to other processes. */
  readonly analyses: number;
  /** Only those that are asked for in this process: a command that is about one patient. */
  readonly onlyRequested?: boolean;
  /** When to sweep, as a cron expression; null for never by itself. */
  readonly cron: string | null;
  /** How long a stop waits for running analyses (ms); 8 s where left out. */
  readonly graceMs?: number;
  /** Where it is not the usual one. */
  readonly retry?: Partial<RetryPolicy>;
}

export interface JobsOptions {
  readonly database: Database;
  readonly store: Store;
  readonly logger: Logger;
  readonly settings: JobSettings;
  readonly refreshAfterMs: number;
  readonly analyse: (patientId: string, onProgress: (share: number) => void) => Promise<ImagingStatus>;
  /** Publishes what is known of a patient; left out where nothing is to be written back. */
  readonly publish?: ((patientId: string) => Promise<PublicationOutcome>) | undefined;
  readonly sweeps: Omit<SweepServices, 'marks' | 'logger' | 'queue' | 'publishForBoard'>;
}

export interface Jobs {
  readonly imaging: ImagingQueue;
  /** Null where nothing is to be written back. */
  readonly publications: PublishQueue | null;
  /** Sweeps now; see `SweepQueue.sweepNow`. */
  sweepNow(onProgress?: (share: number) => void): Promise<SweepReport>;
  close(): Promise<void>;
}

/** The next sweep comes soon enough by itself. */
const sweepRetry: RetryPolicy = { attempts: 3, delaySeconds: 60, leaseSeconds: 120 };

/** The queues of image analyses and sweeps, with the workers of this process. */
export async function startJobs(options: JobsOptions): Promise<Jobs> {
  const { database, logger, settings, sweeps } = options;
  const retry = { ...imagingRetry, ...settings.retry };
  const boss = await openBoss(database, logger, Math.ceil(retry.leaseSeconds / 4));
  const imaging = await createImagingQueue({
    ...options,
    boss,
    concurrency: settings.analyses,
    onlyRequested: settings.onlyRequested ?? false,
    retry,
    ...(settings.graceMs !== undefined && { graceMs: settings.graceMs }),
  });
  const publications =
    options.publish === undefined
      ? null
      : await createPublishQueue({
          ...{ boss, database, logger, publish: options.publish },
          works: settings.analyses > 0 && settings.onlyRequested !== true,
          ...(settings.retry !== undefined && { retry: settings.retry }),
          ...(settings.graceMs !== undefined && { graceMs: settings.graceMs }),
        });
  const services: SweepServices = {
    ...sweeps,
    logger,
    marks: createSweepMarks(database),
    queue: imaging.add,
    ...(publications !== null && {
      async publishForBoard(patientId) {
        if (await isUnfinished(database, imagingQueue, patientId)) return false;
        await publications.add(patientId, 'board');
        return true;
      },
    }),
  };
  const sweepQueue = await createSweepQueue({
    boss,
    database,
    logger,
    cron: settings.cron,
    run: (onProgress) => sweep(services, new Date(), onProgress),
    retry: { ...sweepRetry, ...settings.retry },
  });
  return {
    imaging,
    publications,
    sweepNow: sweepQueue.sweepNow,
    async close() {
      await Promise.all([sweepQueue.close(), imaging.close(), publications?.close()]);
      await boss.stop({ graceful: false });
    },
  };
}
