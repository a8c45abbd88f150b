const typed = /(?:^|\/)([A-Z][A-Za-z]+)\/([A-Za-z0-9\-.]{1,64})(?:\/_history\/[A-Za-z0-9\-.]{1,64})?$/;
const placeholder = /^urn:uuid:([A-Za-z0-9\-.]{1,64})$/;

/**
 * What a literal reference points to, relative to its server: `Patient/123`.
 *
 * An absolute URL is taken by its last two segments: behind a proxy a server often names itself by another host than the one
 * that we ask. In a Bundle that was never loaded the reference is `urn:uuid:<id>`, whose type is not known.
 *
 * @returns Undefined for a fragment, a conditional reference or anything else.
 */
export function relativeReference(reference: string | undefined): { type: string | null; id: string } | undefined {
  if (reference === undefined) return undefined;
  const [, type, id] = typed.exec(reference) ?? [];
  if (type !== undefined && id !== undefined) return { type, id };
  const [, uuid] = placeholder.exec(reference) ?? [];
  return uuid === undefined ? undefined : { type: null, id: uuid };
}

/** Whether a literal reference points to the resource. */
export function pointsTo(reference: string | undefined, resourceType: string, id: string): boolean {
  const target = relativeReference(reference);
  return target !== undefined && target.id === id && (target.type === null || target.type === resourceType);
}
