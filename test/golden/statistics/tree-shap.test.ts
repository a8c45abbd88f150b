import { describe, expect, test } from 'vitest';
import { forestFromJson, type TreeJson } from '../../../src/statistics/forest-json.ts';
import { forestProbabilities } from '../../../src/statistics/random-forest.ts';
import { pathDependentShap } from '../../../src/statistics/tree-shap.ts';
import { interventionalShap } from '../../../src/statistics/tree-shap-interventional.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface ShapReference {
  rows_0based: number[];
  phi: number[][];
  expected_value: number;
}

interface ShapCase {
  input: string;
  features: string[];
  trees: (TreeJson & { class_counts: [number, number][] })[];
  path_dependent: ShapReference & { proba1: number[]; mean_abs_phi: number[]; importance_order: string[] };
  interventional: ShapReference & { background_rows_0based: number[] };
}

const tolerance = (field: string) => readTolerance('treeshap', field);

describe.skipIf(!hasOracles)(`SHAP values against enumeration of all subsets (skips if: ${oracleSkipReason})`, () => {
  const reference = hasOracles ? readCases<ShapCase>('treeshap').main! : undefined;
  const load = () => {
    const table = readTable(`statistics/treeshap/${reference!.input}`);
    const { features, trees } = reference!;
    const columns = features.map((name) => table.column(name));
    const forest = forestFromJson({ n_features: features.length, trees });
    return { columns, forest, predictions: forestProbabilities(forest, columns) };
  };
  const sum = (values: Float64Array) => values.reduce((total, value) => total + value, 0);

  test('trees: shares of outcome 1', () => {
    const { forest } = load();
    reference!.trees.forEach(({ class_counts }, t) => {
      class_counts.forEach(([none, ones], node) => {
        expectAbsolute(forest.trees[t]!.value[node]!, ones / (none + ones), tolerance('additivity'), `node ${node}`);
      });
    });
  });

  test('path-dependent', () => {
    const { columns, forest, predictions } = load();
    const { rows_0based, phi, expected_value, proba1, mean_abs_phi, importance_order } = reference!.path_dependent;
    const means = new Float64Array(columns.length);
    rows_0based.forEach((row, i) => {
      const actual = pathDependentShap(forest, columns, row);
      expectAbsolute(actual.expected, expected_value, tolerance('phi'), `row ${row} expected`);
      actual.phi.forEach((value, j) => {
        expectAbsolute(value, phi[i]![j]!, tolerance('phi'), `row ${row} column ${j}`);
        means[j]! += Math.abs(value) / rows_0based.length;
      });
      expectAbsolute(predictions[row]!, proba1[i]!, tolerance('additivity'), `row ${row} prediction`);
      expectAbsolute(actual.expected + sum(actual.phi), proba1[i]!, tolerance('additivity'), `row ${row} sum`);
    });
    means.forEach((value, j) => {
      expectAbsolute(value, mean_abs_phi[j]!, tolerance('phi'), `mean of column ${j}`);
    });
    const order = Array.from(means.keys()).sort((a, b) => means[b]! - means[a]!);
    expect(order.map((j) => reference!.features[j])).toEqual(importance_order);
  });

  test('interventional', () => {
    const { columns, forest, predictions } = load();
    const { rows_0based, phi, expected_value, background_rows_0based } = reference!.interventional;
    const background = columns.map((column) => Float64Array.from(background_rows_0based, (row) => column[row]!));
    rows_0based.forEach((row, i) => {
      const actual = interventionalShap(forest, columns, row, background);
      expectAbsolute(actual.expected, expected_value, tolerance('phi'), `row ${row} expected`);
      actual.phi.forEach((value, j) => {
        expectAbsolute(value, phi[i]![j]!, tolerance('phi'), `row ${row} column ${j}`);
      });
      expectAbsolute(actual.expected + sum(actual.phi), predictions[row]!, tolerance('additivity'), `row ${row} sum`);
    });
  });
});

describe.skipIf(!hasOracles)('the reference treeshap', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('treeshap', {
        max_abs_difference_from_shap_C_code: "the reference's own check",
      }),
    ).toEqual([]);
  });
});
