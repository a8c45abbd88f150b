import { describe, expect, it } from 'vitest';
import { decideIndicator, isOutsideEveryPopulation } from '../../../cds-hooks/card-indicator.ts';
import type { Endpoint } from '../../../src/models/form-schema.ts';
import type { ModelResult, ModelWarning, Outcome, RiskGroup } from '../../../src/models/model-result.ts';
import type { Standing } from '../../../src/models/model-schema.ts';
import { mappings } from '../../helpers/fhir-resources.ts';

const order = { drugs: ['atezolizumab'], references: ['MedicationRequest/a'] };

function decide(
  model: string,
  [event, group]: [Endpoint['event'], RiskGroup | null],
  warnings: readonly ModelWarning['code'][],
  orders: typeof order | null,
) {
  const outcome = { endpoint: { event }, group } as Outcome;
  const said = warnings.map((code) => ({ code, text: `text of ${code}` }));
  return decideIndicator({ model: { id: model }, outcomes: [outcome], warnings: said }, orders, mappings.advice);
}

describe('order and risk disagree', () => {
  it.each<[string, Parameters<typeof decide>, 'info' | 'warning', string[]]>([
    [
      'high progression risk, as on chemotherapy alone',
      ['es-sclc-pfs-cox', ['progression', 'high'], [], order],
      'warning',
      ['chemotherapy alone'],
    ],
    ['the same when the chart is opened', ['es-sclc-pfs-cox', ['progression', 'high'], [], null], 'info', []],
    ['low progression risk', ['es-sclc-pfs-cox', ['progression', 'low'], [], order], 'info', []],
    [
      'high risk of death: no study says that the drug does not help',
      ['es-sclc-os24-nomogram-demo', ['death', 'high'], [], order],
      'info',
      [],
    ],
    [
      'high progression risk of a model without such a finding',
      ['nsclc-durable-benefit-rf', ['progression', 'high'], [], order],
      'info',
      [],
    ],
    [
      'outside the range of the cohort',
      ['any', ['death', 'low'], ['OUTSIDE_RANGE'], order],
      'warning',
      ['text of OUTSIDE_RANGE'],
    ],
    ['another contrast phase', ['any', ['death', 'low'], ['OTHER_PHASE'], order], 'warning', ['text of OTHER_PHASE']],
    [
      'thicker slices',
      ['any', ['death', 'low'], ['OTHER_SLICE_THICKNESS'], order],
      'warning',
      ['text of OTHER_SLICE_THICKNESS'],
    ],
    [
      'another population',
      ['any', ['death', null], ['POPULATION_OTHER'], order],
      'warning',
      ['text of POPULATION_OTHER'],
    ],
    [
      'outside the population when the chart is opened',
      ['any', ['death', null], ['POPULATION_OTHER'], null],
      'info',
      [],
    ],
    ['not known whether the population fits', ['any', ['death', 'high'], ['POPULATION_UNKNOWN'], order], 'info', []],
    [
      'other weaknesses',
      ['any', ['death', 'high'], ['MASK_AUTOMATIC', 'IMAGING_OLD', 'INPUT_IMPUTED', 'PARTIAL'], order],
      'info',
      [],
    ],
  ])('%s', (_title, given, indicator, why) => {
    const decided = decide(...given);
    expect(decided.indicator).toBe(indicator);
    expect(decided.why).toHaveLength(why.length);
    for (const [at, text] of why.entries()) expect(decided.why[at]).toContain(text);
  });
});

describe('outside the population of every model for the cancer of the patient', () => {
  type Given = readonly ['sclc' | 'nsclc', Standing, ModelResult['status']];
  const ruledOut: Given = ['sclc', 'published', 'not-applicable'];
  const open: Given = ['sclc', 'published', 'not-assessable'];
  const demonstration: Given = ['sclc', 'synthetic-demo', 'not-applicable'];
  const otherCancer: Given = ['nsclc', 'published', 'not-applicable'];
  const rule = (equals: string) => ({ fact: 'histology', equals, whenUnknown: 'abstain' as const, reason: 'made up' });
  it.each<[string, readonly Given[], { synthetic?: boolean; unread?: string[]; histology?: string | null }, boolean]>([
    ['each model is ruled out', [ruledOut, ruledOut], {}, true],
    ['one lacks something, and may yet apply', [ruledOut, open], {}, false],
    ['a part of the record was not read', [ruledOut], { unread: ['Condition'] }, false],
    ['models for the other kind of lung cancer do not count', [ruledOut, otherCancer], {}, true],
    ['no model is for this kind of lung cancer', [otherCancer], {}, false],
    ['the kind of cancer is not known', [ruledOut], { histology: null }, false],
    ['demonstration models say nothing about a person', [demonstration, ruledOut], {}, true],
    ['only demonstration models, for a person', [demonstration], {}, false],
    ['only demonstration models, for a synthetic patient', [demonstration], { synthetic: true }, true],
    ['no model at all', [], {}, false],
  ])('%s', (_title, given, { synthetic = false, unread = [], histology = 'sclc' }, outside) => {
    const models = given.map(([, standing, status], at) => ({ model: { id: `model-${at}`, standing }, status }));
    const populations = given.map(([cancer], at) => ({ id: `model-${at}`, applicability: [rule(cancer)] }));
    expect(isOutsideEveryPopulation({ models, histology, synthetic, unread }, populations)).toBe(outside);
  });
});
