import { createHash } from 'node:crypto';
import PgBoss from 'pg-boss';
import { DeltascopeError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';

/** Queue of image analyses; a job's data are a patient's id and why it was asked for. */
export const imagingQueue = 'imaging';
/** Image analyses that were given up: their jobs end here. */
export const imagingDeadLetters = 'imaging-dead-letters';
/** Queue of publications into image archive and record; a job's data are a patient's id and why it was asked for. */
export const publishQueue = 'publish';
/** Publications that were given up. */
export const publishDeadLetters = 'publish-dead-letters';
/** Queue of sweeps: at most one job, without data. */
export const sweepQueue = 'sweep';

const dayS = 86_400;

/**
 * pg-boss on the service's own database, PostgreSQL or PGlite alike.
 *
 * Its `work` is not used: it does not wait for the note that a job ended, so that a database that is away at that moment would end
 * the process. `startJobWorker` works the queues with `fetch`, `complete` and `fail`.
 *
 * @param maintenanceSeconds How often jobs are looked for whose process has died, and old ones removed; null for a program that
 *   only looks and leaves the upkeep to service and workers.
 * @throws StoreError `STORE_UNREACHABLE`
 */
export async function openBoss(database: Database, logger: Logger, maintenanceSeconds: number | null): Promise<PgBoss> {
  const boss = new PgBoss({
    db: {
      executeSql: async (text: string, values?: unknown[]) => ({
        // PGlite takes several statements only without values, and one with values.
        rows: values === undefined ? await database.script(text) : await database.query(text, values),
      }),
    },
    supervise: maintenanceSeconds !== null,
    // node-cron tells the time; pg-boss' own schedule would need one more poll of the database.
    schedule: false,
    ...(maintenanceSeconds !== null && { maintenanceIntervalSeconds: maintenanceSeconds }),
    archiveCompletedAfterSeconds: dayS,
    archiveFailedAfterSeconds: 30 * dayS,
    deleteAfterDays: 7,
  });
  boss.on('error', (error) => {
    const code = error instanceof DeltascopeError ? error.code : 'INTERNAL';
    logger.error({ job: 'maintenance', code, err: error }, 'the upkeep of the job queues failed; it is tried again');
  });
  await boss.start();
  await database.script(makeQueues);
  return boss;
}

/** `createQueue` of several processes at the same time ends in a deadlock: one after the other, all queues in one transaction. */
const makeQueues = `do $queues$ begin
  perform pg_advisory_xact_lock(72666003);
  perform pgboss.create_queue('${imagingDeadLetters}', '{"policy": "standard", "retentionMinutes": ${30 * 24 * 60}}');
  perform pgboss.create_queue('${imagingQueue}', '{"policy": "standard", "deadLetter": "${imagingDeadLetters}"}');
  perform pgboss.create_queue('${publishDeadLetters}', '{"policy": "standard", "retentionMinutes": ${30 * 24 * 60}}');
  perform pgboss.create_queue('${publishQueue}', '{"policy": "standard", "deadLetter": "${publishDeadLetters}"}');
  perform pgboss.create_queue('${sweepQueue}', '{"policy": "standard"}');
end $queues$`;

/** What became of the wish for a job: queued now, or there already and `waiting` or `active`. */
export type Queued = 'queued' | 'waiting' | 'active';

export interface JobWish {
  readonly queue: string;
  /** Two jobs of one queue with the same key are the same job. */
  readonly key: string;
  readonly data: object;
  /** Larger goes first. */
  readonly priority: number;
  /** Nothing is queued when the same job began within so many seconds. */
  readonly notAgainWithinSeconds?: number;
}

/** How jobs are tried again. */
export interface RetryPolicy {
  readonly attempts: number;
  /** Before the second attempt; twice as long before each further one (s). */
  readonly delaySeconds: number;
  /** A job whose process has not been heard of for so long is given to another one (s). */
  readonly leaseSeconds: number;
}

/** Five attempts within about a quarter of an hour: longer than a restart of PACS or record takes. */
export const imagingRetry: RetryPolicy = { attempts: 5, delaySeconds: 30, leaseSeconds: 120 };

/**
 * Queues a job unless the same job is waiting or running: then that one is it, and is moved forward if the new wish is more
 * urgent.
 *
 * The job's id is made of queue and key, which the primary key of pg-boss' table then keeps to one. Its own policies can't: with
 * `stately` a job that runs keeps all others of the queue from being fetched while a second one of its key waits, and with
 * `short` two of one key may run at the same time.
 */
export async function sendOnce(boss: PgBoss, database: Database, wish: JobWish, retry: RetryPolicy): Promise<Queued> {
  const { queue, data, priority, notAgainWithinSeconds = 0 } = wish;
  const id = jobIdOf(queue, wish.key);
  await database.query(
    `delete from pgboss.job where name = $1 and id = $2 and state > 'active'
      and (started_on is null or started_on <= now() - $3 * interval '1 second')`,
    [queue, id, notAgainWithinSeconds],
  );
  const sent = await boss.send(queue, data, {
    id,
    priority,
    retryLimit: retry.attempts - 1,
    retryDelay: retry.delaySeconds,
    retryBackoff: true,
    expireInSeconds: retry.leaseSeconds,
  });
  if (sent !== null) return 'queued';
  const [waiting] = await database.query(
    `update pgboss.job set priority = greatest(priority, $3) where name = $1 and id = $2 and state < 'active' returning id`,
    [queue, id, priority],
  );
  return waiting === undefined ? 'active' : 'waiting';
}

/** Whether the job with this key waits, runs, or is to be tried again. */
export async function isUnfinished(database: Database, queue: string, key: string): Promise<boolean> {
  const rows = await database.query("select id from pgboss.job where name = $1 and id = $2 and state <= 'active'", [
    queue,
    jobIdOf(queue, key),
  ]);
  return rows.length > 0;
}

/** The id of the job with this key: a UUID made of a hash. RFC 9562, version 8. */
export function jobIdOf(queue: string, key: string): string {
  const hex = createHash('sha256').update(`${queue} ${key}`).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
