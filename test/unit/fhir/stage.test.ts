import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import {
  concept,
  factsOf,
  idOf,
  loinc,
  observation,
  problemCodes,
  snomed,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const ajccStrings = 'http://cancerstaging.org';
const uiccStrings = 'https://www.uicc.org/resources/tnm';

function category(code: string, system: string, value: Record<string, unknown>, fields: Record<string, unknown> = {}) {
  return observation(code, { valueCodeableConcept: value, ...fields }, system);
}

describe('T, N and M category', () => {
  test.each([
    ['nStage', '399534004', snomed, concept(snomed, '1229984001'), 3],
    ['nStage', '371494008', snomed, concept(snomed, '1229947003'), 0],
    ['nStage', '277206009', snomed, concept(snomed, '1229982002'), 2],
    ['nStage', '21906-3', loinc, concept(snomed, '1229973008'), 1],
    ['nStage', '21900-6', loinc, concept(ajccStrings, 'pN2a'), 2],
    ['nStage', '21912-1', loinc, concept(uiccStrings, 'N3'), 3],
    ['nStage', '399534004', snomed, concept(uiccStrings, '3'), 3],
    ['nStage', '399534004', snomed, { text: 'cN3' }, 3],
    ['nStage', '399534004', snomed, { text: 'ycN1' }, 1],
    ['nStage', '21906-3', loinc, concept(snomed, '5856006'), 3],
    ['tStage', '399504009', snomed, concept(snomed, '1228938002'), 3],
    ['tStage', '21905-5', loinc, concept(ajccStrings, 'cT1mi'), 1],
    ['tStage', '21905-5', loinc, concept(ajccStrings, 'cT2b'), 2],
    ['mStage', '399387003', snomed, concept(snomed, '1229901006'), 0],
    ['mStage', '371497001', snomed, concept(snomed, '1229916009'), 1],
    ['mStage', '21907-1', loinc, concept(ajccStrings, 'cM1c1'), 1],
    ['mStage', '21907-1', loinc, concept(ajccStrings, 'cM0 (i+)'), 0],
  ] as const)('%s of %s (%s) with %j is %d', (key, code, system, value, expected) => {
    const resource = category(code, system, value);
    expect(newest(factsOf([resource]), key)).toMatchObject({ value: expected, unit: null, sources: [idOf(resource)] });
  });

  test.each([
    ['a number', { valueInteger: 3 }],
    ['a quantity', { valueQuantity: { value: 3 } }],
    ['a string', { valueString: 'N3' }],
  ])('N3 as %s', (_, value) => {
    expect(valuesOf(factsOf([observation('399534004', value, snomed)]), 'nStage')).toEqual([3]);
  });

  test.each([
    ['NX by SNOMED', concept(snomed, '1229966003')],
    ['NX by AJCC', concept(ajccStrings, 'cNX')],
    ['N9', { text: 'N9' }],
    ['a stage group', concept(ajccStrings, '3C')],
    ['a code that is in no table', concept(snomed, '261638004', { display: 'cN3' })],
    ['a display without a code', { coding: [{ display: 'cN3' }] }],
  ])('%s is a problem and no fact', (_, value) => {
    const facts = factsOf([category('399534004', snomed, value)]);
    expect([valuesOf(facts, 'nStage'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('a category that is absent on purpose is neither', () => {
    const absent = concept('http://terminology.hl7.org/CodeSystem/data-absent-reason', 'not-applicable');
    const facts = factsOf([category('371497001', snomed, absent)]);
    expect([valuesOf(facts, 'mStage'), facts.problems]).toEqual([[], []]);
  });

  test('the newest counts; of one day the clinical one', () => {
    const facts = factsOf([
      category('371494008', snomed, concept(snomed, '1229947003')),
      category('399534004', snomed, concept(snomed, '1229984001')),
      category('399534004', snomed, concept(snomed, '1229973008'), { effectiveDateTime: '2026-01-01' }),
    ]);
    expect(valuesOf(facts, 'nStage')).toEqual([3, 0, 1]);
  });

  test.each([
    ['entered-in-error', []],
    ['preliminary', ['LAB_NOT_FINAL']],
  ])('status %s does not count', (status, problems) => {
    const facts = factsOf([category('399534004', snomed, concept(snomed, '1229984001'), { status })]);
    expect([valuesOf(facts, 'nStage'), problemCodes(facts)]).toEqual([[], problems]);
  });

  test('an older NX is no problem once a category is known', () => {
    const facts = factsOf([
      category('399534004', snomed, concept(snomed, '1229966003'), { effectiveDateTime: '2026-01-01' }),
      category('399534004', snomed, concept(snomed, '1229984001')),
    ]);
    expect([valuesOf(facts, 'nStage'), facts.problems]).toEqual([[3], []]);
  });

  test('what is later than asOf is not known yet', () => {
    const facts = factsOf([
      category('399534004', snomed, concept(snomed, '1229984001'), { effectiveDateTime: '2026-12-24' }),
    ]);
    expect([valuesOf(facts, 'nStage'), facts.problems]).toEqual([[], []]);
  });
});

describe('ECOG performance status', () => {
  test.each([
    ['mCODE integer', '89247-1', loinc, { valueInteger: 0 }, 0],
    ['LOINC answer', '89247-1', loinc, { valueCodeableConcept: concept(loinc, 'LA9624-3') }, 2],
    ['SNOMED grade', '423740007', snomed, { valueCodeableConcept: concept(snomed, '422512005') }, 1],
    ['older LOINC code', '42800-3', loinc, { valueCodeableConcept: concept(loinc, 'LA9625-0') }, 3],
    ['text', '89247-1', loinc, { valueString: 'ECOG 1' }, 1],
  ])('%s', (_, code, system, value, expected) => {
    expect(valuesOf(factsOf([observation(code, value, system)]), 'ecog')).toEqual([expected]);
  });

  test('7 is none', () => {
    const facts = factsOf([observation('89247-1', { valueInteger: 7 })]);
    expect([valuesOf(facts, 'ecog'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('without a date it is not used', () => {
    const facts = factsOf([observation('89247-1', { valueInteger: 1, effectiveDateTime: undefined })]);
    expect([valuesOf(facts, 'ecog'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });
});
