import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type PgBoss from 'pg-boss';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { PublicationOutcome } from '../../src/assessment/publish-results.ts';
import { DicomError, FhirError } from '../../src/errors.ts';
import { openBoss, publishQueue } from '../../src/jobs/boss.ts';
import { listJobs, retryJob } from '../../src/jobs/job-list.ts';
import { createPublishQueue, type PublishQueue } from '../../src/jobs/publish-job.ts';
import { createLogger } from '../../src/log.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { until } from '../helpers/until.ts';

vi.setConfig({ testTimeout: 180_000 });
const logger = createLogger('silent');
const done: PublicationOutcome = { contentHash: 'hash', instances: ['1.2.3'], resources: [] };
let folder: string;
let database: Database;
let boss: PgBoss;
let queue: PublishQueue;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'deltascope-publish-queue-'));
  database = await openDatabase({ folder });
  boss = await openBoss(database, logger, 1);
});
afterEach(async () => {
  await queue.close();
  await boss.stop({ graceful: false });
  await database.close();
  rmSync(folder, { recursive: true });
});

function start(publish: (patientId: string) => Promise<PublicationOutcome>, attempts = 3): Promise<PublishQueue> {
  const retry = { attempts, delaySeconds: 1, leaseSeconds: 4 };
  return createPublishQueue({ boss, database, logger, publish, retry, works: true, graceMs: 1000 });
}

test('an archive that is down is asked again after a pause, until all is there; the job holds an id and why', async () => {
  const attempts: string[] = [];
  queue = await start(async (patientId) => {
    attempts.push(patientId);
    if (attempts.length < 3) throw new DicomError('PACS_UNREACHABLE', 'PACS', 'down');
    return done;
  });
  expect(await queue.add('synthetic-elm', 'analysis')).toBe('queued');
  expect(await queue.add('synthetic-elm', 'board')).not.toBe('queued');
  const rows = await database.query<{ data: unknown }>('select data from pgboss.job where name = $1', [publishQueue]);
  expect(rows).toEqual([{ data: { patientId: 'synthetic-elm', reason: 'analysis' } }]);
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
  let end: () => void = () => undefined;
  queue = await start(async () => {
    runs += 1;
    if (runs === 1) {
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    }
    return done;
  });
  await queue.add('synthetic-elm', 'analysis');
  await until(() => runs === 1, 'the first publication', 60_000);
  expect(await queue.add('synthetic-elm', 'analysis')).toBe('active');
  expect(await queue.add('synthetic-elm', 'board')).toBe('active');
  end();
  await until(() => runs === 2, 'the second publication', 60_000);
  await until(async () => (await listJobs(database, ['completed'])).length === 1, 'a completed job', 60_000);
  expect((await listJobs(database, ['completed', 'queued', 'active'])).map(({ reason }) => reason)).toEqual(['board']);
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
