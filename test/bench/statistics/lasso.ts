/**
 * Times penalised regression with cross-validation: LASSO-Cox (n = 253, p = 1218, glmnet's conventions) and LASSO
 * (n = 119, p = 6724, scikit-learn's), 10 folds, 100 penalties; then growth with rows and columns.
 *
 * Run: npx tsx test/bench/statistics/lasso.ts [--peers]. With `--peers` glmnet and scikit-learn run on the same tables
 * where they are installed (`test/bench/peers/statistics.sh` installs them). Threads need a build (`npm run build`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
}

const repeats = 3;
const script = (name: string) => fileURLToPath(new URL(`../peers/${name}`, import.meta.url));
const seconds = (ms: number) => `${(ms / 1000).toFixed(2)} s`;

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

function describeSolution(task: Task, label: string, solution: PenalisedSolution): void {
  const { objective, residual } = checkOptimality(task.table.columns, task.table.outcome, task.settings, solution);
  console.log(
    `  ${label}: lambda ${solution.lambda.toPrecision(7)}, ${columnsIn(solution.coefficients)} columns, ` +
      `objective ${objective.toPrecision(14)}, KKT residual ${residual.toExponential(1)}`,
  );
}

function solutionOf(cv: ElasticNetCv, at = cv.indexMin): PenalisedSolution {
  const { coefficients, intercepts, lambdas } = cv.path;
  return { lambda: lambdas[at]!, coefficients: coefficients[at]!, intercept: intercepts[at]! };
}

async function time(
  run: () => ElasticNetCv | Promise<ElasticNetCv>,
): Promise<{ best: number; mean: number; cv: ElasticNetCv }> {
  const times: number[] = [];
  let cv: ElasticNetCv | undefined;
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    cv = await run();
    times.push(performance.now() - start);
  }
  if (cv === undefined || !(cv.meanErrors[cv.indexMin]! > 0)) throw new Error('no result');
  return { best: Math.min(...times), mean: times.reduce((sum, ms) => sum + ms, 0) / repeats, cv };
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

async function benchmark(task: Task, withPeers: boolean): Promise<void> {
  const { columns, outcome } = task.table;
  console.log(`${task.name}, 10 folds, best and mean of ${repeats}`);
  const single = await time(() => elasticNetCv(columns, outcome, task.folds, task.settings));
  console.log(`  one thread: ${seconds(single.best)}, ${seconds(single.mean)}`);
  let fastest = single.best;
  if (existsSync(fileURLToPath(new URL('../../../dist/src/fitting/cross-validation-worker.js', import.meta.url)))) {
    const threads = availableParallelism();
    const pool = createCrossValidationPool(threads);
    const spread = await time(() => pool.crossValidate(columns, outcome, task.folds, task.settings));
    await pool.close();
    console.log(`  ${threads} threads: ${seconds(spread.best)}, ${seconds(spread.mean)}`);
    fastest = Math.min(fastest, spread.best);
  }
  describeSolution(task, 'ours', solutionOf(single.cv));
  if (!withPeers) return;
  const peer = runPeer(task);
  if (peer === undefined) {
    console.log(`  ${task.peer[0]}: not installed`);
    return;
  }
  describeSolution(task, peer.program, peer);
  if (peer.lambda !== solutionOf(single.cv).lambda) describeSolution(task, 'ours there', solutionAt(task, peer.lambda));
  const ratio = (ms: number) => (peer.seconds / (ms / 1000)).toFixed(1);
  console.log(
    `  ${peer.program}: ${peer.seconds.toFixed(2)} s, ${ratio(single.best)} times our one thread, ${ratio(fastest)} times our best`,
  );
}

function growth(): void {
  console.log('One LASSO-Cox path down to 0.05 of the largest penalty');
  for (const [n, p] of [
    [250, 500],
    [250, 1000],
    [250, 2000],
    [500, 1000],
    [1000, 1000],
  ] as const) {
    const { columns, outcome } = makeBenchTable('cox', n, p, 7);
    const start = performance.now();
    const path = elasticNetPath(columns, outcome, { ...glmnetSettings, ratio: 0.05 });
    const ms = performance.now() - start;
    if (outcomeRows(outcome) !== n || !path.residuals.every((residual) => residual < 1e-8))
      throw new Error('no result');
    console.log(
      `  n = ${n}, p = ${p}: ${ms.toFixed(0)} ms, ${columnsIn(path.coefficients.at(-1)!)} columns at the end`,
    );
  }
}

for (const task of tasks()) await benchmark(task, process.argv.includes('--peers'));
growth();
