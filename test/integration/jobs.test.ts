import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { openBoss } from '../../src/jobs/boss.ts';
import { jobStates, listJobs, retryJob } from '../../src/jobs/job-list.ts';
import { createLogger } from '../../src/log.ts';
import type { Database } from '../../src/store/database.ts';
import { imagingStatus, type JobFixture, startJobFixture, type Where } from '../helpers/job-fixture.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { until } from '../helpers/until.ts';

const quick = { attempts: 2, delaySeconds: 1, leaseSeconds: 4 };

const statesOf = async (database: Database) =>
  (await listJobs(database, jobStates)).map(({ patientId, state, code }) => [patientId, state, code]);

/** Starts a process that takes a job and never ends it, and kills it once it runs. */
async function killInTheMiddle(where: Where, patientId?: string): Promise<void> {
  const script = fileURLToPath(new URL('../helpers/job-process.ts', import.meta.url));
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', script, JSON.stringify(where), ...(patientId === undefined ? [] : [patientId])],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = new Promise((resolve) => child.once('exit', resolve));
  await new Promise<void>((resolve, reject) => {
    child.stdout.on('data', (chunk: Buffer) => chunk.toString().includes('running') && resolve());
    child.once('exit', (code) => reject(new Error(`the process ended by itself (${code})`)));
  });
  child.kill('SIGKILL');
  await ended;
}

/** What both databases must do alike. */
function queueContract(prepare: () => Promise<{ where: Where; end: () => Promise<void> }>): void {
  let where: Where;
  let end: () => Promise<void>;
  const opened = new Set<JobFixture>();
  beforeAll(async () => {
    ({ where, end } = await prepare());
  });
  afterEach(async () => {
    for (const fixture of opened) await fixture.close();
    opened.clear();
  });
  afterAll(() => end());

  async function start(
    ...[analyse, settings]: Parameters<typeof startJobFixture> extends [Where, ...infer R] ? R : never
  ) {
    const fixture = await startJobFixture(where, analyse, settings);
    opened.add(fixture);
    return fixture;
  }
  async function stop(fixture: JobFixture) {
    opened.delete(fixture);
    await fixture.close();
  }

  it('two wishes for one patient are one job, and its data are the id and why', async () => {
    let runs = 0;
    const { jobs, database } = await start(async (id, onProgress) => {
      runs += 1;
      onProgress(0.5);
      return imagingStatus(id, 'ready');
    });
    const shares: number[] = [];
    const [first, second] = await Promise.all([
      jobs.imaging.request('once', (share) => shares.push(share)),
      jobs.imaging.request('once'),
    ]);
    expect(await first.finished).toMatchObject({ patient: 'Patient/once', state: 'ready' });
    expect(await second.finished).toMatchObject({ state: 'ready' });
    expect([runs, shares]).toEqual([1, [0.5]]);
    expect((await jobs.imaging.request('once')).finished).toBeUndefined();
    const rows = await database.query<{ data: unknown; output: unknown }>(
      "select data, output from pgboss.job where data->>'patientId' = 'once'",
    );
    expect(rows).toEqual([{ data: { patientId: 'once', reason: 'person' }, output: { state: 'ready', code: null } }]);
  });

  it('who waits goes before a hook, and a hook before a sweep, whichever came first', async () => {
    const order: string[] = [];
    const { jobs, database } = await start(
      async (id) => {
        order.push(id);
        return imagingStatus(id, 'ready');
      },
      { analyses: 0 },
    );
    await jobs.imaging.add('swept', 'study');
    await jobs.imaging.add('opened', 'hook');
    await jobs.imaging.add('later-opened', 'study');
    expect(await jobs.imaging.add('later-opened', 'person')).toBe('waiting');
    expect(order).toEqual([]);
    const rows = await database.query<{ id: string }>(
      `select data->>'patientId' as id from pgboss.job where state = 'created' order by priority desc`,
    );
    expect(rows.map(({ id }) => id)).toEqual(['later-opened', 'opened', 'swept']);
    await Promise.all([...opened].map(stop));
    await start(async (id) => {
      order.push(id);
      return imagingStatus(id, 'ready');
    });
    await until(() => order.length === 3, 'all three ran');
    expect(order).toEqual(['later-opened', 'opened', 'swept']);
  });

  it('a failure that may pass is tried again after a pause, then is a dead letter that can be retried', async () => {
    let isDown = true;
    let runs = 0;
    const { jobs, database } = await start(
      async (id) => {
        runs += 1;
        return isDown ? imagingStatus(id, 'failed', 'PACS_UNREACHABLE') : imagingStatus(id, 'ready');
      },
      { retry: quick },
    );
    const { finished } = await jobs.imaging.request('down');
    expect(await finished).toMatchObject({ state: 'failed', code: 'PACS_UNREACHABLE' });
    const [waiting] = await listJobs(database, ['retry']);
    expect(waiting).toMatchObject({ patientId: 'down', code: 'PACS_UNREACHABLE', attempts: 1, attemptsAllowed: 2 });
    expect(Date.parse(waiting?.nextAt ?? '')).toBeGreaterThan(Date.parse(waiting?.startedAt ?? ''));
    await until(async () => (await listJobs(database, ['failed'])).length === 1, 'the dead letter');
    expect(runs).toBe(2);
    const [dead] = await listJobs(database, ['failed']);
    expect(dead).toMatchObject({
      kind: 'imaging',
      patientId: 'down',
      reason: 'person',
      attempts: 2,
      attemptsAllowed: 2,
    });
    expect(dead?.advice).toBe('made up: PACS_UNREACHABLE; then retry it');
    isDown = false;
    const boss = await openBoss(database, createLogger('silent'), null);
    await retryJob(boss, database, dead?.id ?? '');
    await until(
      async () => (await listJobs(database, ['completed'])).some(({ patientId }) => patientId === 'down'),
      'done',
    );
    expect(await listJobs(database, ['failed', 'retry'])).toEqual([]);
    await expect(retryJob(boss, database, 'unknown')).rejects.toMatchObject({ code: 'JOB_UNKNOWN' });
  });

  it('a failure that does not pass is a dead letter at once, and one only', async () => {
    let runs = 0;
    const { jobs, database } = await start(
      async (id) => {
        runs += 1;
        return imagingStatus(id, 'failed', 'SEG_GEOMETRY');
      },
      { retry: quick },
    );
    for (let time = 1; time <= 2; time++) {
      expect(await jobs.imaging.add('broken', 'study')).toBe('queued');
      await until(
        async () => runs === time && (await listJobs(database, ['failed'])).length === 1,
        `dead letter ${time}`,
      );
    }
    const [dead, ...others] = (await listJobs(database, jobStates)).filter(({ patientId }) => patientId === 'broken');
    expect(dead).toMatchObject({ state: 'failed', code: 'SEG_GEOMETRY', attempts: 1 });
    expect(others).toEqual([]);
    await database.query("delete from pgboss.job where data->>'patientId' = 'broken'");
  });

  it('what is not there, and a patient who is gone, are no dead letters', async () => {
    const { jobs, database } = await start(async (id) =>
      id === 'gone'
        ? imagingStatus(id, 'failed', 'FHIR_PATIENT_NOT_FOUND')
        : imagingStatus(id, 'none', 'IMAGING_NO_CT'),
    );
    await (await jobs.imaging.request('gone')).finished;
    await (await jobs.imaging.request('no-ct')).finished;
    const states = await statesOf(database);
    expect(states).toContainEqual(['gone', 'completed', 'FHIR_PATIENT_NOT_FOUND']);
    expect(states).toContainEqual(['no-ct', 'completed', 'IMAGING_NO_CT']);
  });

  it('an analysis that is still running when the service stops is given back, and is no failed attempt', async () => {
    const first = await start(() => new Promise(() => undefined), { graceMs: 100 });
    await first.jobs.imaging.add('stopped', 'hook');
    await until(async () => (await listJobs(first.database, ['active'])).length === 1, 'running');
    expect(await first.jobs.imaging.add('stopped', 'study')).toBe('active');
    await stop(first);
    const next = await start(async (id) => imagingStatus(id, 'ready'));
    await until(
      async () => (await listJobs(next.database, ['completed'])).some(({ patientId }) => patientId === 'stopped'),
      'done',
    );
    const job = (await listJobs(next.database, ['completed'])).find(({ patientId }) => patientId === 'stopped');
    expect(job).toMatchObject({ attempts: 1, reason: 'hook' });
  });

  it('an analysis whose process is killed is tried again, and counts as an attempt', async () => {
    await killInTheMiddle(where, 'killed');
    const { database } = await start(async (id) => imagingStatus(id, 'ready'), { retry: quick });
    const isDone = async () =>
      (await listJobs(database, ['completed'])).some(({ patientId }) => patientId === 'killed');
    await until(isDone, 'done by another process', 25_000);
    const job = (await listJobs(database, ['completed'])).find(({ patientId }) => patientId === 'killed');
    expect(job).toMatchObject({ attempts: 2, attemptsAllowed: 3 });
  });
}

