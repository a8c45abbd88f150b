import { describe, expect, test } from 'vitest';
import { fitCox } from '../../../src/statistics/cox.ts';
import { coxBaselineHazard, coxLinearPredictor, coxSurvival } from '../../../src/statistics/cox-prediction.ts';
import { eliminateCoxTerms } from '../../../src/statistics/cox-step.ts';
import { proportionalHazardsTest } from '../../../src/statistics/cox-zph.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import exactConcordance from './cox-concordance-exact.json' with { type: 'json' };
import { coxColumns, expectCox, list, type ReferenceCox } from './cox-reference.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface CoxCase {
  input: string;
  n: number;
  events: number;
  factors: Record<string, { levels: string[]; reference: string }> | never[];
  univariate: Record<string, ReferenceCox>;
  multivariable_efron: ReferenceCox & {
    means_used_for_centering: Record<string, number>;
    lp_centered_first10: number[];
    lp_raw_first10: number[];
  };
  multivariable_breslow: ReferenceCox;
  baseline: { time: number[]; cumhaz: number[]; centered_scale: number; cumhaz_centered_at_12m: number };
  survival_prediction: { times: number[]; rows: number[]; surv: number[][] };
  univariate_p05_multivariable: { selected: string[]; fit: ReferenceCox };
  backward_AIC: { kept: string[]; AIC: number; fit: ReferenceCox };
  ph_test_zph_km: { terms: string[]; chisq: number[]; df: number[]; p: number[] };
}

function load(name: string, reference: CoxCase) {
  const table = readTable(`statistics/coxph/${reference.input}`);
  const [time, status] = [table.column('time'), table.column('status')];
  const terms = list(reference.multivariable_efron.terms);
  /** The design columns of a variable: several for a factor. */
  const columnsOf = (variable: string) => {
    const own = variable in reference.factors ? terms.filter((term) => term.startsWith(variable)) : [variable];
    return coxColumns(table, own);
  };
  const check = (fit: ReferenceCox, subject: string, ties: 'efron' | 'breslow' = 'efron') => {
    const columns = coxColumns(table, list(fit.terms));
    const ours = fitCox(columns, time, status, { ties });
    // R's rounding splits one pair of equal patients here: `cox-concordance-exact.py` shows it and gives the right number.
    const split = Math.abs(fit.concordance - exactConcordance.one_pair_untied.c) < 1e-15;
    expectCox(ours, fit, columns, time, status, `${name} ${subject}`, split ? exactConcordance.tied : undefined);
    return ours;
  };
  return { table, time, status, terms, columnsOf, check };
}

