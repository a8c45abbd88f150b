import type { DicomwebClient } from '../dicomweb/client.ts';
import { textOf } from '../dicomweb/dataset.ts';
import { DicomError, FhirError, RequestError } from '../errors.ts';
import type { FhirSource } from '../fhir/client.ts';
import { findPatientByPacsId } from '../fhir/find-patient.ts';
import type { Store } from '../store/store.ts';

export interface StudyServices {
  readonly dicomweb: Pick<DicomwebClient, 'searchStudy'>;
  readonly fhir: FhirSource;
  readonly store: Pick<Store, 'patientsOfStudy'>;
  readonly patientIdSystem?: string | undefined;
}

/**
 * Finds the Patient whom a study shows: by an image analysis that has found it under its Patient, else by the PatientID that the
 * archive has for it.
 *
 * @returns Logical id of the Patient.
 * @throws RequestError `VIEWER_STUDY_UNKNOWN`, `VIEWER_PATIENT_UNKNOWN`; FhirError `FHIR_SUBJECT_MISMATCH` when several Patients
 *   carry the PatientID or the study was found under several; others as archive and record do.
 */
export async function patientOfStudy(services: StudyServices, StudyInstanceUID: string): Promise<string> {
  const known = await services.store.patientsOfStudy(StudyInstanceUID);
  const [reference, ...others] = known;
  if (reference !== undefined && others.length === 0) return reference.replace(/^Patient\//, '');
  const study = await searchStudy(services.dicomweb, StudyInstanceUID);
  const PatientID = study === undefined ? null : textOf(study, 'PatientID');
  if (study === undefined) {
    throw new RequestError('VIEWER_STUDY_UNKNOWN', StudyInstanceUID, 'the image archive has no such study');
  }
  const id =
    PatientID === null ? undefined : await findPatientByPacsId(services.fhir, PatientID, services.patientIdSystem);
  if (id === undefined) {
    const text =
      'no Patient of the record carries the PatientID of this study: check the identifiers in record and archive';
    throw new RequestError('VIEWER_PATIENT_UNKNOWN', StudyInstanceUID, text);
  }
  if (known.length > 0 && !known.includes(`Patient/${id}`)) {
    const text =
      'the study was analysed for other Patients than the one that carries its PatientID now: merge the records';
    throw new FhirError('FHIR_SUBJECT_MISMATCH', StudyInstanceUID, text);
  }
  return id;
}

async function searchStudy(dicomweb: StudyServices['dicomweb'], StudyInstanceUID: string) {
  try {
    return await dicomweb.searchStudy(StudyInstanceUID);
  } catch (error) {
    // Some archives refuse what they do not have.
    if (error instanceof DicomError && error.code === 'PACS_RESPONSE_INVALID') return undefined;
    throw error;
  }
}
