import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import type { ListedJob } from '../../src/jobs/job-list.ts';
import { imagingStatus, startJobFixture } from '../helpers/job-fixture.ts';

const program = path.join(packageRoot(), 'dist/src/cli/main.js');
const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-jobs-command-'));
const environment = {
  ...process.env,
  // Nothing listens there.
  DELTASCOPE_FHIR_URL: 'http://127.0.0.1:9/fhir',
  DELTASCOPE_DICOMWEB_URL: 'http://127.0.0.1:9/dicom-web',
  DELTASCOPE_DATA_DIR: folder,
  DELTASCOPE_SWEEP: 'off',
};

function deltascope(...words: string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return new Promise((resolve) => {
    execFile(process.execPath, [program, ...words], { env: environment, cwd: packageRoot() }, (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
const listed = async (...words: string[]) =>
  JSON.parse((await deltascope('jobs', ...words, '--json')).stdout) as ListedJob[];

describe('deltascope jobs', () => {
  beforeAll(async () => {
    const where = { folder: path.join(folder, 'database') };
    const { jobs, close } = await startJobFixture(where, async (id) => imagingStatus(id, 'failed', 'SEG_AMBIGUOUS'));
    await (await jobs.imaging.request('ambiguous')).finished;
    await close();
    const idle = await startJobFixture(where, () => Promise.reject(new Error('not run')), { analyses: 0 });
    await idle.jobs.imaging.add('waiting', 'study');
    await idle.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('lists what waits and what was given up, with what to do', async () => {
    const { code, stdout } = await deltascope('jobs');
    expect(code).toBe(0);
    expect(stdout).toMatch(
      /^queued +[0-9a-f-]{36} {2}imaging Patient\/waiting \(study\) {2}attempt 0 of 5 {2}queued 20/m,
    );
    expect(stdout).toMatch(
      /^failed +[0-9a-f-]{36} {2}imaging Patient\/ambiguous \(person\) {2}SEG_AMBIGUOUS {2}attempt 1 of 1/m,
    );
    expect(stdout).toContain('to do: made up: SEG_AMBIGUOUS; then retry it');
    expect((await listed('--state', 'queued')).map(({ patientId }) => patientId)).toEqual(['waiting']);
  });

  it('retries one that was given up, and refuses an id that is none', async () => {
    const [dead] = await listed('--state', 'failed');
    const { code, stdout } = await deltascope('jobs', 'retry', dead?.id ?? '');
    expect([code, stdout]).toEqual([0, 'imaging of Patient/ambiguous is queued; a worker takes it up.\n']);
    const jobs = await listed();
    expect(jobs.map(({ state }) => state)).toEqual(['queued', 'queued']);
    const unknown = await deltascope('jobs', 'retry', 'nothing');
    expect(unknown.code).toBe(1);
    expect(unknown.stderr).toContain('JOB_UNKNOWN (nothing)');
  });

  it('says why a sweep failed', async () => {
    const { code, stderr } = await deltascope('jobs', 'sweep');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^(FHIR|PACS)_UNREACHABLE \(sweep\): the sweep failed/m);
  });

  it.each([
    [['jobs', '--help'], /list jobs|sweep for new images|look now/],
    [['jobs', 'list', '--help'], /--state/],
    [['jobs', 'retry', '--help'], /id as listed/],
    [['jobs', 'sweep', '--help'], /tumour boards/],
    [['worker', '--help'], /DELTASCOPE_WORKERS/],
  ])('%s', async (words, text) => {
    const { code, stdout } = await deltascope(...words);
    expect(code).toBe(0);
    expect(stdout).toMatch(text);
  });

  it('deltascope worker takes the jobs, and stops when told to', async () => {
    const child = spawn(process.execPath, [program, 'worker'], {
      env: environment,
      cwd: packageRoot(),
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const ended = new Promise((resolve) => child.once('exit', resolve));
    let log = '';
    await new Promise<void>((resolve, reject) => {
      child.stderr.on('data', (chunk: Buffer) => {
        log += chunk.toString();
        if (log.split('image analysis ended').length > 2) resolve();
      });
      child.once('exit', () => reject(new Error(log)));
    });
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(log).not.toContain('waiting');
    const jobs = await listed();
    expect(jobs.filter(({ kind }) => kind === 'imaging').map(({ state, code }) => [state, code])).toEqual([
      ['retry', 'FHIR_UNREACHABLE'],
      ['retry', 'FHIR_UNREACHABLE'],
    ]);
  });
}, 120_000);
