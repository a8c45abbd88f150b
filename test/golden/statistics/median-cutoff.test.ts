import { describe, expect, test } from 'vitest';
import { coxLinearPredictor } from '../../../src/statistics/cox-prediction.ts';
import { compareRiskGroups, splitAtCutoff } from '../../../src/statistics/median-cutoff.ts';
import { median } from '../../../src/statistics/standardise.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectCox, type ReferenceCox } from './cox-reference.ts';
import { expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface ReferenceGroups {
  n_low: number;
  n_high: number;
  logrank_chisq: number;
  logrank_p: number;
  cox: ReferenceCox;
  median_low_group: (number | null)[];
  median_high_group: (number | null)[];
}

interface CutoffCase {
  input: string;
  n: number;
  train_rows: string;
  variables: string[];
  coefficients_used: number[];
  score: number[];
  train_median: number;
  gt: { train: ReferenceGroups; test: ReferenceGroups };
  ge: { train: ReferenceGroups; test: ReferenceGroups };
}

describe.skipIf(!hasOracles)(`training median as cut-off against R survival (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<CutoffCase>('median_cutoff')) : [];
  test('the reference has cases', () => expect(cases.length).toBeGreaterThanOrEqual(2));

  test.each(cases)('%s: > and >=, in training and test rows', (name, reference) => {
    const table = readTable(`statistics/median_cutoff/${reference.input}`);
    expect(table.rows).toBe(reference.n);
    const coefficients = reference.coefficients_used;
    const model = { coefficients, means: coefficients.map(() => 0), baseline: { time: [], cumulativeHazard: [] } };
    const score = coxLinearPredictor(
      model,
      reference.variables.map((variable) => table.column(variable)),
    );
    reference.score.forEach((value, row) => {
      expectRelative(score[row]!, value, readTolerance('median_cutoff', 'score'), `${name}: score of row ${row}`);
    });
    expect(reference.train_rows).toBe('1-based row i is train when i mod 10 < 7');
    const inTraining = (_: number, row: number) => (row + 1) % 10 < 7;
    const cutoff = median(score.filter(inTraining));
    expectRelative(cutoff, reference.train_median, readTolerance('median_cutoff', 'score'), `${name}: cut-off`);
    for (const [rule, sets] of [['>', reference.gt] as const, ['>=', reference.ge] as const]) {
      for (const [set, expected] of Object.entries(sets)) {
        const inSet = (value: number, row: number) => inTraining(value, row) === (set === 'train');
        checkGroups(
          table.column('time').filter(inSet),
          table.column('status').filter(inSet),
          Float64Array.from(splitAtCutoff(score.filter(inSet), cutoff, rule)),
          expected,
          `${name} ${rule} ${set}`,
        );
      }
    }
  });
});

function checkGroups(
  time: Float64Array,
  status: Float64Array,
  high: Float64Array,
  expected: ReferenceGroups,
  subject: string,
): void {
  const found = compareRiskGroups(time, status, high);
  expect([found.lowCount, found.highCount]).toEqual([expected.n_low, expected.n_high]);
  const tolerance = readTolerance('median_cutoff', 'chisq');
  expectRelative(found.logRank.chiSquare, expected.logrank_chisq, tolerance, `${subject}: chi-squared`);
  expectRelative(found.logRank.p, expected.logrank_p, readTolerance('km_logrank', 'p'), `${subject}: p`);
  expectCox(found.cox, expected.cox, [high], time, status, subject);
  const limits = ({ time: middle, lower, upper }: typeof found.lowMedian) => [middle, lower, upper];
  expect(limits(found.lowMedian)).toEqual(expected.median_low_group);
  expect(limits(found.highMedian)).toEqual(expected.median_high_group);
}

describe.skipIf(!hasOracles)('the reference median_cutoff', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('median_cutoff', {
        LR_names: 'says which number of a test is statistic, df and p',
      }),
    ).toEqual([]);
  });
});
