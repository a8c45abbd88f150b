import { type ElasticNetPath, elasticNetPath } from '../statistics/elastic-net.ts';
import { type CvSettings, type FoldErrors, foldErrors } from '../statistics/elastic-net-cv.ts';
import type { PenalisedOutcome } from '../statistics/penalised-outcome.ts';
import { StatisticsError, type StatisticsErrorCode } from '../statistics/statistics-error.ts';

/** The table that all tasks of one cross-validation share. */
export interface SharedTable {
  /** Column `j` from `j * rows` on; on a SharedArrayBuffer, so that no task copies it. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly outcome: PenalisedOutcome;
}

export interface PathTask extends SharedTable {
  readonly settings: CvSettings;
}

export interface FoldTask extends PathTask {
  readonly folds: Float64Array;
  readonly fold: number;
  readonly lambdas: Float64Array;
}

/** Result of a worker: errors cross the thread as plain data, because a class instance loses its code on the way. */
export type WorkerAnswer<Result> =
  | { readonly result: Result }
  | { readonly failure: { readonly code: StatisticsErrorCode; readonly subject: string; readonly message: string } };

/** Entry of the worker thread: fits all rows. */
export function fitPath(task: PathTask): WorkerAnswer<ElasticNetPath> {
  return answer(() => elasticNetPath(columnsOf(task), task.outcome, task.settings));
}

/** Entry of the worker thread: fits the rows outside one fold and measures the errors on it. */
export function fitFold(task: FoldTask): WorkerAnswer<FoldErrors> {
  const { outcome, folds, fold, lambdas, settings } = task;
  return answer(() => foldErrors(columnsOf(task), outcome, folds, fold, lambdas, settings));
}

function columnsOf({ values, rows }: SharedTable): Float64Array[] {
  return Array.from({ length: values.length / rows }, (_, j) => values.subarray(j * rows, (j + 1) * rows));
}

function answer<Result>(run: () => Result): WorkerAnswer<Result> {
  try {
    return { result: run() };
  } catch (error) {
    if (!(error instanceof StatisticsError)) throw error;
    const { code, subject, message } = error;
    return { failure: { code, subject, message } };
  }
}
