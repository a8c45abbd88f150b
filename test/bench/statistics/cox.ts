/**
 * Times Cox regression on seeded follow-up with tied times, and how it grows with rows and columns. Every fit is checked by
 * the gradient of its own likelihood, so that the work can not be dropped. Run: npx tsx test/bench/statistics/cox.ts
 */
import { concordance } from '../../../src/statistics/concordance.ts';
import { type CoxFit, fitCox } from '../../../src/statistics/cox.ts';
import { coxGradient, coxRisk, coxRows, expectedEvents } from '../../../src/statistics/cox-likelihood.ts';
import { coxLinearPredictor } from '../../../src/statistics/cox-prediction.ts';
import { proportionalHazardsTest } from '../../../src/statistics/cox-zph.ts';
import { kaplanMeier } from '../../../src/statistics/kaplan-meier.ts';
import { logRank } from '../../../src/statistics/log-rank.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { timeDependentRoc } from '../../../src/statistics/time-dependent-roc.ts';

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

function clock(name: string, run: () => string): void {
  const times: number[] = [];
  let note = '';
  for (let k = 0; k < repeats; k++) {
    const start = performance.now();
    note = run();
    times.push(performance.now() - start);
  }
  const mean = times.reduce((sum, time) => sum + time, 0) / repeats;
  console.log(`${name}: ${Math.min(...times).toFixed(1)} ms, ${mean.toFixed(1)} ms  (${note})`);
}

function clockFit(n: number, p: number, ties: 'efron' | 'breslow'): void {
  const cohort = makeCohort(n, p);
  let fit: CoxFit | undefined;
  clock(`fit, n ${n}, p ${p}, ${ties}`, () => {
    fit = fitCox(cohort.columns, cohort.time, cohort.status, { ties });
    return `${fit.events} events, ${fit.steps} steps, log likelihood ${fit.logLikelihood.toFixed(6)}`;
  });
  const gradient = largestGradient(cohort, fit!);
  if (!(gradient < 1e-9)) throw new Error(`n ${n}, p ${p}: gradient ${gradient}`);
}

console.log(`Best and mean of ${repeats}`);
clockFit(3000, 20, 'efron');
clockFit(3000, 20, 'breslow');
for (const n of [750, 1500, 6000, 12_000, 24_000]) clockFit(n, 20, 'efron');
for (const p of [5, 10, 40, 80, 160]) clockFit(3000, p, 'efron');

const cohort = makeCohort(3000, 20);
const { columns, time, status } = cohort;
const fit = fitCox(columns, time, status);
const risk = coxLinearPredictor(fit, columns);
const group = risk.map((lp) => Number(lp > 0));
clock('proportional hazards test, n 3000, p 20', () =>
  proportionalHazardsTest(fit, columns, time, status).global.statistic.toFixed(6),
);
clock('concordance with standard error, n 3000', () => concordance(time, status, risk).c.toFixed(6));
clock('time-dependent ROC with standard error, n 3000', () => timeDependentRoc(time, status, risk, 365).auc.toFixed(6));
clock('Kaplan-Meier, n 3000', () => `${kaplanMeier(time, status).time.length} times`);
clock('log-rank, n 3000', () => logRank(time, status, group).chiSquare.toFixed(6));
