import { describe, expect, test } from 'vitest';
import { fitLogistic, logisticProbability, wald95 } from '../../../src/statistics/logistic.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import exact from './glm-exact.json' with { type: 'json' };
import { expectRelative, readCases, readTable, type Table } from './oracle-table.ts';

interface GlmFit {
  terms: string[];
  coef: number[];
  se: number[];
  or_wald_low: number[];
  or_wald_high: number[];
  deviance: number;
  null_deviance: number;
}

interface GlmCase {
  input: string;
  univariate: Record<string, GlmFit>;
  full: GlmFit & { vcov: number[][]; fitted_first10: number[] };
  backward: { final: GlmFit; fitted: number[]; auc: number };
}

/** Where R's own standard errors are further off than 1e-7; how they were made and why is in `glm-exact.py`. */
const exactErrors: Partial<Record<string, number[]>> = exact;

/** A design column by R's name: treatment contrasts of `race` are `raceblack` and `raceother`. */
function designColumn(table: Table, term: string): Float64Array {
  const level = /^race(.+)$/.exec(term)?.[1];
  if (level === undefined) return table.column(term);
  return Float64Array.from(table.text('race'), (race) => Number(race === level));
}

const outcomeOf = (table: Table) => table.column(table.names.includes('y') ? 'y' : 'low');

function checkFit(table: Table, reference: GlmFit, subject: string) {
  const columns = reference.terms.slice(1).map((term) => designColumn(table, term));
  const fit = fitLogistic(columns, outcomeOf(table));
  reference.terms.forEach((term, j) => {
    expectRelative(fit.coefficients[j]!, reference.coef[j]!, 1e-7, `${subject}: ${term}`);
    const expectedError = exactErrors[subject]?.[j] ?? reference.se[j]!;
    expectRelative(fit.standardErrors[j]!, expectedError, 1e-7, `${subject}: standard error of ${term}`);
    const half = wald95 * fit.standardErrors[j]!;
    expectRelative(Math.exp(fit.coefficients[j]! - half), reference.or_wald_low[j]!, 1e-6, `${subject}: low ${term}`);
    expectRelative(Math.exp(fit.coefficients[j]! + half), reference.or_wald_high[j]!, 1e-6, `${subject}: high ${term}`);
  });
  expect(Math.abs(fit.deviance - reference.deviance)).toBeLessThanOrEqual(1e-8);
  expect(Math.abs(fit.nullDeviance - reference.null_deviance)).toBeLessThanOrEqual(1e-8);
  const fitted = Float64Array.from({ length: table.rows }, (_, i) =>
    logisticProbability(
      columns.reduce((lp, column, j) => lp + fit.coefficients[j + 1]! * column[i]!, fit.coefficients[0]!),
    ),
  );
  return { fit, fitted };
}

describe.skipIf(!hasOracles)(`logistic regression against R glm (${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<GlmCase>('logistic_step') : {};
  const tables = Object.entries(cases).filter(([, reference]) => reference.full !== undefined);
  test('the reference has cases', () => expect(tables.length).toBeGreaterThanOrEqual(2));

  test.each(tables)('%s: one variable at a time', (name, reference) => {
    const table = readTable(`statistics/logistic_step/${reference.input}`);
    for (const [variable, fit] of Object.entries(reference.univariate)) checkFit(table, fit, `${name} ${variable}`);
  });

  test.each(tables)('%s: all variables, covariance and fitted probabilities', (name, reference) => {
    const table = readTable(`statistics/logistic_step/${reference.input}`);
    const { fit, fitted } = checkFit(table, reference.full, name);
    reference.full.vcov.flat().forEach((value, k) => {
      expectRelative(fit.covariance[k]!, value, 1e-6, `${name}: covariance ${k}`);
    });
    reference.full.fitted_first10.forEach((value, i) => {
      expect(Math.abs(fitted[i]! - value)).toBeLessThanOrEqual(1e-8);
    });
  });

  test.each(tables)('%s: the reduced model, its probabilities and AUC', (name, reference) => {
    const table = readTable(`statistics/logistic_step/${reference.input}`);
    const { fitted } = checkFit(table, reference.backward.final, name);
    reference.backward.fitted.forEach((value, i) => {
      expect(Math.abs(fitted[i]! - value)).toBeLessThanOrEqual(1e-8);
    });
    if (reference.backward.auc !== undefined)
      expectRelative(areaUnderRoc(fitted, outcomeOf(table)), reference.backward.auc, 1e-12, `${name}: AUC`);
  });
});
