import { closeSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { StoreError } from '../errors.ts';

/**
 * Keeps a second process out of a database folder: PGlite does not, and two writers destroy it. A lock whose process
 * has died is taken over.
 *
 * @param file The lock file, beside the folder.
 * @returns A function that gives the lock back.
 * @throws StoreError `STORE_UNREACHABLE` naming the process that holds it.
 */
export function lockFolder(file: string): () => void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const handle = openSync(file, 'wx');
      writeSync(handle, String(process.pid));
      closeSync(handle);
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = Number(readFileSync(file, 'utf8'));
      if (isRunning(holder)) {
        throw new StoreError(
          'STORE_UNREACHABLE',
          file,
          `another Deltascope process (pid ${holder}) uses this data folder: stop it, set another DELTASCOPE_DATA_DIR, or use PostgreSQL`,
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new StoreError('STORE_UNREACHABLE', file, 'the lock file changes hands all the time: try again');
}

function isRunning(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
