import { describe, expect, test } from 'vitest';
import { orderByTime } from '../../../src/statistics/survival-outcome.ts';
import { timeDependentRoc, uncensoredBefore } from '../../../src/statistics/time-dependent-roc.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface ReferenceMarker {
  sign: number;
  times: number[];
  AUC: number[];
  se: number[];
  ci_low: number[];
  ci_high: number[];
  cases: number[];
  controls: number[];
  neither: number[];
  G_at_times: number[];
  cumulative_incidence: number[];
  surv_prob: number[];
  curves: { time: number; TP: number[]; FP: number[] }[];
  riskRegression_Score_AUC: number[];
}

interface TimeRocCase {
  input: string;
  n: number;
  events: number;
  weights: { order_of_rows_by_time: number[]; G_at_T_minus_sorted: number[] };
  markers: Record<string, ReferenceMarker>;
}

describe.skipIf(!hasOracles)(`time-dependent ROC against timeROC (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<TimeRocCase>('timeroc')) : [];
  test('the reference has cases', () => expect(cases.length).toBeGreaterThanOrEqual(2));

  test.each(cases)('%s: censoring weights', (name, { input, n, events, weights }) => {
    const table = readTable(`statistics/timeroc/${input}`);
    expect([table.rows, table.column('status').filter((event) => event === 1).length]).toEqual([n, events]);
    const order = orderByTime(table.column('time'));
    expect(Array.from(order, (row) => row + 1)).toEqual(weights.order_of_rows_by_time);
    const before = uncensoredBefore(table.column('time'), table.column('status'));
    weights.G_at_T_minus_sorted.forEach((value, k) => {
      expectRelative(before[order[k]!]!, value, readTolerance('timeroc', 'weights'), `${name}: G of ${k}`);
    });
  });

  const markers = cases.flatMap(([name, { input, markers: all }]) =>
    Object.entries(all).map(([marker, reference]) => [name, marker, input, reference] as const),
  );
  test.each(markers)('%s, %s: AUC, standard error, limits, counts, curve', (name, marker, input, reference) => {
    const table = readTable(`statistics/timeroc/${input}`);
    const [time, status] = [table.column('time'), table.column('status')];
    const values = table.column(marker).map((value) => reference.sign * value);
    const absolute = readTolerance('timeroc', 'AUC');
    reference.times.forEach((t, k) => {
      const found = timeDependentRoc(time, status, values, t);
      const subject = `${name} ${marker} at ${t}`;
      expectAbsolute(found.auc, reference.AUC[k]!, absolute, `${subject}: AUC`);
      expectRelative(found.standardError, reference.se[k]!, readTolerance('timeroc', 'se'), `${subject}: error`);
      expectAbsolute(found.lower, reference.ci_low[k]!, absolute, `${subject}: lower limit`);
      expectAbsolute(found.upper, reference.ci_high[k]!, absolute, `${subject}: upper limit`);
      expect([found.cases, found.controls, found.neither]).toEqual([
        reference.cases[k],
        reference.controls[k],
        reference.neither[k],
      ]);
      const weights = readTolerance('timeroc', 'weights');
      expectRelative(found.uncensored, reference.G_at_times[k]!, weights, `${subject}: G`);
      expectRelative(found.eventProbability, reference.cumulative_incidence[k]!, weights, `${subject}: incidence`);
      expectRelative(found.survivalProbability, reference.surv_prob[k]!, weights, `${subject}: survival`);
      const { time: at, TP, FP } = reference.curves[k]!;
      expect(at).toBe(t);
      expect([found.curve.truePositiveRate.length, found.curve.thresholds.length]).toEqual([TP.length, TP.length - 1]);
      TP.forEach((rate, point) => {
        const tolerance = readTolerance('timeroc', 'TP_FP');
        expectAbsolute(found.curve.truePositiveRate[point]!, rate, tolerance, `${subject}: sensitivity ${point}`);
        expectAbsolute(found.curve.falsePositiveRate[point]!, FP[point]!, tolerance, `${subject}: FP ${point}`);
      });
      const asCase = timeDependentRoc(time, status, values, t, { eventAtHorizon: 'case' });
      expectAbsolute(asCase.auc, reference.riskRegression_Score_AUC[k]!, absolute, `${subject}: riskRegression's AUC`);
    });
  });
});

describe.skipIf(!hasOracles)('the reference timeroc', () => {
  test('has no field that is not compared', () => expect(unreadFields('timeroc')).toEqual([]));
});
