import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import type PgBoss from 'pg-boss';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import type { PublicationOutcome } from '../../src/assessment/publish-results.ts';
import { DicomError, FhirError } from '../../src/errors.ts';
import { openBoss, publishQueue } from '../../src/jobs/boss.ts';
import { jobStates, listJobs, retryJob } from '../../src/jobs/job-list.ts';
import { createPublishQueue, type PublishQueue } from '../../src/jobs/publish-job.ts';
import { createLogger } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { until } from '../helpers/until.ts';

vi.setConfig({ testTimeout: 180_000 });
const logger = createLogger('silent');
const done: PublicationOutcome = { contentHash: 'hash', instances: ['1.2.3'], resources: [] };

/** One process's part of the queues. */
interface Service {
  readonly database: Database;
  readonly boss: PgBoss;
  readonly queue: PublishQueue;
}

/** Ends a publication that waits for it. */
let end: () => void = () => undefined;
const untilEnded = () =>
  new Promise<void>((resolve) => {
    end = resolve;
  });
const services = new Set<Service>();

async function startService(
  where: Parameters<typeof openDatabase>[0],
  publish: (patientId: string) => Promise<PublicationOutcome>,
  { attempts = 3, works = true } = {},
): Promise<Service> {
  const database = await openDatabase(where);
  const boss = await openBoss(database, logger, 1);
  const retry = { attempts, delaySeconds: 1, leaseSeconds: 4 };
  const queue = await createPublishQueue({ boss, database, logger, publish, retry, works, graceMs: 1000 });
  const service = { database, boss, queue };
  services.add(service);
  return service;
}

async function stopService(service: Service): Promise<void> {
  services.delete(service);
  await service.queue.close();
  await service.boss.stop({ graceful: false });
  await service.database.close();
}

afterEach(async () => {
  for (const service of services) await stopService(service);
});

/** What both databases must do alike. */
function publishContract(prepare: () => Promise<Parameters<typeof openDatabase>[0]>): void {
  let where: Parameters<typeof openDatabase>[0];
  let database: Database;
  let boss: PgBoss;
  let queue: PublishQueue;
  beforeEach(async () => {
    where = await prepare();
  });
  async function start(
    publish: (patientId: string) => Promise<PublicationOutcome>,
    attempts = 3,
  ): Promise<PublishQueue> {
    const service = await startService(where, publish, { attempts });
    ({ database, boss } = service);
    return service.queue;
  }

  test('an archive that is down is asked again after a pause, until all is there; the job holds an id and why', async () => {
    const attempts: string[] = [];
    queue = await start(async (patientId) => {
      attempts.push(patientId);
      if (attempts.length < 3) throw new DicomError('PACS_UNREACHABLE', 'PACS', 'down');
      return done;
    });
    expect(await queue.add('synthetic-elm', 'analysis')).toBe('queued');
    const rows = await database.query<{ data: unknown }>('select data from pgboss.job where name = $1', [publishQueue]);
    expect(rows).toEqual([{ data: { patientId: 'synthetic-elm', reason: 'analysis' } }]);
    expect(await queue.add('synthetic-elm', 'board')).not.toBe('queued');
    await until(async () => (await listJobs(database, ['completed'])).length === 1, 'a completed job', 60_000);
    expect(attempts).toEqual(['synthetic-elm', 'synthetic-elm', 'synthetic-elm']);
  });

  test('one that is given up is a dead letter with its code, and can be retried', async () => {
    let failing = true;
    queue = await start(async () => {
      if (failing) throw new FhirError('FHIR_WRITE_CONFLICT', 'transaction', 'conflict');
      return done;
    }, 2);
    await queue.add('synthetic-elm', 'analysis');
    await until(async () => (await listJobs(database, ['failed'])).length === 1, 'a failed job', 60_000);
    const [letter] = await listJobs(database, ['failed']);
    expect(letter).toMatchObject({
      kind: 'publish',
      patientId: 'synthetic-elm',
      code: 'FHIR_WRITE_CONFLICT',
      attempts: 2,
    });
    expect(letter?.advice).toContain('retry it');
    failing = false;
    await retryJob(boss, database, letter?.id ?? '');
    await until(async () => (await listJobs(database, ['completed'])).length === 1, 'a completed job', 60_000);
    expect(await listJobs(database, ['failed', 'queued', 'retry'])).toEqual([]);
  });

  test('what is asked for while a publication runs is published after it, once', async () => {
    let runs = 0;
    queue = await start(async () => {
      runs += 1;
      if (runs === 1) await untilEnded();
      return done;
    });
    await queue.add('synthetic-elm', 'analysis');
    await until(() => runs === 1, 'the first publication', 60_000);
    expect(await queue.add('synthetic-elm', 'analysis')).toBe('active');
    expect(await queue.add('synthetic-elm', 'board')).toBe('active');
    end();
    await until(() => runs === 2, 'the second publication', 60_000);
    await until(async () => (await listJobs(database, ['completed'])).length === 1, 'a completed job', 60_000);
    expect((await listJobs(database, ['completed', 'queued', 'active'])).map(({ reason }) => reason)).toEqual([
      'board',
    ]);
    expect(runs).toBe(2);
  });

  test('what would fail again in the same way is given up at once', async () => {
    let attempts = 0;
    queue = await start(async () => {
      attempts += 1;
      throw new FhirError('FHIR_WRITE_REFUSED', 'transaction', 'not taken');
    }, 5);
    await queue.add('synthetic-elm', 'operator');
    await until(async () => (await listJobs(database, ['failed'])).length === 1, 'a failed job', 60_000);
    expect(attempts).toBe(1);
  });

  test('what was asked for again is not lost when the process ended before it could queue it', async () => {
    const idle = await startService(where, async () => done, { works: false });
    await idle.queue.add('synthetic-elm', 'analysis');
    await idle.database.query(
      `update pgboss.job set state = 'completed', completed_on = now(), data = data || '{"askedAgain": "board"}'
        where name = $1`,
      [publishQueue],
    );
    await stopService(idle);
    const published: string[] = [];
    queue = await start(async (patientId) => {
      published.push(patientId);
      return done;
    });
    await until(async () => (await listJobs(database, ['completed'])).length === 1, 'a completed job', 60_000);
    expect(await listJobs(database, ['completed'])).toMatchObject([{ patientId: 'synthetic-elm', reason: 'board' }]);
    expect(published).toEqual(['synthetic-elm']);
  });
}

