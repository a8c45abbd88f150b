import { describe, expect, test } from 'vitest';
import type { FhirSource } from '../../../src/fhir/client.ts';
import { newest } from '../../../src/fhir/facts.ts';
import { factSearches, prefetchTemplates, readPrefetched } from '../../../src/fhir/prefetch.ts';
import { readClinicalFacts } from '../../../src/fhir/read-facts.ts';
import type { Resource } from '../../../src/fhir/resources.ts';
import { administration, asOf, lab, mappings, patient, patientId, sclc } from '../../helpers/fhir-resources.ts';

const options = { mappings, asOf, now: asOf };
const searchset = (resources: readonly Resource[], more: Record<string, unknown> = {}) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  entry: resources.map((resource) => ({ resource })),
  ...more,
});
const failure = { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'timeout' }] };
const searches = factSearches(mappings);
const keys = searches.map(({ key }) => key);

/** Everything known: what is not given is known to be empty. */
const complete = (given: Record<string, unknown>) => ({
  patient: patient(),
  ...Object.fromEntries(keys.map((key) => [key, null])),
  ...given,
});

function serverWith(resources: readonly Resource[]): { source: FhirSource; asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    source: {
      read: async (resourceType) => {
        asked.push(resourceType);
        return patient();
      },
      search: async (resourceType) => {
        asked.push(resourceType);
        return resources.filter((resource) => resource.resourceType === resourceType);
      },
    },
  };
}

describe('states of a prefetched value', () => {
  test.each([
    ['not sent', undefined, 'absent'],
    ['null', null, 'known'],
    ['an empty Bundle', searchset([]), 'known'],
    ['a Bundle', searchset([sclc()]), 'known'],
    ['a single resource', sclc(), 'known'],
    ['a first page', searchset([sclc()], { link: [{ relation: 'next', url: 'x' }] }), 'partial'],
    ['an OperationOutcome', failure, 'failed'],
    ['a Bundle with an OperationOutcome', searchset([failure]), 'failed'],
    ['text', 'no', 'failed'],
    ['a Bundle that is none', { resourceType: 'Bundle', entry: 'x' }, 'failed'],
  ])('%s', (_, value, state) => {
    expect(readPrefetched(value).state).toBe(state);
  });

  test('a warning of the search is no failure', () => {
    const none = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'not-found' }] };
    const value = { resourceType: 'Bundle', entry: [{ resource: none, search: { mode: 'outcome' } }] };
    expect(readPrefetched(value)).toEqual({ state: 'known', resources: [] });
  });
});

