import { describe, expect, it } from 'vitest';
import { type AssessmentParts, buildAssessment } from '../../../src/assessment/assessment.ts';
import { combineRisk } from '../../../src/assessment/combined-risk.ts';
import { trendSentence } from '../../../src/assessment/sentences.ts';
import type { Fact } from '../../../src/fhir/facts.ts';
import type { RegisteredModel } from '../../../src/models/registry.ts';
import { constructedModel } from '../../helpers/constructed-model.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';

/** Without images: logit = -1 + 0.1 age + 0.5 N, cut at 0.6. */
const plain: RegisteredModel = {
  ...constructedModel,
  images: [],
  signatures: [],
  inputs: constructedModel.inputs.filter(({ name }) => name !== 'beforeScore'),
  forms: constructedModel.forms.map((form) =>
    form.type === 'logistic' ? { ...form, intercept: -7, terms: form.terms.slice(1) } : form,
  ),
};
const base = [
  fact('histology', 'sclc', null, '2026-08-01'),
  fact('therapyLine', 1, null, '2026-08-01'),
  fact('age', 60, 'a', '2026-11-21'),
];

function assess(timeline: readonly Fact[], more: Partial<AssessmentParts> = {}, asOf = '2026-11-21T12:00:00.000Z') {
  return buildAssessment({
    id: asOf,
    createdAt: asOf,
    facts: clinicalFacts(timeline, { asOf }),
    featureSets: [],
    settingsHashes: {},
    imagingStatus: undefined,
    models: [plain],
    contextFacts: {},
    versions: { deltascope: '0', extractor: '1' },
    unavailable: {},
    previous: undefined,
    ...more,
  });
}

const nStage = (value: number, date: string) => fact('nStage', value, null, date);
const before = assess([...base, nStage(1, '2026-09-01')], {}, '2026-09-03T12:00:00.000Z');

describe('trend since the last assessment', () => {
  it('is none without an earlier one', () => {
    expect(before.trend).toBeNull();
  });

  it('says by how much the result and which input changed', () => {
    const now = assess([...base, nStage(3, '2026-11-10')], { previous: before });
    expect(now.trend?.previous).toEqual({ id: before.id, asOf: before.asOf, group: 'low' });
    const [change] = now.trend?.changes ?? [];
    // logit -7 + 6 + 0.5 = -0.5 then, -7 + 6 + 1.5 = 0.5 now
    expect(change?.outcomes[0]?.from).toEqual({ value: expect.closeTo(1 / (1 + Math.exp(0.5)), 12), group: 'low' });
    expect(change?.outcomes[0]?.to).toEqual({ value: expect.closeTo(1 / (1 + Math.exp(-0.5)), 12), group: 'high' });
    expect(change?.inputs.map(({ name, from, to }) => [name, from?.value, to?.value])).toEqual([['nStage', 1, 3]]);
    const [result] = now.models;
    if (result === undefined) throw new Error('no result');
    expect(trendSentence(now, result)).toBe(
      'Since 3 Sep 2026: death within 24 months about 40% to about 60%, low to high; N stage N1 to N3',
    );
  });

  it('names an input that has gone missing, and a status that changed', () => {
    const now = assess(base, { previous: before });
    expect(now.trend?.changes[0]).toMatchObject({
      status: { from: 'assessed', to: 'not-assessable' },
      inputs: [{ name: 'nStage', from: { value: 1 }, to: null }],
    });
  });

  it('is empty when nothing changed, and says when the model was replaced', () => {
    const same = [...base, nStage(1, '2026-09-01')];
    expect(assess(same, { previous: before }).trend?.changes).toEqual([]);
    const replaced = assess(same, { previous: before, models: [{ ...plain, hash: 'e'.repeat(64) }] });
    expect(replaced.trend?.changes).toMatchObject([{ modelReplaced: true, outcomes: [], inputs: [] }]);
  });
});

describe('all models together', () => {
  const [low] = before.models;
  const [high] = assess([...base, nStage(3, '2026-11-10')]).models;
  if (low === undefined || high === undefined) throw new Error('no result');
  const clinical = { ...high, model: { ...high.model, standing: 'site-fitted' as const } };

  it('states agreement and conflict, shows the highest group, and says when it is a demonstration', () => {
    expect(combineRisk([high, high])).toEqual({
      group: 'high',
      conflict: false,
      demonstration: true,
      statement: '2 results agree (death within 24 months: high; death within 24 months: high)',
    });
    expect(combineRisk([low, high])).toMatchObject({ group: 'high', conflict: true });
    expect(combineRisk([low, high]).statement).toMatch(/^Results disagree/);
    expect(combineRisk([clinical])).toMatchObject({ demonstration: false });
  });

  it('gives no group where no model does', () => {
    expect(combineRisk([])).toMatchObject({ group: null, statement: 'No model could be assessed' });
    const [abstained] = assess(base).models;
    expect(combineRisk(abstained ? [abstained] : [])).toMatchObject({ group: null, conflict: false });
  });
});
