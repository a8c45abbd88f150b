import { describe, expect, test } from 'vitest';
import { fitCox } from '../../../src/statistics/cox.ts';
import { coxSurvival } from '../../../src/statistics/cox-prediction.ts';
import { equalGroups, survivalCalibration } from '../../../src/statistics/survival-calibration.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { coxColumns } from './cox-reference.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface CalibrationCase {
  input: string;
  time: number;
  terms: string[];
  coef: number[];
  predicted_survival: number[];
  groups: {
    group: number;
    rows_1based: number[];
    n: number;
    mean_predicted: number;
    km: number;
    se: number;
    low: number;
    high: number;
  }[];
}

describe.skipIf(!hasOracles)(`calibration of a Cox model in groups against R (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<CalibrationCase>('calibration_cox')) : [];
  test('the reference has cases', () => expect(cases.length).toBeGreaterThanOrEqual(1));

  test.each(cases)('%s: fit, predicted survival, groups, observed survival', (_, reference) => {
    const table = readTable(`statistics/calibration_cox/${reference.input}`);
    const [time, status] = [table.column('time'), table.column('status')];
    const columns = coxColumns(table, reference.terms);
    const fit = fitCox(columns, time, status);
    reference.coef.forEach((value, j) => {
      expectRelative(fit.coefficients[j]!, value, readTolerance('coxph', 'coef_se'), reference.terms[j]!);
    });
    const predicted = coxSurvival(fit, columns, reference.time);
    const tolerance = readTolerance('calibration_cox', 'predicted');
    reference.predicted_survival.forEach((value, row) => {
      expectAbsolute(predicted[row]!, value, tolerance, `predicted survival of row ${row}`);
    });
    const groups = equalGroups(predicted, reference.groups.length);
    const rowsOf = (group: number) => Array.from(groups.keys()).filter((row) => groups[row] === group);
    expect(reference.groups.map((_, k) => rowsOf(k).map((row) => row + 1))).toEqual(
      reference.groups.map(({ rows_1based }) => rows_1based),
    );
    const points = survivalCalibration(predicted, time, status, reference.time, groups);
    reference.groups.forEach((expected, k) => {
      const { group, n, meanPredicted, observed, standardError, lower, upper } = points[k]!;
      expect([group + 1, n]).toEqual([expected.group, expected.n]);
      expectAbsolute(meanPredicted, expected.mean_predicted, tolerance, `group ${k}: mean predicted`);
      const given = readTolerance('calibration_cox', 'km');
      expectAbsolute(observed, expected.km, given, `group ${k}: observed`);
      expectAbsolute(standardError!, expected.se, given, `group ${k}: standard error`);
      expectAbsolute(lower!, expected.low, given, `group ${k}: lower limit`);
      expectAbsolute(upper!, expected.high, given, `group ${k}: upper limit`);
    });
  });
});

describe.skipIf(!hasOracles)('the reference calibration_cox', () => {
  test('has no field that is not compared', () => expect(unreadFields('calibration_cox')).toEqual([]));
});
