import { describe, expect, test } from 'vitest';
import { anovaF } from '../../../src/statistics/anova-f.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectRelative, readCases, readTable } from './oracle-table.ts';

interface AnovaCase {
  input: string;
  columns: string[];
  F: (number | string)[];
  p: (number | string)[];
  df1: number;
  df2: number;
  select_p_below_0_05: string[];
}

// The reference's tolerances: F 1e-8, or 1e-6 for badly scaled columns, as its sums of squares are not centred; p 1e-6.
// Badly scaled is this one: its class means differ by 1e-6 of the mean (F = 0.00002).
const badlyScaled = new Set(['mean_fractal_dimension']);

describe.skipIf(!hasOracles)(`one-way F against scikit-learn f_classif (${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<AnovaCase>('anova_f') : {};
  test.each(Object.entries(cases))('%s', (_, reference) => {
    const table = readTable(`statistics/anova_f/${reference.input}`);
    const { f, p, df1, df2 } = anovaF(
      reference.columns.map((name) => table.column(name)),
      table.column('y'),
    );
    expect([df1, df2]).toEqual([reference.df1, reference.df2]);
    reference.columns.forEach((name, j) => {
      const expectedF = Number(reference.F[j]);
      // scikit-learn's own F of this column is infinite or huge, by rounding.
      if (name === 'const_within') expect(f[j]).toBe(Number.POSITIVE_INFINITY);
      else expectRelative(f[j]!, expectedF, badlyScaled.has(name) ? 1e-6 : 1e-8, `F of ${name}`);
      if (Number(reference.p[j]) < 1e-300) expect(p[j]).toBeLessThan(1e-290);
      else expectRelative(p[j]!, Number(reference.p[j]), 1e-6, `p of ${name}`);
    });
    const selected = reference.columns.filter((_, j) => p[j]! < 0.05);
    expect(selected).toEqual(reference.select_p_below_0_05);
  });
});
