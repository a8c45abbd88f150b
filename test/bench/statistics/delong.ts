import { deLongAuc, deLongPaired } from '../../../src/statistics/delong.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { duration, type Report } from './report.ts';
import { time } from './time.ts';

/** Times DeLong's variance and the paired test on seeded scores, and how they grow with the number of rows. */
export function benchmarkDeLong(report: Report): void {
  const table = report.table(
    "DeLong's variance and paired test",
    'O(n log n) by sorting. The area is checked against that of the distributions drawn from.',
    ['rows', 'area and variance, least', 'processor', 'paired test, least', 'processor'],
  );
  for (const n of [1000, 10_000, 100_000, 1_000_000]) {
    const random = createRandom(n);
    const outcome = Float64Array.from({ length: n }, () => Number(random.uniform() < 0.3));
    const first = outcome.map((y) => y + random.normal());
    // Rounded: ties are the harder case for anything that compares pairs.
    const second = outcome.map((y) => Math.round(10 * (0.5 * y + random.normal())) / 10);
    const one = time(5, () => deLongAuc(first, outcome));
    const pair = time(5, () => deLongPaired(first, second, outcome));
    // Normal scores one standard deviation apart have an area of Phi(1 / sqrt 2).
    const { auc, se } = one.result;
    if (!(Math.abs(auc - 0.760_25) < 5 * se)) throw new Error(`n = ${n}: area ${auc}, standard error ${se}`);
    if (!(pair.result.z > 3)) throw new Error(`n = ${n}: z is ${pair.result.z}, the first score is better`);
    table.row(String(n), ...[one.least, one.processor, pair.least, pair.processor].map(duration));
  }
}
