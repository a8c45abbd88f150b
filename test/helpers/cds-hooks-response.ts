import { type MarkedToken, marked, type Token } from 'marked';
import { z } from 'zod';

const text = z.string().min(1);
const absoluteUrl = z.url({ protocol: /^https?$/ });
const uuid = z.guid();
const coding = z.strictObject({ system: text.optional(), code: text, display: text.optional() });
const extension = z.record(z.string().regex(/^[a-z]+(\.[a-z-]+)+$/, 'a reverse-domain name'), z.looseObject({}));
const resource = z.looseObject({ resourceType: text });

const action = z
  .strictObject({
    type: z.enum(['create', 'update', 'delete']),
    description: text.optional(),
    resource: resource.optional(),
    resourceId: text.optional(),
    extension: extension.optional(),
  })
  .refine(({ type, resource: given }) => type !== 'create' || given !== undefined, { error: 'cds-resp-2 (create)' })
  .refine(({ type, resource: given }) => type !== 'update' || given !== undefined, { error: 'cds-resp-2 (update)' })
  .refine(({ type, resourceId }) => type !== 'delete' || resourceId !== undefined, { error: 'cds-resp-2 (delete)' });

const suggestion = z
  .strictObject({
    label: text,
    uuid: uuid.optional(),
    isRecommended: z.boolean().optional(),
    actions: z.array(action).min(1).optional(),
    extension: extension.optional(),
  })
  .refine(({ actions = [] }) => actions.every(({ description }) => description !== undefined), { error: 'cds-resp-5' });

const link = z
  .strictObject({
    label: text,
    url: absoluteUrl,
    type: z.enum(['absolute', 'smart']),
    appContext: text.optional(),
    autolaunchable: z.boolean().optional(),
    extension: extension.optional(),
  })
  .refine(({ type, appContext }) => type === 'smart' || appContext === undefined, { error: 'cds-resp-3' });

const card = z
  .strictObject({
    uuid: uuid.optional(),
    summary: text.max(139),
    detail: text.optional(),
    indicator: z.enum(['info', 'warning', 'critical']),
    source: z.strictObject({
      label: text,
      url: absoluteUrl.optional(),
      icon: absoluteUrl.optional(),
      topic: coding.optional(),
      extension: extension.optional(),
    }),
    suggestions: z.array(suggestion).min(1).optional(),
    selectionBehavior: z.enum(['at-most-one', 'any']).optional(),
    overrideReasons: z
      .array(
        coding.refine(({ system, display }) => system !== undefined && display !== undefined, {
          error: 'cds-resp-4',
        }),
      )
      .min(1)
      .optional(),
    links: z.array(link).min(1).optional(),
    extension: extension.optional(),
  })
  .refine(
    ({ selectionBehavior, suggestions = [] }) =>
      selectionBehavior !== 'at-most-one' || suggestions.filter(({ isRecommended }) => isRecommended).length <= 1,
    { error: 'cds-resp-1' },
  )
  .refine(({ suggestions, selectionBehavior }) => suggestions === undefined || selectionBehavior !== undefined, {
    error: 'cds-resp-6',
  });

/**
 * A response of a CDS service: the tables of attributes of CDS Hooks 2.0.1, and the invariants cds-resp-1 to cds-resp-6 of HL7's
 * logical model of it. Anything that the specification does not name is an error.
 */
export const cdsHooksResponse = z.strictObject({
  cards: z.array(card),
  systemActions: z.array(action).min(1).optional(),
  extension: extension.optional(),
});

/** Paths of elements that are null or empty, which the specification forbids; `cards` may be empty. */
export function emptyElements(value: unknown, path = 'response'): string[] {
  if (path === 'response.cards' && Array.isArray(value) && value.length === 0) return [];
  if (value === null || value === undefined || value === '') return [path];
  if (typeof value !== 'object') return [];
  const entries = Object.entries(value);
  return entries.length === 0 ? [path] : entries.flatMap(([key, each]) => emptyElements(each, `${path}.${key}`));
}

/** Pieces of raw HTML in GitHub-Flavored Markdown, as a renderer reads it. */
export function htmlIn(markdown: string): string[] {
  const found: string[] = [];
  marked.walkTokens(marked.lexer(markdown, { gfm: true }), (token: Token) => {
    const known = token as MarkedToken;
    if (known.type === 'html') found.push(known.raw);
  });
  return found;
}
