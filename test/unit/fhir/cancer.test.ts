import { describe, expect, test } from 'vitest';
import { newest } from '../../../src/fhir/facts.ts';
import { factsFromResources } from '../../../src/fhir/read-facts.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import {
  asOf,
  bodyStructure,
  concept,
  condition,
  factsOf,
  idOf,
  mappings,
  observation,
  patient,
  patientId,
  problemCodes,
  sclc,
  snomed,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const icd10cm = 'http://hl7.org/fhir/sid/icd-10-cm';
const icd10gm = 'http://fhir.de/CodeSystem/bfarm/icd-10-gm';
const icdO3 = 'http://terminology.hl7.org/CodeSystem/icd-o-3';
const verification = (code: string) => ({
  verificationStatus: concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', code),
});
const clinical = (code: string) => ({
  clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', code),
});
const morphologyExtension = (code: string) => ({
  extension: [
    {
      url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-histology-morphology-behavior',
      valueCodeableConcept: concept(icdO3, code),
    },
  ],
});
const m = (code: string, effectiveDateTime = '2026-02-01') =>
  observation('399387003', { valueCodeableConcept: concept(snomed, code), effectiveDateTime }, snomed);
const m0 = '1229901006';
const m1 = '1229903009';

describe('histology', () => {
  test.each([
    ['254632001', 'sclc'],
    ['683991000119103', 'sclc'],
    ['67811000119102', 'sclc'],
    ['254637007', 'nsclc'],
    ['707408006', 'nsclc'],
  ])('SNOMED %s is %s', (code, expected) => {
    const cancer = condition(concept(snomed, code));
    expect(newest(factsOf([cancer]), 'histology')).toMatchObject({
      value: expected,
      date: '2026-01-10',
      status: 'confirmed',
      sources: [idOf(cancer)],
    });
  });

  test.each([
    ['suspected lung cancer', condition(concept(snomed, '162573006'))],
    ['small-cell carcinoma of the prostate', condition(concept(snomed, '396198006'))],
    ['a display without a code', condition({ coding: [{ display: 'Small cell carcinoma of lung' }], text: 'SCLC' })],
    ['lung cancer, histology open', condition(concept(icd10gm, 'C34.1'))],
    ['refuted', sclc(verification('refuted'))],
    ['unconfirmed', sclc(verification('unconfirmed'))],
    ['provisional', sclc(verification('provisional'))],
    ['differential', sclc(verification('differential'))],
    ['entered in error', sclc(verification('entered-in-error'))],
  ])('%s says nothing', (_, resource) => {
    expect(valuesOf(factsOf([resource]), 'histology')).toEqual([]);
  });

  test('morphology decides where the lung cancer leaves it open: extension', () => {
    const facts = factsOf([condition(concept(icd10cm, 'C34.11'), morphologyExtension('8041/3'))]);
    expect(valuesOf(facts, 'histology')).toEqual(['sclc']);
  });

  test('morphology decides where the lung cancer leaves it open: Observation', () => {
    const histology = observation('31206-6', { valueCodeableConcept: concept(icdO3, '8140/3') });
    const lungCancer = condition(concept(icd10gm, 'C34.1'));
    expect(valuesOf(factsOf([histology, lungCancer]), 'histology')).toEqual(['nsclc']);
    expect(valuesOf(factsOf([histology]), 'histology')).toEqual([]);
  });

  test('a cancer that is over counts only where no other is left', () => {
    const old = sclc({ ...clinical('resolved'), onsetDateTime: '2026-03-01' });
    const now = condition(concept(snomed, '254637007'));
    expect(valuesOf(factsOf([old, now]), 'histology')).toEqual(['nsclc']);
    expect(valuesOf(factsOf([old]), 'histology')).toEqual(['sclc']);
  });

  test('both histologies: the newer one with a warning, of one day neither', () => {
    const other = (onsetDateTime: string) => condition(concept(snomed, '254637007'), { onsetDateTime });
    const newer = factsOf([sclc(), other('2026-06-01')]);
    expect([newest(newer, 'histology')?.value, problemCodes(newer)]).toEqual(['nsclc', ['FACT_UNRECOGNISED']]);
    const same = factsOf([sclc(), other('2026-01-10')]);
    expect([valuesOf(same, 'histology'), problemCodes(same)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test.each([
    [
      'assertion',
      {
        extension: [
          { url: 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate', valueDateTime: '2026-01-11' },
        ],
      },
      '2026-01-11',
    ],
    ['record', { recordedDate: '2026-01-12' }, '2026-01-12'],
    ['last update', { meta: { lastUpdated: '2026-01-13T00:00:00Z' } }, '2026-01-13T00:00:00Z'],
  ])('without an onset the date is that of the %s', (_, fields, date) => {
    expect(newest(factsOf([sclc({ onsetDateTime: undefined, ...fields })]), 'histology')?.date).toBe(date);
  });

  test('without any date it is not used, and that is said', () => {
    const facts = factsOf([sclc({ onsetDateTime: undefined })]);
    expect([valuesOf(facts, 'histology'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });
});

describe('extent', () => {
  const liver = condition(concept(snomed, '94381002'), { onsetDateTime: '2026-03-01' });

  test('by its code', () => {
    const facts = factsOf([condition(concept(snomed, '683991000119103'))]);
    expect(newest(facts, 'extent')).toMatchObject({ value: 'extensive', status: 'confirmed' });
  });

  test('small-cell with M1', () => {
    expect(newest(factsOf([sclc(), m(m1)]), 'extent')).toMatchObject({
      value: 'extensive',
      status: 'derived',
      derivation: 'small-cell lung cancer with M1',
      date: '2026-02-01',
    });
  });

  test('small-cell with a distant metastasis', () => {
    expect(newest(factsOf([sclc(), liver]), 'extent')?.derivation).toBe(
      'small-cell lung cancer with metastasis in the liver',
    );
  });

  test.each([
    ['M0', [sclc(), m(m0)]],
    ['M1 and then M0', [sclc(), m(m1), m(m0, '2026-03-01')]],
    ['a lung metastasis, which may be regional', [sclc(), condition(concept(snomed, '94391008'))]],
    ['a lymph node metastasis', [sclc(), condition(concept(snomed, '94392001'))]],
    ['non-small-cell with M1', [condition(concept(snomed, '254637007')), m(m1)]],
  ])('unknown with %s', (_, resources) => {
    expect(valuesOf(factsOf(resources), 'extent')).toEqual([]);
  });
});

describe('metastases', () => {
  const organs = ['liverMetastases', 'lungMetastases', 'brainMetastases', 'boneMetastases'] as const;
  const found = (resources: readonly Resource[], unread: string[] = []) => {
    const facts = factsOf(resources, { unread: new Set(unread) });
    return organs.map((organ) => newest(facts, organ)?.value);
  };
  const unknown = [undefined, undefined, undefined, undefined];

  test.each([
    [concept(snomed, '94381002'), [true, false, false, false]],
    [concept(icd10cm, 'C78.7'), [true, false, false, false]],
    [concept(icd10gm, 'C78.7'), [true, false, false, false]],
    [concept(icd10cm, 'C78.01'), [false, true, false, false]],
    [concept(icd10cm, 'C79.31'), [false, false, true, false]],
    [concept(icd10cm, 'C79.32'), unknown],
    [concept(icd10gm, 'C79.3'), [false, false, true, false]],
    [concept(snomed, '94222008'), [false, false, false, true]],
    [concept(snomed, '94161006'), [false, false, false, false]],
    [concept(snomed, '315000005'), unknown],
  ])('%j', (code, expected) => {
    expect(found([condition(code)])).toEqual(expected);
  });

  test('nothing documented: unknown, not absent', () => {
    expect(found([sclc()])).toEqual(unknown);
  });

  test('M0: absent everywhere, with the M category as source', () => {
    const category = m(m0);
    expect(found([sclc(), category])).toEqual([false, false, false, false]);
    expect(newest(factsOf([category]), 'liverMetastases')).toMatchObject({
      status: 'derived',
      sources: [idOf(category)],
      date: '2026-02-01',
    });
  });

  test('M0 and later M1 without a site: unknown again', () => {
    expect(found([m(m0), m(m1, '2026-05-01')])).toEqual(unknown);
  });

  test('a metastasis of an unknown site may be in any organ', () => {
    expect(found([condition(concept(snomed, '128462008'))])).toEqual(unknown);
    expect(found([condition(concept(snomed, '128462008')), condition(concept(snomed, '94381002'))])).toEqual([
      true,
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('a body site places it', () => {
    const bodySite = [concept(snomed, '10200004')];
    expect(found([condition(concept(snomed, '128462008'), { bodySite })])).toEqual([true, false, false, false]);
  });

  test('site of distant metastasis as an Observation', () => {
    const site = observation('385421009', { valueCodeableConcept: concept(snomed, '258334004') }, snomed);
    expect(found([site])).toEqual([true, false, false, false]);
  });

  test.each([
    ['refuted', verification('refuted')],
    ['resolved', clinical('resolved')],
    ['later than asOf', { onsetDateTime: '2027-01-01' }],
  ])('%s does not count', (_, fields) => {
    expect(found([condition(concept(snomed, '94381002'), fields)])).toEqual(unknown);
  });

  test('a metastasis of another primary does not count', () => {
    const prostate = condition(concept(snomed, '399068003'), { id: 'prostate' });
    const url = 'http://hl7.org/fhir/StructureDefinition/condition-related';
    const related = (reference: string) => ({ extension: [{ url, valueReference: { reference } }] });
    const bone = (reference: string) => condition(concept(snomed, '94222008'), related(reference));
    expect(found([sclc({ id: 'lung' }), prostate, bone('Condition/prostate')])).toEqual(unknown);
    expect(found([sclc({ id: 'lung' }), prostate, bone('Condition/lung')])).toEqual([false, false, false, true]);
    expect(found([sclc({ id: 'lung' }), bone('Condition/elsewhere')])).toEqual([false, false, false, true]);
  });

  test('with Conditions that could not be read, absence proves nothing', () => {
    expect(found([m(m0)], ['Condition'])).toEqual(unknown);
  });
});

describe('metastatic lesions', () => {
  const liver = condition(concept(snomed, '94381002'), { id: 'liver' });
  const lesion = (value: string, fields: Record<string, unknown>) =>
    bodyStructure({ identifier: [{ system: 'http://radiology.example', value }], ...fields });
  const relatedTo = (reference: string) => ({
    extension: [
      {
        url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition',
        valueReference: { reference },
      },
    ],
  });
  const location = (code: string) => ({ location: concept(snomed, code) });

  test('distinct identifiers, the primary tumour not among them', () => {
    const primary = sclc({ id: 'primary' });
    const facts = factsOf([
      primary,
      liver,
      lesion('primary', relatedTo('Condition/primary')),
      lesion('liver-1', relatedTo('Condition/liver')),
      lesion('liver-1', location('10200004')),
      lesion('liver-2', { morphology: concept(snomed, '14799000') }),
      lesion('gone', { ...relatedTo('Condition/liver'), active: false }),
      bodyStructure({
        ...relatedTo('Condition/liver'),
        meta: { profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-radiotherapy-volume'] },
      }),
    ]);
    expect(newest(facts, 'metastaticLesions')).toMatchObject({ value: 2, unit: '{lesions}', status: 'derived' });
    expect(facts.problems).toEqual([]);
  });

  test('a tumour in the lung that belongs to no Condition may be the primary: not counted, and that is said', () => {
    const facts = factsOf([liver, lesion('a', location('39607008')), lesion('b', location('10200004'))]);
    expect([valuesOf(facts, 'metastaticLesions'), problemCodes(facts)]).toEqual([[1], ['FACT_UNRECOGNISED']]);
  });

  test('without identifiers they can not be told apart', () => {
    const facts = factsOf([liver, bodyStructure(location('10200004'))]);
    expect([valuesOf(facts, 'metastaticLesions'), problemCodes(facts)]).toEqual([[], ['FACT_UNRECOGNISED']]);
  });

  test('three organs are a lower bound, lymph nodes are none of them, two organs say nothing', () => {
    const bone = condition(concept(snomed, '94222008'));
    const brain = condition(concept(snomed, '94225005'));
    const nodes = condition(concept(snomed, '94392001'));
    expect(newest(factsOf([liver, bone, brain, nodes]), 'metastaticLesions')).toMatchObject({
      value: 3,
      derivation: 'at least one lesion in each of: liver, bone, brain',
    });
    expect(valuesOf(factsOf([liver, bone, nodes]), 'metastaticLesions')).toEqual([]);
  });
});

describe('who the patient is', () => {
  const read = (fields: Record<string, unknown>) =>
    factsFromResources([patient(fields)], patientId, { mappings, asOf, now: asOf });

  test('completed years on the day of asOf', () => {
    expect(newest(factsOf([]), 'age')).toMatchObject({ value: 74, unit: 'a', status: 'derived' });
    expect(newest(factsOf([], { asOf: new Date('2026-03-03T23:00:00Z') }), 'age')?.value).toBe(73);
    expect(newest(factsOf([], { asOf: new Date('2026-03-04T00:00:00Z') }), 'age')?.value).toBe(74);
  });

  test.each([
    ['1952', 74],
    ['1952-12', 73],
    [undefined, undefined],
    ['2027-01-01', undefined],
    ['unknown', undefined],
  ])('birth date %s', (birthDate, expected) => {
    const age = newest(read({ birthDate }), 'age');
    expect(age?.value).toBe(expected);
    if (birthDate !== undefined && age !== undefined) expect(age.derivation).toContain('not known to the day');
  });

  test.each([
    ['other', 'other'],
    ['unknown', undefined],
    [undefined, undefined],
  ])('gender %s', (gender, expected) => {
    expect(newest(read({ gender }), 'sex')?.value).toBe(expected);
  });

  test('only a mark makes a record synthetic', () => {
    expect(read({}).patient.synthetic).toBe(false);
    expect(read({ meta: { security: [{ code: 'HTEST' }] } }).patient.synthetic).toBe(true);
    expect(read({ meta: { tag: [{ code: 'x', display: 'Synthetic data' }] } }).patient.synthetic).toBe(true);
  });

  test('a Patient that is not there, or not readable, is an error', () => {
    const facts = () => factsFromResources([], patientId, { mappings, asOf });
    expect(facts).toThrow(expect.objectContaining({ code: 'FHIR_PATIENT_NOT_FOUND' }));
    expect(() => read({ birthDate: 1952 })).toThrow(expect.objectContaining({ code: 'FHIR_RESPONSE_INVALID' }));
  });
});
