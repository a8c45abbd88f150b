import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import {
  bodyStructure,
  concept,
  condition,
  factsOf,
  idOf,
  lab,
  loinc,
  observation,
  sclc,
  snomed,
  subject,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

describe('body mass index from weight and height', () => {
  test('outside its range it is set aside, and that is said', () => {
    const weight = lab('29463-7', 70, 'kg');
    const facts = factsOf([
      weight,
      lab('8302-2', 250, 'cm'),
      lab('29463-7', 20, 'kg', { effectiveDateTime: '2026-11-01' }),
    ]);
    expect(newest(facts, 'bmi')).toMatchObject({ value: 11.2, unit: 'kg/m2' });
    const wrong = factsOf([lab('29463-7', 300, 'kg'), lab('8302-2', 110, 'cm')]);
    expect(valuesOf(wrong, 'bmi')).toEqual([]);
    expect(wrong.problems).toMatchObject([{ code: 'LAB_IMPLAUSIBLE', key: 'bmi' }]);
    expect(wrong.problems[0]?.text).toContain('247.9 kg/m2 from 300 kg and 110 cm');
  });

  test('a newer usable one makes up for it', () => {
    const later = { effectiveDateTime: '2026-11-19' };
    const facts = factsOf([lab('29463-7', 300, 'kg'), lab('8302-2', 110, 'cm'), lab('39156-5', 24, 'kg/m2', later)]);
    expect([valuesOf(facts, 'bmi'), facts.problems]).toEqual([[24], []]);
  });
});

describe('smoking index: cigarettes a day x years', () => {
  test('pack-years x 20', () => {
    const packYears = lab('8664-5', 30, '{pack-years}');
    expect(newest(factsOf([packYears]), 'smokingIndex')).toMatchObject({
      value: 600,
      unit: '{cigarettes}.a/d',
      sources: [idOf(packYears)],
      status: 'derived',
    });
  });

  test('never smoked: 0; smoked without an amount: unknown', () => {
    const status = (code: string) => observation('72166-2', { valueCodeableConcept: concept(snomed, code) });
    expect(valuesOf(factsOf([status('266919005')]), 'smokingIndex')).toEqual([0]);
    expect(valuesOf(factsOf([status('8517006')]), 'smokingIndex')).toEqual([]);
  });
});

describe('maximum tumour diameter', () => {
  const size = (value: number, fields: Record<string, unknown> = {}) =>
    observation('21889-1', {
      component: [
        { code: concept(loinc, '33728-7'), valueQuantity: { value, code: 'cm' } },
        { code: concept(loinc, '33729-5'), valueQuantity: { value: 9, code: 'cm' } },
      ],
      ...fields,
    });

  test('the longest dimension of the mCODE tumour size, in mm; the other dimension is none', () => {
    const tumour = size(4.2);
    expect(newest(factsOf([sclc(), tumour]), 'tumourDiameter')).toMatchObject({
      value: 42,
      unit: 'mm',
      sources: [idOf(tumour)],
    });
  });

  test('of several of one time the largest, and the newest time', () => {
    const older = size(8, { effectiveDateTime: '2026-01-18T08:00:00Z' });
    expect(valuesOf(factsOf([sclc(), size(3), size(4.2), older]), 'tumourDiameter')).toEqual([42, 80]);
  });

  test('not that of a metastasis, and none without a lung cancer', () => {
    const extension = [{ url: 'x/mcode-related-condition', valueReference: { reference: 'Condition/liver' } }];
    const liver = condition(concept(snomed, '94381002'), { id: 'liver' });
    const lesion = bodyStructure({ id: 'lesion', extension });
    const focus = [{ reference: 'BodyStructure/lesion' }];
    expect(valuesOf(factsOf([sclc(), liver, lesion, size(6, { focus }), size(3)]), 'tumourDiameter')).toEqual([30]);
    expect(valuesOf(factsOf([size(3)]), 'tumourDiameter')).toEqual([]);
  });
});

describe('metastases of any organ', () => {
  const m = (code: string) => observation('21907-1', { valueCodeableConcept: concept(snomed, code) });

  test.each([
    ['liver', [condition(concept(snomed, '94381002'))], [true]],
    ['site unknown', [condition(concept(snomed, '128462008'))], [true]],
    ['M1', [m('1229904003')], [true]],
    ['M0', [m('1229901006')], [false]],
    ['lymph nodes only', [condition(concept(snomed, '94392001'))], []],
    ['nothing recorded', [], []],
  ])('%s', (_, resources, expected) => {
    expect(valuesOf(factsOf([sclc(), ...resources]), 'metastases')).toEqual(expected);
  });
});

test('LIPI says its inputs: dNLR, LDH and its limit', () => {
  const count = (code: string, value: number) => lab(code, value, '10*9/L');
  const ldh = lab('2532-0', 300, 'U/L', { referenceRange: [{ high: { value: 250, code: 'U/L' } }] });
  // dNLR 6.4 / (8.4 - 6.4) = 3.2.
  const lipi = newest(factsOf([count('751-8', 6.4), count('6690-2', 8.4), ldh]), 'lipi');
  expect(lipi).toMatchObject({
    value: 2,
    derivation: 'number of: dNLR > 3 (is 3.2), LDH > upper limit of normal 250 (is 300 U/L)',
  });
  expect(lipi?.sources).toHaveLength(3);
});

describe('resection of the lung', () => {
  const procedure = (fields: Record<string, unknown>) => ({
    ...{ resourceType: 'Procedure', id: 'resection', status: 'completed', subject },
    ...{ performedDateTime: '2026-03-01', ...fields },
  });
  const ops = 'http://fhir.de/CodeSystem/bfarm/ops';

  test.each([
    ['lobectomy', { code: concept(snomed, '173171007') }, [true]],
    ['OPS 5-323.51', { code: concept(ops, '5-323.51') }, [true]],
    ['destruction in a bronchus, OPS 5-320.0', { code: concept(ops, '5-320.0') }, []],
    ['biopsy', { code: concept(snomed, '432231006') }, []],
    ['not done', { code: concept(snomed, '173171007'), status: 'not-done' }, []],
    ['years before the cancer', { code: concept(snomed, '173171007'), performedDateTime: '2019-03-01' }, []],
  ])('%s', (_, fields, expected) => {
    expect(valuesOf(factsOf([sclc(), procedure(fields)]), 'surgery')).toEqual(expected);
  });

  test('without a lung cancer it is none of it', () => {
    expect(valuesOf(factsOf([procedure({ code: concept(snomed, '173171007') })]), 'surgery')).toEqual([]);
  });
});
