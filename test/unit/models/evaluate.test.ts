import { describe, expect, it } from 'vitest';
import { evaluateModel } from '../../../src/models/evaluate.ts';
import type { NamedValue } from '../../../src/models/model-result.ts';
import type { RegisteredModel } from '../../../src/models/registry.ts';
import {
  constructedData,
  constructedFact,
  constructedFeatures,
  constructedModel,
} from '../../helpers/constructed-model.ts';

const facts: Readonly<Record<string, NamedValue>> = {
  histology: constructedFact('sclc'),
  therapyLine: constructedFact(1),
  age: constructedFact(60, { unit: 'a' }),
  nStage: constructedFact(2),
  ldh: constructedFact(412, { unit: 'U/L', upperLimit: 250 }),
};
const ct = constructedFeatures({ original_firstorder_Mean: 12, original_shape_MeshVolume: 150 });
type Changes = {
  facts?: Readonly<Record<string, NamedValue | undefined>>;
  features?: () => ReturnType<typeof constructedFeatures>;
  synthetic?: boolean;
};

function evaluate(changes: Changes = {}, model: RegisteredModel = constructedModel) {
  const merged = Object.entries({ ...facts, ...changes.facts }).filter(
    (entry): entry is [string, NamedValue] => entry[1] !== undefined,
  );
  return evaluateModel(
    model,
    constructedData({
      facts: Object.fromEntries(merged),
      features: changes.features ?? (() => ct),
      synthetic: changes.synthetic ?? true,
    }),
    { ldh: { label: 'LDH', maximumAgeDays: 90, mend: 'order LDH' } },
  );
}
const codes = (result: ReturnType<typeof evaluate>) => result.warnings.map(({ code }) => code);

describe('the constructed nomogram, worked by hand', () => {
  it('signature 0.5 + (12 - 10) / 2 - 0.5 (150 - 100) / 50 = 1; logit -1 + 2 + 6 + 1 = 8', () => {
    const result = evaluate();
    expect(result.status).toBe('assessed');
    expect(result.signatures).toEqual([{ name: 'before', label: 'before-treatment signature', score: 1 }]);
    expect(result.outcomes[0]?.value).toBeCloseTo(1 / (1 + Math.exp(-8)), 12);
    expect(result).toMatchObject({ group: 'high', groupNote: 'cut-off 0.60 (made up)' });
    // Against the middle of the ranges: age 60, N1.5, score 0.
    expect(result.used.map(({ name, contribution }) => [name, contribution])).toEqual([
      ['beforeScore', 2],
      ['nStage', 0.25],
      ['age', 0],
    ]);
    expect(result.outcomes[0]?.explanation).toMatchObject({ scale: 'log-odds', base: -1 + 6 + 0.75 });
    expect(result.context[0]).toMatchObject({ name: 'ldh', value: 412, upperLimit: 250, contribution: null });
    expect(result.missing).toEqual([
      { name: 'nse', kind: 'context', label: 'nse', fact: 'nse', why: 'not in the record', mend: 'record it' },
    ]);
    expect(codes(result)).toEqual([]);
  });

  it('a value at a bound belongs to the group above it', () => {
    const form = constructedModel.forms[0]!;
    if (form.type !== 'logistic') throw new Error('no logistic form');
    const groups = {
      bounds: [0.25, 0.5],
      names: ['low' as const, 'intermediate' as const, 'high' as const],
      source: 'made up',
    };
    const model = {
      ...constructedModel,
      forms: [{ ...form, intercept: 0, terms: [{ input: 'nStage', coefficient: 1 }], groups }],
    };
    expect(evaluate({ facts: { nStage: constructedFact(0) } }, model)).toMatchObject({
      group: 'high',
      groupNote: 'cut-offs 0.25 and 0.50 (made up)',
    });
    expect(evaluate({ facts: { nStage: constructedFact(-0.001) } }, model).group).toBe('intermediate');
  });

  it('a class for an endpoint that is no risk', () => {
    const form = constructedModel.forms[0]!;
    const { groups: _, ...rest } = form;
    const classification = {
      cutoff: 0.5,
      below: 'predicted negative',
      atOrAbove: 'predicted positive',
      source: 'made up',
    };
    const model = { ...constructedModel, forms: [{ ...rest, classification } as typeof form] };
    expect(evaluate({}, model).outcomes[0]).toMatchObject({ group: null, classification: 'predicted positive' });
  });
});