describe('publications on PGlite', () => {
  const folders: string[] = [];
  afterAll(() => {
    for (const folder of folders) rmSync(folder, { recursive: true });
  });
  publishContract(async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-publish-queue-'));
    folders.push(folder);
    return { folder };
  });
});

describe.skipIf(!postgresAvailable)(`publications on PostgreSQL (${postgresSkipReason})`, () => {
  let server: Awaited<ReturnType<typeof startPostgres>>;
  let databases = 0;
  /** An empty database of the server. */
  async function emptyDatabase(): Promise<{ url: string }> {
    databases += 1;
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    await client.query(`create database publications_${databases}`);
    await client.end();
    return { url: server.url.replace(/[^/]+$/, `publications_${databases}`) };
  }
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.close());
  publishContract(emptyDatabase);

  test('what one process asks for while another one publishes the patient is published after it, once', async () => {
    const where = await emptyDatabase();
    const runs: string[] = [];
    const publisher = (name: string) => async (patientId: string) => {
      runs.push(`${name} ${patientId}`);
      if (runs.length === 1) await untilEnded();
      return done;
    };
    const first = await startService(where, publisher('first'));
    await first.queue.add('synthetic-elm', 'analysis');
    await until(() => runs.length === 1, 'the first publication', 60_000);
    const second = await startService(where, publisher('second'));
    const command = await startService(where, publisher('command'), { works: false });
    expect(await second.queue.add('synthetic-elm', 'analysis')).toBe('active');
    expect(await command.queue.add('synthetic-elm', 'board')).toBe('active');
    expect(await listJobs(second.database, ['active', 'queued'])).toMatchObject([{ state: 'active' }]);
    end();
    await until(() => runs.length === 2, 'the second publication', 60_000);
    await until(async () => (await listJobs(first.database, ['completed'])).length === 1, 'a completed job', 60_000);
    expect(await listJobs(first.database, jobStates)).toMatchObject([{ state: 'completed', reason: 'board' }]);
    expect(runs).toEqual(['first synthetic-elm', expect.stringMatching(/^(first|second) synthetic-elm$/)]);
  });

  test('many requests of many processes while publications run: each is followed by one that began after it', async () => {
    const where = await emptyDatabase();
    let started = 0;
    let running = 0;
    let most = 0;
    const publish = async () => {
      started += 1;
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
      return done;
    };
    const all = await Promise.all([1, 2, 3].map(() => startService(where, publish)));
    for (let round = 0; round < 15; round++) {
      const before = started;
      await Promise.all(all.map(({ queue }) => queue.add('synthetic-elm', 'analysis')));
      await until(() => started > before, 'a publication after the request', 60_000);
      await new Promise((resolve) => setTimeout(resolve, 7 * (round % 5)));
    }
    expect(most).toBe(1);
  });
});
