import PQueue from 'p-queue';
import type { Logger } from '../log.ts';
import type { ImagingStatus } from '../store/records.ts';
import type { Store } from '../store/store.ts';

export interface ImagingQueue {
  /**
   * Sees to it that a patient's images are analysed: queues the analysis unless it runs already or was done a short
   * while ago. Returns at once; the status in the store says how far it is.
   *
   * @returns The promise of the running analysis, or undefined when none is needed.
   */
  request(
    patientId: string,
    onProgress?: (share: number) => void,
  ): Promise<{ finished: Promise<ImagingStatus> | undefined }>;
  /** Lets running analyses end, drops the waiting ones (they are asked for again by the next hook call). */
  close(): Promise<void>;
}

export interface ImagingQueueOptions {
  readonly store: Store;
  readonly logger: Logger;
  /** Analyses the patient's images; ends with a stored status, also on failure. */
  readonly analyse: (patientId: string, onProgress: (share: number) => void) => Promise<ImagingStatus>;
  /** An answer that is older is asked for again (ms). */
  readonly refreshAfterMs: number;
  readonly concurrency: number;
}

/**
 * In-process queue of image analyses. A job is a patient's id and nothing else: the handler reads record and PACS again.
 * Asking twice for the same patient is one job.
 */
export function createImagingQueue(options: ImagingQueueOptions): ImagingQueue {
  const { store, logger, analyse, refreshAfterMs, concurrency } = options;
  const queue = new PQueue({ concurrency });
  const running = new Map<string, Promise<ImagingStatus>>();

  async function run(patientId: string, onProgress: (share: number) => void): Promise<ImagingStatus> {
    const started = Date.now();
    try {
      const status = await queue.add(() => analyse(patientId, onProgress), { throwOnTimeout: true });
      logger.info(
        { job: 'imaging', state: status.state, code: status.code, ms: Date.now() - started },
        'image analysis ended',
      );
      return status;
    } catch (error) {
      logger.error({ job: 'imaging', err: error }, 'image analysis failed');
      const status: ImagingStatus = {
        patient: `Patient/${patientId}`,
        state: 'failed',
        code: 'JOB_FAILED',
        message: 'image analysis failed unexpectedly; the log of the service says why',
        selection: [],
        updatedAt: new Date().toISOString(),
      };
      await store.saveImagingStatus(status);
      return status;
    } finally {
      running.delete(patientId);
    }
  }

  return {
    async request(patientId, onProgress = () => undefined) {
      const known = await store.imagingStatusOf(`Patient/${patientId}`);
      // Looked up after the await, so that two calls at the same time can't both start one.
      const already = running.get(patientId);
      if (already !== undefined) return { finished: already };
      if (
        known !== undefined &&
        known.state !== 'pending' &&
        Date.now() - Date.parse(known.updatedAt) < refreshAfterMs
      ) {
        return { finished: undefined };
      }
      const finished = run(patientId, onProgress);
      running.set(patientId, finished);
      return { finished };
    },
    async close() {
      queue.clear();
      await queue.onIdle();
    },
  };
}
