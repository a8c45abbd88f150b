import { isInSet } from './code-set.ts';
import type { ClinicalMappings, Drug } from './mappings.ts';
import {
  type ClinicalResource,
  type CodeableConcept,
  clinicalResource,
  type MedicationUse,
  type Resource,
} from './resources.ts';

/** Finds a resource that another one refers to. */
export type Resolve = (reference: string) => Resource | undefined;

type DrugTables = Pick<ClinicalMappings, 'drugs' | 'antineoplastics'>;

/**
 * The checkpoint inhibitor that an order, administration or statement is about; drafts count as well.
 *
 * Codes decide. Records often carry product codes that are in no table: then the INN as a whole word in text or display
 * does, biosimilar suffix (`-jsgr`) and strength included.
 *
 * @param resource MedicationRequest, MedicationAdministration, MedicationStatement or Medication; others match nothing.
 * @param resolve Finds a referenced Medication in the same Bundle; contained ones are found here.
 * @returns Undefined for another drug, and for an order not to give one.
 */
export function findCheckpointInhibitor(
  resource: Resource,
  resolve: Resolve,
  mappings: Pick<ClinicalMappings, 'drugs'>,
): { readonly inn: string } | undefined {
  const parsed = clinicalResource(resource);
  if (parsed === undefined) return undefined;
  if (parsed.resourceType === 'MedicationRequest' && parsed.doNotPerform === true) return undefined;
  const drug = drugsIn(parsed, resolve, mappings.drugs).find(({ group }) => group === 'checkpoint-inhibitor');
  return drug === undefined ? undefined : { inn: drug.inn };
}

/** Whether an order, administration or statement is about systemic therapy of a cancer. */
export function isSystemicTherapy(
  use: MedicationUse,
  resolve: Resolve,
  { drugs, antineoplastics }: DrugTables,
): boolean {
  const coded = conceptsOf(use, resolve).some((concept) => isInSet(antineoplastics, concept));
  return coded || drugsIn(use, resolve, drugs).length > 0;
}

/** The drugs of the table that an order, administration or statement is about. */
export function drugsIn(resource: ClinicalResource, resolve: Resolve, drugs: readonly Drug[]): Drug[] {
  const concepts = conceptsOf(resource, resolve);
  const byCode = drugs.filter(({ codes }) => concepts.some((concept) => isInSet(codes, concept)));
  return byCode.length > 0 ? byCode : drugs.filter((drug) => concepts.some((concept) => isNamed(drug, concept)));
}

/**
 * The drugs of systemic cancer therapy that a use is about, by INN; by its code where the table does not know it.
 *
 * @returns Empty for another drug.
 */
export function therapyNames(use: MedicationUse, resolve: Resolve, { drugs, antineoplastics }: DrugTables): string[] {
  const known = drugsIn(use, resolve, drugs).map(({ inn }) => inn);
  if (known.length > 0) return known;
  const codings = conceptsOf(use, resolve).flatMap(({ coding = [] }) => coding);
  const other = codings.find((coding) => isInSet(antineoplastics, { coding: [coding] }));
  return other?.code === undefined ? [] : [other.code];
}

/** Every concept that says which drug it is: the resource's own, the referenced Medication's and its ingredients'. */
export function conceptsOf(resource: ClinicalResource, resolve: Resolve): CodeableConcept[] {
  if (resource.resourceType === 'Medication') {
    return [resource.code, ...(resource.ingredient ?? []).map((each) => each.itemCodeableConcept)].filter(
      (concept) => concept !== undefined,
    );
  }
  if (!('medicationReference' in resource || 'medicationCodeableConcept' in resource)) return [];
  const { medicationCodeableConcept, medicationReference } = resource;
  const concepts = medicationCodeableConcept === undefined ? [] : [medicationCodeableConcept];
  const medication = referencedMedication(resource, resolve);
  if (medication !== undefined) concepts.push(...conceptsOf(medication, resolve));
  else if (medicationReference?.display !== undefined) concepts.push({ text: medicationReference.display });
  return concepts;
}

function referencedMedication(use: MedicationUse, resolve: Resolve): ClinicalResource | undefined {
  const reference = use.medicationReference?.reference;
  if (reference === undefined) return undefined;
  const found = reference.startsWith('#')
    ? use.contained?.filter(isResource).find((each) => 'id' in each && each.id === reference.slice(1))
    : resolve(reference);
  const medication = found && clinicalResource(found);
  return medication?.resourceType === 'Medication' ? medication : undefined;
}

function isResource(value: unknown): value is Resource {
  return (
    typeof value === 'object' && value !== null && 'resourceType' in value && typeof value.resourceType === 'string'
  );
}

/** Whether one of a drug's names stands in text or display, as a whole word. */
export function isNamed({ names }: Pick<Drug, 'names'>, { text, coding = [] }: CodeableConcept): boolean {
  const labels = [text, ...coding.map(({ display }) => display)].filter((label) => label !== undefined);
  return names.some((name) => labels.some((label) => wholeWord(name).test(label)));
}

function wholeWord(name: string): RegExp {
  // Scripts that write no spaces have no word boundaries either.
  return /^[a-z ]+$/.test(name)
    ? new RegExp(`(?<![\\p{L}\\p{N}])${name}(?![\\p{L}\\p{N}])`, 'iu')
    : new RegExp(name, 'u');
}
