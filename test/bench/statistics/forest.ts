import { createRandom } from '../../../src/statistics/random.ts';
import { fitForest, forestProbabilities } from '../../../src/statistics/random-forest.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { pathDependentShap } from '../../../src/statistics/tree-shap.ts';
import { duration, type Report } from './report.ts';
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

/** Times fitting, prediction and SHAP values of a random forest, and how a fit grows with rows and columns. */
export function benchmarkForest(report: Report): void {
  const table = report.table(
    `Random forest of ${trees} trees`,
    'A fit is checked by its out-of-bag area, SHAP values by their sum. Depth is 6 for prediction and SHAP, else not limited.',
    ['work', 'rows', 'columns', 'least', 'processor'],
  );
  for (const [n, p] of [
    [250, 10],
    [500, 10],
    [1000, 10],
    [2000, 10],
    [500, 100],
    [500, 1000],
  ] as const) {
    const { columns, outcome } = sample(n, p);
    const { least, processor, result } = time(5, () => fitForest(columns, outcome, createRandom(1), { trees }));
    const { outOfBag } = result;
    const auc = areaUnderRoc(
      outOfBag.probabilities,
      Float64Array.from(outOfBag.rows, (row) => outcome[row]!),
    );
    if (!(auc > 0.7)) throw new Error(`out-of-bag AUC is ${auc}: the columns carry more than that`);
    table.row('fit', String(n), String(p), duration(least), duration(processor));
  }
  const { columns, outcome } = sample(500, 10);
  const { forest } = fitForest(columns, outcome, createRandom(1), { trees, maxDepth: 6 });
  const predictions = time(5, () => forestProbabilities(forest, columns));
  const shap = time(5, () => pathDependentShap(forest, columns, 0));
  const total = shap.result.phi.reduce((sum, value) => sum + value, shap.result.expected);
  if (!(Math.abs(total - predictions.result[0]!) < 1e-12)) throw new Error(`SHAP values add up to ${total}`);
  table.row('predict', '500', '10', duration(predictions.least), duration(predictions.processor));
  table.row('SHAP of one row, path-dependent', '500', '10', duration(shap.least), duration(shap.processor));
}
