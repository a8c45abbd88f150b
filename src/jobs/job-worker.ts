import { setTimeout as sleep } from 'node:timers/promises';
import type PgBoss from 'pg-boss';
import { DeltascopeError, type ErrorCode, errorTable } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Database } from '../store/database.ts';

export interface JobWorkerOptions {
  readonly boss: PgBoss;
  readonly database: Database;
  readonly logger: Logger;
  readonly queue: string;
  /** Jobs that run at the same time. */
  readonly concurrency: number;
  /** How often the queue is looked at while nothing is heard of it (ms). */
  readonly pollMs: number;
  readonly leaseSeconds: number;
  /** Does the work; what it throws decides whether it is tried again. Returns what is kept of it: codes, no content. */
  readonly run: (data: unknown) => Promise<object>;
  /** While true no job is taken; asked again after `wake` and `pollMs`. */
  readonly isPaused?: () => boolean;
  /** Told after the end of every attempt was written down. */
  readonly onEnd?: (data: unknown) => void;
}

export interface JobWorker {
  /** Looks at the queue now. */
  wake(): void;
  /** Takes no further job, lets running ones end, and gives back those that have not after `graceMs`: another attempt, not a failure. */
  stop(graceMs: number): Promise<void>;
}

/** Works a queue until it is stopped. A database that is away for a while is waited for. */
export function startJobWorker(options: JobWorkerOptions): JobWorker {
  const { boss, database, logger, queue, concurrency, pollMs, run } = options;
  const { isPaused = () => false, onEnd = () => undefined } = options;
  const resting = new Set<AbortController>();
  const running = new Set<string>();
  let stopping = false;
  let wakes = 0;

  const wake = () => {
    wakes += 1;
    for (const rest of resting) rest.abort();
  };

  async function loop(): Promise<void> {
    while (!stopping) {
      const before = wakes;
      const [job] = isPaused() ? [] : await boss.fetch<unknown>(queue);
      if (job !== undefined) await attempt(job);
      // A job may have been queued while the empty answer was on its way.
      else if (wakes === before) await rest();
    }
  }

  async function rest(): Promise<void> {
    const controller = new AbortController();
    resting.add(controller);
    await sleep(pollMs, undefined, { signal: controller.signal }).catch(() => undefined);
    resting.delete(controller);
  }

  async function attempt({ id, data }: PgBoss.Job<unknown>): Promise<void> {
    running.add(id);
    const stopRenewing = renewLease(options, id);
    try {
      const kept = await run(data);
      if (running.has(id)) await boss.complete(queue, id, kept);
    } catch (error) {
      if (running.has(id)) await fail(id, error);
    } finally {
      stopRenewing();
      running.delete(id);
      onEnd(data);
    }
  }

  async function fail(id: string, error: unknown): Promise<void> {
    const code = error instanceof DeltascopeError ? error.code : 'INTERNAL';
    logger.warn({ job: queue, id, code }, 'job failed');
    try {
      if (!isWorthRetrying(code)) {
        await database.query(
          "update pgboss.job set retry_limit = retry_count where name = $1 and id = $2 and state = 'active'",
          [queue, id],
        );
      }
      await boss.fail(queue, id, { code });
    } catch (cause) {
      // The lease runs out, and then it is tried again.
      logger.error({ job: queue, id, err: cause }, 'the end of a job could not be written down');
    }
  }

  const loops = Promise.all(Array.from({ length: concurrency }, loop));
  return {
    wake,
    async stop(graceMs) {
      stopping = true;
      wake();
      const patience = new AbortController();
      await Promise.race([loops, sleep(graceMs, undefined, { signal: patience.signal }).catch(() => undefined)]);
      patience.abort();
      const cutOff = [...running];
      running.clear();
      if (cutOff.length === 0) return;
      // Without `started_on` the next start does not count as a further attempt.
      await database.query(
        `update pgboss.job set state = 'retry', started_on = null, start_after = now()
          where name = $1 and id = any($2::uuid[]) and state = 'active'`,
        [queue, cutOff],
      );
    },
  };
}

/** Longest that a job may take: one that hangs must not keep its lease for ever. */
const longestJobMs = 3_600_000;

/** Keeps a running job from being given to another process. pg-boss has no heartbeat: the job's expiry is moved on. */
function renewLease({ database, queue, leaseSeconds, logger }: JobWorkerOptions, id: string): () => void {
  const startedAt = Date.now();
  const renew = () => {
    if (Date.now() - startedAt > longestJobMs) return;
    database
      .query(
        `update pgboss.job set expire_in = now() - started_on + $3 * interval '1 second'
          where name = $1 and id = $2 and state = 'active'`,
        [queue, id, leaseSeconds],
      )
      .catch((error: unknown) => logger.warn({ job: queue, id, err: error }, 'the lease of a job was not renewed'));
  };
  renew();
  const timer = setInterval(renew, (leaseSeconds * 1000) / 3);
  return () => clearInterval(timer);
}

/** Issue types of failures that may be over when the job is tried again. */
const passing: readonly string[] = ['transient', 'throttled', 'timeout', 'exception'];

function isWorthRetrying(code: ErrorCode): boolean {
  return passing.includes(errorTable[code].issue);
}

/**
 * Jobs that were running when the process before this one ended: of a database that no other process can use, nobody runs them.
 * That counts as an attempt, so that a job that kills the process ends some time.
 */
export async function recoverCutOffJobs(boss: PgBoss, database: Database, queue: string): Promise<void> {
  if (!database.exclusive) return;
  const rows = await database.query<{ id: string }>("select id from pgboss.job where name = $1 and state = 'active'", [
    queue,
  ]);
  for (const { id } of rows) await boss.fail(queue, id, { code: 'JOB_CUT_OFF' });
  await database.query(
    "update pgboss.job set start_after = now() where name = $1 and id = any($2::uuid[]) and state = 'retry'",
    [queue, rows.map(({ id }) => id)],
  );
}
