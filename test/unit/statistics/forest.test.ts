import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { forestFromJson, forestToJson, type TreeJson } from '../../../src/statistics/forest-json.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import {
  type ForestOptions,
  fitForest,
  forestImportances,
  forestProbabilities,
} from '../../../src/statistics/random-forest.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { pathDependentShap } from '../../../src/statistics/tree-shap.ts';
import { interventionalShap } from '../../../src/statistics/tree-shap-interventional.ts';
import { refusal } from './refusal.ts';

const column = (...values: number[]) => Float64Array.from(values);
const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

/** Rows whose first column decides the outcome, with noise; the second has ties, the others say nothing. */
function sample(seed: number, n: number, p = 4) {
  const random = createRandom(seed);
  const columns = Array.from({ length: p }, () => Float64Array.from({ length: n }, () => random.normal()));
  if (p > 1) columns[1] = columns[1]!.map(Math.round);
  const outcome = Float64Array.from(columns[0]!, (value) => Number(value + 0.7 * random.normal() > 0));
  // Both outcomes occur in any sample.
  outcome[0] = 0;
  outcome[1] = 1;
  return { columns, outcome };
}

const settings = fc.record({
  trees: fc.integer({ min: 1, max: 6 }),
  maxDepth: fc.integer({ min: 1, max: 7 }),
  minSamplesLeaf: fc.integer({ min: 1, max: 4 }),
  bootstrap: fc.boolean(),
});
const seeds = fc.integer({ min: 0, max: 1e9 });

