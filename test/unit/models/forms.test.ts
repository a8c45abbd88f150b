import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CoxForm, Form, LinearForm, LogisticForm, SingleForm } from '../../../src/models/form-schema.ts';
import type { FormContext } from '../../../src/models/forms/prediction.ts';
import type { ModelInput } from '../../../src/models/model-schema.ts';
import { outcomeOf } from '../../../src/models/outcome.ts';
import { lackingInputs, predict } from '../../../src/models/predict.ts';

const inputs: ModelInput[] = ['a', 'b'].map((name) => ({
  name,
  label: name.toUpperCase(),
  from: { fact: name },
  unit: null,
  range: [0, 2],
  mend: 'measure it',
}));
const shared = { endpoint: { event: 'death' as const }, source: 'made up' };
const logistic: LogisticForm = {
  ...shared,
  type: 'logistic',
  intercept: -1,
  terms: [
    { input: 'a', coefficient: 2, standardError: 0.5 },
    { input: 'b', oddsRatio: 0.5, ci95: [0.25, 1] },
  ],
};
const linear: LinearForm = { ...shared, type: 'linear', intercept: 0.5, terms: [{ input: 'a', coefficient: 3 }] };
const cox: CoxForm = {
  ...shared,
  type: 'cox',
  terms: [{ input: 'a', hazardRatio: 2, ci95: [1, 4] }],
  lpReference: Math.log(2),
  lpReferenceLabel: 'a patient with A 1',
  baselineSurvival: [
    { months: 6, survival: 0.8 },
    { months: 12, survival: 0.5 },
  ],
};
const member = (name: string, form: SingleForm) => ({ name, label: name, form });
const contextOf = (values: Readonly<Record<string, number>>): FormContext => ({ values, inputs, forests: new Map() });
const value = fc.double({ min: -20, max: 20, noNaN: true });

describe('logistic', () => {
  it('by hand: -1 + 2 x 1.5 + ln(0.5) x 1', () => {
    const lp = 2 - Math.log(2);
    const { value: probability, kind } = predict(logistic, contextOf({ a: 1.5, b: 1 }));
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-lp)), 14);
    expect(kind).toBe('probability');
  });

  it('risk rises with a positive coefficient and stays in [0, 1]', () => {
    fc.assert(
      fc.property(value, value, fc.double({ min: 0, max: 10, noNaN: true }), (a, b, more) => {
        const low = predict(logistic, contextOf({ a, b })).value;
        const high = predict(logistic, contextOf({ a: a + more, b })).value;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(high).toBeGreaterThanOrEqual(low);
      }),
    );
  });

  it('without an intercept: odds relative to the reference patient, which is said', () => {
    const form: LogisticForm = { ...logistic, intercept: null, reference: { a: 1, b: 2 } };
    const { kind, value: odds, relativeTo, explanation } = predict(form, contextOf({ a: 2, b: 1 }));
    expect(kind).toBe('relative-odds');
    expect(odds).toBeCloseTo(Math.exp(2) / 0.5, 12);
    expect(relativeTo).toBe('a patient with A 1, B 2');
    expect(explanation).toMatchObject({ base: null, reference: relativeTo });
    expect(predict(form, contextOf({ a: 1, b: 2 })).value).toBe(1);
  });

  it('names each factor with its ratio and interval, from the source or the standard error', () => {
    const { factors } = outcomeOf(logistic, contextOf({ a: 1, b: 1 }));
    // exp(2) = 7.39, exp(2 -+ 1.95996 x 0.5) = 2.77 and 19.69
    expect(factors).toEqual(['A: odds ratio 7.39 (2.77-19.69)', 'B: odds ratio 0.50 (0.25-1.00)']);
  });
});

describe('Cox', () => {
  it('by hand: HR 2 a unit from A 1, S0 0.8 and 0.5', () => {
    const { value: hazard, risks, relativeTo } = predict(cox, contextOf({ a: 3 }));
    expect(hazard).toBeCloseTo(4, 12);
    expect(relativeTo).toBe('a patient with A 1');
    expect(risks).toEqual([
      { months: 6, probability: expect.closeTo(1 - 0.8 ** 4, 12) },
      { months: 12, probability: expect.closeTo(1 - 0.5 ** 4, 12) },
    ]);
  });

  it('keeps the digits of a small risk', () => {
    const [risk] = predict(cox, contextOf({ a: 1 - 60 })).risks;
    // Rate of the event, -ln 0.8, times 2 ** -60: the square is beyond double precision.
    expect(risk?.probability).toBeCloseTo(-Math.log(0.8) * 2 ** -60, 30);
  });

  it('groups are cut on the log hazard against the reference', () => {
    const form: Form = { ...cox, groups: { bounds: [0], names: ['low', 'high'], source: 'median' } };
    expect(outcomeOf(form, contextOf({ a: 0.99 })).group).toBe('low');
    expect(outcomeOf(form, contextOf({ a: 1 }))).toMatchObject({
      group: 'high',
      groupNote: 'cut-off 0.00 on the log-hazard scale (median)',
    });
  });

  it('no probability leaves [0, 1]', () => {
    fc.assert(
      fc.property(value, (a) => {
        for (const { probability } of predict(cox, contextOf({ a })).risks)
          expect(probability >= 0 && probability <= 1).toBe(true);
      }),
    );
  });
});

