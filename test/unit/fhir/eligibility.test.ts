import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import {
  administration,
  concept,
  condition,
  factsOf,
  idOf,
  observation,
  order,
  problemCodes,
  sclc,
  snomed,
  statement,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const icd10 = 'http://hl7.org/fhir/sid/icd-10';
const icd10cm = 'http://hl7.org/fhir/sid/icd-10-cm';
const icd10gm = 'http://fhir.de/CodeSystem/bfarm/icd-10-gm';
const icdO3 = 'http://terminology.hl7.org/CodeSystem/icd-o-3';
const status = (code: string) => ({
  clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', code),
});

describe('active autoimmune disease', () => {
  test.each([
    [icd10, 'M05.8', 'Seropositive rheumatoid arthritis'],
    [icd10cm, 'M06.9', 'Rheumatoid arthritis, unspecified'],
    [icd10gm, 'K50.1', "Crohn's disease"],
    [icd10cm, 'G70.01', 'Myasthenia gravis'],
    [snomed, '55464009', 'Systemic lupus erythematosus'],
    [snomed, '24700007', 'Multiple sclerosis'],
  ])('%s %s', (system, code, name) => {
    const disease = condition(concept(system, code));
    expect(newest(factsOf([disease]), 'autoimmuneDisease')).toMatchObject({
      value: true,
      date: '2026-01-10',
      sources: [idOf(disease)],
      derivation: name,
    });
  });

  test.each([
    ['in remission', condition(concept(snomed, '34000006'), status('remission'))],
    [
      'suspected',
      condition(concept(snomed, '34000006'), { verificationStatus: { coding: [{ code: 'differential' }] } }),
    ],
    ['later', condition(concept(snomed, '34000006'), { onsetDateTime: '2027-01-01' })],
    ['type 1 diabetes, which studies allow', condition(concept(icd10, 'E10.9'))],
    ['autoimmune thyroiditis, which studies allow', condition(concept(icd10, 'E06.3'))],
    ['gouty arthritis, no autoimmune disease', condition(concept(icd10, 'M10.0'))],
  ])('%s: none, and its absence is never a fact', (_, disease) => {
    expect(valuesOf(factsOf([disease]), 'autoimmuneDisease')).toEqual([]);
  });
});

describe('another active cancer', () => {
  test.each([
    ['ICD-10 C50.9', condition(concept(icd10cm, 'C50.911'))],
    ['ICD-10 C91.1', condition(concept(icd10, 'C91.1'))],
    ['SNOMED of the prostate', condition(concept(snomed, '399068003'))],
    [
      'any primary cancer by its profile',
      condition(concept(snomed, '92814006'), {
        meta: { profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-primary-cancer-condition|4.0.0'] },
      }),
    ],
  ])('%s', (_, cancer) => {
    expect(newest(factsOf([sclc(), cancer]), 'otherActiveCancer')).toMatchObject({
      value: true,
      sources: [idOf(cancer)],
    });
  });

  test.each([
    ['the lung cancer itself', condition(concept(icd10, 'C34.1'))],
    ['its metastasis', condition(concept(icd10, 'C78.7'))],
    ['an unknown primary, which may be the lung', condition(concept(icd10, 'C80.9'))],
    ['one in remission', condition(concept(icd10, 'C50.9'), status('remission'))],
    ['a benign tumour', condition(concept(icd10, 'D24'))],
  ])('%s is none', (_, cancer) => {
    expect(valuesOf(factsOf([sclc(), cancer]), 'otherActiveCancer')).toEqual([]);
  });

  test('an abatement later than asOf: it was active then', () => {
    const cancer = condition(concept(icd10, 'C50.9'), { ...status('resolved'), abatementDateTime: '2026-10-01' });
    const at = (asOf: string) => valuesOf(factsOf([cancer], { asOf: new Date(asOf) }), 'otherActiveCancer');
    expect([at('2026-09-01T00:00:00Z'), at('2026-11-01T00:00:00Z')]).toEqual([[true], []]);
  });
});

describe('combined small-cell carcinoma', () => {
  const extension = (code: string) => ({
    extension: [
      {
        url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior',
        valueCodeableConcept: concept(icdO3, code),
      },
    ],
  });

  test('by the morphology of the lung cancer, which is small-cell', () => {
    const facts = factsOf([condition(concept(icd10, 'C34.1'), extension('8045/3'))]);
    expect([valuesOf(facts, 'combinedHistology'), valuesOf(facts, 'histology')]).toEqual([[true], ['sclc']]);
  });

  test('by an Observation of histology', () => {
    const histology = observation('31206-6', { valueCodeableConcept: concept(snomed, '21326004') });
    expect(valuesOf(factsOf([sclc(), histology]), 'combinedHistology')).toEqual([true]);
    expect(valuesOf(factsOf([histology]), 'combinedHistology')).toEqual([]);
  });

  test('pure small-cell carcinoma is none', () => {
    expect(valuesOf(factsOf([sclc(extension('8041/3'))]), 'combinedHistology')).toEqual([]);
  });
});

const atc = 'http://www.whocc.no/atc';
const rxnorm = 'http://www.nlm.nih.gov/research/umls/rxnorm';
const oral = { route: concept(snomed, '26643006') };
const daily = { timing: { repeat: { frequency: 1, period: 1, periodUnit: 'd' } } };
const mg = (value: number, more: Record<string, unknown> = {}) => ({
  doseAndRate: [{ doseQuantity: { value, unit: 'mg', system: 'http://unitsofmeasure.org', code: 'mg' } }],
  ...daily,
  ...more,
});
const prescribed = (code: string, dosage: Record<string, unknown>, fields: Record<string, unknown> = {}) =>
  order(
    { medicationCodeableConcept: concept(atc, code) },
    { status: 'active', authoredOn: '2026-11-01', dosageInstruction: [dosage], ...fields },
  );

describe('dose of glucocorticoids, prednisone equivalent (BNF: 5 mg of prednisolone)', () => {
  test.each([
    ['prednisone 10', 'H02AB07', 10, 10],
    ['prednisolone 7.5', 'H02AB06', 7.5, 7.5],
    ['methylprednisolone 16: 16 / 4 x 5', 'H02AB04', 16, 20],
    ['dexamethasone 4: 4 / 0.75 x 5', 'H02AB02', 4, 26.6666666667],
    ['betamethasone 1.5: 1.5 / 0.75 x 5', 'H02AB01', 1.5, 10],
    ['hydrocortisone 30: 30 / 20 x 5', 'H02AB09', 30, 7.5],
    ['cortisone 25', 'H02AB10', 25, 5],
    ['triamcinolone 8: 8 / 4 x 5', 'H02AB08', 8, 10],
    ['deflazacort 12: 12 / 6 x 5', 'H02AB13', 12, 10],
  ])('%s mg/d', (_, code, dose, expected) => {
    const use = prescribed(code, mg(dose));
    expect(newest(factsOf([use]), 'steroidDose')).toMatchObject({
      value: expected,
      unit: 'mg/d',
      date: '2026-11-01',
      sources: [idOf(use)],
      status: 'derived',
    });
  });

  test.each([
    ['twice a day', { timing: { repeat: { frequency: 2, period: 1, periodUnit: 'd' } } }, 10],
    ['every 12 hours', { timing: { repeat: { frequency: 1, period: 12, periodUnit: 'h' } } }, 10],
    ['every other day', { timing: { repeat: { frequency: 1, period: 2, periodUnit: 'd' } } }, 2.5],
    ['once a week', { timing: { repeat: { frequency: 7, period: 1, periodUnit: 'wk' } } }, 5],
    ['BID', { timing: { code: concept('http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation', 'BID') } }, 10],
  ])('5 mg %s', (_, timing, expected) => {
    expect(valuesOf(factsOf([prescribed('H02AB07', mg(5, timing))]), 'steroidDose')).toEqual([expected]);
  });

  test('two drugs add up; one drug ordered and stated counts once', () => {
    const stated = statement('H02AB07', {
      status: 'active',
      effectivePeriod: { start: '2026-11-02' },
      dosage: [mg(5)],
    });
    expect(valuesOf(factsOf([prescribed('H02AB07', mg(5)), stated]), 'steroidDose')).toEqual([5]);
    expect(valuesOf(factsOf([prescribed('H02AB09', mg(20)), stated]), 'steroidDose')).toEqual([10]);
    const morningAndNoon = [prescribed('H02AB07', mg(10)), prescribed('H02AB07', mg(5))];
    expect(valuesOf(factsOf(morningAndNoon), 'steroidDose')).toEqual([15]);
  });

  const tablet = {
    medicationCodeableConcept: { coding: [{ system: rxnorm, code: '0', display: 'predniSONE 10 MG Oral Tablet' }] },
  };
  const ingredient = { medicationCodeableConcept: concept(rxnorm, '3264') };
  const active = (medication: Record<string, unknown>, dosage: Record<string, unknown>) =>
    order(medication, { status: 'active', authoredOn: '2026-11-01', dosageInstruction: [dosage] });

  test('by RxNorm ingredient with a systemic route, and by the name of a product', () => {
    expect(valuesOf(factsOf([active(ingredient, mg(1.5, oral))]), 'steroidDose')).toEqual([10]);
    expect(valuesOf(factsOf([active(tablet, mg(10))]), 'steroidDose')).toEqual([10]);
  });

  test.each([
    ['eye drops by ATC', prescribed('S01BA01', mg(1))],
    ['a local route', active(ingredient, mg(1, { route: concept(snomed, '54485002') }))],
    ['a draft', prescribed('H02AB07', mg(20), { status: 'draft' })],
    ['a stopped order', prescribed('H02AB07', mg(20), { status: 'stopped' })],
    ['a plan', prescribed('H02AB07', mg(20), { intent: 'plan' })],
    ['an order not to give it', prescribed('H02AB07', mg(20), { doNotPerform: true })],
    ['an order of later', prescribed('H02AB07', mg(20), { authoredOn: '2026-12-01' })],
    [
      'an order whose time is over',
      prescribed(
        'H02AB07',
        mg(20, { timing: { repeat: { ...daily.timing.repeat, boundsPeriod: { end: '2026-11-10' } } } }),
      ),
    ],
    [
      'a statement of the past',
      statement('H02AB07', { effectivePeriod: { start: '2026-01-01', end: '2026-02-01' }, dosage: [mg(20)] }),
    ],
  ])('%s: no fact and no problem', (_, use) => {
    const facts = factsOf([use]);
    expect([valuesOf(facts, 'steroidDose'), facts.problems]).toEqual([[], []]);
  });

  const unknown: [string, Resource][] = [
    ['no frequency', prescribed('H02AB07', { ...mg(10), timing: undefined })],
    ['as needed', prescribed('H02AB07', mg(10, { asNeededBoolean: true }))],
    ['tablets', prescribed('H02AB07', { ...daily, doseAndRate: [{ doseQuantity: { value: 2, unit: 'tablets' } }] })],
    ['words only', prescribed('H02AB07', { text: '10 mg daily' })],
    [
      'a limit and no frequency',
      prescribed('H02AB07', { ...mg(10), timing: undefined, maxDosePerPeriod: { numerator: { value: 1 } } }),
    ],
    ['a drug without a factor', prescribed('H02AB03', mg(10))],
    ['no route', active(ingredient, mg(4))],
    ['no dosage', prescribed('H02AB07', {}, { dosageInstruction: undefined })],
    ['an administration alone', administration('H02AB02', '2026-11-20')],
  ];
  test.each(unknown)('%s: no dose, and that is said', (_, use) => {
    // Another drug whose dose is known makes no sum either.
    const facts = factsOf([use, prescribed('H02AB09', mg(20))]);
    expect([valuesOf(facts, 'steroidDose'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('premedication of some weeks ago is no present dose', () => {
    expect(factsOf([administration('H02AB02', '2026-11-01')]).problems).toEqual([]);
  });
});
