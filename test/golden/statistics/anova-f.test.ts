import { describe, expect, test } from 'vitest';
import { anovaF } from '../../../src/statistics/anova-f.ts';
import { selectBest } from '../../../src/statistics/select-best.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface AnovaCase {
  input: string;
  classes: number[];
  n: number;
  columns: string[];
  F: (number | string)[];
  p: (number | string)[];
  df1: number;
  df2: number;
  k: number;
  select_k_best: string[];
  select_p_below_0_05: string[];
  order_by_F_desc: string[];
}

// The reference's tolerance for F is 1e-8, or 1e-6 for badly scaled columns, as its sums of squares are not centred.
// Badly scaled is this one: its class means differ by 1e-6 of the mean (F = 0.00002).
const badlyScaled = new Set(['mean_fractal_dimension']);
const badlyScaledTolerance = 1e-6;

describe.skipIf(!hasOracles)(`one-way F against scikit-learn f_classif (${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<AnovaCase>('anova_f') : {};
  test.each(Object.entries(cases))('%s', (_, reference) => {
    const table = readTable(`statistics/anova_f/${reference.input}`);
    const classes = table.column('y');
    expect(new Set(classes)).toEqual(new Set(reference.classes));
    expect(table.rows).toBe(reference.n);
    const { f, p, df1, df2 } = anovaF(
      reference.columns.map((name) => table.column(name)),
      classes,
    );
    expect([df1, df2]).toEqual([reference.df1, reference.df2]);
    const tolerance = readTolerance('anova_f', 'F');
    reference.columns.forEach((name, j) => {
      const expectedF = Number(reference.F[j]);
      // f_classif has NaN for what has no F.
      if (Number.isNaN(expectedF)) {
        expect([f[j], p[j], Number(reference.p[j])]).toEqual([null, null, Number.NaN]);
        return;
      }
      // scikit-learn's own F of this column is infinite or huge, by rounding.
      if (name === 'const_within') expect(f[j]).toBe(Number.POSITIVE_INFINITY);
      else expectRelative(f[j]!, expectedF, badlyScaled.has(name) ? badlyScaledTolerance : tolerance, `F of ${name}`);
      if (Number(reference.p[j]) < 1e-300) expect(p[j]).toBeLessThan(1e-290);
      else expectRelative(p[j]!, Number(reference.p[j]), readTolerance('anova_f', 'p'), `p of ${name}`);
    });
    const names = (indices: number[]) => indices.map((j) => reference.columns[j]);
    expect(reference.columns.filter((_, j) => (p[j] ?? 1) < 0.05)).toEqual(reference.select_p_below_0_05);
    expect(names(selectBest(f, reference.k))).toEqual(reference.select_k_best);
    // Descending, as the differences between ever larger selections; what has no F comes last.
    const order = reference.columns.flatMap((_, k) => {
      const before = k === 0 ? [] : selectBest(f, k);
      return selectBest(f, k + 1).filter((j) => !before.includes(j));
    });
    expect(names(order)).toEqual(reference.order_by_F_desc.slice(0, order.length));
    expect(reference.order_by_F_desc.slice(order.length)).toEqual(reference.columns.filter((_, j) => f[j] === null));
  });
});

describe.skipIf(!hasOracles)('the reference anova_f', () => {
  test('has no field that is not compared', () => expect(unreadFields('anova_f')).toEqual([]));
});
