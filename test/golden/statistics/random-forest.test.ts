import { describe, expect, test } from 'vitest';
import { forestFromJson, forestToJson, type TreeJson } from '../../../src/statistics/forest-json.ts';
import { createRandom } from '../../../src/statistics/random.ts';
import { fitForest, forestImportances, forestProbabilities } from '../../../src/statistics/random-forest.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import type { Tree } from '../../../src/statistics/tree.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

type TreeReference = TreeJson & { class_counts: [number, number][] };

interface ForestReference {
  params: { n_estimators: number; max_depth: number; min_samples_leaf: number; max_features: 'sqrt' };
  features: string[];
  trees: TreeReference[];
  proba1: number[];
  rows_where_float64_comparison_differs: number[];
  feature_importances_gini: number[];
  auc_test: number;
}

interface ForestCase {
  input: string;
  train_rows_0based: [number, number];
  test_rows_0based: [number, number];
  models: ForestReference[];
  ensemble_mean: number[];
  ensemble_label: number[];
  ensemble_auc_test: number;
  ensemble_accuracy_test: number;
  single_tree_refit: { tree: TreeReference; proba1: number[] };
  refit_auc_band: { mean: number; sd: number };
}

const tolerance = (field: string) => readTolerance('random_forest', field);

describe.skipIf(!hasOracles)(`random forest against scikit-learn (skips if: ${oracleSkipReason})`, () => {
  const reference = hasOracles
    ? readCases<ForestCase>('random_forest').main!
    : ({ models: [] } as unknown as ForestCase);
  const load = (features: string[]) => {
    const table = readTable(`statistics/random_forest/${reference.input}`);
    const columns = features.map((name) => table.column(name));
    const part = ([from, to]: [number, number]) => ({
      columns: columns.map((column) => column.slice(from, to + 1)),
      outcome: table.column('y').slice(from, to + 1),
    });
    return { columns, train: part(reference.train_rows_0based), test: part(reference.test_rows_0based) };
  };
  const read = (model: ForestReference) => forestFromJson({ n_features: model.features.length, trees: model.trees });

  test.each(reference.models.map((model, i) => [i + 1, model] as const))('imported forest %i', (_, model) => {
    const { columns, test: held } = load(model.features);
    const forest = read(model);
    const actual = forestProbabilities(forest, columns);
    expect(actual).toHaveLength(model.proba1.length);
    const { n_estimators, max_depth, min_samples_leaf, max_features } = model.params;
    expect([forest.trees.length, max_features]).toEqual([n_estimators, 'sqrt']);
    for (const tree of forest.trees) {
      expect(depthOf(tree)).toBeLessThanOrEqual(max_depth);
      expect(Math.min(...tree.rows)).toBeGreaterThanOrEqual(min_samples_leaf);
    }
    model.proba1.forEach((value, i) => {
      expectAbsolute(actual[i]!, value, tolerance('proba1'), `row ${i}`);
    });
    forestImportances(forest).forEach((value, j) => {
      expectAbsolute(value, model.feature_importances_gini[j]!, tolerance('proba1'), model.features[j]!);
    });
    const auc = areaUnderRoc(forestProbabilities(forest, held.columns), held.outcome);
    expectAbsolute(auc, model.auc_test, tolerance('auc'), 'AUC');
    for (const [t, tree] of model.trees.entries())
      for (const [node, counts] of tree.class_counts.entries())
        expectAbsolute(
          forest.trees[t]!.value[node]!,
          counts[1] / (counts[0] + counts[1]),
          tolerance('proba1'),
          'share',
        );
  });

  test('rows that the comparison in double precision sends the other way', () => {
    const rows = reference.models.map((model) => {
      const { columns } = load(model.features);
      return Array.from(columns[0]!.keys()).filter((row) => {
        const inDouble = model.trees.reduce((sum, tree) => sum + walkInDouble(tree, columns, row), 0);
        return Math.abs(inDouble / model.trees.length - model.proba1[row]!) > tolerance('proba1');
      });
    });
    expect(rows).toEqual(reference.models.map((model) => model.rows_where_float64_comparison_differs));
    expect(rows.flat().length).toBeGreaterThan(0);
  });

  test('mean of the two forests', () => {
    const all = reference.models.map((model) => forestProbabilities(read(model), load(model.features).columns));
    const averaged = all[0]!.map((value, i) => (value + all[1]![i]!) / 2);
    reference.ensemble_mean.forEach((value, i) => {
      expectAbsolute(averaged[i]!, value, tolerance('ensemble'), `row ${i}`);
    });
    expect(Array.from(averaged, (value) => Number(value >= 0.5))).toEqual(reference.ensemble_label);
    const [from] = reference.test_rows_0based;
    const { outcome } = load(reference.models[0]!.features).test;
    const held = averaged.slice(from);
    expectAbsolute(areaUnderRoc(held, outcome), reference.ensemble_auc_test, tolerance('auc'), 'AUC');
    const right = held.filter((value, i) => Number(value >= 0.5) === outcome[i]).length;
    expectAbsolute(right / held.length, reference.ensemble_accuracy_test, tolerance('auc'), 'accuracy');
  });

  test('a single tree on all rows and columns is scikit-learn’s', () => {
    const { tree: expected, proba1 } = reference.single_tree_refit;
    const { columns, train } = load(reference.models[0]!.features);
    const { forest } = fitForest(train.columns, train.outcome, createRandom(1), {
      trees: 1,
      maxDepth: 4,
      minSamplesLeaf: 5,
      maxFeatures: columns.length,
      bootstrap: false,
    });
    const [tree] = forestToJson(forest).trees;
    for (const name of ['children_left', 'children_right', 'feature', 'n_node_samples'] as const)
      expect(tree![name], name).toEqual(expected[name]);
    expect(tree!.weighted_n_node_samples).toEqual(expected.weighted_n_node_samples);
    expected.threshold.forEach((value, node) => {
      if (value === null) expect(tree!.threshold[node]).toBeNull();
      else expectRelative(tree!.threshold[node]!, value, tolerance('single_tree'), `threshold ${node}`);
    });
    expected.class_counts.forEach(([none, ones], node) => {
      expect(tree!.weighted_n_node_samples[node]! * (1 - tree!.prob1[node]!)).toBeCloseTo(none, 9);
      expect(tree!.weighted_n_node_samples[node]! * tree!.prob1[node]!).toBeCloseTo(ones, 9);
    });
    expected.prob1.forEach((value, node) => {
      expectAbsolute(tree!.prob1[node]!, value, tolerance('proba1'), `share ${node}`);
    });
    forestProbabilities(forest, columns).forEach((value, i) => {
      expectAbsolute(value, proba1[i]!, tolerance('proba1'), `row ${i}`);
    });
  });

  test('a forest of our own falls into the band of refitted ones', () => {
    const { params, features } = reference.models[0]!;
    const { train, test: held } = load(features);
    const { mean, sd } = reference.refit_auc_band;
    // The reference allows at least 0.02 to either side.
    const allowed = Math.max(4 * sd, 0.02);
    for (let seed = 0; seed < 5; seed++) {
      const { forest } = fitForest(train.columns, train.outcome, createRandom(seed), {
        trees: 200,
        maxDepth: params.max_depth,
        minSamplesLeaf: params.min_samples_leaf,
        maxFeatures: params.max_features,
      });
      const auc = areaUnderRoc(forestProbabilities(forest, held.columns), held.outcome);
      expectAbsolute(auc, mean, allowed, `AUC with seed ${seed}`);
    }
  });
});

function depthOf({ left, right }: Tree, node = 0): number {
  if (left[node]! < 0) return 0;
  return 1 + Math.max(depthOf({ left, right } as Tree, left[node]), depthOf({ left, right } as Tree, right[node]));
}

function walkInDouble(tree: TreeReference, columns: Float64Array[], row: number): number {
  let node = 0;
  while (tree.children_left[node] !== -1) {
    const left = columns[tree.feature[node]!]![row]! <= tree.threshold[node]!;
    node = (left ? tree.children_left : tree.children_right)[node]!;
  }
  return tree.prob1[node]!;
}

describe.skipIf(!hasOracles)('the reference random_forest', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('random_forest', {
        random_state: "scikit-learn's random numbers are not ours",
        oob_score: 'null: not asked for',
        call: 'says in words what was run',
        'refit_auc_band.min': 'the band is that of mean and sd',
        'refit_auc_band.max': 'the band is that of mean and sd',
      }),
    ).toEqual([]);
  });
});
