import { describe, expect, test } from 'vitest';
import { elasticNetPath, glmnetSettings } from '../../../src/statistics/elastic-net.ts';
import { elasticNetCv, foldErrors, glmnetCv } from '../../../src/statistics/elastic-net-cv.ts';
import { checkOptimality } from '../../../src/statistics/elastic-net-optimality.ts';
import type { PenalisedOutcome } from '../../../src/statistics/penalised-outcome.ts';
import { fitScaling } from '../../../src/statistics/standardise.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import tight from './glmnet-tight.json' with { type: 'json' };
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

interface CvRun {
  lambda: number[];
  nlambda: number;
  cvm: number[];
  cvsd: number[];
  nzero: number[];
  lambda_min: number;
  lambda_1se: number;
  index_min_1based: number;
  index_1se_1based: number;
  cvm_min: number;
  dev_ratio: number[];
  nulldev: number;
  coef_lambda_min: Record<string, number>;
  coef_lambda_1se: Record<string, number>;
  nonzero_lambda_min: string[];
  KKT_residual_lambda_min: KktResidual;
  KKT_residual_lambda_1se: KktResidual;
}

interface GlmnetCase {
  input: string;
  n: number;
  p: number;
  type_measure: 'mse' | 'deviance';
  lambda_min_ratio: number;
  family: PenalisedOutcome['family'];
  foldid: number[];
  column_names: string[];
  x_mean: number[];
  x_sd_n_denominator: number[];
  A_default_lambda: CvRun & {
    path: { index_1based: number[]; beta: number[][]; intercept: number[] | null };
    fold_detail_at_lambda_min: null | {
      lambda_index_1based: number;
      deviance_full_minus_train: number[];
      events_in_fold: number[];
      cvm: number;
      cvsd: number;
    };
  };
  B_same_lambda_in_every_fold: CvRun;
  C_default_thresh_1e7: Pick<CvRun, 'lambda_min' | 'lambda_1se' | 'coef_lambda_min' | 'KKT_residual_lambda_min'> & {
    index_min_1based: number;
  };
}

const methods = ['glmnet_lasso', 'glmnet_cox'] as const;

/** Where glmnet itself moves when it converges further, the number it moves to; why and how: `glmnet-tight.R`. */
const moved: Partial<Record<string, number>> = tight.moved;

/** Compares element by element with the reference, or with where glmnet ends. */
function expectAll(
  actual: ArrayLike<number>,
  expected: readonly number[],
  key: string,
  compare: typeof expectRelative,
  tolerance: number,
): void {
  expect(actual.length, key).toBe(expected.length);
  expected.forEach((value, i) => {
    compare(actual[i]!, moved[`${key}/${i}`] ?? value, tolerance, `${key}/${i}`);
  });
}

function problem(method: string, reference: GlmnetCase) {
  const table = readTable(`statistics/${method}/${reference.input}`);
  const columns = reference.column_names.map((name) => table.column(name));
  const outcome: PenalisedOutcome =
    reference.family === 'gaussian'
      ? { family: 'gaussian', values: table.column('y') }
      : reference.family === 'binomial'
        ? { family: 'binomial', events: table.column('y') }
        : { family: 'cox', times: table.column('time'), events: table.column('status') };
  return { columns, outcome, folds: reference.foldid.map((fold) => fold - 1) };
}

/** `(Intercept)` first where the family has one, then the columns. */
function asListed(coefficients: Float64Array, intercept: number, reference: GlmnetCase): number[] {
  return reference.family === 'cox' ? [...coefficients] : [intercept, ...coefficients];
}

