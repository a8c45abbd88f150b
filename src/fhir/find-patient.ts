import { FhirError } from '../errors.ts';
import type { FhirSource } from './client.ts';
import { describePatient } from './patient.ts';
import { clinicalResource } from './resources.ts';

/**
 * Finds the Patient whom the image archive knows by a PatientID.
 *
 * @param PatientID As the archive gives it; compared exactly.
 * @param patientIdSystem `identifier.system` whose values are PatientIDs; without it every identifier counts.
 * @returns The logical id, or undefined when the server knows nobody by it.
 * @throws FhirError `FHIR_SUBJECT_MISMATCH` when several Patients carry the number: nobody is taken by a guess. Others as the
 *   source does.
 */
export async function findPatientByPacsId(
  source: FhirSource,
  PatientID: string,
  patientIdSystem?: string,
): Promise<string | undefined> {
  // `\`, `,`, `|` and `$` have a meaning in a token parameter (FHIR R4, 3.1.1.4.1).
  const value = PatientID.replaceAll(/[\\,|$]/g, '\\$&');
  const identifier = patientIdSystem === undefined ? value : `${patientIdSystem}|${value}`;
  const found = await source.search('Patient', { identifier });
  const ids = found.flatMap((resource) => {
    const patient = clinicalResource(resource);
    if (patient?.resourceType !== 'Patient' || patient.id === undefined) return [];
    const { identifiers } = describePatient({ ...patient, id: patient.id }, patientIdSystem);
    return identifiers.includes(PatientID) ? [patient.id] : [];
  });
  const [id, ...others] = new Set(ids);
  if (others.length > 0) {
    throw new FhirError(
      'FHIR_SUBJECT_MISMATCH',
      'Patient?identifier',
      `${others.length + 1} Patients carry one PatientID: set DELTASCOPE_PATIENT_ID_SYSTEM, or merge them`,
    );
  }
  return id;
}
