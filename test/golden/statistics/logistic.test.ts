import { describe, expect, test } from 'vitest';
import { brierScore } from '../../../src/statistics/calibration.ts';
import { fitLogistic, logisticProbability } from '../../../src/statistics/logistic.ts';
import { likelihoodRatioTest, logisticInference, profileLimits } from '../../../src/statistics/logistic-inference.ts';
import { eliminateLogisticTerms } from '../../../src/statistics/logistic-step.ts';
import { type ModelTerm, treatmentContrasts } from '../../../src/statistics/model-terms.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import exact from './glm-exact.json' with { type: 'json' };
import {
  expectAbsolute,
  expectRelative,
  readCases,
  readTable,
  readTolerance,
  type Table,
  unreadFields,
} from './oracle-table.ts';

interface GlmFit {
  terms: string[];
  coef: number[];
  se: number[];
  z: number[];
  p: number[];
  odds_ratio: number[];
  or_wald_low: number[];
  or_wald_high: number[];
  or_profile_low: number[];
  or_profile_high: number[];
  deviance: number;
  null_deviance: number;
  df_residual: number;
  df_null: number;
  logLik: number;
  AIC: number;
  BIC: number;
}

interface DropStep {
  formula: string;
  AIC_current: number;
  candidates: string[];
  df: (number | null)[];
  deviance: number[];
  AIC: number[];
}

interface GlmCase {
  input: string;
  n: number;
  events: number;
  factors: Record<string, { levels: string[]; reference: string }>;
  univariate: Record<string, GlmFit>;
  univariate_LR_p: Record<string, number>;
  full: GlmFit & { vcov: number[][]; fitted_first10: number[] };
  backward: {
    steps: DropStep[];
    kept: string[];
    final: GlmFit;
    fitted: number[];
    auc?: number;
    brier?: number;
    nagelkerke_r2?: number;
  };
  univariate_p05_then_multivariable_then_step: {
    selected: string[];
    multivariable: GlmFit;
    step_final_terms: string[];
    step_final: GlmFit;
  };
}

/** Where R's own standard errors are further off than 1e-7, and the p-values with them; how they were made and why is in `glm-exact.py`. */
const exactWald: Partial<Record<string, { se: number[]; p: number[] }>> = exact;

/** A design column by R's name: treatment contrasts of `race` are `raceblack` and `raceother`. */
function designColumn(table: Table, term: string): Float64Array {
  const level = /^race(.+)$/.exec(term)?.[1];
  if (level === undefined) return table.column(term);
  return Float64Array.from(table.text('race'), (race) => Number(race === level));
}

const outcomeOf = (table: Table) => table.column(table.names.includes('y') ? 'y' : 'low');

/** The variable as a term: its column, or the contrasts of a factor. */
function termOf(table: Table, reference: GlmCase, name: string): ModelTerm {
  const factor = reference.factors[name];
  if (factor) expect(factor.levels[0]).toBe(factor.reference);
  return { name, columns: factor ? treatmentContrasts(table.text(name), factor.levels) : [table.column(name)] };
}

const tolerance = (field: string) => readTolerance('logistic_step', field);

function checkFit(table: Table, reference: GlmFit, subject: string) {
  const columns = reference.terms.slice(1).map((term) => designColumn(table, term));
  const outcome = outcomeOf(table);
  const fit = fitLogistic(columns, outcome);
  const inference = logisticInference(fit, table.rows);
  const profile = profileLimits(columns, outcome, fit);
  reference.terms.forEach((term, j) => {
    const check = (actual: number, expected: number, field: string, what: string) =>
      expectRelative(actual, expected, tolerance(field), `${subject}: ${what} of ${term}`);
    check(fit.coefficients[j]!, reference.coef[j]!, 'coef_se', 'coefficient');
    check(fit.standardErrors[j]!, exactWald[subject]?.se[j] ?? reference.se[j]!, 'coef_se', 'standard error');
    check(inference.z[j]!, reference.z[j]!, 'wald_ci_p', 'z');
    check(inference.p[j]!, exactWald[subject]?.p[j] ?? reference.p[j]!, 'wald_ci_p', 'p');
    check(Math.exp(fit.coefficients[j]!), reference.odds_ratio[j]!, 'wald_ci_p', 'odds ratio');
    check(Math.exp(inference.low[j]!), reference.or_wald_low[j]!, 'wald_ci_p', 'Wald low');
    check(Math.exp(inference.high[j]!), reference.or_wald_high[j]!, 'wald_ci_p', 'Wald high');
    check(Math.exp(profile.low[j]!), reference.or_profile_low[j]!, 'profile_ci', 'profile low');
    check(Math.exp(profile.high[j]!), reference.or_profile_high[j]!, 'profile_ci', 'profile high');
  });
  const exactly = (actual: number, expected: number, what: string) =>
    expectAbsolute(actual, expected, tolerance('deviance_AIC'), `${subject}: ${what}`);
  exactly(fit.deviance, reference.deviance, 'deviance');
  exactly(fit.nullDeviance, reference.null_deviance, 'null deviance');
  exactly(inference.logLikelihood, reference.logLik, 'log likelihood');
  exactly(inference.aic, reference.AIC, 'AIC');
  exactly(inference.bic, reference.BIC, 'BIC');
  expect([inference.dfResidual, inference.dfNull]).toEqual([reference.df_residual, reference.df_null]);
  const fitted = Float64Array.from({ length: table.rows }, (_, i) =>
    logisticProbability(
      columns.reduce((lp, column, j) => lp + fit.coefficients[j + 1]! * column[i]!, fit.coefficients[0]!),
    ),
  );
  return { fit, inference, fitted };
}

