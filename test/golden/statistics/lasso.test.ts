import { describe, expect, test } from 'vitest';
import { lassoCv, lassoPath } from '../../../src/statistics/lasso.ts';
import { fitScaling, standardise } from '../../../src/statistics/standardise.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectCoefficient, expectRelative, readCases, readTable } from './oracle-table.ts';

interface LassoCvCase {
  input: string;
  columns: string[];
  fold_0based_per_row: number[];
  alphas: number[];
  mean_mse: number[];
  alpha_index_0based: number;
  coef: number[];
  intercept: number;
  selected: string[];
}

interface GlmnetCase {
  input: string;
  family: string;
  column_names: string[];
  A_default_lambda: {
    lambda: number[];
    path: { index_1based: number[]; beta: number[][]; intercept: number[] };
  };
}

describe.skipIf(!hasOracles)(`LASSO against scikit-learn LassoCV (${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<LassoCvCase>('lasso_sklearn') : {};
  test.each(Object.entries(cases))('%s: penalties, errors, choice, coefficients', (_, reference) => {
    const table = readTable(`statistics/lasso_sklearn/${reference.input}`);
    const raw = reference.columns.map((name) => table.column(name));
    const fit = lassoCv(standardise(raw, fitScaling(raw)), table.column('y'), reference.fold_0based_per_row);
    reference.alphas.forEach((alpha, k) => {
      expectRelative(fit.alphas[k]!, alpha, 1e-10, `alpha ${k}`);
      expectRelative(fit.meanMse[k]!, reference.mean_mse[k]!, 1e-6, `mean squared error ${k}`);
    });
    expect(fit.index).toBe(reference.alpha_index_0based);
    reference.coef.forEach((coefficient, j) => {
      expectCoefficient(fit.coefficients[j]!, coefficient, 1e-6, reference.columns[j]!);
    });
    expectCoefficient(fit.intercept, reference.intercept, 1e-6, 'intercept');
    expect(reference.columns.filter((_, j) => fit.coefficients[j] !== 0)).toEqual(reference.selected);
  });
});

describe.skipIf(!hasOracles)(`LASSO path against glmnet, gaussian (${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<GlmnetCase>('glmnet_lasso') : {};
  const gaussian = Object.entries(cases).filter(([, reference]) => reference.family === 'gaussian');
  test('the reference has a gaussian case', () => expect(gaussian.length).toBeGreaterThan(0));
  test.each(gaussian)('%s: coefficients on the original scale', (_, reference) => {
    const table = readTable(`statistics/glmnet_lasso/${reference.input}`);
    const raw = reference.column_names.map((name) => table.column(name));
    const scaling = fitScaling(raw);
    const { lambda, path } = reference.A_default_lambda;
    const fit = lassoPath(standardise(raw, scaling), table.column('y'), Float64Array.from(lambda));
    path.index_1based.forEach((position, row) => {
      const beta = fit.coefficients[position - 1]!.map((value, j) => value / scaling.sds[j]!);
      reference.column_names.forEach((name, j) => {
        expectCoefficient(beta[j]!, path.beta[row]![j]!, 1e-6, `${name} at lambda ${position}`);
      });
      const shift = beta.reduce((sum, value, j) => sum + value * scaling.means[j]!, 0);
      const intercept = fit.intercepts[position - 1]! - shift;
      expectCoefficient(intercept, path.intercept[row]!, 1e-6, `intercept at lambda ${position}`);
    });
  });
});