describe('population', () => {
  it('a demonstration model never assesses a record that is not marked as synthetic, and shows no number of it', () => {
    const result = evaluate({ synthetic: false });
    expect(result).toMatchObject({ status: 'not-applicable', outcomes: [], used: [], signatures: [], nomograms: [] });
    expect(result.reasons).toEqual([expect.stringContaining('never used on a record that is not marked as synthetic')]);
  });

  it.each(['published', 'site-fitted', 'imported'] as const)('a %s model does', (standing) => {
    expect(evaluate({ synthetic: false }, { ...constructedModel, standing }).status).toBe('assessed');
  });

  it('a rule that is not met: not applicable, with its reason', () => {
    const result = evaluate({ facts: { histology: constructedFact('nsclc') } });
    expect(result).toMatchObject({
      status: 'not-applicable',
      reasons: ['small-cell lung cancer only'],
      nomograms: [],
    });
  });

  it('a rule that can not be judged: abstains, warns or passes, as the model says', () => {
    const unknown = evaluate({ facts: { histology: undefined } });
    expect(unknown.status).toBe('not-assessable');
    expect(unknown.reasons).toEqual([expect.stringContaining('small-cell lung cancer only')]);
    expect(codes(evaluate({ facts: { therapyLine: undefined } }))).toEqual(['POPULATION_UNKNOWN']);
    const ignored = {
      ...constructedModel,
      applicability: [{ fact: 'x', equals: false, reason: 'excluded', whenUnknown: 'ignore' as const }],
    };
    expect(codes(evaluate({}, ignored))).toEqual([]);
  });

  it('whenNotMet warn: assessed with POPULATION_OTHER', () => {
    const rule = {
      fact: 'sex',
      oneOf: ['male', 'other'],
      reason: 'men only',
      whenNotMet: 'warn' as const,
      whenUnknown: 'abstain' as const,
    };
    const model = { ...constructedModel, applicability: [rule] };
    const other = evaluate({ facts: { sex: constructedFact('female') } }, model);
    expect(other.status).toBe('assessed');
    expect(other.warnings).toEqual([{ code: 'POPULATION_OTHER', text: "Outside the model's population: men only" }]);
    expect(codes(evaluate({ facts: { sex: constructedFact('male') } }, model))).toEqual([]);
    expect(evaluate({}, model).status).toBe('not-assessable');
  });

  it.each([
    ['minimum', { minimum: 18 }, 17, 18],
    ['maximum', { maximum: 18 }, 19, 18],
  ])('a range with %s includes its bound, and words are outside it', (_, range, outside, inside) => {
    const model = {
      ...constructedModel,
      applicability: [{ fact: 'x', ...range, reason: 'range', whenUnknown: 'abstain' as const }],
    };
    expect(evaluate({ facts: { x: constructedFact(outside) } }, model).status).toBe('not-applicable');
    expect(evaluate({ facts: { x: constructedFact(inside) } }, model).status).toBe('assessed');
    expect(evaluate({ facts: { x: constructedFact('many') } }, model).status).toBe('not-applicable');
  });
});

