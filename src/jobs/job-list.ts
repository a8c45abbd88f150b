import type PgBoss from 'pg-boss';
import { type ErrorCode, errorTable, StoreError } from '../errors.ts';
import type { Database } from '../store/database.ts';
import {
  imagingDeadLetters,
  imagingQueue,
  imagingRetry,
  jobIdOf,
  publishDeadLetters,
  publishQueue,
  sendOnce,
  sweepQueue,
} from './boss.ts';
import { imagingWish } from './imaging-job.ts';
import { publishRetry, publishWish } from './publish-job.ts';

/**
 * `queued`: waits for a worker. `active`: runs. `retry`: failed, and is tried again. `failed`: given up, a dead letter until somebody
 * asks again. `completed`: done.
 */
export const jobStates = ['queued', 'active', 'retry', 'failed', 'completed'] as const;
export type JobListState = (typeof jobStates)[number];

/** A job for the eyes of an operator: ids, codes and times. */
export interface ListedJob {
  readonly id: string;
  readonly kind: 'imaging' | 'publish' | 'sweep';
  readonly state: JobListState;
  /** Logical id of the Patient; null for a sweep. */
  readonly patientId: string | null;
  /** Why it was asked for; null for a sweep. */
  readonly reason: string | null;
  /** Code of the last failure, or of what was not there. */
  readonly code: string | null;
  readonly attempts: number;
  /** Attempts that it is given in all. */
  readonly attemptsAllowed: number;
  /** ISO date-times. */
  readonly queuedAt: string;
  readonly startedAt: string | null;
  /** When it is tried next; null for what runs or has ended. */
  readonly nextAt: string | null;
  readonly endedAt: string | null;
  /** What would mend it; null where nothing is wrong. */
  readonly advice: string | null;
}

interface JobRow {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly patient_id: string | null;
  readonly reason: string | null;
  readonly code: string | null;
  readonly output: unknown;
  readonly retry_count: number;
  readonly retry_limit: number;
  readonly created_on: Date;
  readonly started_on: Date | null;
  readonly start_after: Date;
  readonly completed_on: Date | null;
  readonly message: string | null;
}

/** What is in the queues, in the order of `jobStates`, newest first. What ended is kept for some days. */
export async function listJobs(database: Database, states: readonly JobListState[]): Promise<ListedJob[]> {
  // A dead letter is a copy of the job that was given up, which itself is left out.
  const rows = await database.query<JobRow>(
    `select job.id, job.name, job.state::text as state, job.data->>'patientId' as patient_id,
        job.data->>'reason' as reason, job.output->>'code' as code, job.output, job.retry_count, job.retry_limit,
        job.created_on, job.started_on, job.start_after, job.completed_on, imaging_status.record->>'message' as message
      from pgboss.job left join imaging_status on imaging_status.patient = 'Patient/' || (job.data->>'patientId')
        and job.name = any($3::text[])
      where job.name = any($1::text[]) and not (job.name = any($2::text[]) and job.state = 'failed')
      order by job.created_on desc, job.id`,
    [
      [imagingQueue, imagingDeadLetters, publishQueue, publishDeadLetters, sweepQueue],
      [imagingQueue, publishQueue],
      [imagingQueue, imagingDeadLetters],
    ],
  );
  const jobs = rows.flatMap((row): ListedJob[] => {
    const state = stateOf(row);
    return states.includes(state) ? [listed(row, state)] : [];
  });
  return jobs.toSorted((a, b) => jobStates.indexOf(a.state) - jobStates.indexOf(b.state));
}

function stateOf({ name, state }: JobRow): JobListState {
  if (isDeadLetter(name)) return 'failed';
  if (state === 'created') return 'queued';
  return jobStates.find((known) => known === state) ?? 'failed';
}

function isDeadLetter(queue: string): boolean {
  return queue === imagingDeadLetters || queue === publishDeadLetters;
}

function kindOf(queue: string): ListedJob['kind'] {
  if (queue === sweepQueue) return 'sweep';
  return queue === publishQueue || queue === publishDeadLetters ? 'publish' : 'imaging';
}

function listed(row: JobRow, state: JobListState): ListedJob {
  const code = row.code ?? (row.output !== null && state !== 'completed' ? 'JOB_CUT_OFF' : null);
  const dead = isDeadLetter(row.name);
  return {
    id: row.id,
    kind: kindOf(row.name),
    state,
    patientId: row.patient_id,
    reason: row.reason,
    code,
    // A dead letter is a new row that was never started itself; it keeps the limit, which was used up.
    attempts: dead ? row.retry_limit + 1 : row.started_on === null ? 0 : row.retry_count + 1,
    attemptsAllowed: row.retry_limit + 1,
    queuedAt: row.created_on.toISOString(),
    startedAt: row.started_on?.toISOString() ?? null,
    nextAt: state === 'queued' || state === 'retry' ? row.start_after.toISOString() : null,
    endedAt: dead ? row.created_on.toISOString() : (row.completed_on?.toISOString() ?? null),
    advice: adviceOf(state, code, row.message),
  };
}

function adviceOf(state: JobListState, code: string | null, message: string | null): string | null {
  if (state === 'retry') return 'nothing: it is tried again by itself';
  if (state !== 'failed') return null;
  const passing = isErrorCode(code) && errorTable[code].issue === 'transient';
  const cause =
    code === 'JOB_CUT_OFF'
      ? 'its process ended while it ran, as often as it is tried: look for what ended it'
      : (message ?? 'see the log of the service');
  return passing ? `${cause}; then retry it` : `${cause}; then retry it, or wait for the next call about the patient`;
}

function isErrorCode(code: string | null): code is ErrorCode {
  return code !== null && code in errorTable;
}

/**
 * Has a job tried (again) now: one that was given up, waits for its next attempt, or is done.
 *
 * @param id As `listJobs` gives it.
 * @throws StoreError `JOB_UNKNOWN`, `JOB_RUNNING` for one that runs.
 */
export async function retryJob(boss: PgBoss, database: Database, id: string): Promise<ListedJob> {
  const job = (await listJobs(database, jobStates)).find((listedJob) => listedJob.id === id);
  if (job === undefined) throw new StoreError('JOB_UNKNOWN', id, 'no job has this id: `deltascope jobs` lists them');
  if (job.state === 'active') throw new StoreError('JOB_RUNNING', id, 'the job runs: wait for its end');
  const { patientId, state, kind } = job;
  if (patientId === null) {
    if (state === 'failed') await boss.retry(sweepQueue, id);
    await startNow(database, sweepQueue, id);
    return job;
  }
  const isPublication = kind === 'publish';
  const wish = isPublication ? publishWish(patientId, 'operator') : imagingWish(patientId, 'operator');
  await sendOnce(boss, database, wish, isPublication ? publishRetry : imagingRetry);
  await startNow(database, wish.queue, jobIdOf(wish.queue, patientId));
  if (state === 'failed') await boss.deleteJob(isPublication ? publishDeadLetters : imagingDeadLetters, id);
  return job;
}

async function startNow(database: Database, queue: string, id: string): Promise<void> {
  await database.query("update pgboss.job set start_after = now() where name = $1 and id = $2 and state < 'active'", [
    queue,
    id,
  ]);
}
