import { describe, expect, test } from 'vitest';
import { logisticProbability } from '../../../src/statistics/logistic.ts';
import { logisticModel } from '../../../src/statistics/optimism.ts';
import { covariateBalance, type MatchOrder, matchPropensity } from '../../../src/statistics/propensity-match.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface BalanceReference {
  variable: string;
  mean_treated: number;
  mean_control: number;
  smd_pooled: number;
  smd_treated_sd: number;
}

interface MatchReference {
  matchit_4_5_4_pairs_with_other_ps: number;
  std_caliper: boolean;
  m_order: MatchOrder;
  caliper_width_on_ps: number;
  n_pairs: number;
  treated_rows_1based: number[];
  control_rows_1based: number[];
  abs_ps_difference: number[];
  balance_before: BalanceReference[];
  balance_after: BalanceReference[];
}

interface PsmCase {
  input: string;
  /** Rows whose score another row before them has. */
  n_duplicate_ps: number;
  treatment: string;
  covariates: string[];
  caliper: number;
  sd_ps: number;
  propensity_score: number[];
  matchings: Record<string, MatchReference>;
}

const tolerance = (field: string) => readTolerance('psm', field);

describe.skipIf(!hasOracles)(`1:1 propensity matching against MatchIt (skips if: ${oracleSkipReason})`, () => {
  const reference = hasOracles ? readCases<PsmCase>('psm').main! : ({ matchings: {} } as PsmCase);
  const load = () => {
    const table = readTable(`statistics/psm/${reference.input}`);
    const treated = table.column(reference.treatment);
    const columns = reference.covariates.map((name) => table.column(name));
    const scores = logisticModel(columns, treated)(columns).map(logisticProbability);
    return { table, treated, scores };
  };

  test('propensity scores', () => {
    const { scores, treated } = load();
    reference.propensity_score.forEach((value, i) => {
      expectAbsolute(scores[i]!, value, tolerance('propensity_score'), `row ${i}`);
    });
    // Of the reference's scores: rounding makes one more pair of ours equal.
    const distinct = new Set(reference.propensity_score).size;
    expect(reference.propensity_score.length - distinct).toBe(reference.n_duplicate_ps);
    const { caliperWidth } = matchPropensity(scores, treated, { width: 1, unit: 'sd' });
    expectAbsolute(caliperWidth, reference.sd_ps, tolerance('propensity_score'), 'sd');
  });

  test.each(Object.entries(reference.matchings))('lalonde %s', (_, expected) => {
    const { table, treated, scores } = load();
    expect(expected.matchit_4_5_4_pairs_with_other_ps).toBe(0);
    const caliper = { width: reference.caliper, unit: expected.std_caliper ? 'sd' : 'raw' } as const;
    for (const score of [scores, Float64Array.from(reference.propensity_score)]) {
      const { pairs, caliperWidth, unmatched } = matchPropensity(score, treated, caliper, expected.m_order);
      expectAbsolute(caliperWidth, expected.caliper_width_on_ps, tolerance('propensity_score'), 'caliper');
      expect(pairs).toHaveLength(expected.n_pairs);
      expect(unmatched).toHaveLength(treated.filter((value) => value === 1).length - expected.n_pairs);
      expect(pairs.map((pair) => pair.treated + 1)).toEqual(expected.treated_rows_1based);
      expect(pairs.map((pair) => pair.control + 1)).toEqual(expected.control_rows_1based);
      pairs.forEach(({ difference }, i) => {
        expectAbsolute(difference, expected.abs_ps_difference[i]!, tolerance('propensity_score'), `pair ${i}`);
      });
      for (const [rows, matched] of [
        [expected.balance_before, undefined],
        [expected.balance_after, pairs],
      ] as const)
        for (const { variable, ...balance } of rows) {
          const actual = covariateBalance(table.column(variable), treated, matched);
          const allowed = tolerance('propensity_score');
          expectAbsolute(actual.meanTreated / balance.mean_treated, 1, allowed, `${variable} mean of the treated`);
          expectAbsolute(actual.meanControl / balance.mean_control, 1, allowed, `${variable} mean of the controls`);
          expectAbsolute(actual.smdPooled, balance.smd_pooled, allowed, `${variable} pooled`);
          expectAbsolute(actual.smdTreated, balance.smd_treated_sd, allowed, `${variable} by the treated`);
        }
    }
  });
});

describe.skipIf(!hasOracles)('the reference psm', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('psm', {
        matchit_4_5_4_identical_rows: 'MatchIt draws among rows of equal score; their scores are compared',
      }),
    ).toEqual([]);
  });
});
