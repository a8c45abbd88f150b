import { EventEmitter } from 'node:events';
import type { ImagingStatus } from '../store/records.ts';
import { attemptEnd } from './attempt-end.ts';
import { imagingQueue, type Queued, sendOnce } from './boss.ts';
import {
  failedStatus,
  type ImagingReason,
  type ImagingWorkerOptions,
  imagingWish,
  pollMs,
  startImagingWorker,
} from './imaging-job.ts';
import { createImagingWatch, type ImagingWatch } from './imaging-progress.ts';

export interface ImagingQueue {
  /**
   * Queues the analysis of a patient's images whatever is known of them; asking twice is one job.
   *
   * @returns `active` when an analysis runs already: what came into the archive since it began may not be in it.
   */
  add(patientId: string, reason: ImagingReason): Promise<Queued>;
  /** Queues the analysis unless it was done a short while ago. */
  addIfDue(patientId: string, reason: ImagingReason): Promise<void>;
  /**
   * Like `addIfDue`, for one who waits.
   *
   * @param onProgress Called with the share done, 0 to 1, while this process does the work.
   * @returns The promise of the attempt's end, wherever it is made; undefined when no analysis is needed.
   */
  request(
    patientId: string,
    onProgress?: (share: number) => void,
  ): Promise<{ finished: Promise<ImagingStatus> | undefined }>;
  /**
   * Queues the analysis of a patient's images for one who waits, because something new is in the archive. An analysis that runs
   * already may have missed it: then another one follows.
   *
   * @returns Whether it had to be queued, and the promise of the end of an attempt that began after the call.
   */
  again(patientId: string): Promise<{ readonly queued: Queued; readonly finished: Promise<ImagingStatus> }>;
  readonly watch: ImagingWatch;
  /** Lets running analyses end, and gives back those that take too long: another process, or the next start, does them. */
  close(): Promise<void>;
}

export interface ImagingQueueOptions extends ImagingWorkerOptions {
  /** An answer that is older is asked for again (ms). */
  readonly refreshAfterMs: number;
  /** Takes jobs only while somebody waits for one in this process: a command that is about one patient. */
  readonly onlyRequested?: boolean;
  /** How long `close` waits for running analyses (ms). */
  readonly graceMs?: number;
}

/** Containers are killed ten seconds after they are asked to stop. */
const usualGraceMs = 8000;

/**
 * The queue of image analyses on the database. A job is a patient's id and why: the handler reads record and PACS again. Failures
 * that may pass are tried again after a growing pause; what is given up is a dead letter until an analysis of the patient ends.
 */
export async function createImagingQueue(options: ImagingQueueOptions): Promise<ImagingQueue> {
  const { boss, database, store, refreshAfterMs, onlyRequested = false, graceMs = usualGraceMs, retry } = options;
  const local = new EventEmitter().setMaxListeners(0);
  // Patients whom somebody waits for, until an attempt here has ended; and what they wait for, until it was told.
  const wanted = new Set<string>();
  const waiting = new Map<string, Promise<ImagingStatus>>();
  // What follows an upload, until it has ended.
  const followed = new Set<Promise<unknown>>();
  let closed = false;

  const worker = await startImagingWorker(options, local, {
    isPaused: () => onlyRequested && wanted.size === 0,
    onEnd: (patientId) => wanted.delete(patientId),
  });

  async function add(patientId: string, reason: ImagingReason): Promise<Queued> {
    const queued = await sendOnce(boss, database, imagingWish(patientId, reason), retry);
    worker?.wake();
    return queued;
  }

  async function isDue(patientId: string): Promise<boolean> {
    const known = await store.imagingStatusOf(`Patient/${patientId}`);
    return (
      known === undefined || known.state === 'pending' || Date.now() - Date.parse(known.updatedAt) >= refreshAfterMs
    );
  }

  async function statusAfter(
    patientId: string,
    begin: () => Promise<unknown> = () => add(patientId, 'person'),
  ): Promise<ImagingStatus> {
    await attemptEnd(database, {
      queue: imagingQueue,
      key: patientId,
      local,
      pollMs,
      isClosed: () => closed,
      begin,
    });
    const status = await store.imagingStatusOf(`Patient/${patientId}`);
    return status ?? failedStatus(patientId, 'JOB_CUT_OFF', 'the image analysis was stopped; it is done later');
  }

  function follow(work: Promise<unknown>): void {
    const ended = work.catch(() => undefined).finally(() => followed.delete(ended));
    followed.add(ended);
  }

  return {
    add,
    async again(patientId) {
      let first: Promise<ImagingStatus> | undefined;
      const queued = await new Promise<Queued>((resolve, reject) => {
        first = statusAfter(patientId, async () => resolve(await add(patientId, 'person')));
        first.catch(reject);
      });
      // What runs already may have looked at the archive before; only after its end another one can be queued.
      const finished = (first ?? statusAfter(patientId)).then((status) =>
        queued === 'active' && !closed ? statusAfter(patientId) : status,
      );
      follow(finished);
      return { queued, finished };
    },
    watch: createImagingWatch(database, local),
    async addIfDue(patientId, reason) {
      if (await isDue(patientId)) await add(patientId, reason);
    },
    async request(patientId, onProgress = () => undefined) {
      const due = await isDue(patientId);
      // Looked up after the await, so that two calls at the same time wait for the same end.
      let end = waiting.get(patientId);
      if (end === undefined && !due) return { finished: undefined };
      wanted.add(patientId);
      end ??= statusAfter(patientId);
      waiting.set(patientId, end);
      local.on(`progress ${patientId}`, onProgress);
      const finished = end.finally(() => {
        waiting.delete(patientId);
        wanted.delete(patientId);
        local.off(`progress ${patientId}`, onProgress);
      });
      return { finished };
    },
    async close() {
      await worker?.stop(graceMs);
      closed = true;
      await Promise.allSettled([...waiting.values(), ...followed]);
    },
  };
}
