import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createCrossValidationPool } from '../../../src/fitting/cross-validation-pool.ts';
import { elasticNetPath, glmnetSettings } from '../../../src/statistics/elastic-net.ts';
import {
  type CvSettings,
  type ElasticNetCv,
  elasticNetCv,
  glmnetCv,
  scikitLearnCv,
} from '../../../src/statistics/elastic-net-cv.ts';
import { checkOptimality, type PenalisedSolution } from '../../../src/statistics/elastic-net-optimality.ts';
import { outcomeRows } from '../../../src/statistics/penalised-outcome.ts';
import { type BenchTable, makeBenchTable } from './portable-data.ts';
import { duration, type Report, type ReportTable } from './report.ts';
import { processorTime, time } from './time.ts';

interface Task {
  readonly name: string;
  readonly kind: 'cox' | 'lasso';
  readonly table: BenchTable;
  readonly folds: readonly number[];
  readonly settings: CvSettings;
  /** Program and its arguments before the table. */
  readonly peer: readonly [string, ...string[]];
}

interface PeerResult extends PenalisedSolution {
  readonly program: string;
  readonly seconds: number;
  /** Seconds of processor time. */
  readonly processor: number;
}

const repeats = 2;
const script = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));

function tasks(): Task[] {
  return [
    {
      name: 'LASSO-Cox, n = 253, p = 1218',
      kind: 'cox',
      table: makeBenchTable('cox', 253, 1218, 20240253),
      folds: Array.from({ length: 253 }, (_, row) => row % 10),
      settings: glmnetCv,
      peer: ['Rscript', script('glmnet-cox.R')],
    },
    {
      name: 'LASSO, n = 119, p = 6724',
      kind: 'lasso',
      table: makeBenchTable('lasso', 119, 6724, 20240119),
      folds: contiguousFolds(119, 10),
      settings: scikitLearnCv,
      peer: ['/usr/bin/python3', script('sklearn-lasso.py')],
    },
  ];
}

/** scikit-learn's KFold: blocks of rows, the first `n % k` of them one row longer. */
function contiguousFolds(n: number, k: number): number[] {
  return Array.from({ length: k }, (_, fold) =>
    Array<number>(Math.floor(n / k) + Number(fold < n % k)).fill(fold),
  ).flat();
}

function columnsIn(coefficients: ArrayLike<number>): number {
  return Array.from(coefficients).filter((b) => b !== 0).length;
}

function describeSolution(table: ReportTable, task: Task, label: string, solution: PenalisedSolution): void {
  const { objective, residual } = checkOptimality(task.table.columns, task.table.outcome, task.settings, solution);
  const count = String(columnsIn(solution.coefficients));
  table.row(label, solution.lambda.toPrecision(7), count, objective.toPrecision(14), residual.toExponential(1));
}

function solutionOf(cv: ElasticNetCv, at = cv.indexMin): PenalisedSolution {
  const { coefficients, intercepts, lambdas } = cv.path;
  return { lambda: lambdas[at]!, coefficients: coefficients[at]!, intercept: intercepts[at]! };
}

/** The shortest run of a program, by the clock and by processor time, in ms. */
class Shortest {
  clock = Number.POSITIVE_INFINITY;
  processor = Number.POSITIVE_INFINITY;

  add(clock: number, processor: number): void {
    this.clock = Math.min(this.clock, clock);
    this.processor = Math.min(this.processor, processor);
  }

  async measure(run: () => ElasticNetCv | Promise<ElasticNetCv>): Promise<ElasticNetCv> {
    const [start, before] = [performance.now(), process.cpuUsage()];
    const cv = await run();
    this.add(performance.now() - start, processorTime(before));
    if (!(cv.meanErrors[cv.indexMin]! > 0)) throw new Error('no result');
    return cv;
  }
}