describe.skipIf(!hasOracles)(`Cox regression against R coxph (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<CoxCase>('coxph')) : [];
  test('the reference has cases', () => expect(cases.length).toBeGreaterThanOrEqual(2));

  test.each(cases)('%s: one variable at a time', (name, reference) => {
    const { check } = load(name, reference);
    for (const [variable, fit] of Object.entries(reference.univariate)) check(fit, variable);
  });

  test.each(cases)('%s: rows, events, levels of factors', (name, reference) => {
    const { table, status, terms } = load(name, reference);
    expect([table.rows, status.filter((event) => event === 1).length]).toEqual([reference.n, reference.events]);
    for (const [factor, { levels, reference: first }] of Object.entries(reference.factors)) {
      expect(new Set(table.text(factor))).toEqual(new Set(levels));
      const design = levels.filter((level) => level !== first).map((level) => `${factor}${level}`);
      expect(terms.filter((term) => term.startsWith(factor))).toEqual(design);
    }
  });

  test.each(cases)('%s: all variables, Efron and Breslow', (name, reference) => {
    const { check } = load(name, reference);
    check(reference.multivariable_efron, 'all, Efron');
    check(reference.multivariable_breslow, 'all, Breslow', 'breslow');
  });

  test.each(cases)('%s: centres, linear predictors, baseline hazard, predicted survival', (name, reference) => {
    const { table, check, terms } = load(name, reference);
    const fit = check(reference.multivariable_efron, 'all');
    const columns = coxColumns(table, terms);
    const relative = readTolerance('coxph', 'coef_se');
    const absolute = readTolerance('coxph', 'baseline_survival');
    const means = Object.values(reference.multivariable_efron.means_used_for_centering);
    means.forEach((value, j) => {
      expectRelative(fit.means[j]!, value, relative, `mean of ${terms[j]}`);
    });
    const centred = coxLinearPredictor(fit, columns);
    const raw = coxLinearPredictor(fit, columns, 'zero');
    reference.multivariable_efron.lp_centered_first10.forEach((value, i) => {
      expectRelative(centred[i]!, value, relative, `centred linear predictor ${i}`);
      expectRelative(raw[i]!, reference.multivariable_efron.lp_raw_first10[i]!, relative, `linear predictor ${i}`);
    });
    const { baseline } = reference;
    expect(fit.baseline.time).toEqual(baseline.time);
    baseline.time.forEach((t, k) => {
      const hazard = coxBaselineHazard(fit, t, 'zero');
      expectRelative(hazard, baseline.cumhaz[k]!, relative, `baseline hazard at ${t}`);
      expectAbsolute(Math.exp(-hazard), Math.exp(-baseline.cumhaz[k]!), absolute, `baseline survival at ${t}`);
    });
    expectRelative(
      coxBaselineHazard({ ...fit, baseline: { time: [0], cumulativeHazard: [1] } }, 0, 'zero'),
      baseline.centered_scale,
      relative,
      'hazard at zero over that at the centre',
    );
    expectAbsolute(coxBaselineHazard(fit, 365.25), baseline.cumhaz_centered_at_12m, absolute, 'hazard at 12 months');
    const { times, rows, surv } = reference.survival_prediction;
    times.forEach((t, k) => {
      const predicted = coxSurvival(fit, columns, t);
      rows.forEach((row, i) => {
        expectAbsolute(predicted[row - 1]!, surv[i]![k]!, absolute, `survival of row ${row} at ${t}`);
      });
    });
  });

  test.each(cases)('%s: variables with p < 0.05 alone, then together', (name, reference) => {
    const { time, status, columnsOf, check } = load(name, reference);
    const selected = Object.keys(reference.univariate).filter(
      (variable) => fitCox(columnsOf(variable), time, status).likelihoodRatioTest.p < 0.05,
    );
    expect(selected).toEqual(reference.univariate_p05_multivariable.selected);
    check(reference.univariate_p05_multivariable.fit, 'selected');
  });

  test.each(cases)('%s: backward elimination by AIC', (name, reference) => {
    const { time, status, columnsOf, check } = load(name, reference);
    const result = eliminateCoxTerms(
      Object.keys(reference.univariate).map((variable) => ({ name: variable, columns: columnsOf(variable) })),
      time,
      status,
    );
    expect(result.kept).toEqual(reference.backward_AIC.kept);
    expectAbsolute(result.aic, reference.backward_AIC.AIC, readTolerance('coxph', 'loglik'), 'AIC');
    expect(result.fit?.coefficients).toEqual(check(reference.backward_AIC.fit, 'reduced').coefficients);
  });

  test.each(cases)('%s: proportional hazards, km transform', (name, reference) => {
    const { table, time, status, terms, check } = load(name, reference);
    const expected = reference.ph_test_zph_km;
    const groups = expected.terms
      .slice(0, -1)
      .map((variable) => terms.flatMap((term, j) => (term.startsWith(variable) ? [j] : [])));
    const fit = check(reference.multivariable_efron, 'all');
    const result = proportionalHazardsTest(fit, coxColumns(table, terms), time, status, { terms: groups });
    const tolerance = readTolerance('coxph', 'zph');
    [...result.terms, result.global].forEach((found, k) => {
      expectRelative(found.statistic, expected.chisq[k]!, tolerance, `chi-squared of ${expected.terms[k]}`);
      expect(found.df).toBe(expected.df[k]);
      expectRelative(found.p, expected.p[k]!, tolerance, `p of ${expected.terms[k]}`);
    });
  });
});

describe.skipIf(!hasOracles)('the reference coxph', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('coxph', {
        LR_names: 'says which number of a test is statistic, df and p',
        'baseline.note': 'says how the hazard was made',
        'lung.backward_AIC.fit.concordance_se':
          "R's rounding splits a pair of equal patients: cox-concordance-exact.py has the right number",
      }),
    ).toEqual([]);
  });
});
