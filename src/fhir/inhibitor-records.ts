import { FhirError } from '../errors.ts';
import type { FhirSource, SearchParams } from './client.ts';
import { findCheckpointInhibitor } from './drug-match.ts';
import type { ClinicalMappings } from './mappings.ts';
import { relativeReference } from './references.ts';
import { clinicalResource, type MedicationUse, type Resource } from './resources.ts';

const medicationUses = ['MedicationAdministration', 'MedicationRequest', 'MedicationStatement'];

/** Entries of one page; servers may give fewer. */
const pageSize = 200;
/** Medications named in one search: their ids make up the address. */
const medicationsPerSearch = 40;

/** Statuses of what was not meant, or did not happen. */
const discarded: readonly string[] = ['entered-in-error', 'cancelled', 'not-done', 'not-taken'];

/**
 * Whether a patient's record holds a dose, an order (a draft as well) or a statement of a checkpoint inhibitor, of any date.
 *
 * @param patientId Logical id of the Patient.
 * @throws FhirError as the source does; of types that the server does not offer or does not let us read, only when that is so
 *   for all of them.
 */
export async function hasCheckpointInhibitor(
  source: FhirSource,
  patientId: string,
  mappings: Pick<ClinicalMappings, 'drugs'>,
): Promise<boolean> {
  const params = { patient: patientId, _count: pageSize };
  const uses = await searchAll(source, medicationUses, [params]);
  return (await patientsGiven(source, uses, mappings)).includes(patientId);
}

/**
 * Patients for whom a dose, an order or a statement of a checkpoint inhibitor was recorded or changed since a moment. A server may
 * refuse to search without a patient.
 *
 * @param since ISO date-time, compared with `meta.lastUpdated`.
 * @returns Logical ids, each once.
 * @throws FhirError as `hasCheckpointInhibitor`.
 */
export async function findTreatedSince(
  source: FhirSource,
  since: string,
  mappings: Pick<ClinicalMappings, 'drugs'>,
): Promise<string[]> {
  const codes = mappings.drugs
    .filter(({ group }) => group === 'checkpoint-inhibitor')
    .flatMap((drug) => drug.codes.map(({ code }) => code));
  const code = [...new Set(codes)].join(',');
  const medications = await unlessRefused(() => source.search('Medication', { code, _count: pageSize }));
  const known = medications instanceof FhirError ? [] : medications;
  const references = known.flatMap((resource) => {
    const medication = clinicalResource(resource);
    return medication?.resourceType === 'Medication' && medication.id !== undefined
      ? [`Medication/${medication.id}`]
      : [];
  });
  const lastUpdated = `ge${since}`;
  const searches: SearchParams[] = [{ code, _lastUpdated: lastUpdated, _count: pageSize }];
  for (let at = 0; at < references.length; at += medicationsPerSearch) {
    const medication = references.slice(at, at + medicationsPerSearch).join(',');
    searches.push({ medication, _lastUpdated: lastUpdated, _count: pageSize });
  }
  const uses = await searchAll(source, medicationUses, searches);
  return [...new Set(await patientsGiven(source, [...uses, ...known], mappings))];
}

/** What servers say to a search that they don't offer, don't let us make, or don't make without a patient. */
const refusals: readonly string[] = ['FHIR_NOT_OFFERED', 'FHIR_REFUSED', 'FHIR_RESPONSE_INVALID'];

async function searchAll(
  source: FhirSource,
  resourceTypes: readonly string[],
  searches: readonly SearchParams[],
): Promise<Resource[]> {
  const found: Resource[] = [];
  let answers = 0;
  let refusal: FhirError | undefined;
  for (const resourceType of resourceTypes) {
    for (const params of searches) {
      const answer = await unlessRefused(() => source.search(resourceType, params));
      if (answer instanceof FhirError) refusal = answer;
      else {
        answers += 1;
        found.push(...answer);
      }
    }
  }
  if (answers === 0 && refusal !== undefined) throw refusal;
  return found;
}

async function unlessRefused<T>(ask: () => Promise<T>): Promise<T | FhirError> {
  try {
    return await ask();
  } catch (error) {
    if (error instanceof FhirError && refusals.includes(error.code)) return error;
    throw error;
  }
}

/** Subjects of the uses that are about a checkpoint inhibitor; a referenced Medication that is not there is read. */
async function patientsGiven(
  source: FhirSource,
  resources: readonly Resource[],
  mappings: Pick<ClinicalMappings, 'drugs'>,
): Promise<string[]> {
  const medications = new Map(
    resources
      .map((resource) => ({ resource, parsed: clinicalResource(resource) }))
      .flatMap(({ resource, parsed }) =>
        parsed?.resourceType === 'Medication' ? [[parsed.id, resource] as const] : [],
      ),
  );
  const resolve = (reference: string) => medications.get(relativeReference(reference)?.id);
  const patients: string[] = [];
  for (const use of resources.map(clinicalResource).filter(isUse)) {
    if (discarded.includes(use.status)) continue;
    const target = relativeReference(use.medicationReference?.reference);
    if (target !== undefined && !medications.has(target.id)) {
      const medication = await unlessRefused(() => source.read('Medication', target.id));
      if (!(medication instanceof FhirError)) medications.set(target.id, medication);
    }
    const subject = relativeReference(use.subject?.reference);
    const given = findCheckpointInhibitor(use, resolve, mappings) !== undefined;
    if (given && subject?.type === 'Patient') patients.push(subject.id);
  }
  return patients;
}

function isUse(resource: ReturnType<typeof clinicalResource>): resource is MedicationUse {
  return resource !== undefined && medicationUses.includes(resource.resourceType);
}
