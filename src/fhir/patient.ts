import { FhirError } from '../errors.ts';
import type { Findings, Reading } from './chart.ts';
import type { FhirSource } from './client.ts';
import type { Fact, PatientFacts } from './facts.ts';
import { hasHappened, type Moment, parseMoment } from './moment.ts';
import { clinicalResource, type Patient } from './resources.ts';

const genders = ['male', 'female', 'other', 'unknown'] as const;

/**
 * Reads who a patient is.
 *
 * @param patientId Logical id of the Patient.
 * @param patientIdSystem `identifier.system` whose values are the PACS patient IDs; without it every identifier is tried.
 * @throws FhirError of the source, `FHIR_RESPONSE_INVALID` if the answer is no Patient, `FHIR_SUBJECT_MISMATCH` if it is
 *   another one.
 */
export async function readPatient(
  source: FhirSource,
  patientId: string,
  patientIdSystem?: string,
): Promise<PatientFacts> {
  const subject = `Patient/${patientId}`;
  const patient = clinicalResource(await source.read('Patient', patientId));
  if (patient?.resourceType !== 'Patient') {
    throw new FhirError('FHIR_RESPONSE_INVALID', subject, 'the answer is no Patient: check the FHIR server');
  }
  if (patient.id !== patientId) {
    throw new FhirError('FHIR_SUBJECT_MISMATCH', subject, 'the server answers with another Patient: open that chart');
  }
  return describePatient({ ...patient, id: patientId }, patientIdSystem);
}

/** Who a patient is, without name or address. */
export function describePatient(patient: Patient & { readonly id: string }, patientIdSystem?: string): PatientFacts {
  const sex = genders.find((gender) => gender === patient.gender);
  return {
    reference: `Patient/${patient.id}`,
    identifiers: pacsIdentifiers(patient, patientIdSystem),
    ...(patient.birthDate !== undefined && { birthDate: patient.birthDate }),
    ...(sex !== undefined && { sex }),
    synthetic: isSynthetic(patient),
  };
}

/** Numbers of other authorities: no PACS knows a patient by them, and none needs to see them. */
const civilTypes = new Set(['SS', 'SB', 'DL', 'PPN', 'NI', 'TAX']);

/** With a configured system its values only: a number of another system may be another patient's PatientID. */
function pacsIdentifiers({ identifier = [] }: Patient, patientIdSystem: string | undefined): string[] {
  const candidates =
    patientIdSystem === undefined
      ? identifier.filter(({ type }) => !type?.coding?.some(({ code }) => code !== undefined && civilTypes.has(code)))
      : identifier.filter(({ system }) => system === patientIdSystem);
  const rank = ({ use, type }: (typeof identifier)[number]) => {
    if (use === 'old') return 2;
    return type?.coding?.some(({ code }) => code === 'MR') ? 0 : 1;
  };
  const values = candidates
    .toSorted((a, b) => rank(a) - rank(b))
    .flatMap(({ value }) => (value === undefined || value.trim() === '' ? [] : [value]));
  return [...new Set(values)];
}

function isSynthetic({ meta }: Patient): boolean {
  return [...(meta?.tag ?? []), ...(meta?.security ?? [])].some(
    ({ code = '', display = '' }) => code === 'HTEST' || /synthe(a|tic)/i.test(`${code} ${display}`),
  );
}

/** Age in completed years as of the reading, the administrative sex, and death. */
export function readDemographics({ chart: { patient }, asOf }: Reading): Findings {
  const facts: Fact[] = [];
  const common = { date: asOf.toISOString(), sources: [`Patient/${patient.id}`] };
  const age = ageAt(patient.birthDate, asOf);
  if (age !== undefined) facts.push({ key: 'age', unit: 'a', status: 'derived', ...common, ...age });
  if (patient.gender === 'male' || patient.gender === 'female' || patient.gender === 'other') {
    facts.push({ key: 'sex', value: patient.gender, unit: null, status: 'recorded', ...common });
  }
  const death = deathOf(patient, asOf);
  if (death === undefined) return { facts, problems: [] };
  const { sources } = common;
  if (death === 'undated') {
    const text = 'The patient is recorded as deceased, without a date';
    return { facts, problems: [{ code: 'FACT_UNRECOGNISED', key: 'death', source: sources[0] ?? null, text }] };
  }
  facts.push({ key: 'death', value: true, unit: null, date: death.text, sources, status: 'recorded' });
  return { facts, problems: [] };
}

/** When a patient died, by `asOf`; 'undated' where the record says only that it happened. */
export function deathOf({ deceasedDateTime, deceasedBoolean }: Patient, asOf: Date): Moment | 'undated' | undefined {
  const moment = parseMoment(deceasedDateTime);
  if (moment !== undefined) return hasHappened(moment, asOf) ? moment : undefined;
  return deceasedBoolean === true ? 'undated' : undefined;
}

function ageAt(birthDate: string | undefined, asOf: Date): { value: number; derivation: string } | undefined {
  const moment = parseMoment(birthDate);
  if (moment === undefined || moment.at > asOf.getTime()) return undefined;
  // A birth date known to the year or month is taken from its middle: at most half the gap away from the truth.
  const whole = moment.text.length >= 10;
  const assumed = whole
    ? moment.text.slice(0, 10)
    : moment.text.length === 7
      ? `${moment.text}-15`
      : `${moment.text}-07-01`;
  const today = asOf.toISOString().slice(0, 10);
  const years = Number(today.slice(0, 4)) - Number(assumed.slice(0, 4));
  const value = Math.max(0, today.slice(5) < assumed.slice(5) ? years - 1 : years);
  return {
    value,
    derivation: whole ? 'completed years since birth' : 'years since birth, birth date not known to the day',
  };
}
