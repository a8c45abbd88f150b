import { describe, expect, test } from 'vitest';
import type { FactKey } from '../../../src/fhir/facts.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import {
  administration,
  bodyStructure,
  concept,
  condition,
  factsOf,
  lab,
  observation,
  order,
  patientId,
  sclc,
  snomed,
  statement,
  valuesOf,
} from '../../helpers/fhir-resources.ts';

const then = new Date('2026-06-01T00:00:00Z');
const now = new Date('2026-11-21T12:00:00Z');

/** Values of a key as of 1 June, and as of today. */
function thenAndNow(key: FactKey, resources: readonly Resource[]): [unknown[], unknown[]] {
  const at = (asOf: Date) => valuesOf(factsOf(resources, { asOf, now }), key);
  return [at(then), at(now)];
}

const sampled = { effectiveDateTime: '2026-05-30T08:00:00Z' };
const began = { onsetDateTime: '2026-02-01' };

describe('what was known at a past date', () => {
  test('a result counts from its report: sampled before, issued after', () => {
    const ldh = lab('2532-0', 300, 'U/L', { ...sampled, issued: '2026-06-02T08:00:00Z' });
    expect(thenAndNow('ldh', [ldh])).toEqual([[], [300]]);
    expect(thenAndNow('ldh', [lab('2532-0', 300, 'U/L', { ...sampled, issued: '2026-05-31T08:00:00Z' })])).toEqual([
      [300],
      [300],
    ]);
  });

  test('a corrected result was not known in this form', () => {
    const corrected = lab('2532-0', 300, 'U/L', { ...sampled, status: 'corrected', issued: '2026-07-01T08:00:00Z' });
    expect(thenAndNow('ldh', [corrected])).toEqual([[], [300]]);
  });

  test('what is not known yet is no problem either', () => {
    const ldh = lab('2532-0', 3_000_000, 'U/L', { ...sampled, issued: '2026-06-02T08:00:00Z' });
    expect(factsOf([ldh], { asOf: then, now }).problems).toEqual([]);
  });

  test('meta.lastUpdated of a result says nothing: a migration touches every resource', () => {
    const ldh = lab('2532-0', 300, 'U/L', { ...sampled, meta: { lastUpdated: '2026-10-01T00:00:00Z' } });
    expect(thenAndNow('ldh', [ldh])).toEqual([[300], [300]]);
  });

  test('N category, performance status, histology and progression count from their report', () => {
    const reported = { effectiveDateTime: '2026-05-30', issued: '2026-06-02T08:00:00Z' };
    const n3 = observation('21906-3', { valueCodeableConcept: concept(snomed, '1229984001'), ...reported });
    expect(thenAndNow('nStage', [n3])).toEqual([[], [3]]);
    expect(thenAndNow('ecog', [observation('89247-1', { valueInteger: 1, ...reported })])).toEqual([[], [1]]);
    const icdO3 = concept('http://terminology.hl7.org/CodeSystem/icd-o-3', '8041/3');
    const lung = condition(concept(snomed, '93880001'));
    const histology = observation('31206-6', { valueCodeableConcept: icdO3, ...reported });
    expect(thenAndNow('histology', [lung, histology])).toEqual([[], ['sclc']]);
    const worsened = observation('97509-4', { valueCodeableConcept: concept(snomed, '271299001'), ...reported });
    const course = [sclc(), administration('L01CB01', '2026-02-01'), worsened];
    expect(thenAndNow('therapyLine', course)).toEqual([[1], [2]]);
    expect(thenAndNow('firstLinePfsMonths', course)).toEqual([[], [3.88]]);
  });

  test('a Condition that began before and was recorded after', () => {
    const liver = condition(concept(snomed, '94381002'), { ...began, recordedDate: '2026-07-01' });
    expect(thenAndNow('liverMetastases', [sclc(), liver])).toEqual([[], [true]]);
    expect(thenAndNow('extent', [sclc(), liver])).toEqual([[], ['extensive']]);
  });

  test('a Condition that began before and was asserted after', () => {
    const url = 'http://hl7.org/fhir/StructureDefinition/condition-assertedDate';
    const asserted = { ...began, extension: [{ url, valueDateTime: '2026-07-01' }] };
    expect(thenAndNow('histology', [sclc(asserted)])).toEqual([[], ['sclc']]);
  });

  test('a metastasis that has gone since was there then', () => {
    const gone = { clinicalStatus: { coding: [{ code: 'resolved' }] }, abatementDateTime: '2026-08-01' };
    const liver = condition(concept(snomed, '94381002'), { ...began, ...gone });
    expect(thenAndNow('liverMetastases', [sclc(), liver])).toEqual([[true], []]);
  });

  test('doses, and a statement that was made later', () => {
    const given = [administration('L01FF05', '2026-05-01'), administration('L01FF05', '2026-07-01')];
    expect(thenAndNow('checkpointInhibitorDose', given).map(({ length }) => length)).toEqual([1, 2]);
    const told = statement('L01FF05', { effectivePeriod: { start: '2026-05-01' }, dateAsserted: '2026-07-01' });
    expect(thenAndNow('immunotherapyStart', [told])).toEqual([[], ['2026-05-01']]);
  });

  test('an order that was written later is no evidence of an earlier therapy', () => {
    const etoposide = { medicationCodeableConcept: concept('http://www.whocc.no/atc', 'L01CB01') };
    const resources = [sclc(), order(etoposide, { status: 'completed', authoredOn: '2026-07-01' })];
    expect(thenAndNow('therapyLine', resources)).toEqual([[1], []]);
    expect(factsOf(resources, { asOf: then, now }).problems).toEqual([]);
  });

  test('lesions with the Condition that they belong to, and not before their last update', () => {
    const extension = [
      {
        url: 'http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-related-condition',
        valueReference: { reference: 'Condition/liver' },
      },
    ];
    const lesion = (value: string, lastUpdated?: string) =>
      bodyStructure({
        identifier: [{ value }],
        extension,
        meta: {
          profile: ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-tumor'],
          ...(lastUpdated !== undefined && { lastUpdated }),
        },
      });
    const liver = (fields: Record<string, unknown>) =>
      condition(concept(snomed, '94381002'), { id: 'liver', ...fields });
    const lesions = [lesion('a'), lesion('b', '2026-05-01T00:00:00Z'), lesion('c', '2026-08-01T00:00:00Z')];
    expect(thenAndNow('metastaticLesions', [sclc(), liver(began), ...lesions])).toEqual([[2], [3]]);
    expect(factsOf([sclc(), liver(began), ...lesions], { asOf: then, now }).problems).toMatchObject([
      { code: 'FACT_UNRECOGNISED', key: 'metastaticLesions' },
    ]);
    expect(thenAndNow('metastaticLesions', [sclc(), liver({ onsetDateTime: '2026-07-01' }), ...lesions])).toEqual([
      [],
      [3],
    ]);
  });

  test('procedures and death', () => {
    const resection = (start: string) => ({
      ...{ resourceType: 'Procedure', id: 'resection', status: 'completed', code: concept(snomed, '173171007') },
      ...{ subject: { reference: `Patient/${patientId}` }, performedPeriod: { start } },
    });
    expect(thenAndNow('surgery', [sclc(), resection('2026-07-01')])).toEqual([[], [true]]);
    expect(thenAndNow('surgery', [sclc(), resection('2026-03-01')])).toEqual([[true], [true]]);
  });
});
