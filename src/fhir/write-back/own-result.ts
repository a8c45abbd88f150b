import type { Resource } from '../resources.ts';

/** System of the tag that all resources of one publication carry. */
export const publicationTagSystem = 'https://deltascope.example/fhir/CodeSystem/publication';

/** Whether Deltascope has written a resource. */
export function isOwnResult(resource: Resource): boolean {
  const { meta } = resource as { readonly meta?: { readonly tag?: unknown } };
  const tags = Array.isArray(meta?.tag) ? (meta.tag as readonly ({ readonly system?: unknown } | null)[]) : [];
  return tags.some((tag) => tag?.system === publicationTagSystem);
}
