import { concordance } from '../../../src/statistics/concordance.ts';
import { type CoxFit, coxTerms } from '../../../src/statistics/cox.ts';
import { coxLinearPredictor } from '../../../src/statistics/cox-prediction.ts';
import { expectAbsolute, expectRelative, readTolerance, type Table } from './oracle-table.ts';

/** A `coxph` fit as the reference files hold it; R writes a single term without brackets. */
export interface ReferenceCox {
  terms: string | string[];
  coef: number | number[];
  se: number | number[];
  z: number | number[];
  p: number | number[];
  HR: number | number[];
  HR_low: number | number[];
  HR_high: number | number[];
  n: number;
  events: number;
  loglik_null: number;
  loglik: number;
  LR: number[];
  wald: number[];
  score: number[];
  AIC: number;
  BIC: number;
  concordance: number;
  concordance_se: number;
  vcov?: number[][];
}

/** Design column by R's name: `celltypeadeno` is the 0/1 column of a level of `celltype`. */
function coxColumn(table: Table, term: string): Float64Array {
  const level = /^celltype=?(.+)$/.exec(term)?.[1];
  return level === undefined
    ? table.column(term)
    : Float64Array.from(table.text('celltype'), (cell) => Number(cell === level));
}

/** R's names of the design columns of a variable: of `celltype` one per level but the first, `squamous`. */
export function coxDesign(table: Table, variable: string): string[] {
  if (variable !== 'celltype') return [variable];
  return ['smallcell', 'adeno', 'large']
    .filter((level) => table.text(variable).includes(level))
    .map((l) => `celltype${l}`);
}

export const coxColumns = (table: Table, terms: readonly string[]) => terms.map((term) => coxColumn(table, term));

export const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);

/**
 * Compares every number of a fit, by the tolerances of the `coxph` reference.
 *
 * @param expectedConcordance Where R's own is off by rounding (`cox-concordance-exact.py`).
 */
export function expectCox(
  fit: CoxFit,
  reference: ReferenceCox,
  columns: readonly Float64Array[],
  time: Float64Array,
  status: Float64Array,
  subject: string,
  expectedConcordance = { c: reference.concordance, se: reference.concordance_se },
): void {
  const relative = readTolerance('coxph', 'coef_se');
  const tests = readTolerance('coxph', 'tests');
  const absolute = readTolerance('coxph', 'loglik');
  coxTerms(fit).forEach((term, j) => {
    const check = (actual: number, expected: number | number[], field: string) =>
      expectRelative(actual, list(expected)[j]!, relative, `${subject}: ${field} of ${list(reference.terms)[j]}`);
    check(term.coefficient, reference.coef, 'coefficient');
    check(term.standardError, reference.se, 'standard error');
    check(term.z, reference.z, 'z');
    check(term.p, reference.p, 'p');
    check(term.hazardRatio, reference.HR, 'hazard ratio');
    check(term.lower, reference.HR_low, 'lower limit');
    check(term.upper, reference.HR_high, 'upper limit');
  });
  reference.vcov?.forEach((row, j) => {
    row.forEach((value, k) => {
      expectRelative(fit.covariance[j]![k]!, value, relative, `${subject}: covariance ${j}, ${k}`);
    });
  });
  expectAbsolute(fit.n, reference.n, 0, `${subject}: n`);
  expectAbsolute(fit.events, reference.events, 0, `${subject}: events`);
  expectAbsolute(fit.nullLogLikelihood, reference.loglik_null, absolute, `${subject}: null log likelihood`);
  expectAbsolute(fit.logLikelihood, reference.loglik, absolute, `${subject}: log likelihood`);
  expectAbsolute(fit.aic, reference.AIC, absolute, `${subject}: AIC`);
  expectAbsolute(fit.bic, reference.BIC, absolute, `${subject}: BIC`);
  const { likelihoodRatioTest, waldTest, scoreTest } = fit;
  expectRelative(likelihoodRatioTest.statistic, reference.LR[0]!, tests, `${subject}: likelihood ratio`);
  // R's summary rounds this statistic, but not its p, to 2 decimals.
  expectAbsolute(waldTest.statistic, reference.wald[0]!, 0.005 * (1 + 1e-9), `${subject}: Wald`);
  expectRelative(scoreTest.statistic, reference.score[0]!, tests, `${subject}: score`);
  for (const [test, expected] of [
    [likelihoodRatioTest, reference.LR],
    [waldTest, reference.wald],
    [scoreTest, reference.score],
  ] as const) {
    expectAbsolute(test.df, expected[1]!, 0, `${subject}: df`);
    expectRelative(test.p, expected[2]!, tests, `${subject}: p of a test`);
  }
  const { c, standardError } = concordance(time, status, coxLinearPredictor(fit, columns));
  expectAbsolute(c, expectedConcordance.c, readTolerance('coxph', 'concordance'), `${subject}: concordance`);
  expectRelative(
    standardError,
    expectedConcordance.se,
    readTolerance('coxph', 'concordance_se'),
    `${subject}: standard error of the concordance`,
  );
}
