import { randomUUID } from 'node:crypto';
import type { FhirSource } from '../fhir/client.ts';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import { readClinicalFacts } from '../fhir/read-facts.ts';
import type { ContextFacts } from '../models/inputs.ts';
import type { RegisteredModel } from '../models/registry.ts';
import type { Store } from '../store/store.ts';
import { type Assessment, assessmentFormat, buildAssessment } from './assessment.ts';

export interface AssessmentServices {
  readonly fhir: FhirSource;
  readonly store: Store;
  readonly mappings: ClinicalMappings;
  readonly models: readonly RegisteredModel[];
  readonly contextFacts: ContextFacts;
  readonly settingsHashes: Readonly<Record<string, string>>;
  readonly unavailable: Readonly<Record<string, string>>;
  readonly versions: Assessment['versions'];
}

/**
 * Reads a patient's record and the stored image features, builds the Assessment and stores it. Never asks the PACS.
 *
 * @param patientId Logical id of the FHIR Patient.
 * @param asOf Only what was known up to then is used.
 * @throws FhirError when the Patient can't be read; a part of the record that can't be read is a problem in the result.
 */
export async function assessPatient(services: AssessmentServices, patientId: string, asOf: Date): Promise<Assessment> {
  const reference = `Patient/${patientId}`;
  const [facts, featureSets, imagingStatus, previous] = await Promise.all([
    readClinicalFacts(services.fhir, patientId, { mappings: services.mappings, asOf }),
    services.store.featureSetsOf(reference),
    services.store.imagingStatusOf(reference),
    services.store.lastAssessmentBefore<Assessment>(reference, asOf.toISOString().slice(0, 10), assessmentFormat),
  ]);
  const assessment = buildAssessment({
    id: randomUUID(),
    createdAt: new Date().toISOString(),
    facts,
    featureSets,
    imagingStatus,
    models: services.models,
    contextFacts: services.contextFacts,
    settingsHashes: services.settingsHashes,
    unavailable: services.unavailable,
    versions: services.versions,
    previous,
  });
  await services.store.saveAssessment(assessment);
  return assessment;
}
