import { describe, expect, test } from 'vitest';
import { pearson, spearman } from '../../../src/statistics/spearman.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface Pair {
  a: string;
  b: string;
  rho: number;
  S: number;
  p_t: number;
  pearson: number;
}

interface TiesCase {
  input: string;
  n: number;
  matrix_variables: string[];
  matrix: number[][];
  pairs: Pair[];
}

interface SmallCase {
  input: string;
  n: number;
  rho: number;
  S: number;
  p_exact: number;
  p_t: number;
}

const tolerance = (field: string) => readTolerance('spearman', field);

describe.skipIf(!hasOracles)(`Spearman against R cor.test (skips if: ${oracleSkipReason})`, () => {
  const cases = (hasOracles ? readCases('spearman') : {}) as { ties: TiesCase; small_no_ties: SmallCase };

  test('ties: all pairs and the matrix', () => {
    const reference = cases.ties;
    const table = readTable(`statistics/spearman/${reference.input}`);
    expect(table.rows).toBe(reference.n);
    expect(reference.pairs).toHaveLength(10);
    for (const { a, b, ...expected } of reference.pairs) {
      const [x, y] = [table.column(a), table.column(b)];
      const actual = spearman(x, y);
      expect(actual.method).toBe('t');
      expectAbsolute(actual.rho, expected.rho, tolerance('rho'), `${a} ${b}`);
      expectRelative(actual.s, expected.S, tolerance('rho'), `${a} ${b} S`);
      expectRelative(actual.p, expected.p_t, tolerance('p_t'), `${a} ${b} p`);
      expectAbsolute(pearson(x, y), expected.pearson, tolerance('rho'), `${a} ${b} Pearson`);
    }
    reference.matrix_variables.forEach((a, i) => {
      reference.matrix_variables.forEach((b, j) => {
        const { rho } = spearman(table.column(a), table.column(b));
        expectAbsolute(rho, reference.matrix[i]![j]!, tolerance('rho'), `${a} ${b}`);
      });
    });
  });

  test('n = 9 without ties: exact and t', () => {
    const reference = cases.small_no_ties;
    const table = readTable(`statistics/spearman/${reference.input}`);
    const [x, y] = table.names.map((name) => table.column(name)) as [Float64Array, Float64Array];
    expect(table.rows).toBe(reference.n);
    const exact = spearman(x, y);
    expect(exact.method).toBe('exact');
    expectAbsolute(exact.rho, reference.rho, tolerance('rho'), 'rho');
    expectAbsolute(exact.s, reference.S, tolerance('rho'), 'S');
    expectRelative(exact.p, reference.p_exact, tolerance('p_exact'), 'exact p');
    expectRelative(spearman(x, y, 't').p, reference.p_t, tolerance('p_t'), 't p');
  });
});

describe.skipIf(!hasOracles)('the reference spearman', () => {
  test('has no field that is not compared', () => expect(unreadFields('spearman')).toEqual([]));
});
