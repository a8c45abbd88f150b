import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type ErrorCode, errorTable, RadiomicsError } from '../errors.ts';
import type { ExtractionResult } from '../radiomics/extractor.ts';
import type { ExtractionAnswer, ExtractionTask } from './extraction-worker.ts';

export interface ExtractionPool {
  /** Extracts features on a worker thread; the event loop stays free for hook calls. */
  extract(task: ExtractionTask): Promise<ExtractionResult>;
  close(): Promise<void>;
}

/**
 * Worker threads for feature extraction.
 *
 * @param threads Most threads that run at once.
 */
export function createExtractionPool(threads: number): ExtractionPool {
  const pool = new Piscina<ExtractionTask, ExtractionAnswer>({
    filename: workerFile(),
    name: 'extractInWorker',
    minThreads: 0,
    maxThreads: threads,
    idleTimeout: 10_000,
  });
  return {
    async extract(task) {
      const answer = await pool.run(task);
      if ('result' in answer) return answer.result;
      const { code, subject, message } = answer.failure;
      throw new RadiomicsError(code in errorTable ? (code as ErrorCode) : 'INTERNAL', subject, message);
    },
    close: () => pool.close(),
  };
}

/** A worker thread of Node 20 loads built JavaScript only, so the source points to its own build. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./extraction-worker.js', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../dist/src/jobs/extraction-worker.js', import.meta.url));
}