describe('random forest', () => {
  test('fit then predict survives a JSON round trip, bit for bit', () => {
    fc.assert(
      fc.property(seeds, settings, (seed, options) => {
        const { columns, outcome } = sample(seed, 40);
        const { forest } = fitForest(columns, outcome, createRandom(seed), options);
        const again = forestFromJson(JSON.parse(JSON.stringify(forestToJson(forest))));
        expect(again).toEqual(forest);
        expect(forestProbabilities(again, columns)).toEqual(forestProbabilities(forest, columns));
      }),
      { numRuns: 40 },
    );
  });

  test('the same seed gives the same forest, and a larger forest begins with it', () => {
    const { columns, outcome } = sample(1, 60);
    const grow = (trees: number) => forestToJson(fitForest(columns, outcome, createRandom(9), { trees }).forest).trees;
    expect(grow(5)).toEqual(grow(5));
    expect(grow(8).slice(0, 5)).toEqual(grow(5));
  });

  test('limits hold: depth, rows in a leaf, weights of all draws', () => {
    fc.assert(
      fc.property(seeds, settings, (seed, options) => {
        const { columns, outcome } = sample(seed, 50);
        for (const tree of fitForest(columns, outcome, createRandom(seed), options).forest.trees) {
          const depth = new Uint32Array(tree.left.length);
          expect(tree.cover[0]).toBe(50);
          for (let node = 0; node < depth.length; node++) {
            expect(tree.rows[node]).toBeGreaterThanOrEqual(Math.min(options.minSamplesLeaf, tree.rows[0]!));
            expect(depth[node]).toBeLessThanOrEqual(options.maxDepth);
            if (tree.left[node]! < 0) continue;
            for (const child of [tree.left[node]!, tree.right[node]!]) depth[child] = depth[node]! + 1;
          }
        }
      }),
      { numRuns: 40 },
    );
  });

  test('a rising function of a column changes no prediction', () => {
    const { columns, outcome } = sample(4, 60);
    // Powers of two are exact, also in single precision.
    const stretched = columns.map((values) => values.map((value) => value * 1024));
    const before = fitForest(columns, outcome, createRandom(2), { trees: 20 });
    const after = fitForest(stretched, outcome, createRandom(2), { trees: 20 });
    expect(forestProbabilities(after.forest, stretched)).toEqual(forestProbabilities(before.forest, columns));
  });

  test('without a limit and without the bootstrap a tree knows its rows; out of bag it is honest', () => {
    const { columns, outcome } = sample(5, 200);
    const all = fitForest(columns, outcome, createRandom(1), { trees: 1, bootstrap: false });
    expect(forestProbabilities(all.forest, columns)).toEqual(outcome);
    expect(all.outOfBag.rows).toHaveLength(0);
    const { outOfBag } = fitForest(columns, outcome, createRandom(1), { trees: 100 });
    expect(outOfBag.rows).toHaveLength(200);
    const auc = areaUnderRoc(outOfBag.probabilities, outcome);
    expect(auc).toBeGreaterThan(0.7);
    expect(auc).toBeLessThan(0.98);
  });

  test('importances: the column that decides leads, the sum is 1', () => {
    const { columns, outcome } = sample(6, 200);
    const importances = forestImportances(fitForest(columns, outcome, createRandom(3)).forest);
    expect(importances.indexOf(Math.max(...importances))).toBe(0);
    expect(sum(importances)).toBeCloseTo(1, 12);
  });

  test('constant columns: each tree is one leaf, importances are 0', () => {
    const { forest } = fitForest([column(3, 3, 3, 3)], [0, 1, 1, 1], createRandom(1), { trees: 2, bootstrap: false });
    expect(forest.trees.map((tree) => tree.left.length)).toEqual([1, 1]);
    expect(Array.from(forestProbabilities(forest, [column(1, 5)]))).toEqual([0.75, 0.75]);
    expect(Array.from(forestImportances(forest))).toEqual([0]);
  });

  test('a constant column beside others is passed over, however few columns a split may try', () => {
    const { outcome, columns } = sample(8, 30, 1);
    const { forest } = fitForest([new Float64Array(30), ...columns], outcome, createRandom(1), {
      trees: 10,
      maxFeatures: 1,
    });
    expect(forest.trees.every((tree) => tree.left.length > 1)).toBe(true);
  });

  test('a tree as deep as it has rows', () => {
    const n = 2000;
    const rising = Float64Array.from({ length: n }, (_, i) => i);
    const alternating = Uint8Array.from({ length: n }, (_, i) => i % 2);
    const { forest } = fitForest([rising], alternating, createRandom(1), { trees: 1, bootstrap: false });
    expect(forestProbabilities(forest, [rising])).toEqual(Float64Array.from(alternating));
  });

  test('what can not be fitted is refused by name', () => {
    const { columns, outcome } = sample(1, 20);
    const refused = (table: Float64Array[], y: ArrayLike<number>, options: ForestOptions = {}) =>
      refusal(() => fitForest(table, y, createRandom(1), options));
    expect(refused([], outcome).subject).toBe('columns');
    expect(refused([column(1, Number.NaN)], [0, 1])).toEqual({ code: 'STATISTICS_INPUT', subject: 'column 0' });
    expect(refused([column(1, 1e39)], [0, 1]).subject).toBe('column 0');
    expect(refused(columns, new Float64Array(20)).subject).toBe('outcome');
    for (const option of ['trees', 'maxDepth', 'minSamplesLeaf', 'minSamplesSplit', 'maxFeatures'] as const)
      expect(refused(columns, outcome, { [option]: 0.5 }).subject).toBe(option);
    expect(refused(columns, outcome, { maxFeatures: 5 }).subject).toBe('maxFeatures');
    const { forest } = fitForest(columns, outcome, createRandom(1), { trees: 1 });
    expect(refusal(() => forestProbabilities(forest, columns.slice(1))).subject).toBe('columns');
    expect(
      refusal(() =>
        forestProbabilities(
          forest,
          columns.map(() => column(Number.NaN)),
        ),
      ).subject,
    ).toBe('column 0');
  });
});

