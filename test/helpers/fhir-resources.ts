import { fileURLToPath } from 'node:url';
import type { ClinicalFacts, FactKey } from '../../src/fhir/facts.ts';
import { loadClinicalMappings } from '../../src/fhir/mappings.ts';
import { factsFromResources } from '../../src/fhir/read-facts.ts';
import type { Resource } from '../../src/fhir/resources.ts';

export const mappingsFolder = fileURLToPath(new URL('../../mappings', import.meta.url));
export const mappings = loadClinicalMappings(mappingsFolder);

export const loinc = 'http://loinc.org';
export const snomed = 'http://snomed.info/sct';
export const ucum = 'http://unitsofmeasure.org';
export const asOf = new Date('2026-11-21T12:00:00Z');

type Fields = Readonly<Record<string, unknown>>;

let made = 0;

function resource(resourceType: string, fields: Fields): Resource {
  made += 1;
  return { resourceType, id: `${resourceType.toLowerCase()}-${made}`, ...fields } as Resource;
}

export const patientId = 'p1';
export const subject = { reference: `Patient/${patientId}` };

export function patient(fields: Fields = {}): Resource {
  return resource('Patient', { id: patientId, birthDate: '1952-03-04', gender: 'female', ...fields });
}

export function concept(system: string, code: string, more: Fields = {}): Fields {
  return { coding: [{ system, code, ...more }] };
}

export function observation(code: string, fields: Fields, system = loinc): Resource {
  return resource('Observation', {
    status: 'final',
    code: concept(system, code),
    subject,
    effectiveDateTime: '2026-11-18T08:00:00Z',
    ...fields,
  });
}

/** A laboratory result with a unit by UCUM. */
export function lab(code: string, value: number, unit: string, fields: Fields = {}): Resource {
  return observation(code, { valueQuantity: { value, unit, system: ucum, code: unit }, ...fields });
}

export function condition(code: Fields, fields: Fields = {}): Resource {
  return resource('Condition', {
    code,
    subject,
    clinicalStatus: concept('http://terminology.hl7.org/CodeSystem/condition-clinical', 'active'),
    verificationStatus: concept('http://terminology.hl7.org/CodeSystem/condition-ver-status', 'confirmed'),
    onsetDateTime: '2026-01-10',
    ...fields,
  });
}

export const sclc = (fields: Fields = {}) => condition(concept(snomed, '254632001'), fields);

const atc = 'http://www.whocc.no/atc';

export function administration(atcCode: string, date: string, fields: Fields = {}): Resource {
  return resource('MedicationAdministration', {
    status: 'completed',
    medicationCodeableConcept: concept(atc, atcCode),
    subject,
    effectiveDateTime: date,
    ...fields,
  });
}

export function order(medication: Fields, fields: Fields = {}): Resource {
  return resource('MedicationRequest', { status: 'draft', intent: 'order', subject, ...medication, ...fields });
}

export function statement(atcCode: string, fields: Fields): Resource {
  return resource('MedicationStatement', {
    medicationCodeableConcept: concept(atc, atcCode),
    subject,
    status: 'completed',
    ...fields,
  });
}

export function bodyStructure(fields: Fields): Resource {
  const profile = ['http://hl7.org/fhir/us/mcode/StructureDefinition/mcode-tumor'];
  return resource('BodyStructure', { meta: { profile }, patient: subject, ...fields });
}

export function medication(fields: Fields): Resource {
  return resource('Medication', fields);
}

/** The facts of the patient of this helper. */
export function factsOf(
  resources: readonly Resource[],
  options: Partial<{ asOf: Date; now: Date; unread: ReadonlySet<string> }> = {},
): ClinicalFacts {
  return factsFromResources([patient(), ...resources], patientId, { mappings, asOf, now: asOf, ...options });
}

/** Values of a key, newest first. */
export function valuesOf(facts: ClinicalFacts, key: FactKey): unknown[] {
  return facts.timeline.filter((fact) => fact.key === key).map(({ value }) => value);
}

/** Codes of the problems. */
export function problemCodes(facts: ClinicalFacts): string[] {
  return facts.problems.map(({ code }) => code);
}

export function idOf(resource: Resource): string {
  return `${resource.resourceType}/${(resource as unknown as { id: string }).id}`;
}