describe.skipIf(!hasOracles)(`logistic regression against R glm (${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<GlmCase>('logistic_step') : {};
  const tables = Object.entries(cases);
  const open = (reference: GlmCase) => readTable(`statistics/logistic_step/${reference.input}`);
  test('the reference has cases', () => expect(tables.length).toBeGreaterThanOrEqual(2));

  test.each(tables)('%s: one variable at a time, and its likelihood-ratio test', (name, reference) => {
    const table = open(reference);
    const outcome = outcomeOf(table);
    expect([table.rows, outcome.reduce((sum, y) => sum + y, 0)]).toEqual([reference.n, reference.events]);
    for (const [variable, expected] of Object.entries(reference.univariate)) {
      const { fit, inference } = checkFit(table, expected, `${name} ${variable}`);
      const p = reference.univariate_LR_p[variable]!;
      expectRelative(inference.likelihoodRatio.p, p, tolerance('wald_ci_p'), `${name} ${variable}: p`);
      const { columns } = termOf(table, reference, variable);
      const again = likelihoodRatioTest(fit.nullDeviance, fit.deviance, columns.length);
      expect(again.p).toBe(inference.likelihoodRatio.p);
    }
  });

  test.each(tables)('%s: all variables, covariance and fitted probabilities', (name, reference) => {
    const { fit, fitted } = checkFit(open(reference), reference.full, name);
    reference.full.vcov.flat().forEach((value, k) => {
      expectRelative(fit.covariance[k]!, value, 1e-6, `${name}: covariance ${k}`);
    });
    reference.full.fitted_first10.forEach((value, i) => {
      expectAbsolute(fitted[i]!, value, tolerance('fitted'), `${name}: fitted ${i}`);
    });
  });

  test.each(tables)('%s: backward elimination, step by step', (name, reference) => {
    const table = open(reference);
    const variables = reference.backward.steps[0]!.candidates.slice(1);
    const terms = variables.map((variable) => termOf(table, reference, variable));
    const { kept, fit, trace } = eliminateLogisticTerms(terms, outcomeOf(table));
    expect(kept).toEqual(reference.backward.kept);
    expectAbsolute(fit.deviance, reference.backward.final.deviance, tolerance('deviance_AIC'), 'deviance');
    expect(trace).toHaveLength(reference.backward.steps.length);
    reference.backward.steps.forEach((step, k) => {
      const { terms: present, candidates } = trace[k]!;
      expect(['<none>', ...present]).toEqual(step.candidates);
      expect(step.formula).toBe(`y ~ ${present.join(' + ')}`);
      expect(candidates.map(({ without }) => without ?? '<none>')).toEqual(step.candidates);
      expect(candidates.slice(1).map(({ df }) => df)).toEqual(step.df.slice(1));
      candidates.forEach(({ deviance, aic }, c) => {
        const subject = `${name} step ${k} without ${step.candidates[c]}`;
        expectAbsolute(deviance, step.deviance[c]!, tolerance('deviance_AIC'), `${subject}: deviance`);
        expectAbsolute(aic, step.AIC[c]!, tolerance('deviance_AIC'), `${subject}: AIC`);
      });
      expectAbsolute(candidates[0]!.aic, step.AIC_current, tolerance('deviance_AIC'), `${name} step ${k}`);
    });
    expect(trace.at(-1)!.dropped).toBeNull();
  });

  test.each(tables)('%s: the reduced model, its probabilities, AUC, R2, Brier score', (name, reference) => {
    const table = open(reference);
    const { inference, fitted } = checkFit(table, reference.backward.final, name);
    reference.backward.fitted.forEach((value, i) => {
      expectAbsolute(fitted[i]!, value, tolerance('fitted'), `${name}: fitted ${i}`);
    });
    const { auc, brier, nagelkerke_r2 } = reference.backward;
    const outcome = outcomeOf(table);
    if (auc !== undefined) expectRelative(areaUnderRoc(fitted, outcome), auc, 1e-12, `${name}: AUC`);
    if (nagelkerke_r2 !== undefined)
      expectAbsolute(inference.nagelkerkeR2, nagelkerke_r2, tolerance('deviance_AIC'), `${name}: R2`);
    if (brier !== undefined) expectAbsolute(brierScore(fitted, outcome), brier, tolerance('fitted'), `${name}: Brier`);
  });

  test.each(tables)('%s: p < 0.05 one by one, then all of these, then backward', (name, reference) => {
    const table = open(reference);
    const expected = reference.univariate_p05_then_multivariable_then_step;
    const selected = Object.entries(reference.univariate).flatMap(([variable, { terms }]) => {
      const columns = terms.slice(1).map((term) => designColumn(table, term));
      const { p } = logisticInference(fitLogistic(columns, outcomeOf(table)), table.rows);
      return Math.min(...p.subarray(1)) < 0.05 ? [variable] : [];
    });
    expect(selected).toEqual(expected.selected);
    checkFit(table, expected.multivariable, `${name} multivariable`);
    const terms = selected.map((variable) => termOf(table, reference, variable));
    expect(eliminateLogisticTerms(terms, outcomeOf(table)).kept).toEqual(expected.step_final_terms);
    checkFit(table, expected.step_final, `${name} final`);
  });
});

describe.skipIf(!hasOracles)('the reference logistic_step', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('logistic_step', {
        outcome: 'says in words how the outcome is coded',
        'aSAH.univariate.wfns.se': "R's own are off: glm-exact.py",
        'aSAH.univariate.wfns.p': "R's own are off: glm-exact.py",
        'aSAH.univariate.s100b.se': "R's own are off: glm-exact.py",
        'aSAH.univariate.s100b.p': "R's own are off: glm-exact.py",
      }),
    ).toEqual([]);
  });
});
