import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { resolveInputs } from '../../../src/models/inputs.ts';
import type { NamedValue } from '../../../src/models/model-result.ts';
import type { Model, ModelInput } from '../../../src/models/model-schema.ts';
import { asNumber, transformed, untransformed } from '../../../src/models/transformation.ts';
import { constructedData, constructedFact, constructedModel } from '../../helpers/constructed-model.ts';

const nlr: ModelInput = { name: 'nlr', label: 'NLR', from: { fact: 'nlr' }, unit: '1', mend: 'order a blood count' };
const none = {
  images: { sources: new Map(), imaging: [], warnings: [] },
  signatures: { scores: new Map(), warnings: [] },
};

function resolve(
  inputs: readonly ModelInput[],
  facts: Readonly<Record<string, NamedValue>>,
  more: Partial<Model> = {},
) {
  const model: Model = { ...constructedModel, inputs: [...inputs], ...more };
  return resolveInputs(model, constructedData({ facts }), none.images, none.signatures);
}
const ratio = (value: number, date = '2026-10-14') => constructedFact(value, { unit: '1', date });

describe('indicators', () => {
  it.each<[string, ModelInput['indicator'], NamedValue['value'], number | null]>([
    ['at least 3: 3', { atLeast: 3 }, 3, 1],
    ['at least 3: 2.9', { atLeast: 3 }, 2.9, 0],
    ['at least 3: words', { atLeast: 3 }, 'many', null],
    ['equals true: false', { equals: true }, false, 0],
    ['equals a word', { equals: 'female' }, 'female', 1],
    ['equals a word: a truth', { equals: 'female' }, true, null],
    ['one of: second', { oneOf: ['current', 'former'] }, 'former', 1],
    ['one of: none', { oneOf: ['current', 'former'] }, 'never', 0],
    ['none: words', undefined, 'never', null],
  ])('%s', (_, indicator, value, expected) => {
    expect(asNumber({ ...nlr, ...(indicator === undefined ? {} : { indicator }) }, value)).toBe(expected);
  });
});

describe('transformations', () => {
  it('are applied in their order: clip, natural logarithm, z-score', () => {
    const transform: ModelInput['transform'] = [{ clip: [1, 8] }, { log: 'natural' }, { zScore: { mean: 1, sd: 2 } }];
    expect(transformed({ name: 'x', transform }, 20)).toBeCloseTo((Math.log(8) - 1) / 2, 14);
    expect(transformed({ name: 'x', transform: [{ log: 'one-plus' }] }, 0)).toBe(0);
  });

  it.each([
    [[{ log: 'natural' as const }], 0],
    [[{ log: 'natural' as const }], -1],
    [[{ log: 'one-plus' as const }], -1],
  ])('%o refuses %d by a code', (transform, number) => {
    expect(() => transformed({ name: 'x', transform }, number)).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_RANGE', subject: 'x' }),
    );
  });

  it('are undone', () => {
    const transform: ModelInput['transform'] = [{ log: 'one-plus' }, { zScore: { mean: 1, sd: 2 } }];
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (number) => {
        const back = untransformed({ transform }, transformed({ name: 'x', transform }, number));
        expect(Math.abs(back - number)).toBeLessThanOrEqual(1e-9 * Math.max(1, number));
      }),
    );
  });

  it('that fail for a patient make the input missing, with the code', () => {
    const { missing } = resolve([{ ...nlr, transform: [{ log: 'natural' }] }], { nlr: ratio(0) });
    expect(missing[0]?.why).toBe('0 has no logarithm: the model takes its logarithm (MODEL_INPUT_RANGE)');
  });
});

describe('what stands in for a missing input is marked and warned of', () => {
  const visits: Model['visits'] = [
    { name: 'c2', label: 'after cycle 2', at: 'after-cycle-2', windowDays: 10, cycleDays: 21 },
    { name: 'base', label: 'baseline', at: 'baseline', windowDays: 28, cycleDays: 21 },
  ];

  it('a number, on the scale before transformations', () => {
    const input: ModelInput = {
      ...nlr,
      transform: [{ zScore: { mean: 2, sd: 0.5 } }],
      whenMissing: { value: 3, reason: 'median of the training cohort' },
    };
    const { values, raw, used, warnings, missing } = resolve([input], {});
    expect([values.nlr, raw.nlr, missing]).toEqual([2, 3, []]);
    expect(used[0]).toMatchObject({
      value: 3,
      date: null,
      sources: [],
      imputed: 'not in the record; 3 stands in (median of the training cohort)',
    });
    expect(warnings).toEqual([{ code: 'INPUT_IMPUTED', text: `NLR: ${used[0]?.imputed}` }]);
  });

  it('is not used when the value is there', () => {
    const { used, warnings } = resolve([{ ...nlr, whenMissing: { value: 3, reason: 'x' } }], { nlr: ratio(5) });
    expect(used[0]).toMatchObject({ value: 5, imputed: null });
    expect(warnings).toEqual([]);
  });

  it('the fact of other visits, in order', () => {
    const input: ModelInput = { ...nlr, from: { fact: 'nlr', visit: 'c2' }, whenMissing: { visits: ['base'] } };
    const { used } = resolve([input], { 'nlr@base': ratio(4, '2026-09-01') }, { visits });
    expect(used[0]).toMatchObject({
      value: 4,
      date: '2026-09-01',
      imputed: 'not in the record for after cycle 2; the value of baseline stands in (1 Sep 2026)',
    });
    expect(resolve([input], { 'nlr@c2': ratio(6) }, { visits }).used[0]).toMatchObject({ value: 6, imputed: null });
    expect(resolve([input], { nlr: ratio(6) }, { visits }).missing[0]?.why).toBe('not in the record for after cycle 2');
  });

  it('the mean of the nearest cluster over what is known', () => {
    const input = (name: string): ModelInput => ({ ...nlr, name, from: { fact: name }, whenMissing: 'cluster' });
    const clusters = {
      inputs: ['nlr', 'sii', 'hb'],
      centres: [
        [1, 10, 100],
        [5, 20, 200],
      ],
      source: 'training cohort',
    };
    const inputs = ['nlr', 'sii', 'hb'].map(input);
    const { values, used } = resolve(inputs, { sii: ratio(14), nlr: ratio(5) }, { clusters });
    // Distances 4 ** 2 + 4 ** 2 = 32 and 0 + 6 ** 2 = 36: the first.
    expect(values.hb).toBe(100);
    expect(used[2]?.imputed).toContain('chosen by 2 of 3 known values, training cohort');
    expect(resolve(inputs, { sii: ratio(16), nlr: ratio(5) }, { clusters }).values.hb).toBe(200);
    expect(resolve(inputs, {}, { clusters }).missing.map(({ name }) => name)).toEqual(['nlr', 'sii', 'hb']);
  });

  it("a cluster mean is shown in the input's unit", () => {
    const input: ModelInput = {
      ...nlr,
      unit: 'g/L',
      transform: [{ zScore: { mean: 120, sd: 10 } }],
      whenMissing: 'cluster',
    };
    const other: ModelInput = { ...nlr, name: 'sii', from: { fact: 'sii' } };
    const clusters = { inputs: ['nlr', 'sii'], centres: [[-0.5, 1]], source: 'x' };
    const { used, values } = resolve([input, other], { sii: ratio(1) }, { clusters });
    expect([values.nlr, used[0]?.value, used[0]?.unit]).toEqual([-0.5, 115, 'g/L']);
  });
});
