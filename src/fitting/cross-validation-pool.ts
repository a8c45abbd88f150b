import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import { type Columns, checkColumns } from '../statistics/columns.ts';
import type { ElasticNetPath } from '../statistics/elastic-net.ts';
import { type CvSettings, combineFolds, type ElasticNetCv, type FoldErrors } from '../statistics/elastic-net-cv.ts';
import { outcomeRows, type PenalisedOutcome } from '../statistics/penalised-outcome.ts';
import { StatisticsError } from '../statistics/statistics-error.ts';
import type { FoldTask, PathTask, SharedTable, WorkerAnswer } from './cross-validation-worker.ts';

export interface CrossValidationPool {
  /**
   * `elasticNetCv` with the folds side by side on worker threads; the same numbers to the last bit.
   *
   * @param columns `p` columns of length `n`; copied once, into memory that the threads share.
   * @param folds Fold `0..k-1` per row.
   * @throws StatisticsError as `elasticNetCv`.
   */
  crossValidate(
    columns: Columns,
    outcome: PenalisedOutcome,
    folds: ArrayLike<number>,
    settings: CvSettings,
  ): Promise<ElasticNetCv>;
  close(): Promise<void>;
}

/**
 * Worker threads for cross-validation.
 *
 * @param threads Most threads that run at once.
 */
export function createCrossValidationPool(threads: number): CrossValidationPool {
  const pool = new Piscina({ filename: workerFile(), minThreads: 0, maxThreads: threads, idleTimeout: 10_000 });

  async function run<Task, Result>(task: Task, name: string): Promise<Result> {
    const answer: WorkerAnswer<Result> = await pool.run(task, { name });
    if ('result' in answer) return answer.result;
    const { code, subject, message } = answer.failure;
    throw new StatisticsError(code, subject, message);
  }

  return {
    async crossValidate(columns, outcome, folds, settings) {
      const rows = outcomeRows(outcome);
      checkColumns(columns, rows);
      const table: SharedTable = { values: shareColumns(columns, rows), rows, outcome };
      const path = await run<PathTask, ElasticNetPath>({ ...table, settings }, 'fitPath');
      const foldOfRow = Float64Array.from(folds);
      const foldCount = 1 + foldOfRow.reduce((most, fold) => Math.max(most, fold), 0);
      const errors = await Promise.all(
        Array.from({ length: foldCount }, (_, fold) =>
          run<FoldTask, FoldErrors>({ ...table, settings, folds: foldOfRow, fold, lambdas: path.lambdas }, 'fitFold'),
        ),
      );
      return { ...combineFolds(path.lambdas, errors), path };
    },
    close: () => pool.close(),
  };
}

function shareColumns(columns: Columns, rows: number): Float64Array {
  const shared = new Float64Array(new SharedArrayBuffer(columns.length * rows * Float64Array.BYTES_PER_ELEMENT));
  columns.forEach((column, j) => {
    shared.set(column, j * rows);
  });
  return shared;
}

/** A worker thread of Node 20 loads built JavaScript only, so the source points to its own build. */
function workerFile(): string {
  const beside = fileURLToPath(new URL('./cross-validation-worker.js', import.meta.url));
  return existsSync(beside)
    ? beside
    : fileURLToPath(new URL('../../dist/src/fitting/cross-validation-worker.js', import.meta.url));
}
