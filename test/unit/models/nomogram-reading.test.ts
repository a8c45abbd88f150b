import { describe, expect, it } from 'vitest';
import type { LogisticForm } from '../../../src/models/form-schema.ts';
import type { ModelInput } from '../../../src/models/model-schema.ts';
import { nomogramReading } from '../../../src/models/nomogram-reading.ts';
import { readCases, readTolerance } from '../../golden/statistics/oracle-table.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';

interface NomogramCase {
  terms: string[];
  coef: number[];
  variables: Record<string, { values: number[]; points: number[] }>;
  lp_axis: { lp: number[]; total_points: number[] };
}

describe.skipIf(!hasOracles)(`nomogram against R rms (skips if: ${oracleSkipReason})`, () => {
  it('points of each tick and places of the probabilities, of a patient on ticks', () => {
    const { terms, coef, variables, lp_axis } = readCases<NomogramCase>('nomogram_points').logistic!;
    const tolerance = readTolerance('nomogram_points', 'points');
    const names = terms.slice(1);
    const inputs = names.map(
      (name): ModelInput => ({
        name,
        label: name,
        from: { fact: name },
        unit: null,
        ticks: variables[name]!.values,
        mend: 'x',
      }),
    );
    const form: LogisticForm = {
      type: 'logistic',
      endpoint: { event: 'death' },
      source: 'R',
      intercept: coef[0]!,
      terms: names.map((input, j) => ({ input, coefficient: coef[j + 1]! })),
    };
    const values = Object.fromEntries(names.map((name) => [name, variables[name]!.values[1]!]));
    const reading = nomogramReading(form, inputs, { values, raw: values })!;
    let total = 0;
    for (const [j, name] of names.entries()) {
      const { points } = variables[name]!;
      reading.axes[j]!.ticks.forEach((tick, at) => {
        expect(Math.abs(tick.points - points[at]!)).toBeLessThanOrEqual(tolerance);
      });
      expect(reading.axes[j]!.patient).toMatchObject({ beyond: false, points: expect.closeTo(points[1]!, 9) });
      total += points[1]!;
    }
    expect(reading.totalPoints).toBeCloseTo(total, 9);
    // R places probabilities by linear interpolation on its axis of the linear predictor; that axis itself is exact.
    const [from, to] = [lp_axis.total_points[0]!, lp_axis.total_points.at(-1)!];
    const perUnit = (to - from) / (lp_axis.lp.at(-1)! - lp_axis.lp[0]!);
    const { ticks } = reading.results[0]!;
    for (const { text, points } of ticks) {
      const lp = Math.log(Number(text) / (1 - Number(text)));
      expect(Math.abs(points - (from + perUnit * (lp - lp_axis.lp[0]!))), text).toBeLessThanOrEqual(tolerance);
    }
    expect(ticks.map(({ text }) => text)).toContain('0.5');
  });
});

describe('a nomogram', () => {
  const input = (more: Partial<ModelInput>): ModelInput => ({
    name: 'x',
    label: 'X',
    from: { fact: 'x' },
    unit: null,
    mend: 'x',
    ...more,
  });
  const form = (terms: LogisticForm['terms']): LogisticForm => ({
    type: 'logistic',
    endpoint: { event: 'death' },
    source: 'x',
    intercept: 0,
    terms,
  });
  const term = { input: 'x', coefficient: 2 };
  const nobody = { values: {}, raw: {} };

  it('has the words of an indicator on its axis, even steps in a range, and no axis for what has neither', () => {
    const words = { yes: 'present', no: 'none' };
    const indicator = nomogramReading(form([term]), [input({ indicator: { equals: true }, words })], nobody);
    expect(indicator?.axes[0]?.ticks).toEqual([
      { text: 'none', points: 0 },
      { text: 'present', points: 100 },
    ]);
    expect(indicator?.axes[0]?.patient).toBeNull();
    const range = nomogramReading(form([term]), [input({ range: [0, 10], format: 'T{}' })], nobody);
    expect(range?.axes[0]?.ticks.map(({ text }) => text)).toEqual(['T0', 'T2', 'T4', 'T6', 'T8', 'T10']);
    expect(nomogramReading(form([term]), [input({})], nobody)).toBeNull();
  });

  it('a negative coefficient gives points to low values, a logarithm uneven steps', () => {
    const transform: ModelInput['transform'] = [{ log: 'natural' }];
    const reading = nomogramReading(
      form([{ input: 'x', coefficient: -1 }]),
      [input({ ticks: [1, 10, 100], transform })],
      { values: { x: Math.log(10) }, raw: { x: 10 } },
    );
    const points = reading?.axes[0]?.ticks.map((tick) => tick.points) ?? [];
    expect(points.map((one) => Math.round(one))).toEqual([100, 50, 0]);
    expect(reading?.axes[0]?.patient).toMatchObject({ text: '10', points: expect.closeTo(50, 9), beyond: false });
  });
});
