import type { EventEmitter } from 'node:events';
import type PgBoss from 'pg-boss';
import { z } from 'zod';
import { DeltascopeError, type ErrorCode, errorTable, StoreError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import type { ImagingStatus } from '../store/records.ts';
import type { Store } from '../store/store.ts';
import { imagingDeadLetters, imagingQueue, type JobWish, type RetryPolicy } from './boss.ts';
import { type JobWorker, recoverCutOffJobs, startJobWorker } from './job-worker.ts';

/** Why a patient's images are analysed: somebody waits, a hook was called, a sweep found something, an operator asked again. */
export type ImagingReason = 'person' | 'hook' | 'study' | 'therapy' | 'appointment' | 'operator';

const priorities: Readonly<Record<ImagingReason, number>> = {
  person: 3,
  operator: 2,
  hook: 1,
  appointment: 0,
  therapy: 0,
  study: 0,
};

/** The job that analyses a patient's images. */
export function imagingWish(patientId: string, reason: ImagingReason): JobWish {
  return { queue: imagingQueue, key: patientId, data: { patientId, reason }, priority: priorities[reason] };
}

export interface ImagingWorkerOptions {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly store: Store;
  readonly logger: Logger;
  /** Analyses the patient's images; ends with a stored status, also on failure. */
  readonly analyse: (patientId: string, onProgress: (share: number) => void) => Promise<ImagingStatus>;
  /** Analyses at the same time in this process; 0 leaves them to others. */
  readonly concurrency: number;
  readonly retry: RetryPolicy;
}

const jobData = z.object({ patientId: z.string().min(1) });

/** How often the queue is looked at for what other processes did (ms). */
export const pollMs = 1000;

/**
 * Starts the worker of this process.
 *
 * @param local Receives `progress <patientId>` with the share done, and `end <patientId>` after each attempt; before each of
 *   them `imaging-progress` with the patient's id and the share, null after an attempt.
 * @returns Undefined where the analyses are left to other processes.
 */
export async function startImagingWorker(
  options: ImagingWorkerOptions,
  local: EventEmitter,
  { isPaused, onEnd }: { readonly isPaused: () => boolean; readonly onEnd: (patientId: string) => void },
): Promise<JobWorker | undefined> {
  const { boss, database, concurrency, retry } = options;
  if (concurrency === 0) return undefined;
  await recoverCutOffJobs(boss, database, imagingQueue);
  return startJobWorker({
    ...options,
    queue: imagingQueue,
    pollMs,
    leaseSeconds: retry.leaseSeconds,
    isPaused,
    run: (data) => runImagingJob(options, local, jobData.parse(data).patientId),
    onEnd(data) {
      const { patientId = '' } = jobData.safeParse(data).data ?? {};
      onEnd(patientId);
      local.emit('imaging-progress', patientId, null);
      local.emit(`end ${patientId}`);
    },
  });
}

async function runImagingJob(
  { database, store, logger, analyse }: ImagingWorkerOptions,
  local: EventEmitter,
  patientId: string,
): Promise<object> {
  const started = Date.now();
  let status: ImagingStatus;
  try {
    status = await analyse(patientId, (share) => {
      local.emit('imaging-progress', patientId, share);
      local.emit(`progress ${patientId}`, share);
    });
  } catch (error) {
    const named = error instanceof DeltascopeError;
    if (!named) logger.error({ job: imagingQueue, err: error }, 'image analysis failed');
    const text = named ? error.message : 'image analysis failed unexpectedly; the log of the service says why';
    status = failedStatus(patientId, named ? error.code : 'JOB_FAILED', text);
    await store.saveImagingStatus(status);
  }
  const { state, code } = status;
  logger.info({ job: imagingQueue, state, code, ms: Date.now() - started }, 'image analysis ended');
  await database.query("delete from pgboss.job where name = $1 and data->>'patientId' = $2", [
    imagingDeadLetters,
    patientId,
  ]);
  // A patient that is gone needs nobody's attention.
  if (state !== 'failed' || code === 'FHIR_PATIENT_NOT_FOUND') return { state, code };
  throw new StoreError(isErrorCode(code) ? code : 'JOB_FAILED', imagingQueue, 'image analysis failed');
}

/** The status of an analysis that did not come about. */
export function failedStatus(patientId: string, code: ErrorCode, message: string): ImagingStatus {
  const updatedAt = new Date().toISOString();
  return { patient: `Patient/${patientId}`, state: 'failed', code, message, selection: [], updatedAt };
}

function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && code in errorTable;
}
