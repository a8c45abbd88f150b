import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import {
  administration,
  concept,
  condition,
  factsOf,
  idOf,
  loinc,
  observation,
  problemCodes,
  sclc,
  snomed,
  subject,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const nsclc = (code: string, fields = {}) => condition(concept(snomed, code), fields);
const icdO3 = 'http://terminology.hl7.org/CodeSystem/icd-o-3';
const iiic = concept(snomed, '1222806003');

describe('stage group', () => {
  test.each([
    ['SNOMED', '399537006', snomed, { valueCodeableConcept: iiic }, 'IIIC'],
    [
      'older LOINC, clinical',
      '21908-9',
      loinc,
      { valueCodeableConcept: concept('http://cancerstaging.org', '3C') },
      'IIIC',
    ],
    ['older LOINC, pathologic', '21902-2', loinc, { valueString: 'Stage IVA' }, 'IVA'],
    [
      'UICC',
      '399390009',
      snomed,
      { valueCodeableConcept: concept('https://www.uicc.org/resources/tnm', 'IA2') },
      'IA2',
    ],
    ['old SNOMED', '21914-7', loinc, { valueCodeableConcept: concept(snomed, '261638004') }, 'IIIA'],
  ])('Observation, %s', (_, code, system, value, expected) => {
    expect(valuesOf(factsOf([observation(code, value, system)]), 'stageGroup')).toEqual([expected]);
  });

  test('a T category is none, and is a problem', () => {
    const facts = factsOf([observation('399537006', { valueString: 'cT3' }, snomed)]);
    expect([valuesOf(facts, 'stageGroup'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('Condition.stage, unless its assessment is in the record', () => {
    const assessed = { assessment: [{ reference: 'Observation/stage' }] };
    const cancer = nsclc('254637007', { stage: [{ summary: iiic, ...assessed }] });
    expect(newest(factsOf([cancer]), 'stageGroup')).toMatchObject({ value: 'IIIC', sources: [idOf(cancer)] });
    const value = { id: 'stage', valueCodeableConcept: concept(snomed, '1222769001') };
    expect(valuesOf(factsOf([cancer, observation('399537006', value, snomed)]), 'stageGroup')).toEqual(['IIB']);
  });

  test('stage as a second Condition; that of another cancer does not count', () => {
    expect(valuesOf(factsOf([sclc(), nsclc('67831000119107')]), 'stageGroup')).toEqual(['III']);
    const breast = condition(concept(snomed, '254837009'), { id: 'breast', stage: [{ summary: iiic }] });
    const ofBreast = observation(
      '399537006',
      { valueCodeableConcept: iiic, focus: [{ reference: 'Condition/breast' }] },
      snomed,
    );
    expect(valuesOf(factsOf([sclc(), breast, ofBreast]), 'stageGroup')).toEqual([]);
  });

  test('small-cell cancer of stage IV is extensive; M0 contradicts', () => {
    const iv = observation('399537006', { valueString: 'IV' }, snomed);
    expect(valuesOf(factsOf([sclc(), iv]), 'extent')).toEqual(['extensive']);
    const m0 = observation('399387003', { valueCodeableConcept: concept(snomed, '1229901006') }, snomed);
    expect(valuesOf(factsOf([sclc(), iv, m0]), 'extent')).toEqual([]);
  });
});

describe('subtype of non-small-cell cancer', () => {
  test.each([
    ['254626006', 'adenocarcinoma'],
    ['254634000', 'squamous'],
    ['707408006', 'squamous'],
    ['254629004', 'large-cell'],
  ])('SNOMED %s is %s', (code, expected) => {
    expect(valuesOf(factsOf([nsclc(code)]), 'histologySubtype')).toEqual([expected]);
  });

  test('from an Observation where the Condition leaves it open; none of small-cell cancer', () => {
    const adeno = observation('31206-6', { valueCodeableConcept: concept(icdO3, '8140/3') });
    expect(valuesOf(factsOf([nsclc('254637007'), adeno]), 'histologySubtype')).toEqual(['adenocarcinoma']);
    expect(valuesOf(factsOf([sclc(), adeno]), 'histologySubtype')).toEqual([]);
  });

  test('two subtypes of one date: neither', () => {
    const facts = factsOf([nsclc('254626006'), nsclc('254634000')]);
    expect([valuesOf(facts, 'histologySubtype'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });
});

test.each([
  ['adrenalMetastases', '94161006', 'pleuralMetastases'],
  ['pleuralMetastases', '94493005', 'adrenalMetastases'],
] as const)('%s by SNOMED %s, and %s is documented as absent', (key, code, other) => {
  const facts = factsOf([sclc(), condition(concept(snomed, code))]);
  expect([newest(facts, key)?.value, newest(facts, other)?.value]).toEqual([true, false]);
});

describe('course of therapy', () => {
  const overall =
    'https://www.medizininformatik-initiative.de/fhir/ext/modul-onko/CodeSystem/mii-cs-onko-verlauf-gesamtbeurteilung';
  const german = (code: string, system = overall) =>
    observation('396432002', { valueCodeableConcept: concept(system, code), effectiveDateTime: '2026-06-16' }, snomed);

  test.each([
    ['P', 2],
    ['T', 1],
    ['K', 1],
    ['V', 1],
    ['D', 1],
    ['Y', 1],
  ])("MII's overall assessment %s: line %d", (code, expected) => {
    const facts = factsOf([sclc(), administration('L01CB01', '2026-02-01'), german(code)]);
    expect(newest(facts, 'therapyLine')?.value).toBe(expected);
  });

  test('P of another code system is no progression', () => {
    const facts = factsOf([sclc(), administration('L01CB01', '2026-02-01'), german('P', 'http://other.example')]);
    expect(newest(facts, 'therapyLine')?.value).toBe(1);
  });

  test('each given dose with its drug and kind', () => {
    const doses = [administration('L01FF05', '2026-02-01'), administration('L01CB01', '2026-02-02')];
    const notGiven = administration('L01FF05', '2026-03-01', { status: 'not-done' });
    const facts = factsOf([sclc(), ...doses, notGiven]);
    expect(valuesOf(facts, 'checkpointInhibitorDose')).toEqual(['atezolizumab']);
    expect(newest(facts, 'chemotherapyDose')).toMatchObject({ value: 'etoposide', date: '2026-02-02' });
  });

  test.each([
    ['completed', 1],
    ['in-progress', 1],
    ['not-done', 0],
    ['preparation', 0],
  ])('radiotherapy that is %s', (status, expected) => {
    const procedure = {
      ...{ resourceType: 'Procedure', id: 'rt', status, subject },
      ...{ code: concept(snomed, '1217123003'), performedPeriod: { start: '2026-03-01', end: '2026-04-01' } },
    };
    const facts = factsOf([sclc(), procedure]);
    expect(facts.timeline.filter(({ key }) => key === 'radiotherapy')).toHaveLength(expected);
    if (expected > 0) expect(newest(facts, 'radiotherapy')).toMatchObject({ value: true, date: '2026-03-01' });
  });
});