describe('import of trees', () => {
  const stump: TreeJson = {
    children_left: [1, -1, -1],
    children_right: [2, -1, -1],
    feature: [0, -2, -2],
    threshold: [0.5, null, null],
    n_node_samples: [4, 2, 2],
    weighted_n_node_samples: [4, 2, 2],
    prob1: [0.5, 0, 1],
  };
  const read = (changes: Partial<TreeJson>) => forestFromJson({ n_features: 2, trees: [{ ...stump, ...changes }] });

  test('values between a threshold and its rounding go by single precision', () => {
    // float32(0.1) is above 0.1, so a threshold of 0.1 sends 0.1 to the right.
    const forest = read({ threshold: [0.1, null, null] });
    expect(Array.from(forestProbabilities(forest, [column(0.1, 0.0999), column(0, 0)]))).toEqual([1, 0]);
  });

  test('a broken tree is refused with the array that breaks it', () => {
    const cases: [Partial<TreeJson>, string][] = [
      [{ children_left: [0, -1, -1] }, 'children_left'],
      [{ children_right: [1, -1, -1] }, 'children_right'],
      [{ children_right: [7, -1, -1] }, 'children_right'],
      [{ children_right: [2, -1] }, 'children_right'],
      [{ feature: [2, -2, -2] }, 'feature'],
      [{ threshold: [null, null, null] }, 'threshold'],
      [{ weighted_n_node_samples: [4, 2, 1] }, 'weighted_n_node_samples'],
      [{ weighted_n_node_samples: [4, 4, 0] }, 'weighted_n_node_samples'],
      [{ prob1: [0.5, 0, 1.5] }, 'prob1'],
      [{ children_left: [-1, -1, -1], children_right: [-1, -1, -1] }, 'children_right'],
    ];
    for (const [changes, name] of cases) expect(refusal(() => read(changes)).subject).toBe(`trees[0].${name}`);
    expect(refusal(() => forestFromJson({ n_features: 0, trees: [stump] })).subject).toBe('n_features');
    expect(refusal(() => forestFromJson({ n_features: 1, trees: [] })).subject).toBe('trees');
    expect(refusal(() => forestFromJson({ n_features: 1, trees: [{} as TreeJson] })).subject).toMatch(/^trees\[0\]/);
  });
});

describe('SHAP values', () => {
  test('add up to the prediction in both forms; a column without a split has none', () => {
    fc.assert(
      fc.property(seeds, settings, (seed, options) => {
        const { columns, outcome } = sample(seed, 40);
        const { forest } = fitForest(columns, outcome, createRandom(seed), options);
        const predictions = forestProbabilities(forest, columns);
        const background = columns.map((values) => values.slice(0, 7));
        const used = new Set(forest.trees.flatMap((tree) => Array.from(tree.feature)));
        for (const row of [0, 20, 39])
          for (const shap of [
            pathDependentShap(forest, columns, row),
            interventionalShap(forest, columns, row, background),
          ]) {
            expect(Math.abs(shap.expected + sum(shap.phi) - predictions[row]!)).toBeLessThan(1e-12);
            shap.phi.forEach((value, j) => {
              if (!used.has(j)) expect(value).toBe(0);
            });
          }
      }),
      { numRuns: 40 },
    );
  });

  test('equal the definition over all subsets', () => {
    const { columns, outcome } = sample(12, 40, 3);
    const { forest } = fitForest(columns, outcome, createRandom(5), { trees: 3, maxDepth: 6 });
    const background = columns.map((values) => values.slice(5, 9));
    const row = 17;
    /** Mean prediction over the background with the columns of `set` from the row. */
    const value = (set: number) => {
      const mixed = background.map((values, j) => (set & (1 << j) ? values.map(() => columns[j]![row]!) : values));
      return sum(forestProbabilities(forest, mixed)) / 4;
    };
    const weight = [1 / 3, 1 / 6, 1 / 3];
    const { phi } = interventionalShap(forest, columns, row, background);
    for (let j = 0; j < 3; j++) {
      let expected = 0;
      for (let set = 0; set < 8; set++) {
        if (set & (1 << j)) continue;
        const size = [0, 1, 2].filter((other) => set & (1 << other)).length;
        expected += weight[size]! * (value(set | (1 << j)) - value(set));
      }
      expect(phi[j]).toBeCloseTo(expected, 12);
    }
  });

  test('explained against itself a row has no contributions', () => {
    const { columns, outcome } = sample(3, 30);
    const { forest } = fitForest(columns, outcome, createRandom(5), { trees: 5 });
    const own = columns.map((values) => values.slice(4, 5));
    expect(Array.from(interventionalShap(forest, columns, 4, own).phi).every((value) => value === 0)).toBe(true);
  });

  test('no such row, no background', () => {
    const { columns, outcome } = sample(3, 30);
    const { forest } = fitForest(columns, outcome, createRandom(5), { trees: 1 });
    expect(refusal(() => pathDependentShap(forest, columns, 30)).subject).toBe('row');
    expect(refusal(() => interventionalShap(forest, columns, -1, columns)).subject).toBe('row');
    const none = columns.map(() => new Float64Array(0));
    expect(refusal(() => interventionalShap(forest, columns, 0, none)).subject).toBe('background');
  });
});
