import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { type ClinicalFacts, type FactKey, newest } from '../../src/fhir/facts.ts';
import { loadClinicalMappings } from '../../src/fhir/mappings.ts';
import { factsFromResources } from '../../src/fhir/read-facts.ts';

const referenceDate = '2026-11-21';
const asOf = new Date('2026-11-21T00:30:00Z');
const mappings = loadClinicalMappings(path.join(packageRoot(), 'mappings'));

function factsOf(id: string): ClinicalFacts {
  const patient = syntheticPatients.find((candidate) => candidate.id === id);
  if (patient === undefined) throw new Error(`no patient ${id}`);
  const { bundle } = createPatient(patient, referenceDate);
  const resources = (bundle.entry ?? []).flatMap(({ resource }) => resource ?? []);
  return factsFromResources(resources, id, { mappings, asOf, now: asOf });
}

const factValue = (facts: ClinicalFacts, key: FactKey) => newest(facts, key)?.value;

describe('what the service reads from the synthetic records', () => {
  test.each(syntheticPatients)('$id: diagnosis and age as planned, synthetic, nothing set aside', (patient) => {
    const facts = factsOf(patient.id);
    expect(facts.problems).toEqual([]);
    expect(facts.patient.synthetic).toBe(true);
    const small = patient.diagnosis === 'extensive-sclc';
    expect(factValue(facts, 'histology')).toBe(small ? 'sclc' : 'nsclc');
    expect(factValue(facts, 'extent')).toBe(small ? 'extensive' : undefined);
    expect(factValue(facts, 'histologySubtype')).toBe(small ? undefined : 'adenocarcinoma');
    expect(factValue(facts, 'age')).toBe(patient.ageYears);
  });

  test('the PACS knows the patient by one of the identifiers', () => {
    expect(factsOf('synthetic-aster').patient.identifiers).toContain('SYN-0001');
  });

  test('high risk: N3, LDH 412 with upper limit 250, ratios of one blood count', () => {
    const facts = factsOf('synthetic-aster');
    expect(factValue(facts, 'nStage')).toBe(3);
    expect(newest(facts, 'ldh')).toMatchObject({ value: 412, unit: 'U/L', upperLimit: 250 });
    expect(factValue(facts, 'nse')).toBe(96.4);
    expect(factValue(facts, 'progrp')).toBe(2140);
    expect(factValue(facts, 'nlr')).toBeCloseTo(8.2 / 1.1, 9);
    expect(factValue(facts, 'dnlr')).toBeCloseTo(8.2 / (10.4 - 8.2), 9);
    expect(factValue(facts, 'sii')).toBeCloseTo((341 * 8.2) / 1.1, 8);
    expect(factValue(facts, 'ecog')).toBe(1);
  });

  test('missing: no N stage, NSE or ProGRP, and the LDH is seven months old', () => {
    const facts = factsOf('synthetic-cedar');
    for (const key of ['nStage', 'nse', 'progrp'] as const) expect(newest(facts, key)).toBeUndefined();
    expect(newest(facts, 'ldh')?.date.slice(0, 7)).toBe('2026-04');
  });

  test('second line: first-line PFS 5.2 months, liver, five lesions, no lung metastases', () => {
    const facts = factsOf('synthetic-elm');
    expect(factValue(facts, 'therapyLine')).toBe(2);
    expect(factValue(facts, 'firstLinePfsMonths')).toBeCloseTo(159 / 30.4375, 2);
    expect(factValue(facts, 'liverMetastases')).toBe(true);
    expect(factValue(facts, 'lungMetastases')).toBe(false);
    expect(factValue(facts, 'metastaticLesions')).toBe(5);
  });

  test('under treatment: immunotherapy began 62 days ago, still first line', () => {
    const facts = factsOf('synthetic-fern');
    expect(String(factValue(facts, 'immunotherapyStart'))).toBe('2026-09-20');
    expect(factValue(facts, 'therapyLine')).toBe(1);
    expect(newest(facts, 'regimenClass')).toMatchObject({ value: 'chemo-immunotherapy', line: 1, date: '2026-09-20' });
    expect(factValue(facts, 'firstLineImmunotherapy')).toBe(true);
  });
});
