import { FhirError } from '../errors.ts';
import { type Findings, type Reading, sortIntoChart } from './chart.ts';
import type { FhirSource } from './client.ts';
import { readEligibility } from './eligibility.ts';
import type { ClinicalFacts, Fact, FactProblem } from './facts.ts';
import { readHistology } from './histology.ts';
import { readLabs } from './labs.ts';
import type { ClinicalMappings } from './mappings.ts';
import { readMetastases } from './metastases.ts';
import { parseMoment } from './moment.ts';
import { describePatient, readDemographics } from './patient.ts';
import { type FactSearch, factSearches, type Prefetched, readPrefetched } from './prefetch.ts';
import { readProcedures } from './procedures.ts';
import { relativeReference } from './references.ts';
import { clinicalResource, type Resource, referenceTo } from './resources.ts';
import { readSmoking } from './smoking.ts';
import { readStages } from './stage.ts';
import { readStageGroups } from './stage-group.ts';
import { readSteroids } from './steroids.ts';
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
 * Reads everything that a patient's record says for our models: from prefetched answers, from the server, or from both.
 *
 * The Patient must be readable. Any other part that is not becomes a problem in the result, and nothing is concluded from its
 * absence.
 *
 * @param source The FHIR server; null where there is only what was prefetched.
 * @param patientId Logical id of the Patient.
 * @param options `prefetch`: answers by the keys of `factSearches`, and the Patient as `patient`. What is known, or known to be
 *   empty, is not asked for; what the CDS client failed to get is reported and not taken for empty. `signal`: ends the reading;
 *   what did not come by then is reported as `FHIR_LATE`.
 * @throws FhirError when the Patient can't be read, `FHIR_SUBJECT_MISMATCH` when another Patient was prefetched.
 */
export async function readClinicalFacts(
  source: FhirSource | null,
  patientId: string,
  options: FactOptions & { readonly prefetch?: Readonly<Record<string, unknown>>; readonly signal?: AbortSignal },
): Promise<ClinicalFacts> {
  const { prefetch = {}, signal } = options;
  const gaps: Gaps = { problems: [], unread: new Set() };
  const [patient, ...found] = await Promise.all([
    readThePatient(source, patientId, prefetch.patient, signal),
    ...factSearches(options.mappings).map((search) =>
      readPart(search, { source, patientId, given: readPrefetched(prefetch[search.key]), gaps, signal }),
    ),
  ]);
  const resources = [patient, ...found.flat()];
  const medications = missingMedications(resources).map((id) => {
    const subject = `Medication/${id}`;
    if (source === null) return gap(gaps, 'Medication', [], `${subject} was not prefetched`);
    return attempt(gaps, subject, async () => [await source.read('Medication', id, signal)]);
  });
  resources.push(...(await Promise.all(medications)).flat());
  const facts = factsFromResources(resources, patientId, { ...options, unread: gaps.unread });
  return { ...facts, problems: [...distinct(gaps.problems), ...facts.problems] };
}

/** What could not be read, gathered on the way. */
interface Gaps {
  readonly problems: FactProblem[];
  readonly unread: Set<string>;
}

async function readThePatient(
  source: FhirSource | null,
  patientId: string,
  value: unknown,
  signal: AbortSignal | undefined,
): Promise<Resource> {
  const given = readPrefetched(value);
  const resources = 'resources' in given ? given.resources : [];
  const patient = resources.find((resource) => isPatient(resource, patientId));
  if (patient !== undefined) return patient;
  const subject = `Patient/${patientId}`;
  if (resources.some(isOtherPatient)) {
    throw new FhirError(
      'FHIR_SUBJECT_MISMATCH',
      subject,
      'another Patient was prefetched: the client mixed up two charts',
    );
  }
  // What the client asked for in vain is not asked for again.
  const inVain = given.state === 'failed' ? given.why : given.state === 'known' ? 'prefetched, and not there' : null;
  if (source !== null && inVain === null) return source.read('Patient', patientId, signal);
  const why = inVain ?? 'not prefetched, and there is no FHIR server to ask';
  throw new FhirError('FHIR_PATIENT_NOT_FOUND', subject, `${why}: prefetch the Patient`);
}

interface PartOptions {
  readonly source: FhirSource | null;
  readonly patientId: string;
  readonly given: Prefetched;
  readonly gaps: Gaps;
  readonly signal: AbortSignal | undefined;
}