describe('job queue on PGlite', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-jobs-'));
  queueContract(async () => ({
    where: { folder: path.join(folder, 'database') },
    end: async () => rmSync(folder, { recursive: true, force: true }),
  }));
});

describe.skipIf(!postgresAvailable)(`job queue on PostgreSQL (${postgresSkipReason})`, () => {
  queueContract(async () => {
    const server = await startPostgres();
    return { where: { url: server.url }, end: server.close };
  });
});

describe.skipIf(!postgresAvailable)(`several processes on one PostgreSQL (${postgresSkipReason})`, () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());

  it('share the work: each patient once, and one who waits is told whoever did it', async () => {
    const where = { url: server.url };
    const done: [string, string][] = [];
    const work = (name: string) => async (id: string) => {
      done.push([name, id]);
      await new Promise((resolve) => setTimeout(resolve, 200));
      return imagingStatus(id, 'ready');
    };
    // All three make the tables at the same time.
    const [first, second, asking] = await Promise.all([
      startJobFixture(where, work('first')),
      startJobFixture(where, work('second')),
      startJobFixture(where, () => Promise.reject(new Error('does no work')), { analyses: 0 }),
    ]);
    const patients = Array.from({ length: 10 }, (_, at) => `p${at}`);
    const requests = await Promise.all(patients.map((id) => asking.jobs.imaging.request(id)));
    const statuses = await Promise.all(requests.map(({ finished }) => finished));
    expect(statuses.map((status) => status?.state)).toEqual(patients.map(() => 'ready'));
    expect(done.map(([, id]) => id).sort()).toEqual(patients);
    expect(new Set(done.map(([name]) => name))).toEqual(new Set(['first', 'second']));
    await Promise.all([first, second, asking].map((each) => each.close()));
  });
});
