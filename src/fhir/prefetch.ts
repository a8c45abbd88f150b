import { z } from 'zod';
import type { SearchParams } from './client.ts';
import type { CodeSet } from './code-set.ts';
import { labCodes } from './lab-measurements.ts';
import type { ClinicalMappings } from './mappings.ts';
import { type Bundle, bundleResources, type Resource } from './resources.ts';
import { readOutcome, searchOutcome } from './search-outcome.ts';

/** One search that the facts are read from, with the key under which a CDS client may prefetch its answer. */
export interface FactSearch {
  readonly key: string;
  readonly resourceType: string;
  readonly params: SearchParams;
}

/** Entries of one page; servers may give fewer. */
const pageSize = 200;

/**
 * Every search about a patient, without the parameter `patient`. The keys never change with the tables: clients publish them.
 *
 * Codes are searched without their system, which keeps the URL short; what comes back is matched with it.
 */
export function factSearches({ labs, stages, conditions }: ClinicalMappings): FactSearch[] {
  const observations: CodeSet = [
    ...Object.values(stages.categories).flatMap(({ include }) => include),
    ...stages.ecog.include,
    ...stages.karnofsky.include,
    ...stages.stageGroup.include,
    ...conditions.smoking.observations,
    ...conditions.morphology.observations,
    ...conditions.metastasisSiteObservations,
    ...conditions.diseaseStatus.observations,
  ];
  const coded = (codes: CodeSet) => ({ _count: pageSize, code: [...new Set(codes.map(({ code }) => code))].join(',') });
  const whole = {
    conditions: 'Condition',
    medicationAdministrations: 'MedicationAdministration',
    medicationRequests: 'MedicationRequest',
    medicationStatements: 'MedicationStatement',
    bodyStructures: 'BodyStructure',
    procedures: 'Procedure',
  };
  return [
    { key: 'labs', resourceType: 'Observation', params: coded(labCodes(labs)) },
    { key: 'observations', resourceType: 'Observation', params: coded(observations) },
    ...Object.entries(whole).map(([key, resourceType]) => ({ key, resourceType, params: { _count: pageSize } })),
  ];
}

/** Key of the referrals to the tumour board, which are no facts: they tell whether another one is to be suggested. */
export const boardRequestsKey = 'tumourBoardRequests';

/** Search parameters of the referrals to the tumour board, without the patient. */
export function boardRequestParams(codes: CodeSet): SearchParams {
  return { _count: pageSize, code: [...new Set(codes.map(({ code }) => code))].join(',') };
}

/** Every resource type that is read of a patient's record. */
export function resourceTypesRead(mappings: ClinicalMappings): string[] {
  const facts = factSearches(mappings).map(({ resourceType }) => resourceType);
  return [...new Set(['Patient', 'Medication', ...facts, 'ServiceRequest', 'Task', 'Appointment'])];
}

/**
 * Prefetch templates of CDS Hooks for everything that the facts are read from, and the referrals to the tumour board, by key;
 * `patient` is the Patient.
 *
 * Only the token `context.patientId`, no parameter twice, no `_include`: what every client can do.
 *
 * @see CDS Hooks 2.0, Prefetch Template
 */
export function prefetchTemplates(mappings: ClinicalMappings): Record<string, string> {
  const patient = '{{context.patientId}}';
  const board = {
    key: boardRequestsKey,
    resourceType: 'ServiceRequest',
    params: boardRequestParams(mappings.tumourBoard),
  };
  const searches = [...factSearches(mappings), board].map(({ key, resourceType, params }) => {
    const query = Object.entries(params).map(([name, value]) => `${name}=${value}`);
    return [key, `${resourceType}?${[`patient=${patient}`, ...query].join('&')}`];
  });
  return { patient: `Patient/${patient}`, ...Object.fromEntries(searches) };
}

/**
 * What a prefetched value says.
 *
 * `absent`: nothing, so ask the server. `known`: the whole answer, which may be empty. `partial`: the first page of one.
 * `withheld`: an answer that may not be complete. `failed`: the CDS client could not get it, which is not the same as nothing
 * there.
 */
export type Prefetched =
  | { readonly state: 'absent' }
  | { readonly state: 'known'; readonly resources: readonly Resource[] }
  | { readonly state: 'partial'; readonly resources: readonly Resource[]; readonly next: string }
  | { readonly state: 'withheld'; readonly resources: readonly Resource[]; readonly why: string }
  | { readonly state: 'failed'; readonly why: string };

const bundle = z.looseObject({
  resourceType: z.literal('Bundle'),
  link: z.array(z.looseObject({ relation: z.string().optional(), url: z.string().optional() })).optional(),
  entry: z.array(z.looseObject({ resource: z.looseObject({ resourceType: z.string() }).optional() })).optional(),
});

/**
 * Reads the value of one prefetch key: a resource, or a Bundle of any type with or without `type`, `total` and `search`.
 *
 * @param value As the CDS client sent it: null says that there is no such resource, undefined that it sent nothing.
 */
export function readPrefetched(value: unknown): Prefetched {
  if (value === undefined) return { state: 'absent' };
  if (value === null) return { state: 'known', resources: [] };
  const resource = z.looseObject({ resourceType: z.string() }).safeParse(value);
  if (!resource.success) return { state: 'failed', why: 'the value is no FHIR resource' };
  if (resource.data.resourceType === 'OperationOutcome') {
    const { state, code } = readOutcome(value);
    return state === 'complete' ? { state: 'known', resources: [] } : { state: 'failed', why: outcomeText(code) };
  }
  if (resource.data.resourceType !== 'Bundle') return { state: 'known', resources: [resource.data] };
  const answer = bundle.safeParse(value);
  if (!answer.success) return { state: 'failed', why: 'the Bundle is not readable as FHIR' };
  return fromBundle(answer.data as Bundle);
}

function fromBundle(given: Bundle): Prefetched {
  const { state, code } = searchOutcome(given);
  if (state === 'failed') return { state, why: outcomeText(code) };
  const resources = bundleResources(given).filter(({ resourceType }) => resourceType !== 'OperationOutcome');
  const next = given.link?.find(({ relation }) => relation === 'next');
  if (next !== undefined) return { state: 'partial', resources, next: next.url ?? '' };
  return state === 'withheld' ? { state, resources, why: outcomeText(code) } : { state: 'known', resources };
}

function outcomeText(code: string): string {
  return `the CDS client answered with an OperationOutcome (${code})`;
}
