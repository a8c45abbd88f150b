import { concordance } from '../../../src/statistics/concordance.ts';
import { type CoxFit, fitCox } from '../../../src/statistics/cox.ts';
import { coxGradient, coxRisk, coxRows, expectedEvents } from '../../../src/statistics/cox-likelihood.ts';
import { coxLinearPredictor } from '../../../src/statistics/cox-prediction.ts';
import { proportionalHazardsTest } from '../../../src/statistics/cox-zph.ts';
import { kaplanMeier } from '../../../src/statistics/kaplan-meier.ts';
import { logRank } from '../../../src/statistics/log-rank.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { timeDependentRoc } from '../../../src/statistics/time-dependent-roc.ts';
import { duration, type Report, type ReportTable } from './report.ts';
import { time as clock } from './time.ts';

const repeats = 5;

/** Correlated columns, a fifth of which matter; follow-up in whole days up to about 4 years, 30% censored. */
function makeCohort(n: number, p: number) {
  const random = createRandom(20261121);
  const shared = Float64Array.from({ length: n }, () => random.normal());
  const columns = Array.from({ length: p }, () => shared.map((common) => 0.5 * common + random.normal()));
  const time = Float64Array.from({ length: n }, (_, i) => {
    let lp = 0;
    for (let j = 0; j < p; j += 5) lp += 0.3 * columns[j]![i]!;
    return Math.ceil((-400 * Math.log(1 - random.uniform())) / Math.exp(lp));
  });
  const status = time.map(() => Number(random.uniform() < 0.7));
  return { columns, time, status };
}

type Cohort = ReturnType<typeof makeCohort>;

/** Largest gradient element of the log partial likelihood, per event. */
function largestGradient({ columns, time, status }: Cohort, fit: CoxFit): number {
  const rows = coxRows(columns, time, status, fit.ties);
  const gradient = coxGradient(rows, expectedEvents(rows, coxRisk(rows, fit.coefficients)));
  return gradient.reduce((most, value) => Math.max(most, Math.abs(value)), 0) / fit.events;
}

function clockFit(table: ReportTable, n: number, p: number, ties: 'efron' | 'breslow'): void {
  const cohort = makeCohort(n, p);
  const { least, processor, result } = clock(repeats, () =>
    fitCox(cohort.columns, cohort.time, cohort.status, { ties }),
  );
  const gradient = largestGradient(cohort, result);
  if (!(gradient < 1e-9)) throw new Error(`n ${n}, p ${p}: gradient ${gradient}`);
  table.row(String(n), String(p), ties, String(result.steps), duration(least), duration(processor));
}

/** Times Cox regression on seeded follow-up with tied times, and what comes after a fit. */
export function benchmarkCox(report: Report): void {
  const fits = report.table(
    'Cox regression, tied times, 30% censored',
    'Every fit is checked by the gradient of its own likelihood, below 1e-9 per event.',
    ['rows', 'columns', 'ties', 'steps', 'least', 'processor'],
  );
  clockFit(fits, 3000, 20, 'efron');
  clockFit(fits, 3000, 20, 'breslow');
  for (const n of [750, 1500, 6000, 12_000, 24_000]) clockFit(fits, n, 20, 'efron');
  for (const p of [5, 10, 40, 80, 160]) clockFit(fits, 3000, p, 'efron');

  const { columns, time, status } = makeCohort(3000, 20);
  const fit = fitCox(columns, time, status);
  const risk = coxLinearPredictor(fit, columns);
  const group = risk.map((lp) => Number(lp > 0));
  const after = report.table('Survival methods, 3,000 rows', 'The result stands beside the time.', [
    'work',
    'result',
    'least',
    'processor',
  ]);
  const add = (name: string, what: string, run: () => number) => {
    const { least, processor, result } = clock(repeats, run);
    after.row(name, `${what} ${Number(result.toPrecision(6))}`, duration(least), duration(processor));
  };
  add('test of proportional hazards, 20 columns', 'chi-squared', () => {
    return proportionalHazardsTest(fit, columns, time, status).global.statistic;
  });
  add('concordance with standard error', 'C', () => concordance(time, status, risk).c);
  add('time-dependent ROC with standard error', 'AUC', () => timeDependentRoc(time, status, risk, 365).auc);
  add('Kaplan-Meier', 'times', () => kaplanMeier(time, status).time.length);
  add('log-rank', 'chi-squared', () => logRank(time, status, group).chiSquare);
}
