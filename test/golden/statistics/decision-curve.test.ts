import { describe, expect, test } from 'vitest';
import { type DecisionCurve, decisionCurve, survivalDecisionCurve } from '../../../src/statistics/decision-curve.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface ReferenceModel {
  tp_rate: (number | null)[];
  fp_rate: (number | null)[];
  net_benefit: (number | null)[];
  interventions_avoided_per_100?: (number | null)[];
}

interface DecisionCase {
  input: string;
  n: number;
  time?: number;
  prevalence?: number;
  km_risk_all?: number;
  thresholds: number[];
  treat_none?: number[];
  treat_all: number[];
  models: Record<string, ReferenceModel>;
}

describe.skipIf(!hasOracles)(`decision curves against dcurves (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<DecisionCase>('dca')) : [];
  test('the reference has cases', () => expect(cases.map(([name]) => name)).toEqual(['binary', 'survival']));

  test.each(cases)('%s: rates, net benefit, treating all, interventions avoided', (_, reference) => {
    const table = readTable(`statistics/dca/${reference.input}`);
    expect(table.rows).toBe(reference.n);
    const tolerance = readTolerance('dca', 'net_benefit');
    const curveOf = (model: string): DecisionCurve =>
      reference.time === undefined
        ? decisionCurve(table.column('y'), table.column(model), reference.thresholds)
        : survivalDecisionCurve(
            table.column('time'),
            table.column('status'),
            table.column(model),
            reference.time,
            reference.thresholds,
          );
    for (const [model, expected] of Object.entries(reference.models)) {
      const curve = curveOf(model);
      const probability = reference.prevalence ?? reference.km_risk_all!;
      expectAbsolute(curve.eventProbability, probability, tolerance, `${model}: event probability`);
      for (const [field, found, values] of [
        ['treat all', curve.treatAll, reference.treat_all],
        ['true positives', curve.truePositiveRate, expected.tp_rate],
        ['false positives', curve.falsePositiveRate, expected.fp_rate],
        ['net benefit', curve.netBenefit, expected.net_benefit],
        ['avoided', curve.interventionsAvoidedPer100, expected.interventions_avoided_per_100 ?? []],
      ] as const) {
        values.forEach((value, k) => {
          const subject = `${model}, ${field} at ${reference.thresholds[k]}`;
          if (value === null) expect(found[k], subject).toBeNull();
          else expectAbsolute(found[k]!, value, tolerance, subject);
        });
      }
    }
    expect(reference.treat_none?.some((value) => value !== 0) ?? false).toBe(false);
  });
});

describe.skipIf(!hasOracles)('the reference dca', () => {
  test('has no field that is not compared', () => expect(unreadFields('dca')).toEqual([]));
});
