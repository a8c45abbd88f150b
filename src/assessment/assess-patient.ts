import { randomUUID } from 'node:crypto';
import type { FhirAccess } from '../fhir/auth/access.ts';
import type { FhirSource } from '../fhir/client.ts';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import { readClinicalFacts } from '../fhir/read-facts.ts';
import { watched } from '../fhir/watched-source.ts';
import type { ContextFacts } from '../models/inputs.ts';
import type { RegisteredModel } from '../models/registry.ts';
import type { Store } from '../store/store.ts';
import { type Assessment, type AssessmentParts, assessmentFormat, buildAssessment } from './assessment.ts';

export interface AssessmentServices {
  /** The record: the configured server, or the one that a hook call gives access to. */
  recordOf(access: FhirAccess | undefined): FhirSource;
  readonly store: Store;
  readonly mappings: ClinicalMappings;
  readonly models: readonly RegisteredModel[];
  readonly contextFacts: ContextFacts;
  readonly settingsHashes: Readonly<Record<string, string>>;
  readonly unavailable: Readonly<Record<string, string>>;
  readonly versions: Assessment['versions'];
  /** `identifier.system` whose values are PatientIDs of the archive; every identifier counts where left out. */
  readonly patientIdSystem?: string;
}

export interface AssessOptions {
  /** Only what was known up to then is used; the present where it is left out. */
  readonly asOf?: Date;
  /** What a hook call brought, by the keys of `factSearches` and `patient`. It is not asked for again. */
  readonly prefetch?: Readonly<Record<string, unknown>>;
  /** Access of a hook call; without it the configured server is read. */
  readonly access?: FhirAccess;
  /** Ends all reading of the record. What did not come by then is a problem `FHIR_LATE`; the store is not affected. */
  readonly signal?: AbortSignal;
  /** Told when the record is asked for something: without that the result rests on what was brought and on the store alone. */
  readonly onRead?: () => void;
}

/** What an Assessment is built from, read. */
export type PatientData = Pick<AssessmentParts, 'facts' | 'featureSets' | 'imagingStatus' | 'previous'>;

/**
 * Reads a patient's record and the stored image features, builds the Assessment and stores it. Never asks the PACS.
 *
 * @param patientId Logical id of the FHIR Patient.
 * @throws FhirError when the Patient can't be read; a part of the record that can't be read is a problem in the result.
 */
export async function assessPatient(
  services: AssessmentServices,
  patientId: string,
  options: AssessOptions = {},
): Promise<Assessment> {
  const assessment = assessData(services, await readPatientData(services, patientId, options));
  await services.store.saveAssessment(assessment);
  return assessment;
}

/** Reads what an Assessment is built from. @throws As {@link assessPatient}. */
export async function readPatientData(
  services: AssessmentServices,
  patientId: string,
  { asOf = new Date(), prefetch = {}, access, signal, onRead }: AssessOptions,
): Promise<PatientData> {
  const reference = `Patient/${patientId}`;
  const [facts, featureSets, imagingStatus, previous] = await Promise.all([
    readClinicalFacts(watched(services.recordOf(access), onRead), patientId, {
      mappings: services.mappings,
      asOf,
      prefetch,
      ...(services.patientIdSystem !== undefined && { patientIdSystem: services.patientIdSystem }),
      ...(signal !== undefined && { signal }),
    }),
    services.store.featureSetsOf(reference),
    services.store.imagingStatusOf(reference),
    services.store.lastAssessmentBefore<Assessment>(reference, asOf.toISOString().slice(0, 10), assessmentFormat),
  ]);
  return { facts, featureSets, imagingStatus, previous };
}

/** Builds an Assessment from what was read; it is not stored. */
export function assessData(services: AssessmentServices, data: PatientData): Assessment {
  return buildAssessment({
    id: randomUUID(),
    createdAt: new Date().toISOString(),
    ...data,
    models: services.models,
    contextFacts: services.contextFacts,
    settingsHashes: services.settingsHashes,
    unavailable: services.unavailable,
    versions: services.versions,
  });
}
