import type { Bundle, Resource } from '@medplum/fhirtypes';
import { firstLineCases } from './patients/cases-first-line.ts';
import { nsclcCases } from './patients/cases-nsclc.ts';
import { treatedCases } from './patients/cases-treated.ts';
import {
  conditionResources,
  patientResource,
  personResources,
  stageResources,
  statusResources,
  tumourResources,
} from './patients/clinical-resources.ts';
import { imagingResources, imagingSeries } from './patients/imaging.ts';
import { labResources } from './patients/lab-resources.ts';
import { administrationResources, orderResources } from './patients/medication-resources.ts';
import type { SyntheticPatient } from './patients/plan.ts';

/** The demonstration's patients, in the order of their PatientIDs. None is a person. */
export const syntheticPatients: readonly SyntheticPatient[] = [...firstLineCases, ...treatedCases, ...nsclcCases].sort(
  (a, b) => (a.PatientID < b.PatientID ? -1 : 1),
);

/** A patient's record and images. */
export interface PatientData {
  /** Type `batch`: a PUT per resource with its own id, Patient first, so that loading twice changes nothing. */
  readonly bundle: Bundle;
  /** Part 10 files, a list per CT series (slices from feet to head, then its SEG); made anew on each call. */
  readonly dicomSeries: () => Iterable<Uint8Array[]>;
}

/**
 * Makes record and images of a synthetic patient. Same patient and date, same bytes; UIDs change with the date.
 *
 * @param referenceDate The patient's today, YYYY-MM-DD; everything in the record is before it.
 * @throws RangeError if the date is not of that form.
 */
export function createPatient(patient: SyntheticPatient, referenceDate: string): PatientData {
  const resources: Resource[] = [
    patientResource(patient, referenceDate),
    ...conditionResources(patient, referenceDate),
    ...tumourResources(patient),
    ...stageResources(patient, referenceDate),
    ...statusResources(patient, referenceDate),
    ...personResources(patient, referenceDate),
    ...labResources(patient, referenceDate),
    ...orderResources(patient, referenceDate),
    ...administrationResources(patient, referenceDate),
    ...imagingResources(patient, referenceDate),
  ];
  return {
    bundle: {
      resourceType: 'Bundle',
      type: 'batch',
      entry: resources.map((resource) => ({
        resource,
        request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` },
      })),
    },
    dicomSeries: () => imagingSeries(patient, referenceDate),
  };
}