describe('mean ensemble', () => {
  const ensemble: Form = {
    ...shared,
    type: 'mean-ensemble',
    whenMemberMissing: 'use-others',
    members: [
      member('first', logistic),
      member('second', { ...logistic, intercept: 1, terms: [{ input: 'a', coefficient: -1 }] }),
    ],
  };

  it('mean of the probabilities, and contributions in probability that add up', () => {
    fc.assert(
      fc.property(value, value, (a, b) => {
        const { value: mean, members, explanation } = predict(ensemble, contextOf({ a, b }));
        expect(mean).toBeCloseTo(((members[0]?.value ?? 0) + (members[1]?.value ?? 0)) / 2, 12);
        expect(explanation.scale).toBe('probability');
        const sum = explanation.contributions.reduce((total, { contribution }) => total + contribution, 0);
        expect(sum + (explanation.base ?? 0)).toBeCloseTo(mean, 9);
        expect(explanation.contributions.map(({ input }) => input).sort()).toEqual(['a', 'b']);
      }),
    );
  });

  it('goes on without a member, or abstains, as the model says', () => {
    expect(lackingInputs(ensemble, { a: 1 })).toEqual([]);
    expect(predict(ensemble, contextOf({ a: 1 }))).toMatchObject({
      value: 0.5,
      members: [{ value: null }, { value: 0.5 }],
    });
    expect(lackingInputs({ ...ensemble, whenMemberMissing: 'abstain' }, { a: 1 })).toEqual(['b']);
    expect(lackingInputs(ensemble, { b: 1 })).toEqual(['a']);
    expect(() => predict(ensemble, contextOf({}))).toThrow(expect.objectContaining({ code: 'MODEL_INPUT_MISSING' }));
  });
});

describe('score fusion', () => {
  const fusion: Form = {
    ...shared,
    type: 'score-fusion',
    intercept: 0.25,
    members: [
      { ...member('score', linear), coefficient: 2, mean: 1, sd: 4 },
      {
        ...member('net', {
          ...linear,
          terms: [
            { input: 'a', coefficient: 1 },
            { input: 'b', coefficient: -1 },
          ],
        }),
        coefficient: 1,
        mean: 0,
        sd: 1,
      },
    ],
  };

  it('by hand: 0.25 + 2 (3.5 - 1) / 4 + (0.5 + 1 - 2) = 1', () => {
    const { value: probability, members } = predict(fusion, contextOf({ a: 1, b: 2 }));
    expect(probability).toBeCloseTo(1 / (1 + Math.exp(-1)), 14);
    expect(members).toEqual([
      { name: 'score', label: 'score', value: 3.5 },
      { name: 'net', label: 'net', value: -0.5 },
    ]);
  });

  it('explains linear members by their inputs in log-odds: A adds 2 x 3 / 4 + 1 a unit', () => {
    const { explanation } = predict(fusion, contextOf({ a: 2, b: 1 }));
    expect(explanation.scale).toBe('log-odds');
    expect(explanation.contributions).toEqual([
      { input: 'a', label: 'A', contribution: expect.closeTo(2.5, 12) },
      { input: 'b', label: 'B', contribution: expect.closeTo(0, 12) },
    ]);
  });

  it('explains any other member as a whole', () => {
    const mixed: Form = {
      ...fusion,
      members: [fusion.members[0]!, { ...member('risk', logistic), coefficient: 4, mean: 0.5, sd: 2 }],
    };
    const { explanation, value: probability } = predict(mixed, contextOf({ a: 1, b: 0 }));
    expect(explanation.contributions.map(({ input }) => input).sort()).toEqual(['a', 'risk']);
    const sum = explanation.contributions.reduce((total, { contribution }) => total + contribution, 0);
    expect(sum + (explanation.base ?? 0)).toBeCloseTo(Math.log(probability / (1 - probability)), 12);
  });
});
