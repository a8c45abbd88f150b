import { describe, expect, test } from 'vitest';
import { varianceThreshold } from '../../../src/statistics/variance-threshold.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface VarianceCase {
  input: string;
  threshold: number;
  columns: string[];
  variances: number[];
  kept: string[];
  kept_threshold_0: string[];
  variance_n_minus_1: number[];
}

describe.skipIf(!hasOracles)(`variance threshold against scikit-learn (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<VarianceCase>('variance_threshold') : {};
  test.each(Object.entries(cases))('%s', (_, reference) => {
    const table = readTable(`statistics/variance_threshold/${reference.input}`);
    const columns = reference.columns.map((name) => table.column(name));
    const { variances, kept } = varianceThreshold(columns, reference.threshold);
    const tolerance = readTolerance('variance_threshold', 'variances');
    const unbiased = table.rows / (table.rows - 1);
    reference.columns.forEach((name, j) => {
      expectRelative(variances[j]!, reference.variances[j]!, tolerance, name);
      expectRelative(variances[j]! * unbiased, reference.variance_n_minus_1[j]!, tolerance, `${name}, n - 1`);
    });
    expect(kept.map((j) => reference.columns[j])).toEqual(reference.kept);
    expect(varianceThreshold(columns, 0).kept.map((j) => reference.columns[j])).toEqual(reference.kept_threshold_0);
  });
});

describe.skipIf(!hasOracles)('the reference variance_threshold', () => {
  test('has no field that is not compared', () => expect(unreadFields('variance_threshold')).toEqual([]));
});
