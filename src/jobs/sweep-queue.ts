import { EventEmitter } from 'node:events';
import { createTask, type ScheduledTask } from 'node-cron';
import type PgBoss from 'pg-boss';
import { z } from 'zod';
import { errorTable, StoreError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import { attemptEnd } from './attempt-end.ts';
import { type RetryPolicy, sendOnce, sweepQueue } from './boss.ts';
import { recoverCutOffJobs, startJobWorker } from './job-worker.ts';
import type { SweepReport } from './sweep.ts';

export interface SweepQueue {
  /**
   * Sweeps now, or waits for the sweep that runs.
   *
   * @param onProgress Called with the share done, 0 to 1, while this process does the work.
   * @throws StoreError with the code of what failed; the queue tries again by itself.
   */
  sweepNow(onProgress?: (share: number) => void): Promise<SweepReport>;
  close(): Promise<void>;
}

export interface SweepQueueOptions {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly logger: Logger;
  /** When to sweep, as a cron expression in the time of the machine; null for never by itself. */
  readonly cron: string | null;
  readonly run: (onProgress: (share: number) => void) => Promise<SweepReport>;
  readonly retry: RetryPolicy;
}

/** The one key: there is at most one sweep, whatever number of processes tell the time. */
const key = 'sweep';
/** Clocks of processes that tell the time differ by less, and no cron expression comes round sooner. */
const notAgainWithinSeconds = 30;
const pollMs = 1000;
const graceMs = 3000;

const report = z.object({
  images: z.number(),
  patients: z.number(),
  unmatched: z.number(),
  queued: z.object({ study: z.number(), therapy: z.number(), appointment: z.number() }),
});

/** Sweeps by the clock. A sweep is a job: several processes share it, one that fails is tried again, one that hangs is replaced. */
export async function createSweepQueue(options: SweepQueueOptions): Promise<SweepQueue> {
  const { boss, database, logger, cron, run, retry } = options;
  const local = new EventEmitter().setMaxListeners(0);
  let asked = 0;
  let closed = false;
  await recoverCutOffJobs(boss, database, sweepQueue);
  const worker = startJobWorker({
    ...options,
    queue: sweepQueue,
    concurrency: 1,
    pollMs,
    leaseSeconds: retry.leaseSeconds,
    // A command that is about something else must not take a sweep that it would cut off at its end.
    isPaused: () => cron === null && asked === 0,
    async run() {
      const done = await run((share) => local.emit('progress', share));
      logger.info({ job: sweepQueue, ...done }, 'sweep ended');
      return done;
    },
    onEnd: () => local.emit(`end ${key}`),
  });
  const wish = { queue: sweepQueue, key, data: {}, priority: 0 };
  const task =
    cron === null
      ? undefined
      : startClock(cron, logger, () =>
          sendOnce(boss, database, { ...wish, notAgainWithinSeconds }, retry).then(worker.wake),
        );
  return {
    async sweepNow(onProgress = () => undefined) {
      local.on('progress', onProgress);
      asked += 1;
      try {
        const end = await attemptEnd(database, {
          queue: sweepQueue,
          key,
          local,
          pollMs,
          isClosed: () => closed,
          begin: () => sendOnce(boss, database, wish, retry).then(worker.wake),
        });
        return readReport(end?.output);
      } finally {
        asked -= 1;
        local.off('progress', onProgress);
      }
    },
    async close() {
      await task?.destroy();
      await worker.stop(graceMs);
      closed = true;
    },
  };
}

/** The clock only queues: who does the sweep, and again after a failure, is the queue's matter. */
function startClock(cron: string, logger: Logger, tick: () => Promise<void>): ScheduledTask {
  const say = (message: string | Error) => logger.warn({ job: sweepQueue }, String(message));
  const silent = () => undefined;
  const task = createTask(
    cron,
    async () => {
      try {
        await tick();
      } catch (error) {
        logger.error({ job: sweepQueue, err: error }, 'the sweep could not be queued; it is at its next time');
      }
    },
    { name: sweepQueue, noOverlap: true, logger: { info: silent, debug: silent, warn: say, error: say } },
  );
  void task.start();
  return task;
}

function readReport(output: unknown): SweepReport {
  const read = report.safeParse(output);
  if (read.success) return read.data;
  const code = z.object({ code: z.string() }).safeParse(output).data?.code ?? 'JOB_CUT_OFF';
  const named = Object.keys(errorTable).find((name): name is keyof typeof errorTable => name === code);
  throw new StoreError(named ?? 'INTERNAL', sweepQueue, 'the sweep failed; it is tried again, and the log says why');
}
