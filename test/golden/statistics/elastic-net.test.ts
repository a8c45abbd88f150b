import { describe, expect, test } from 'vitest';
import { elasticNetCv, glmnetCv, scikitLearnCv } from '../../../src/statistics/elastic-net-cv.ts';
import type { PenalisedOutcome } from '../../../src/statistics/penalised-outcome.ts';
import { fitScaling, standardise } from '../../../src/statistics/standardise.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import sklearn from './elastic-net-sklearn.json' with { type: 'json' };
import glmnet from './glmnet-tight.json' with { type: 'json' };
import { expectCoefficient, expectRelative, readCases, readTable } from './oracle-table.ts';

interface Table {
  input: string;
  columns: string[];
  column_names: string[];
  lambda_min_ratio: number;
  foldid: number[];
  fold_0based_per_row: number[];
}

// How the references were made: `glmnet-tight.R`, `elastic-net-sklearn.py`. Tolerances: those of the LASSO references.
describe.skipIf(!hasOracles)(`elastic net, half L1 (skips if: ${oracleSkipReason})`, () => {
  const tables = hasOracles
    ? { ...readCases<Table>('glmnet_lasso'), ...readCases<Table>('glmnet_cox') }
    : ({} as Record<string, Table>);

  test.each(Object.entries(glmnet.elastic_net))('glmnet alpha = 0.5, %s', (name, reference) => {
    const { input, column_names, foldid, lambda_min_ratio } = tables[name]!;
    const method = reference.family === 'cox' ? 'glmnet_cox' : 'glmnet_lasso';
    const table = readTable(`statistics/${method}/${input}`);
    const outcome: PenalisedOutcome =
      reference.family === 'cox'
        ? { family: 'cox', times: table.column('time'), events: table.column('status') }
        : reference.family === 'binomial'
          ? { family: 'binomial', events: table.column('y') }
          : { family: 'gaussian', values: table.column('y') };
    const cv = elasticNetCv(
      column_names.map((column) => table.column(column)),
      outcome,
      foldid.map((fold) => fold - 1),
      { ...glmnetCv, l1Ratio: 0.5, ratio: lambda_min_ratio },
    );
    expect(cv.lambdas).toHaveLength(reference.lambda.length);
    reference.lambda.forEach((lambda, k) => {
      expectRelative(cv.lambdas[k]!, lambda, 1e-10, `lambda ${k}`);
      expectRelative(cv.meanErrors[k]!, reference.cvm[k]!, 1e-6, `cvm ${k}`);
      expectRelative(cv.standardErrors[k]!, reference.cvsd[k]!, 1e-6, `cvsd ${k}`);
    });
    expect([cv.indexMin + 1, cv.index1se + 1]).toEqual([reference.index_min_1based, reference.index_1se_1based]);
    const intercept = reference.family === 'cox' ? [] : [cv.path.intercepts[cv.indexMin]!];
    [...intercept, ...cv.path.coefficients[cv.indexMin]!].forEach((value, j) => {
      expectCoefficient(value, reference.coef_lambda_min[j]!, 1e-6, `coefficient ${j}`);
    });
  });

  const sklearnTables = hasOracles ? readCases<Table>('lasso_sklearn') : ({} as Record<string, Table>);
  test.each(Object.entries(sklearn.cases))('scikit-learn l1_ratio = 0.5, %s', (name, reference) => {
    const { input, columns, fold_0based_per_row } = sklearnTables[name]!;
    const table = readTable(`statistics/lasso_sklearn/${input}`);
    const raw = columns.map((column) => table.column(column));
    const cv = elasticNetCv(
      standardise(raw, fitScaling(raw)),
      { family: 'gaussian', values: table.column('y') },
      fold_0based_per_row,
      { ...scikitLearnCv, l1Ratio: 0.5 },
    );
    reference.alphas.forEach((alpha, k) => {
      expectRelative(cv.lambdas[k]!, alpha, 1e-10, `alpha ${k}`);
      expectRelative(cv.meanErrors[k]!, reference.mean_mse[k]!, 1e-6, `mean squared error ${k}`);
    });
    expect(cv.indexMin).toBe(reference.alpha_index_0based);
    reference.coef.forEach((coefficient, j) => {
      expectCoefficient(cv.path.coefficients[cv.indexMin]![j]!, coefficient, 1e-6, columns[j]!);
    });
    expectCoefficient(cv.path.intercepts[cv.indexMin]!, reference.intercept, 1e-6, 'intercept');
  });
});
