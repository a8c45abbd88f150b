import { drugsIn } from '../src/fhir/drug-match.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import { relativeReference } from '../src/fhir/references.ts';
import { clinicalResource, type Resource } from '../src/fhir/resources.ts';
import type { DraftOrders, MedicationDraft } from './draft-orders.ts';

/** The orders that the cards are about. */
export interface JudgedOrders {
  /** INNs in lower case, each once. */
  readonly drugs: readonly string[];
  /** `Type/id` of the drafts, each once; empty where the client gave them no ids. */
  readonly references: readonly string[];
}

/** Medications that are read from the record for one call at most; a client that refers to more sends them along. */
const mostReads = 20;

/**
 * The draft orders of checkpoint inhibitors, all of them together.
 *
 * @param readMedication Reads a Medication that did not come with the call, by its logical id; undefined when it can't be read.
 * @returns Undefined when no draft orders a checkpoint inhibitor: then there is nothing to say.
 */
export async function judgedOrders(
  drafts: DraftOrders,
  mappings: Pick<ClinicalMappings, 'drugs'>,
  readMedication: (id: string) => Promise<Resource | undefined>,
): Promise<JudgedOrders | undefined> {
  const read = new Map<string, Resource | undefined>();
  const unresolved = drafts.medications.flatMap((draft) => missingMedication(draft, drafts, mappings));
  await Promise.all(
    [...new Set(unresolved)].slice(0, mostReads).map(async (id) => read.set(id, await readMedication(id))),
  );
  const resolve = (reference: string) => drafts.resolve(reference) ?? read.get(relativeReference(reference)?.id ?? '');
  const found = drafts.medications.flatMap(({ reference, order }) => {
    const drugs = inhibitorsIn(order, resolve, mappings);
    return drugs.length === 0 ? [] : [{ reference, drugs }];
  });
  if (found.length === 0) return undefined;
  return {
    drugs: [...new Set(found.flatMap(({ drugs }) => drugs))],
    references: [...new Set(found.flatMap(({ reference }) => reference ?? []))],
  };
}

/** Several drugs as a person names them: "nivolumab and ipilimumab". */
export function drugWords({ drugs }: JudgedOrders): string {
  return drugs.length < 3 ? drugs.join(' and ') : `${drugs.slice(0, -1).join(', ')} and ${drugs.at(-1)}`;
}

function inhibitorsIn(
  order: Resource,
  resolve: (reference: string) => Resource | undefined,
  { drugs }: Pick<ClinicalMappings, 'drugs'>,
): string[] {
  const parsed = clinicalResource(order);
  if (parsed === undefined) return [];
  const known = drugsIn(parsed, resolve, drugs);
  return known.filter(({ group }) => group === 'checkpoint-inhibitor').map(({ inn }) => inn);
}

/** The Medication that has to be read to know which drug it is: its display alone may be a brand that no table holds. */
function missingMedication(
  { order }: MedicationDraft,
  { resolve }: DraftOrders,
  mappings: Pick<ClinicalMappings, 'drugs'>,
): string[] {
  const reference = order.medicationReference?.reference;
  const target = relativeReference(reference);
  if (reference === undefined || target === undefined || resolve(reference) !== undefined) return [];
  if (target.type !== 'Medication' || inhibitorsIn(order, resolve, mappings).length > 0) return [];
  return [target.id];
}
