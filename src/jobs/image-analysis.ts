import type { ClinicalContent } from '../assessment/clinical-content.ts';
import { computeImageFeatures, type ImageFeatureServices } from '../assessment/image-features.ts';
import { wantedImages } from '../assessment/wanted-images.ts';
import { FhirError } from '../errors.ts';
import type { FhirSource } from '../fhir/client.ts';
import { type ClinicalFacts, newest } from '../fhir/facts.ts';
import { readPatient } from '../fhir/patient.ts';
import { readClinicalFacts } from '../fhir/read-facts.ts';
import type { ImagingStatus } from '../store/records.ts';

export interface ImageAnalysisServices extends Pick<ImageFeatureServices, 'dicomweb' | 'store' | 'extract' | 'infer'> {
  readonly fhir: FhirSource;
  readonly content: ClinicalContent;
  readonly patientIdSystem?: string | undefined;
  /** Told of the patient (`Patient/123`) whose record and images are looked at. */
  noteRead(patient: string): Promise<unknown>;
}

/**
 * Reads a patient's record, and analyses the images that the models ask for.
 *
 * @param onProgress Called with the share done, 0 to 1.
 * @returns The status, which is stored, also where the analysis failed.
 * @throws FhirError when the record can't be read, with nothing stored.
 */
export async function analysePatientImages(
  services: ImageAnalysisServices,
  patientId: string,
  onProgress: (share: number) => void,
): Promise<ImagingStatus> {
  const { fhir, content, patientIdSystem } = services;
  const patient = await readPatient(fhir, patientId, patientIdSystem);
  await services.noteRead(patient.reference);
  const facts = await readClinicalFacts(fhir, patientId, { mappings: content.mappings, asOf: new Date() });
  requireTherapy(facts);
  const firstDose = newest(facts, 'immunotherapyStart')?.value;
  return computeImageFeatures(
    {
      ...services,
      rules: content.rules,
      images: wantedImages(content.models, facts),
      processing: content.processing,
      lesionSize: content.lesionSize,
    },
    {
      patient: patient.reference,
      patientIds: patient.identifiers,
      firstDose: typeof firstDose === 'string' ? firstDose : null,
    },
    onProgress,
  );
}

/**
 * Which study is the baseline hangs on the first dose: without the therapy it would be guessed.
 *
 * @throws FhirError `FHIR_UNREACHABLE`: the analysis is tried again later.
 */
function requireTherapy({ patient, unread }: ClinicalFacts): void {
  const missing = unread.filter((resourceType) => resourceType.startsWith('Medication'));
  if (missing.length === 0) return;
  const text = `${missing.join(', ')} could not be read, and without them the baseline study is not known: try again`;
  throw new FhirError('FHIR_UNREACHABLE', patient.reference, text);
}
