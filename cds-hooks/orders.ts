import { findCheckpointInhibitor } from '../src/fhir/drug-match.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import { pointsTo } from '../src/fhir/references.ts';
import type { JudgedOrder } from './card.ts';
import type { HookRequest } from './request.ts';

type OrderRequest = Extract<HookRequest, { hook: 'order-select' | 'order-sign' }>;

/**
 * The draft order that the cards are about: the first checkpoint inhibitor among the selected drafts (order-select) or
 * among all drafts (order-sign).
 *
 * @returns Undefined when no draft orders a checkpoint inhibitor: then there is nothing to say.
 */
export function judgedOrder({ hook, context }: OrderRequest, mappings: ClinicalMappings): JudgedOrder | undefined {
  const resources = (context.draftOrders.entry ?? []).flatMap(({ resource }) => resource ?? []);
  const resolve = (reference: string) =>
    resources.find(({ resourceType, id }) => typeof id === 'string' && pointsTo(reference, resourceType, id));
  for (const resource of resources) {
    const reference = typeof resource.id === 'string' ? `${resource.resourceType}/${resource.id}` : null;
    const judged = hook === 'order-sign' || (reference !== null && context.selections.includes(reference));
    // A Medication in the Bundle is what an order refers to, not an order.
    if (!judged || resource.resourceType === 'Medication') continue;
    const found = findCheckpointInhibitor(resource, resolve, mappings);
    if (found !== undefined) return { drug: found.inn, reference };
  }
  return undefined;
}
