import { describe, expect, test } from 'vitest';
import {
  brierScore,
  calibrationErrors,
  calibrationInTheLarge,
  recalibrate,
} from '../../../src/statistics/calibration.ts';
import { bootstrapCalibration } from '../../../src/statistics/calibration-bootstrap.ts';
import { hosmerLemeshow, riskGroups } from '../../../src/statistics/hosmer-lemeshow.ts';
import { fitLogistic, logisticProbability } from '../../../src/statistics/logistic.ts';
import { lowess } from '../../../src/statistics/lowess.ts';
import { logisticModel } from '../../../src/statistics/optimism.ts';
import { type LogisticIndexes, validateLogistic } from '../../../src/statistics/validate-logistic.ts';
import { hasOracles, oracleBytes, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface CalibrationCases {
  model: {
    input: string;
    terms: string[];
    coef: number[];
    p: number[];
    brier: number;
    intercept_refit: number;
    slope_refit: number;
    citl: number;
    groups: { group: number[]; n: number[]; mean_pred: number[]; obs: number[]; events: number[] };
    quantile_breaks: number[];
    hosmer_lemeshow: { chisq: number; df: number; p: number };
    lowess: { x: number[]; y: number[] };
    emax_E50_E90_Eavg: { Eavg: number; Emax: number; E50: number; E90: number };
  };
  external: {
    lp2: number[];
    slope: number;
    slope_se: number;
    intercept: number;
    citl: number;
    citl_se: number;
    brier: number;
  };
  bootstrap: {
    index_file: string;
    B: number;
    predy: number[];
    calibrated_orig: number[];
    calibrated_corrected: number[];
    optimism: number[];
    n_resamples_used: number[];
  };
  validate: { index: string[] } & Record<'orig' | 'training' | 'test' | 'optimism' | 'corrected', number[]>;
}

const tolerance = (field: string) => readTolerance('calibration', field);

function expectAll(actual: ArrayLike<number>, expected: number[], allowed: number, subject: string) {
  expect(actual, subject).toHaveLength(expected.length);
  expected.forEach((value, i) => {
    expectAbsolute(actual[i]!, value, allowed, `${subject} ${i}`);
  });
}

describe.skipIf(!hasOracles)(`calibration against rms (skips if: ${oracleSkipReason})`, () => {
  const cases = (hasOracles ? readCases('calibration') : {}) as unknown as CalibrationCases;
  const load = () => {
    const table = readTable(`statistics/calibration/${cases.model.input}`);
    const columns = cases.model.terms.slice(1).map((term) => table.column(term));
    const outcome = table.column('y');
    const resamples = oracleBytes(`statistics/calibration/${cases.bootstrap.index_file.split(' ')[0]}`)
      .toString('utf8')
      .trim()
      .split('\n')
      .map((line) => Uint32Array.from(line.split(','), (row) => Number(row) - 1));
    return { columns, outcome, resamples, lp: logisticModel(columns, outcome)(columns) };
  };

  test('the model on its own rows: probabilities, Brier, slope, intercept', () => {
    const { columns, outcome, lp } = load();
    const { model } = cases;
    fitLogistic(columns, outcome).coefficients.forEach((value, j) => {
      expectRelative(value, model.coef[j]!, tolerance('model'), model.terms[j]!);
    });
    const p = lp.map(logisticProbability);
    expectAll(p, model.p, tolerance('summaries'), 'p');
    expectAbsolute(brierScore(p, outcome), model.brier, tolerance('summaries'), 'Brier');
    const { intercept, slope } = recalibrate(lp, outcome);
    expectAbsolute(intercept, model.intercept_refit, tolerance('summaries'), 'intercept');
    expectAbsolute(slope, model.slope_refit, tolerance('summaries'), 'slope');
    expectAbsolute(calibrationInTheLarge(lp, outcome).estimate, model.citl, tolerance('summaries'), 'in the large');
  });

  test('groups by quantiles and Hosmer-Lemeshow', () => {
    const { outcome, lp } = load();
    const { groups: expected, quantile_breaks, hosmer_lemeshow } = cases.model;
    const p = lp.map(logisticProbability);
    const { groups, breaks } = riskGroups(p, outcome, expected.n.length);
    expectAll(breaks, quantile_breaks, tolerance('summaries'), 'border');
    expect(groups.map((_, k) => k + 1)).toEqual(expected.group);
    expect(groups.map((group) => group.n)).toEqual(expected.n);
    expect(groups.map((group) => group.events)).toEqual(expected.events);
    expectAll(
      groups.map((group) => group.meanPredicted),
      expected.mean_pred,
      tolerance('summaries'),
      'predicted',
    );
    expectAll(
      groups.map((group) => group.observed),
      expected.obs,
      tolerance('summaries'),
      'observed',
    );
    const actual = hosmerLemeshow(p, outcome, expected.n.length);
    expect(actual.df).toBe(hosmer_lemeshow.df);
    expectAbsolute(actual.chiSquare, hosmer_lemeshow.chisq, tolerance('hosmer_lemeshow'), 'chi-squared');
    expectAbsolute(actual.p, hosmer_lemeshow.p, tolerance('hosmer_lemeshow'), 'p');
  });

  test('lowess with iter = 0 and the distances from it', () => {
    const { outcome, lp } = load();
    const { lowess: expected, emax_E50_E90_Eavg: errors } = cases.model;
    const curve = lowess(lp.map(logisticProbability), outcome);
    expectAll(curve.x, expected.x, tolerance('lowess'), 'x');
    expectAll(curve.y, expected.y, tolerance('lowess'), 'y');
    const actual = calibrationErrors(lp.map(logisticProbability), outcome);
    expectAbsolute(actual.eAvg, errors.Eavg, tolerance('lowess'), 'Eavg');
    expectAbsolute(actual.e50, errors.E50, tolerance('lowess'), 'E50');
    expectAbsolute(actual.e90, errors.E90, tolerance('lowess'), 'E90');
    expectAbsolute(actual.eMax, errors.Emax, tolerance('lowess'), 'Emax');
  });

  test('predictions from elsewhere: slope, intercept and calibration in the large with standard errors', () => {
    const { outcome } = load();
    const { external } = cases;
    const lp = Float64Array.from(external.lp2);
    const { slope, slopeSe, intercept } = recalibrate(lp, outcome);
    const inTheLarge = calibrationInTheLarge(lp, outcome);
    expectAbsolute(slope, external.slope, tolerance('summaries'), 'slope');
    expectAbsolute(slopeSe, external.slope_se, tolerance('summaries'), 'standard error of the slope');
    expectAbsolute(intercept, external.intercept, tolerance('summaries'), 'intercept');
    expectAbsolute(inTheLarge.estimate, external.citl, tolerance('summaries'), 'in the large');
    expectAbsolute(inTheLarge.se, external.citl_se, tolerance('summaries'), 'its standard error');
    expectAbsolute(brierScore(lp.map(logisticProbability), outcome), external.brier, tolerance('summaries'), 'Brier');
  });

  test('calibrate: optimism over the 1000 resamples listed', () => {
    const { columns, outcome, resamples } = load();
    const { bootstrap } = cases;
    expect(resamples).toHaveLength(bootstrap.B);
    const actual = bootstrapCalibration(columns, outcome, resamples);
    expectAll(actual.predicted, bootstrap.predy, tolerance('calibrated_orig'), 'predicted');
    expectAll(actual.apparent, bootstrap.calibrated_orig, tolerance('calibrated_orig'), 'apparent');
    expectAll(actual.corrected, bootstrap.calibrated_corrected, tolerance('calibrated_corrected'), 'corrected');
    expectAll(actual.optimism, bootstrap.optimism, tolerance('calibrated_corrected'), 'optimism');
    expect(Array.from(actual.resamplesUsed)).toEqual(bootstrap.n_resamples_used);
    expect(actual.failed).toBe(0);
  });

  test('validate: all indexes over the same resamples', () => {
    const { columns, outcome, resamples } = load();
    const { index, ...expected } = cases.validate;
    const actual = validateLogistic(columns, outcome, resamples);
    expect([actual.used, actual.failed]).toEqual([resamples.length, 0]);
    for (const column of ['orig', 'training', 'test', 'optimism', 'corrected'] as const) {
      index.forEach((name, i) => {
        // rms has Emax in its table, where it is 0 for the original and the training rows by definition.
        if (name === 'Emax') {
          const value = column === 'orig' || column === 'training' ? 0 : actual.Emax;
          expectAbsolute(value, expected[column][i]!, tolerance('validate'), `${column} Emax`);
        } else {
          const value = actual[column][name as keyof LogisticIndexes];
          expectAbsolute(value, expected[column][i]!, tolerance('validate'), `${column} ${name}`);
        }
      });
    }
  });
});

describe.skipIf(!hasOracles)('the reference calibration', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('calibration', {
        'external.note': 'says how lp2 was made',
      }),
    ).toEqual([]);
  });
});
