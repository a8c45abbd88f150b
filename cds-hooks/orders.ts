import { findCheckpointInhibitor } from '../src/fhir/drug-match.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import type { JudgedOrder } from './card.ts';
import type { HookRequest } from './request.ts';

type OrderRequest = Extract<HookRequest, { hook: 'order-select' | 'order-sign' }>;

/**
 * The draft order that the cards are about: the first checkpoint inhibitor among the selected drafts (order-select) or
 * among all drafts (order-sign).
 *
 * @returns Undefined when no draft orders a checkpoint inhibitor: then there is nothing to say.
 */
export function judgedOrder(request: OrderRequest, mappings: ClinicalMappings): JudgedOrder | undefined {
  const resources = (request.context.draftOrders.entry ?? []).flatMap(({ resource }) =>
    resource === undefined ? [] : [resource],
  );
  const selected = request.hook === 'order-select' ? new Set(request.context.selections) : null;
  for (const resource of resources) {
    const reference = typeof resource.id === 'string' ? `${resource.resourceType}/${resource.id}` : null;
    if (selected !== null && (reference === null || !selected.has(reference))) continue;
    const resolve = (wanted: string) =>
      resources.find(
        (candidate) => typeof candidate.id === 'string' && wanted.endsWith(`${candidate.resourceType}/${candidate.id}`),
      );
    const found = findCheckpointInhibitor(resource as unknown as fhir4.Resource, resolve as never, mappings);
    if (found !== undefined) return { drug: found.inn.charAt(0).toUpperCase() + found.inn.slice(1), reference };
  }
  return undefined;
}
