import type { EventEmitter } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Database } from '../store/database.ts';
import { jobIdOf } from './boss.ts';

/** A job as its row says. */
export interface JobState {
  readonly state: string;
  /** When its last attempt began; null before the first. */
  readonly startedOn: string | null;
  /** What the last attempt left behind. */
  readonly output: unknown;
}

export interface AttemptWait {
  readonly queue: string;
  readonly key: string;
  /** Emits `end <key>` when this process has ended an attempt. */
  readonly local: EventEmitter;
  /** How often the row is looked at for what other processes did (ms). */
  readonly pollMs: number;
  /** True once the process is to stop. */
  readonly isClosed: () => boolean;
  /** Queues the job. */
  readonly begin: () => Promise<unknown>;
}

/**
 * Queues a job and waits for the end of an attempt at a job, whichever process makes it: done, given up, or to be tried again.
 *
 * @returns The job after that; undefined when there is no such job (any more).
 */
export async function attemptEnd(database: Database, wait: AttemptWait): Promise<JobState | undefined> {
  const { queue, key, local, pollMs, isClosed, begin } = wait;
  const before = await stateOf(database, queue, key);
  await begin();
  for (;;) {
    // Listening before looking: the end may come between the two.
    const over = new AbortController();
    const stop = () => over.abort();
    local.once(`end ${key}`, stop);
    try {
      const now = await stateOf(database, queue, key);
      if (isClosed() || hasEnded(before, now)) return now;
      await sleep(pollMs, undefined, { signal: over.signal }).catch(() => undefined);
    } finally {
      local.off(`end ${key}`, stop);
    }
  }
}

/** A job as its row says now; undefined where there is none. */
export async function stateOf(database: Database, queue: string, key: string): Promise<JobState | undefined> {
  const [row] = await database.query<JobState>(
    `select state::text as state, started_on::text as "startedOn", output from pgboss.job where name = $1 and id = $2`,
    [queue, jobIdOf(queue, key)],
  );
  return row;
}

function hasEnded(before: JobState | undefined, now: JobState | undefined): boolean {
  if (now === undefined) return true;
  if (now.state === 'created' || now.state === 'active') return false;
  if (now.state !== 'retry') return true;
  // Without a start it was given back by a process that stopped; with the same one it waited before us already.
  return now.startedOn !== null && (before?.state !== 'retry' || before.startedOn !== now.startedOn);
}
