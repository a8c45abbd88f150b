import type PgBoss from 'pg-boss';
import { z } from 'zod';
import type { PublicationOutcome } from '../assessment/publish-results.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';
import {
  type JobWish,
  jobIdOf,
  publishDeadLetters,
  publishQueue,
  type Queued,
  type RetryPolicy,
  sendOnce,
} from './boss.ts';
import { recoverCutOffJobs, startJobWorker } from './job-worker.ts';

/** Why a result is published: the images of the patient were analysed, a board comes up, an operator asked again. */
export type PublishReason = 'analysis' | 'board' | 'operator';

const priorities: Readonly<Record<PublishReason, number>> = { operator: 2, board: 1, analysis: 0 };

/** Eight attempts within about an hour: an archive may be down for its upkeep. */
export const publishRetry: RetryPolicy = { attempts: 8, delaySeconds: 30, leaseSeconds: 120 };

/** The job that publishes what is known of a patient when it runs. */
export function publishWish(patientId: string, reason: PublishReason): JobWish {
  return { queue: publishQueue, key: patientId, data: { patientId, reason }, priority: priorities[reason] };
}

export interface PublishQueue {
  /** Queues the publication of a patient's result; asking twice is one job, asking while it runs, wherever, one more after it. */
  add(patientId: string, reason: PublishReason): Promise<Queued>;
  /** Lets a running publication end, and gives back one that takes too long. */
  close(): Promise<void>;
}

export interface PublishQueueOptions {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly logger: Logger;
  readonly retry?: Partial<RetryPolicy>;
  /** Assesses the patient and publishes the result; may be done again from the start. */
  readonly publish: (patientId: string) => Promise<PublicationOutcome>;
  /** Whether this process does the work; false leaves it to others. */
  readonly works: boolean;
  /** How long `close` waits for a running publication (ms). */
  readonly graceMs?: number;
}

const jobData = z.object({ patientId: z.string().min(1) });
const pollMs = 1000;
const usualGraceMs = 8000;

/**
 * The queue of publications on the database. A job is a patient's id and why: the handler reads record and archive again, so that what is
 * stored is what is known then. One at a time and process, because two of one archive would only wait for each other.
 */
export async function createPublishQueue(options: PublishQueueOptions): Promise<PublishQueue> {
  const { boss, database, logger, publish, works, graceMs = usualGraceMs } = options;
  const retry = { ...publishRetry, ...options.retry };
  if (works) await recoverCutOffJobs(boss, database, publishQueue);
  async function add(patientId: string, reason: PublishReason): Promise<Queued> {
    const queued = await sendOnce(boss, database, publishWish(patientId, reason), retry);
    // It may have ended between the two: then it can be queued now.
    if (queued === 'active' && !(await askAgain(database, patientId, reason))) return add(patientId, reason);
    worker?.wake();
    return queued;
  }
  let requeued: Promise<void> = Promise.resolve();
  async function requeue(): Promise<void> {
    try {
      if ((await queueAskedAgain(database)) > 0) worker?.wake();
    } catch (error) {
      // The next end of a publication does it.
      logger.error({ job: publishQueue, err: error }, 'a publication could not be queued again');
    }
  }
  if (works) await queueAskedAgain(database);
  const worker = !works
    ? undefined
    : startJobWorker({
        ...{ boss, database, logger, pollMs },
        queue: publishQueue,
        concurrency: 1,
        leaseSeconds: retry.leaseSeconds,
        onEnd: () => {
          requeued = requeue();
        },
        async run(data) {
          const { patientId } = jobData.parse(data);
          await forgetAskedAgain(database, patientId);
          const started = Date.now();
          const { instances, resources } = await publish(patientId);
          const stored = { instances: instances.length, resources: resources.length };
          logger.info({ job: publishQueue, ...stored, ms: Date.now() - started }, 'result published');
          await database.query("delete from pgboss.job where name = $1 and data->>'patientId' = $2", [
            publishDeadLetters,
            patientId,
          ]);
          return stored;
        },
      });
  return {
    add,
    async close() {
      await worker?.stop(graceMs);
      await requeued;
    },
  };
}

/**
 * Notes at a running job that its publication is asked for again: it may have read before what is new. The note is in the job's own row,
 * because the two may be of different processes.
 *
 * @returns Whether the job still ran.
 */
async function askAgain(database: Database, patientId: string, reason: PublishReason): Promise<boolean> {
  const rows = await database.query(
    `update pgboss.job set data = data || jsonb_build_object('askedAgain', $3::text)
      where name = $1 and id = $2 and state = 'active' returning id`,
    [publishQueue, jobIdOf(publishQueue, patientId), reason],
  );
  return rows.length > 0;
}

/** An attempt that begins will read all that it was asked for until now. */
async function forgetAskedAgain(database: Database, patientId: string): Promise<void> {
  await database.query("update pgboss.job set data = data - 'askedAgain' where name = $1 and id = $2", [
    publishQueue,
    jobIdOf(publishQueue, patientId),
  ]);
}

/**
 * Queues what was asked for while it ran and has ended, whoever ran it: in one statement, so that neither two processes nor the end of one
 * make two jobs or none of it.
 *
 * @returns How many were queued.
 */
async function queueAskedAgain(database: Database): Promise<number> {
  const rows = await database.query(
    `update pgboss.job set state = 'created', data = data - 'askedAgain' || jsonb_build_object('reason', data->>'askedAgain'),
        priority = ($2::jsonb->>(data->>'askedAgain'))::int, retry_count = 0, output = null,
        created_on = now(), start_after = now(), started_on = null, completed_on = null
      where name = $1 and state > 'active' and data ? 'askedAgain' returning id`,
    [publishQueue, JSON.stringify(priorities)],
  );
  return rows.length;
}
