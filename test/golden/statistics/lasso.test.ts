import { describe, expect, test } from 'vitest';
import { elasticNetPath, scikitLearnSettings } from '../../../src/statistics/elastic-net.ts';
import { foldErrors, scikitLearnCv } from '../../../src/statistics/elastic-net-cv.ts';
import { elasticNetModel, predictElasticNet } from '../../../src/statistics/elastic-net-model.ts';
import { checkOptimality } from '../../../src/statistics/elastic-net-optimality.ts';
import { lassoCv } from '../../../src/statistics/lasso.ts';
import type { PenalisedOutcome } from '../../../src/statistics/penalised-outcome.ts';
import { fitScaling, standardise } from '../../../src/statistics/standardise.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import {
  expectCoefficient,
  expectRelative,
  readCases,
  readTable,
  readTolerance,
  unreadFields,
} from './oracle-table.ts';

interface KktResidual {
  max_active_violation: number;
  max_inactive_excess: number;
}

interface LassoCvCase {
  input: string;
  n: number;
  p: number;
  columns: string[];
  fold_0based_per_row: number[];
  scaler_mean: number[];
  scaler_scale: number[];
  alphas: number[];
  mean_mse: number[];
  mse_at_alpha_per_fold: number[];
  mse_fold0: number[];
  alpha: number;
  alpha_index_0based: number;
  coef: number[];
  intercept: number;
  n_nonzero: number;
  selected: string[];
  predictions_first10: number[];
  kkt: KktResidual;
  default_tol: {
    alpha: number;
    coef: number[];
    intercept: number;
    selected: string[];
    kkt: KktResidual;
    convergence_warnings: number;
    max_abs_coef_diff_vs_tight: number;
  };
}

describe.skipIf(!hasOracles)(`LASSO against scikit-learn LassoCV (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<LassoCvCase>('lasso_sklearn') : {};
  const tolerance = (field: string) => (hasOracles ? readTolerance('lasso_sklearn', field) : 0);

  function problem(reference: LassoCvCase) {
    const table = readTable(`statistics/lasso_sklearn/${reference.input}`);
    const raw = reference.columns.map((name) => table.column(name));
    const scaling = fitScaling(raw);
    return { scaling, columns: standardise(raw, scaling), values: table.column('y') };
  }

  test.each(Object.entries(cases))('%s: penalties, errors, choice, coefficients', (_, reference) => {
    const { scaling, columns, values } = problem(reference);
    reference.scaler_mean.forEach((value, j) => {
      expectCoefficient(scaling.means[j]!, value, 1e-12, `mean ${j}`);
      expectRelative(scaling.sds[j]!, reference.scaler_scale[j]!, 1e-12, `scale ${j}`);
    });
    const fit = lassoCv(columns, values, reference.fold_0based_per_row);
    reference.alphas.forEach((alpha, k) => {
      expectRelative(fit.alphas[k]!, alpha, tolerance('alphas'), `alpha ${k}`);
      expectRelative(fit.meanMse[k]!, reference.mean_mse[k]!, tolerance('mean_mse'), `mean squared error ${k}`);
    });
    expect(fit.index).toBe(reference.alpha_index_0based);
    expectRelative(fit.alpha, reference.alpha, tolerance('alphas'), 'alpha');
    reference.coef.forEach((coefficient, j) => {
      expectCoefficient(fit.coefficients[j]!, coefficient, tolerance('coef'), reference.columns[j]!);
    });
    expectCoefficient(fit.intercept, reference.intercept, tolerance('coef'), 'intercept');
    const selected = reference.columns.filter((_, j) => fit.coefficients[j] !== 0);
    expect(selected).toEqual(reference.selected);
    expect(selected).toHaveLength(reference.n_nonzero);
  });

  test.each(Object.entries(cases))('%s: errors of single folds', (_, reference) => {
    const { columns, values } = problem(reference);
    expect([values.length, columns.length]).toEqual([reference.n, reference.p]);
    const outcome: PenalisedOutcome = { family: 'gaussian', values };
    const lambdas = Float64Array.from(reference.alphas);
    reference.mse_at_alpha_per_fold.forEach((mse, fold) => {
      const { errors } = foldErrors(columns, outcome, reference.fold_0based_per_row, fold, lambdas, scikitLearnCv);
      expectRelative(errors[reference.alpha_index_0based]!, mse, tolerance('mean_mse'), `fold ${fold}`);
      if (fold > 0) return;
      reference.mse_fold0.forEach((value, k) => {
        expectRelative(errors[k]!, value, tolerance('mean_mse'), `fold 0, alpha ${k}`);
      });
    });
  });

  test.each(Object.entries(cases))('%s: predictions, and as optimal as the reference', (_, reference) => {
    const { columns, values } = problem(reference);
    const outcome: PenalisedOutcome = { family: 'gaussian', values };
    const settings = { ...scikitLearnSettings, lambdas: Float64Array.of(reference.alpha) };
    const model = elasticNetModel(elasticNetPath(columns, outcome, settings), 0);
    const predictions = predictElasticNet(model, columns);
    reference.predictions_first10.forEach((value, i) => {
      expectCoefficient(predictions[i]!, value, tolerance('coef'), `prediction ${i}`);
    });
    const ours = checkOptimality(columns, outcome, settings, model);
    const { max_active_violation, max_inactive_excess } = reference.kkt;
    expect(ours.residual).toBeLessThanOrEqual(Math.max(max_active_violation, max_inactive_excess, 1e-10));
    // The default tol is no target: it has to be no better.
    const { alpha, coef, intercept, selected, kkt, max_abs_coef_diff_vs_tight } = reference.default_tol;
    const loose = checkOptimality(columns, outcome, settings, { lambda: alpha, coefficients: coef, intercept });
    const { max_active_violation: active, max_inactive_excess: inactive } = kkt;
    expectCoefficient(loose.residual, Math.max(active, inactive), tolerance('coef'), 'residual of the default tol');
    const distance = coef.reduce((most, b, j) => Math.max(most, Math.abs(b - model.coefficients[j]!)), 0);
    expectCoefficient(distance, max_abs_coef_diff_vs_tight, tolerance('coef'), 'distance of the default tol');
    expect(alpha).toBe(reference.alpha);
    expect(selected).toEqual(reference.selected);
    expect(ours.objective).toBeLessThanOrEqual(loose.objective * (1 + 1e-14));
  });
});

describe.skipIf(!hasOracles)('the reference lasso_sklearn', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('lasso_sklearn', {
        convergence_warnings: "scikit-learn's own",
      }),
    ).toEqual([]);
  });
});
