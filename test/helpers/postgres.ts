import { execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { freePort } from './loopback.ts';

/** Folder of PostgreSQL's programs, or null where the server is not installed. */
function programFolder(): string | null {
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root) : [];
  const version = versions.find((name) => existsSync(`${root}/${name}/bin/initdb`));
  return version === undefined ? null : `${root}/${version}/bin`;
}

export const postgresAvailable = programFolder() !== null;
export const postgresSkipReason = 'needs PostgreSQL: apt-get install postgresql';

/** A PostgreSQL of its own on a free loopback port, empty, gone after `close`. */
export async function startPostgres(): Promise<{ url: string; close(): Promise<void> }> {
  const programs = programFolder();
  if (programs === null) throw new Error(postgresSkipReason);
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-postgres-'));
  // The server refuses to run as root: then it runs as the user that its package made.
  const identity = process.getuid?.() === 0 ? userIds('postgres') : {};
  if (identity.uid !== undefined && identity.gid !== undefined) chownSync(folder, identity.uid, identity.gid);
  const data = path.join(folder, 'data');
  execFileSync(`${programs}/initdb`, ['-D', data, '-U', 'deltascope', '-A', 'trust', '--no-sync'], {
    ...identity,
    cwd: folder,
    stdio: 'ignore',
  });
  const port = await freePort();
  const server = spawn(
    `${programs}/postgres`,
    ['-D', data, '-p', String(port), '-h', '127.0.0.1', '-k', folder, '-F'],
    {
      ...identity,
      cwd: folder,
      stdio: 'ignore',
    },
  );
  const exited = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const url = `postgres://deltascope@127.0.0.1:${port}/postgres`;
  await waitUntilReady(url);
  return {
    url,
    async close() {
      server.kill('SIGINT');
      await exited;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function userIds(user: string): { uid?: number; gid?: number } {
  const id = (flag: string) => Number(execFileSync('id', [flag, user], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

async function waitUntilReady(url: string): Promise<void> {
  for (let attempt = 0; ; attempt++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