describe('missing, old and odd inputs', () => {
  it.each([
    ['missing', undefined, 'not in the record'],
    ['older than its maximum age', constructedFact(2, { date: '2025-10-19' }), 'older than 365 days (19 Oct 2025)'],
    ['in another unit', constructedFact(2, { unit: 'mm' }), 'recorded in mm, the model needs none'],
    ['in words', constructedFact('NX'), 'recorded as "NX", which the model can\'t take'],
  ])('an input %s is named with why and what mends it', (_, nStage, why) => {
    const result = evaluate({ facts: { nStage } });
    expect(result.status).toBe('not-assessable');
    expect(result.reasons).toEqual([`N stage: ${why}`]);
    expect(result.missing[0]).toEqual({
      name: 'nStage',
      kind: 'fact',
      fact: 'nStage',
      label: 'N stage',
      why,
      mend: 'record the N stage',
    });
    expect(codes(result)).toEqual(['SIGNATURE_ALONE']);
    expect(result.nomograms[0]?.reading).toMatchObject({ totalPoints: null });
    expect(result.nomograms[0]?.reading.axes.map(({ patient }) => patient?.text)).toEqual(['1', '60', undefined]);
  });

  it('the last day of the maximum age still counts', () => {
    expect(evaluate({ facts: { nStage: constructedFact(2, { date: '2025-10-20' }) } }).status).toBe('assessed');
  });

  it('a value outside the range of the cohort is used with a warning', () => {
    const result = evaluate({ facts: { age: constructedFact(90, { unit: 'a' }) } });
    expect(result.warnings).toEqual([
      { code: 'OUTSIDE_RANGE', text: "Age 90 is outside the range of the model's cohort (38-82)" },
    ]);
    expect(result.nomograms[0]?.reading.axes[1]?.patient).toMatchObject({ beyond: true });
  });

  it('a feature more than 5 standard deviations from the training mean is named', () => {
    const far = constructedFeatures({ original_firstorder_Mean: 10 + 2 * 5.5, original_shape_MeshVolume: 100 });
    expect(evaluate({ features: () => far }).warnings).toContainEqual({
      code: 'OUTSIDE_RANGE',
      text: expect.stringMatching(/original_firstorder_Mean lies 6 standard deviations/),
    });
    const near = constructedFeatures({ original_firstorder_Mean: 10 + 2 * 4.9, original_shape_MeshVolume: 100 });
    expect(
      evaluate({ features: () => near })
        .warnings.map(({ text }) => text)
        .join(),
    ).not.toContain('Mean lies');
  });

  it('an undefined feature makes the signature missing and names the feature', () => {
    const result = evaluate({ features: () => constructedFeatures({ original_firstorder_Mean: 12 }) });
    expect(result.reasons).toEqual(['Signature: undefined for this tumour mask: original_shape_MeshVolume']);
    expect(result.signatures).toEqual([]);
  });

  it('what is unpublished is always missing, with the reason', () => {
    const inputs = constructedModel.inputs.map((input) =>
      input.name === 'age' ? { ...input, from: { unpublished: 'only in a figure' } } : input,
    );
    expect(evaluate({}, { ...constructedModel, inputs }).reasons).toEqual(['Age: only in a figure']);
  });
});

describe('several forms', () => {
  const form = constructedModel.forms[0]!;
  const second = {
    type: 'cox' as const,
    endpoint: { event: 'progression' as const },
    source: 'made up',
    terms: [{ input: 'age', coefficient: 0.1 }],
    lpReference: 6,
    lpReferenceLabel: 'a patient of 60 years',
    baselineSurvival: [{ months: 12, survival: 0.5 }],
  };
  const model: RegisteredModel = { ...constructedModel, forms: [form, second] };

  it('each abstains alone: the others are given, and what is left out is said', () => {
    const result = evaluate({ facts: { nStage: undefined } }, model);
    expect(result.status).toBe('assessed');
    expect(result.outcomes.map(({ endpoint }) => endpoint.event)).toEqual(['progression']);
    expect(result.outcomes[0]).toMatchObject({ value: 1, risks: [{ months: 12, probability: 0.5 }] });
    expect(result.warnings).toContainEqual({
      code: 'PARTIAL',
      text: 'No result for death within 24 months: it needs N stage (not in the record)',
    });
    expect(result.group).toBeNull();
    expect(result.groupNote).toBe('the model defines no risk groups');
  });

  it('none can be evaluated: not assessable, with every missing input', () => {
    const result = evaluate({ facts: { nStage: undefined, age: undefined } }, model);
    expect(result.status).toBe('not-assessable');
    expect(result.reasons).toEqual(['Age: not in the record', 'N stage: not in the record']);
  });

  it('a comparison of a part of the cohort needs the fact', () => {
    const comparison = {
      label: 'x',
      event: 'death' as const,
      hazardRatio: 0.7,
      ci95: [0.5, 0.9] as [number, number],
      source: 'y',
    };
    const comparisons = [comparison, { ...comparison, label: 'part', when: { fact: 'livers', equals: false } }];
    const labels = (fact?: NamedValue) =>
      evaluate({ facts: { livers: fact } }, { ...model, comparisons }).comparisons.map(({ label }) => label);
    expect(labels()).toEqual(['x']);
    expect(labels(constructedFact(true))).toEqual(['x']);
    expect(labels(constructedFact(false))).toEqual(['x', 'part']);
  });
});