describe.skipIf(!hasOracles)(`LASSO against glmnet (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles
    ? methods.flatMap((method) =>
        Object.entries(readCases<GlmnetCase>(method)).map(([name, reference]) => ({ method, name, reference })),
      )
    : [];
  const tolerance = (field: string) => (hasOracles ? readTolerance('glmnet_lasso', field) : 0);

  test('the references have all three families', () => {
    expect(new Set(cases.map(({ reference }) => reference.family))).toEqual(new Set(['gaussian', 'binomial', 'cox']));
  });

  test.each(cases)('$name: penalties, early end, deviance ratios, path', ({ method, name, reference }) => {
    const { columns, outcome } = problem(method, reference);
    expect([columns[0]!.length, columns.length]).toEqual([reference.n, reference.p]);
    expect(reference.type_measure).toBe(outcome.family === 'gaussian' ? 'mse' : 'deviance');
    const scaling = fitScaling(columns);
    reference.x_mean.forEach((value, j) => {
      expectCoefficient(scaling.means[j]!, value, 1e-12, `mean ${j}`);
      expectRelative(scaling.sds[j]!, reference.x_sd_n_denominator[j]!, 1e-12, `sd ${j}`);
    });
    const fit = elasticNetPath(columns, outcome, { ...glmnetSettings, ratio: reference.lambda_min_ratio });
    const run = reference.A_default_lambda;
    expect(fit.lambdas).toHaveLength(run.nlambda);
    expectAll(fit.lambdas, run.lambda, `lambda/${name}/A`, expectRelative, tolerance('lambda'));
    expectAll(fit.devianceRatios, run.dev_ratio, `dev_ratio/${name}/A`, expectCoefficient, tolerance('cvm'));
    expectRelative(fit.nullDeviance, run.nulldev, tolerance('cvm'), 'null deviance');
    run.path.index_1based.forEach((position, row) => {
      const k = position - 1;
      const key = `/${name}/A/${row}`;
      expectAll(fit.coefficients[k]!, run.path.beta[row]!, `path${key}`, expectCoefficient, tolerance('coef'));
      if (run.path.intercept)
        expectAll(
          [fit.intercepts[k]!],
          [run.path.intercept[row]!],
          `path_intercept${key}`,
          expectCoefficient,
          tolerance('coef'),
        );
    });
  });

  const runs = cases.flatMap((one) => (['A', 'B'] as const).map((which) => ({ ...one, which })));
  test.each(runs)('$name, case $which: errors, choices, coefficients', ({ method, name, reference, which }) => {
    const { columns, outcome, folds } = problem(method, reference);
    const run = which === 'A' ? reference.A_default_lambda : reference.B_same_lambda_in_every_fold;
    const settings = { ...glmnetCv, ratio: reference.lambda_min_ratio };
    const cv = elasticNetCv(
      columns,
      outcome,
      folds,
      which === 'A' ? settings : { ...settings, lambdas: Float64Array.from(run.lambda) },
    );
    const key = (what: string) => `${what}/${name}/${which}`;
    expectAll(cv.meanErrors, run.cvm, key('cvm'), expectRelative, tolerance('cvm'));
    expectAll(cv.standardErrors, run.cvsd, key('cvsd'), expectRelative, tolerance('cvm'));
    expect(run.cvm_min).toBe(run.cvm[run.index_min_1based - 1]);
    expect(cv.lambdas).toHaveLength(run.nlambda);
    expectAll(cv.path.devianceRatios, run.dev_ratio, key('dev_ratio'), expectCoefficient, tolerance('cvm'));
    expectRelative(cv.path.nullDeviance, run.nulldev, tolerance('cvm'), 'null deviance');
    expect([cv.indexMin + 1, cv.index1se + 1]).toEqual([run.index_min_1based, run.index_1se_1based]);
    expectRelative(cv.lambdas[cv.indexMin]!, run.lambda_min, tolerance('lambda'), 'lambda.min');
    expectRelative(cv.lambdas[cv.index1se]!, run.lambda_1se, tolerance('lambda'), 'lambda.1se');
    // At the largest penalty rounding decides whether the first column is in.
    const counts = cv.path.coefficients.map((beta) => beta.filter((b) => b !== 0).length);
    expect(counts.slice(1)).toEqual(run.nzero.slice(1));

    for (const [at, k] of [
      ['lambda_min', cv.indexMin],
      ['lambda_1se', cv.index1se],
    ] as const) {
      const beta = cv.path.coefficients[k]!;
      const listed = asListed(beta, cv.path.intercepts[k]!, reference);
      const expected = Object.values(run[`coef_${at}`]);
      expectAll(listed, expected, key(`coef_${at}`), expectCoefficient, tolerance('coef'));
      const { max_active_violation, max_inactive_excess } = run[`KKT_residual_${at}`];
      expect(cv.path.residuals[k]).toBeLessThanOrEqual(Math.max(max_active_violation, max_inactive_excess));
    }
    const chosen = cv.path.coefficients[cv.indexMin]!;
    expect(reference.column_names.filter((_, j) => chosen[j] !== 0)).toEqual(run.nonzero_lambda_min);
  });

  test.each(cases)('$name, case C: no objective is above that of the default thresh', ({ method, reference }) => {
    const { columns, outcome, folds } = problem(method, reference);
    const run = reference.C_default_thresh_1e7;
    const cv = elasticNetCv(columns, outcome, folds, { ...glmnetCv, ratio: reference.lambda_min_ratio });
    expect(cv.indexMin + 1).toBe(run.index_min_1based);
    expectRelative(cv.lambdas[cv.indexMin]!, run.lambda_min, tolerance('lambda'), 'lambda.min');
    expectRelative(cv.lambdas[cv.index1se]!, run.lambda_1se, tolerance('lambda'), 'lambda.1se');
    const loose = {
      lambda: run.lambda_min,
      coefficients: reference.column_names.map((name) => run.coef_lambda_min[name]!),
      intercept: run.coef_lambda_min['(Intercept)'] ?? 0,
    };
    const ours = {
      lambda: run.lambda_min,
      coefficients: cv.path.coefficients[cv.indexMin]!,
      intercept: cv.path.intercepts[cv.indexMin]!,
    };
    const [looseCheck, check] = [loose, ours].map((solution) =>
      checkOptimality(columns, outcome, glmnetSettings, solution),
    );
    const { max_active_violation, max_inactive_excess } = run.KKT_residual_lambda_min;
    // The reference's own residual: of the coefficients in the model and those out of it, not of the intercept.
    expect(looseCheck!.residual).toBeGreaterThanOrEqual(Math.max(max_active_violation, max_inactive_excess) * 0.999);
    expect(check!.residual).toBeLessThan(1e-9);
    expect(check!.objective).toBeLessThanOrEqual(looseCheck!.objective + 1e-14);
  });

  const cox = cases.filter(({ reference }) => reference.family === 'cox');
  test.each(cox)('$name: deviances and events of each fold', ({ method, name, reference }) => {
    const { columns, outcome, folds } = problem(method, reference);
    const { lambda, fold_detail_at_lambda_min } = reference.A_default_lambda;
    const detail = fold_detail_at_lambda_min!;
    const k = detail.lambda_index_1based - 1;
    const { cvm, cvsd } = reference.A_default_lambda;
    // The whole run's errors there are compared above.
    expectRelative(detail.cvm, cvm[k]!, tolerance('cvm'), 'cvm');
    expectRelative(detail.cvsd, cvsd[k]!, tolerance('cvm'), 'cvsd');
    detail.events_in_fold.forEach((events, fold) => {
      const settings = { ...glmnetCv, ratio: reference.lambda_min_ratio };
      const result = foldErrors(columns, outcome, folds, fold, Float64Array.from(lambda), settings);
      expect(result.weight).toBe(events);
      expectRelative(
        result.errors[k]! * events,
        detail.deviance_full_minus_train[fold]!,
        tolerance('cvm'),
        `${name} fold ${fold}`,
      );
    });
  });
});

describe.skipIf(!hasOracles)('the reference glmnet_cox', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('glmnet_cox', {
        'C_default_thresh_1e7.cvm_min': 'of fits that have not converged',
      }),
    ).toEqual([]);
  });
});

describe.skipIf(!hasOracles)('the reference glmnet_lasso', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('glmnet_lasso', {
        'C_default_thresh_1e7.cvm_min': 'of fits that have not converged',
        fold_detail_at_lambda_min: 'null: only Cox references have it',
      }),
    ).toEqual([]);
  });
});