describe('facts from prefetch, server or both', () => {
  test('prefetch alone: no server, no problem', async () => {
    const prefetch = complete({
      conditions: searchset([sclc()]),
      labs: searchset([lab('2532-0', 300, 'U/L')]),
    });
    const facts = await readClinicalFacts(null, patientId, { ...options, prefetch });
    expect([newest(facts, 'histology')?.value, newest(facts, 'ldh')?.value]).toEqual(['sclc', 300]);
    expect([newest(facts, 'therapyLine')?.value, facts.problems]).toEqual([1, []]);
  });

  test('server alone: every search and the Patient', async () => {
    const { source, asked } = serverWith([sclc()]);
    const facts = await readClinicalFacts(source, patientId, options);
    expect([newest(facts, 'histology')?.value, asked.length]).toEqual(['sclc', searches.length + 1]);
  });

  test('a mix: what is known or known empty is not asked for', async () => {
    const { source, asked } = serverWith([sclc(), administration('L01FF05', '2026-02-01')]);
    const prefetch = complete({ conditions: undefined, medicationAdministrations: searchset([]) });
    const facts = await readClinicalFacts(source, patientId, { ...options, prefetch });
    expect(asked).toEqual(['Condition']);
    expect([newest(facts, 'histology')?.value, newest(facts, 'immunotherapyStart')]).toEqual(['sclc', undefined]);
  });

  test('failed is reported and not taken for empty, and not asked for again', async () => {
    const { source, asked } = serverWith([]);
    const prefetch = complete({ conditions: searchset([sclc()]), medicationAdministrations: failure });
    const facts = await readClinicalFacts(source, patientId, { ...options, prefetch });
    expect([asked, newest(facts, 'therapyLine')]).toEqual([[], undefined]);
    expect(facts.problems).toMatchObject([{ code: 'FHIR_UNREACHABLE' }]);
    expect(facts.problems[0]?.text).toContain('MedicationAdministration was not prefetched');
    expect(facts.problems[0]?.text).toContain('timeout');
  });

  test('absent without a server, and a first page without one, are gaps', async () => {
    const page = searchset([sclc()], { link: [{ relation: 'next', url: 'x' }] });
    const prefetch = complete({ conditions: page, medicationAdministrations: undefined });
    const facts = await readClinicalFacts(null, patientId, { ...options, prefetch });
    expect(newest(facts, 'histology')?.value).toBe('sclc');
    expect(newest(facts, 'therapyLine')).toBeUndefined();
    expect(facts.problems.map(({ code }) => code)).toEqual(['FHIR_UNREACHABLE', 'FHIR_UNREACHABLE']);
  });

  test('a first page is read in full from the server', async () => {
    const { source, asked } = serverWith([sclc({ id: 'c1' })]);
    const page = searchset([sclc({ id: 'c1' })], { link: [{ relation: 'next', url: 'x' }] });
    const facts = await readClinicalFacts(source, patientId, { ...options, prefetch: complete({ conditions: page }) });
    expect([asked, facts.timeline.filter(({ key }) => key === 'histology')]).toMatchObject([['Condition'], [{}]]);
  });

  test('a referenced Medication that is not there is a gap', async () => {
    const dose = administration('', '2026-02-01', {
      medicationCodeableConcept: undefined,
      medicationReference: { reference: 'Medication/m1' },
    });
    const prefetch = complete({ conditions: searchset([sclc()]), medicationAdministrations: searchset([dose]) });
    const facts = await readClinicalFacts(null, patientId, { ...options, prefetch });
    expect([newest(facts, 'therapyLine'), facts.problems.length]).toEqual([undefined, 1]);
  });

  test('without the Patient there are no facts', async () => {
    const reading = readClinicalFacts(null, patientId, { ...options, prefetch: complete({ patient: failure }) });
    await expect(reading).rejects.toMatchObject({ code: 'FHIR_PATIENT_NOT_FOUND' });
  });
});

describe('prefetch templates for discovery', () => {
  const templates = prefetchTemplates(mappings);
  const queries = Object.values(templates).map((template) => new URLSearchParams(template.split('?')[1] ?? ''));

  test('stable keys, those of the searches, the Patient and the referrals', () => {
    expect(Object.keys(templates)).toEqual([
      'patient',
      'labs',
      'observations',
      'conditions',
      'medicationAdministrations',
      'medicationRequests',
      'medicationStatements',
      'bodyStructures',
      'procedures',
      'tumourBoardRequests',
    ]);
    expect(Object.keys(templates)).toEqual(['patient', ...keys, 'tumourBoardRequests']);
    expect(templates.tumourBoardRequests).toBe(
      'ServiceRequest?patient={{context.patientId}}&_count=200&code=720006006,C93304',
    );
    expect(templates.patient).toBe('Patient/{{context.patientId}}');
    expect(templates.conditions).toBe('Condition?patient={{context.patientId}}&_count=200');
  });

  test('what every client can do: one token, no parameter twice, no _include, short', () => {
    for (const template of Object.values(templates)) {
      expect(template.match(/\{\{.*?\}\}/g)).toEqual(['{{context.patientId}}']);
      expect(template).not.toMatch(/_include|_revinclude|:|\s/);
      expect(template.length).toBeLessThan(2000);
    }
    for (const query of queries) expect(new Set(query.keys()).size).toBe([...query.keys()].length);
  });

  test('labs and observations ask for every code of the tables', () => {
    expect(templates.labs).toContain('2532-0,');
    expect(templates.labs).toContain('33728-7');
    expect(templates.observations).toContain('97509-4');
    expect(templates.observations).toContain('385421009');
  });
});
