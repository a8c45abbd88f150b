/**
 * Times fitting, prediction and SHAP values of a random forest of 500 trees on seeded data, and how the time of a fit
 * grows with rows and columns. Run: npx tsx test/bench/statistics/forest.ts
 */
import { createRandom } from '../../../src/statistics/random.ts';
import { fitForest, forestProbabilities } from '../../../src/statistics/random-forest.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { pathDependentShap } from '../../../src/statistics/tree-shap.ts';
import { time } from './time.ts';

const trees = 500;

/** Five columns carry the outcome; it has about as many ones as zeros. */
function sample(n: number, p: number) {
  const random = createRandom(20261121);
  const columns = Array.from({ length: p }, () => Float64Array.from({ length: n }, () => random.normal()));
  const outcome = Float64Array.from({ length: n }, (_, i) => {
    const lp = columns.slice(0, 5).reduce((sum, column) => sum + column[i]!, 0);
    return Number(lp + random.normal() > 0);
  });
  return { columns, outcome };
}

console.log(`forest of ${trees} trees, best and mean of 5`);
for (const [n, p] of [
  [250, 10],
  [500, 10],
  [1000, 10],
  [2000, 10],
  [500, 100],
  [500, 1000],
] as const) {
  const { columns, outcome } = sample(n, p);
  const { outOfBag } = time(`fit, n = ${n}, p = ${p}`, 5, () =>
    fitForest(columns, outcome, createRandom(1), { trees }),
  );
  const auc = areaUnderRoc(
    outOfBag.probabilities,
    Float64Array.from(outOfBag.rows, (row) => outcome[row]!),
  );
  if (!(auc > 0.7)) throw new Error(`out-of-bag AUC is ${auc}: the columns carry more than that`);
}

const { columns, outcome } = sample(500, 10);
const { forest } = fitForest(columns, outcome, createRandom(1), { trees, maxDepth: 6 });
const predictions = time('predict 500 rows, depth 6', 5, () => forestProbabilities(forest, columns));
const { phi, expected } = time('SHAP of one row, path-dependent, depth 6', 5, () =>
  pathDependentShap(forest, columns, 0),
);
const total = phi.reduce((sum, value) => sum + value, expected);
if (!(Math.abs(total - predictions[0]!) < 1e-12)) throw new Error(`SHAP values add up to ${total}`);
