/**
 * Times DeLong's variance and the paired test on seeded scores, and how they grow with the number of rows; O(n log n).
 * Run: npx tsx test/bench/statistics/delong.ts
 */
import { deLongAuc, deLongPaired } from '../../../src/statistics/delong.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { time } from './time.ts';

console.log('DeLong, best and mean of 5');
for (const n of [1000, 10_000, 100_000, 1_000_000]) {
  const random = createRandom(n);
  const outcome = Float64Array.from({ length: n }, () => Number(random.uniform() < 0.3));
  const first = outcome.map((y) => y + random.normal());
  // Rounded: ties are the harder case for anything that compares pairs.
  const second = outcome.map((y) => Math.round(10 * (0.5 * y + random.normal())) / 10);
  const { auc, se } = time(`AUC and variance, n = ${n}`, 5, () => deLongAuc(first, outcome));
  const { z } = time(`paired test, n = ${n}`, 5, () => deLongPaired(first, second, outcome));
  // Normal scores one standard deviation apart have an area of Phi(1 / sqrt 2).
  if (!(Math.abs(auc - 0.760_25) < 5 * se)) throw new Error(`n = ${n}: area ${auc}, standard error ${se}`);
  if (!(z > 3)) throw new Error(`n = ${n}: z is ${z}, the first score is better`);
}
