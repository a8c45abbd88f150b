import { FhirError } from '../errors.ts';
import { type Findings, type Reading, sortIntoChart } from './chart.ts';
import type { FhirSource, SearchParams } from './client.ts';
import type { CodeSet } from './code-set.ts';
import type { ClinicalFacts, Fact, FactProblem } from './facts.ts';
import { readHistology } from './histology.ts';
import { labCodes } from './lab-measurements.ts';
import { readLabs } from './labs.ts';
import type { ClinicalMappings } from './mappings.ts';
import { readMetastases } from './metastases.ts';
import { parseMoment } from './moment.ts';
import { describePatient, readDemographics } from './patient.ts';
import { relativeReference } from './references.ts';
import { clinicalResource, type Resource, referenceTo } from './resources.ts';
import { readStages } from './stage.ts';
import { readTherapy } from './therapy.ts';

export interface FactOptions {
  readonly mappings: ClinicalMappings;
  /** Only what was known up to then is in the facts. */
  readonly asOf: Date;
  /** The present, for results dated in the future; the clock's where it is left out. */
  readonly now?: Date;
  /** `identifier.system` whose values are the PACS patient IDs. */
  readonly patientIdSystem?: string;
}

/**
 * Reads everything that a patient's record says for our models.
 *
 * The Patient must be readable. Any other part that is not becomes a problem in the result, and nothing is concluded from its
 * absence.
 *
 * @param patientId Logical id of the Patient.
 * @param options `prefetch`: resources that the caller has already; a Patient among them is not read again.
 * @throws FhirError when the Patient can't be read.
 */
export async function readClinicalFacts(
  source: FhirSource,
  patientId: string,
  options: FactOptions & { readonly prefetch?: readonly Resource[] },
): Promise<ClinicalFacts> {
  const { prefetch = [] } = options;
  const problems: FactProblem[] = [];
  const unread = new Set<string>();
  const attempt = async (subject: string, work: () => Promise<Resource[]>): Promise<Resource[]> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      // What the server does not offer holds nothing about anybody: only then does absence say something.
      if (error.code !== 'FHIR_NOT_OFFERED') unread.add(subject.split('/')[0] ?? subject);
      problems.push(notRead(subject, error));
      return [];
    }
  };
  const [patient, ...found] = await Promise.all([
    prefetch.some((resource) => isPatient(resource, patientId)) ? [] : [await source.read('Patient', patientId)],
    ...searches(options.mappings).map(([resourceType, params]) =>
      attempt(resourceType, () =>
        source.search(resourceType, { patient: patientId, _count: pageSize, ...params }, (problem) => {
          unread.add(resourceType);
          problems.push(problem);
        }),
      ),
    ),
  ]);
  const resources = [...prefetch, ...patient, ...found.flat()];
  const medications = missingMedications(resources).map((id) =>
    attempt(`Medication/${id}`, async () => [await source.read('Medication', id)]),
  );
  resources.push(...(await Promise.all(medications)).flat());
  const facts = factsFromResources(resources, patientId, { ...options, unread });
  return { ...facts, problems: [...distinct(problems), ...facts.problems] };
}

/** Entries of one page; servers may give fewer. */
const pageSize = 200;

/** Codes in one search: about as many as keep the URL under 2000 characters. */
const codesInOneSearch = 35;

function searches({ labs, stages, conditions }: ClinicalMappings): [resourceType: string, params: SearchParams][] {
  const codes: CodeSet = [
    ...labCodes(labs),
    ...Object.values(stages.categories).flatMap(({ include }) => include),
    ...stages.ecog.include,
    ...conditions.morphology.observations,
    ...conditions.metastasisSiteObservations,
    ...conditions.diseaseStatus.observations,
  ];
  const tokens = codes.map(({ system, code }) => `${system}|${code}`);
  const chunks = Array.from({ length: Math.ceil(tokens.length / codesInOneSearch) }, (_, chunk) =>
    tokens.slice(chunk * codesInOneSearch, (chunk + 1) * codesInOneSearch).join(','),
  );
  return [
    ...chunks.map((code): [string, SearchParams] => ['Observation', { code }]),
    ['Condition', {}],
    ['MedicationAdministration', {}],
    ['MedicationRequest', {}],
    ['MedicationStatement', {}],
    ['BodyStructure', {}],
  ];
}

function isPatient(resource: Resource, patientId: string): boolean {
  const parsed = clinicalResource(resource);
  return parsed?.resourceType === 'Patient' && parsed.id === patientId;
}

function notRead(subject: string, { code, message }: FhirError): FactProblem {
  const offered = code !== 'FHIR_NOT_OFFERED';
  return {
    code: offered ? 'FHIR_UNREACHABLE' : 'FHIR_RESPONSE_INVALID',
    key: null,
    source: subject.includes('/') ? subject : null,
    text: offered ? `${subject} could not be read: ${message}` : `The FHIR server does not offer ${subject}`,
  };
}

/** Two searches of one type fail alike; one line says it. */
function distinct(problems: readonly FactProblem[]): FactProblem[] {
  return [...new Map(problems.map((problem) => [problem.text, problem])).values()];
}

/** Ids of Medications that are referred to and are not there yet. */
function missingMedications(resources: readonly Resource[]): string[] {
  const parsed = resources.map(clinicalResource).filter((resource) => resource !== undefined);
  const there = new Set(parsed.map(referenceTo));
  const wanted = parsed.flatMap((resource) => {
    if (!('medicationReference' in resource)) return [];
    const target = relativeReference(resource.medicationReference?.reference);
    return target?.type === 'Medication' && !there.has(`Medication/${target.id}`) ? [target.id] : [];
  });
  return [...new Set(wanted)];
}

/**
 * The facts that a set of resources holds about one patient.
 *
 * @param resources Of any type and of any patient, the Patient among them; others' are left out and reported.
 * @param options `unread`: resource types that are known to be incomplete, from whose absence nothing follows.
 * @throws FhirError `FHIR_PATIENT_NOT_FOUND` without the Patient, `FHIR_RESPONSE_INVALID` if it is not readable.
 */
export function factsFromResources(
  resources: readonly Resource[],
  patientId: string,
  options: FactOptions & { readonly unread?: ReadonlySet<string> },
): ClinicalFacts {
  const { mappings, asOf, now = new Date(), unread = new Set() } = options;
  const { chart, problems } = sortIntoChart(resources, patientId);
  const reading: Reading = { chart, mappings, asOf, now, unread };
  const staged: Findings[] = [readStages(reading), readHistology(reading)];
  const findings = [
    readDemographics(reading),
    readLabs(reading),
    ...staged,
    readMetastases(reading, newestFirst(staged.flatMap(({ facts }) => facts))),
    readTherapy(reading),
  ];
  return {
    patient: describePatient(chart.patient, options.patientIdSystem),
    timeline: newestFirst(findings.flatMap(({ facts }) => facts)),
    problems: [...problems, ...findings.flatMap((each) => each.problems)],
    asOf: asOf.toISOString(),
  };
}

/** Sorting is stable: facts of one moment stay in order of preference. */
function newestFirst(facts: readonly Fact[]): Fact[] {
  const at = ({ date }: Fact) => parseMoment(date)?.at ?? 0;
  return facts.toSorted((a, b) => at(b) - at(a));
}
