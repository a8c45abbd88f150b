import { FhirError } from '../errors.ts';
import type { Fact, FactProblem } from './facts.ts';
import type { ClinicalMappings } from './mappings.ts';
import { pointsTo, relativeReference } from './references.ts';
import {
  type BodyStructure,
  type ClinicalResource,
  type Condition,
  type MedicationUse,
  type Observation,
  type Patient,
  type Procedure,
  parseResource,
  type Resource,
  referenceTo,
} from './resources.ts';
import { isOwnResult } from './write-back/own-result.ts';

/** Facts and problems that one part of the reading contributes. */
export interface Findings {
  readonly facts: readonly Fact[];
  readonly problems: readonly FactProblem[];
}

/** The resources of one patient, parsed and sorted by type. */
export interface Chart {
  readonly patient: Patient & { readonly id: string };
  readonly observations: readonly Observation[];
  readonly conditions: readonly Condition[];
  readonly medicationUses: readonly MedicationUse[];
  readonly bodyStructures: readonly BodyStructure[];
  readonly procedures: readonly Procedure[];
  /** Finds a resource that another one refers to. */
  resolve(reference: string): ClinicalResource | undefined;
}

/** What every part of the reading works with. */
export interface Reading {
  readonly chart: Chart;
  readonly mappings: ClinicalMappings;
  /** Nothing later counts. */
  readonly asOf: Date;
  /** The present: what is dated after it is an error of the record. */
  readonly now: Date;
  /** Resource types that could not be read, or not all of them: their absence proves nothing. */
  readonly unread: ReadonlySet<string>;
}

/**
 * Sorts resources into the chart of one patient.
 *
 * Resources about somebody else, or about nobody, are left out: they are reported once, with their number. Resources that
 * are not readable as FHIR are reported each. What Deltascope has written itself does not count: a result must not become its own input.
 *
 * @param patientId Logical id of the Patient, who must be among the resources.
 * @throws FhirError `FHIR_PATIENT_NOT_FOUND` without the Patient, `FHIR_RESPONSE_INVALID` if it is not readable.
 */
export function sortIntoChart(
  resources: readonly Resource[],
  patientId: string,
): { chart: Chart; problems: FactProblem[] } {
  const problems: FactProblem[] = [];
  const known = new Map<string, ClinicalResource>();
  for (const [at, resource] of resources.entries()) {
    const parsed = parseResource(resource);
    if (parsed === 'other' || isOwnResult(resource)) continue;
    if ('wrong' in parsed) {
      problems.push(unreadable(resource, parsed.wrong));
      continue;
    }
    known.set(parsed.id === undefined ? `${at}` : referenceTo(parsed), parsed);
  }
  const patient = known.get(`Patient/${patientId}`);
  if (patient?.resourceType !== 'Patient') throw patientMissing(patientId, problems);
  const all = [...known.values()];
  const foreign = all.filter((resource) => subjectOf(resource) !== null && !isAbout(resource, patientId));
  if (foreign.length > 0) problems.push(mixedUp(foreign));
  const leftOut = new Set(foreign);
  return {
    chart: chartOf(
      { ...patient, id: patientId },
      all.filter((resource) => !leftOut.has(resource)),
    ),
    problems,
  };
}

function chartOf(patient: Chart['patient'], own: readonly ClinicalResource[]): Chart {
  return {
    patient,
    observations: own.filter((resource) => resource.resourceType === 'Observation'),
    conditions: own.filter((resource) => resource.resourceType === 'Condition'),
    bodyStructures: own.filter((resource) => resource.resourceType === 'BodyStructure'),
    procedures: own.filter((resource) => resource.resourceType === 'Procedure'),
    medicationUses: own.filter(
      (resource) =>
        resource.resourceType === 'MedicationRequest' ||
        resource.resourceType === 'MedicationAdministration' ||
        resource.resourceType === 'MedicationStatement',
    ),
    resolve(reference) {
      const target = relativeReference(reference);
      return own.find(
        ({ resourceType, id }) => id === target?.id && (target?.type === null || target?.type === resourceType),
      );
    },
  };
}

/** The reference to the patient; undefined where it should be and isn't, null for a type that has none. */
function subjectOf(resource: ClinicalResource): string | undefined | null {
  if (resource.resourceType === 'Medication' || resource.resourceType === 'Patient') return null;
  return resource.resourceType === 'BodyStructure' ? resource.patient?.reference : resource.subject?.reference;
}

function isAbout(resource: ClinicalResource, patientId: string): boolean {
  return pointsTo(subjectOf(resource) ?? undefined, 'Patient', patientId);
}

function unreadable({ resourceType, ...rest }: Resource, wrong: string): FactProblem {
  const id = 'id' in rest && typeof rest.id === 'string' ? rest.id : 'unknown';
  const source = `${resourceType}/${id}`;
  return { code: 'FHIR_RESPONSE_INVALID', key: null, source, text: `${source} is not readable as FHIR (${wrong})` };
}

function mixedUp(foreign: readonly ClinicalResource[]): FactProblem {
  const [first] = foreign;
  const text = `${foreign.length} resource(s) are about another patient or name none and were left out`;
  return { code: 'FHIR_SUBJECT_MISMATCH', key: null, source: first ? referenceTo(first) : null, text };
}

function patientMissing(patientId: string, problems: readonly FactProblem[]): FhirError {
  const source = `Patient/${patientId}`;
  const broken = problems.find((problem) => problem.source === source);
  return broken === undefined
    ? new FhirError('FHIR_PATIENT_NOT_FOUND', source, 'not among the resources: pass the Patient with them')
    : new FhirError('FHIR_RESPONSE_INVALID', source, `${broken.text}: correct the Patient resource`);
}