async function readPart(search: FactSearch, options: PartOptions): Promise<Resource[]> {
  const { source, given, gaps } = options;
  const { resourceType } = search;
  if (given.state === 'known') return [...given.resources];
  if (given.state === 'withheld') {
    return gap(
      gaps,
      resourceType,
      [...given.resources],
      `${resourceType} may be prefetched only in part: ${given.why}`,
    );
  }
  if (given.state === 'failed') return gap(gaps, resourceType, [], `${resourceType} was not prefetched: ${given.why}`);
  const partial = given.state === 'partial' ? [...given.resources] : [];
  if (source === null) {
    const what = given.state === 'partial' ? 'was prefetched only in part' : 'was not prefetched';
    return gap(gaps, resourceType, partial, `${resourceType} ${what}, and there is no FHIR server to ask`);
  }
  const searched = await attempt(gaps, resourceType, () => searchPart(source, search, options));
  return [...partial, ...searched];
}

/** The rest of what was prefetched in part, where its next page is one of this server; else the whole search. */
async function searchPart(
  source: FhirSource,
  { resourceType, params }: FactSearch,
  { patientId, given, gaps, signal }: PartOptions,
): Promise<Resource[]> {
  const query = { patient: patientId, ...params };
  const report = (problem: FactProblem) => {
    gaps.unread.add(resourceType);
    gaps.problems.push(problem);
  };
  if (given.state === 'partial' && given.next !== '') {
    try {
      return await source.search(resourceType, query, { report, signal, from: given.next });
    } catch (error) {
      // A page of another address, or one that the server no longer keeps.
      if (!(error instanceof FhirError) || !pageIsGone.has(error.code)) throw error;
    }
  }
  return source.search(resourceType, query, { report, signal });
}

const pageIsGone = new Set<string>(['FHIR_FOREIGN_LINK', 'FHIR_NOT_OFFERED', 'FHIR_RESPONSE_INVALID']);

async function attempt(gaps: Gaps, subject: string, work: () => Promise<Resource[]>): Promise<Resource[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof FhirError)) throw error;
    // What the server does not offer holds nothing about anybody: only then does absence say something.
    if (error.code !== 'FHIR_NOT_OFFERED') gaps.unread.add(subject.split('/')[0] ?? subject);
    gaps.problems.push(notRead(subject, error));
    return [];
  }
}

function gap(gaps: Gaps, resourceType: string, known: Resource[], text: string): Resource[] {
  gaps.unread.add(resourceType);
  gaps.problems.push({ code: 'FHIR_UNREACHABLE', key: null, source: null, text });
  return known;
}

function isPatient(resource: Resource, patientId: string): boolean {
  const parsed = clinicalResource(resource);
  return parsed?.resourceType === 'Patient' && parsed.id === patientId;
}

function isOtherPatient(resource: Resource): boolean {
  const parsed = clinicalResource(resource);
  return parsed?.resourceType === 'Patient' && parsed.id !== undefined;
}

function notRead(subject: string, { code, message }: FhirError): FactProblem {
  const source = subject.includes('/') ? subject : null;
  if (code === 'FHIR_NOT_OFFERED') {
    return { code: 'FHIR_RESPONSE_INVALID', key: null, source, text: `The FHIR server does not offer ${subject}` };
  }
  const named = code === 'FHIR_LATE' || code === 'FHIR_SCOPE' ? code : 'FHIR_UNREACHABLE';
  return { code: named, key: null, source, text: `${subject} could not be read: ${message}` };
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
  const staged: Findings[] = [readStages(reading), readStageGroups(reading), readHistology(reading)];
  const findings = [
    readDemographics(reading),
    readLabs(reading),
    ...staged,
    readMetastases(reading, newestFirst(staged.flatMap(({ facts }) => facts))),
    readTherapy(reading),
    readProcedures(reading),
    readSmoking(reading),
    readEligibility(reading),
    readSteroids(reading),
  ];
  return {
    patient: describePatient(chart.patient, options.patientIdSystem),
    timeline: newestFirst(findings.flatMap(({ facts }) => facts)),
    problems: [...problems, ...findings.flatMap((each) => each.problems)],
    asOf: asOf.toISOString(),
    unread: [...unread].sort(),
  };
}

/** Sorting is stable: facts of one moment stay in order of preference. */
function newestFirst(facts: readonly Fact[]): Fact[] {
  const at = ({ date }: Fact) => parseMoment(date)?.at ?? 0;
  return facts.toSorted((a, b) => at(b) - at(a));
}
