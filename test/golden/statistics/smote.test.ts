import { describe, expect, test } from 'vitest';
import { smote } from '../../../src/statistics/smote.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface SmoteCase {
  input: string;
  k: number;
  minority_class: number;
  counts: Record<string, number>;
  n_synthetic: number;
  minority_rows_0based: number[];
  neighbours_0based_rows: number[][];
  neighbour_ties_at_k: number;
  synthetic: { base_row: number[]; neighbour_row: number[]; gap: number[]; X: number[][] };
}

describe.skipIf(!hasOracles)(`SMOTE against imbalanced-learn (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<SmoteCase>('smote') : {};
  test.each(Object.entries(cases))('%s: neighbours, and rows from the draws listed', (_, reference) => {
    const table = readTable(`statistics/smote/${reference.input}`);
    const columns = table.names.filter((name) => name !== 'y').map((name) => table.column(name));
    const { base_row, neighbour_row, gap, X } = reference.synthetic;
    const draws = base_row.map((row, i) => {
      const base = reference.minority_rows_0based.indexOf(row);
      return { base, neighbour: reference.neighbours_0based_rows[base]!.indexOf(neighbour_row[i]!), gap: gap[i]! };
    });
    const actual = smote(columns, table.column('y'), reference.k, () => draws.shift()!);
    // With a tie the order of neighbours would be a choice.
    expect(reference.neighbour_ties_at_k).toBe(0);
    expect(Array.from(actual.minority)).toEqual(reference.minority_rows_0based);
    expect(actual.neighbours.map((rows) => Array.from(rows))).toEqual(reference.neighbours_0based_rows);
    const total = table.rows + reference.n_synthetic;
    expect(actual.outcome).toHaveLength(total);
    expect(actual.outcome.slice(table.rows).every((value) => value === reference.minority_class)).toBe(true);
    const majority = Math.max(...Object.values(reference.counts));
    expect(actual.outcome.filter((value) => value === reference.minority_class)).toHaveLength(majority);
    actual.columns.forEach((column, j) => {
      expect(column.slice(0, table.rows)).toEqual(columns[j]);
      const scale = Math.max(...column.map(Math.abs));
      X.forEach((row, i) => {
        expectAbsolute(column[table.rows + i]!, row[j]!, readTolerance('smote', 'X') * scale, `row ${i} column ${j}`);
      });
    });
  });
});

describe.skipIf(!hasOracles)('the reference smote', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('smote', {
        output_order: 'says in words what the test assumes',
        imblearn_max_abs_difference: "the reference's own check",
      }),
    ).toEqual([]);
  });
});