function runPeer(task: Task): PeerResult | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'deltascope-bench-'));
  try {
    const file = join(folder, 'table.csv');
    writeFileSync(file, task.table.csv());
    const [program, ...options] = task.peer;
    const env = { ...process.env, OPENBLAS_NUM_THREADS: '1' };
    const { status, stdout } = spawnSync(program, [...options, file], { env, encoding: 'utf8', maxBuffer: 1e8 });
    return status === 0 ? (JSON.parse(stdout) as PeerResult) : undefined;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** Our own solution at the penalty that the peer chose: the objectives are comparable there only. */
function solutionAt(task: Task, lambda: number): PenalisedSolution {
  const settings = { ...task.settings, lambdas: Float64Array.of(lambda) };
  const path = elasticNetPath(task.table.columns, task.table.outcome, settings);
  return { lambda, coefficients: path.coefficients[0]!, intercept: path.intercepts[0]! };
}

/** Runs of all programs alternate, so that other work on the machine slows all of them alike. */
async function benchmark(report: Report, task: Task, withPeers: boolean): Promise<void> {
  const { columns, outcome } = task.table;
  const threads = availableParallelism();
  const pool = createCrossValidationPool(threads);
  const [single, spread, theirs] = [new Shortest(), new Shortest(), new Shortest()];
  let cv: ElasticNetCv | undefined;
  let peer: PeerResult | undefined;
  for (let repeat = 0; repeat < repeats; repeat++) {
    cv = await single.measure(() => elasticNetCv(columns, outcome, task.folds, task.settings));
    await spread.measure(() => pool.crossValidate(columns, outcome, task.folds, task.settings));
    peer = withPeers ? runPeer(task) : undefined;
    if (peer !== undefined) theirs.add(1000 * peer.seconds, 1000 * peer.processor);
  }
  await pool.close();
  const speed = report.table(
    `${task.name}, cross-validation with 10 folds and 100 penalties`,
    `The shortest of ${repeats} runs by the clock and by processor time; runs of the programs alternate.`,
    ['program', 'clock', 'times faster', 'processor time', 'times less'],
  );
  const add = (name: string, of: Shortest) => {
    const ratio = (their: number, our: number) => (peer === undefined ? '' : (their / our).toFixed(1));
    const [clock, processor] = [ratio(theirs.clock, of.clock), ratio(theirs.processor, of.processor)];
    speed.row(name, duration(of.clock), clock, duration(of.processor), processor);
  };
  if (peer !== undefined) add(`${peer.program}, one thread`, theirs);
  else if (withPeers) console.log(`${task.peer[0]}: not installed`);
  add('ours, one thread', single);
  add(`ours, ${threads} threads`, spread);
  const agreement = report.table(
    `${task.name}: agreement`,
    'At the penalty chosen: objective and largest violation of the optimality conditions, both computed by `checkOptimality`.',
    ['program', 'penalty', 'columns', 'objective', 'KKT residual'],
  );
  const ours = solutionOf(cv!);
  describeSolution(agreement, task, 'ours', ours);
  if (peer === undefined) return;
  describeSolution(agreement, task, peer.program, peer);
  if (peer.lambda !== ours.lambda)
    describeSolution(agreement, task, 'ours, at their penalty', solutionAt(task, peer.lambda));
}

function growth(report: Report): void {
  const table = report.table(
    'One LASSO-Cox path down to 0.05 of the largest penalty, 100 penalties',
    'Every solution meets the optimality conditions to 1e-8.',
    ['rows', 'columns', 'columns at the end', 'least', 'processor'],
  );
  for (const [n, p] of [
    [250, 500],
    [250, 1000],
    [250, 2000],
    [250, 4000],
    [500, 1000],
    [1000, 1000],
    [2000, 1000],
  ] as const) {
    const { columns, outcome } = makeBenchTable('cox', n, p, 7);
    const { least, processor, result } = time(3, () =>
      elasticNetPath(columns, outcome, { ...glmnetSettings, ratio: 0.05 }),
    );
    if (outcomeRows(outcome) !== n || !result.residuals.every((residual) => residual < 1e-8))
      throw new Error('no result');
    table.row(
      String(n),
      String(p),
      String(columnsIn(result.coefficients.at(-1)!)),
      duration(least),
      duration(processor),
    );
  }
}

/**
 * Times penalised regression with cross-validation: LASSO-Cox (n = 253, p = 1218, glmnet's conventions) and LASSO
 * (n = 119, p = 6724, scikit-learn's), 10 folds, 100 penalties; then growth with rows and columns.
 *
 * @param withPeers True to run glmnet and scikit-learn on the same tables, where they are installed.
 */
export async function benchmarkLasso(report: Report, withPeers: boolean): Promise<void> {
  for (const task of tasks()) await benchmark(report, task, withPeers);
  growth(report);
}
