import { z } from 'zod';

const text = z.string().min(1);
/** Keys in the style of a reversed domain name (CDS Hooks 2.0.1, Extensions). */
const extension = z.record(z.string().regex(/^[a-z][\w-]*(\.[\w-]+)+$/), z.looseObject({}));
const absoluteUrl = z.url({ protocol: /^https?$/ });
const coding = z.strictObject({ system: z.url(), code: text, display: text });

const action = z.strictObject({
  type: z.literal('create'),
  description: text,
  resource: z.looseObject({
    resourceType: text,
    status: z.literal('draft'),
    subject: z.strictObject({ reference: text }),
  }),
});

const suggestion = z.strictObject({ label: text, uuid: z.guid(), actions: z.array(action).length(1) });

const link = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('absolute'), label: text, url: absoluteUrl }),
  z.strictObject({ type: z.literal('smart'), label: text, url: absoluteUrl, appContext: text.optional() }),
]);

/** A card as Deltascope sends it: what CDS Hooks 2.0.1 allows, without what it never uses. */
const card = z
  .strictObject({
    uuid: z.guid(),
    summary: text.max(139),
    indicator: z.enum(['info', 'warning', 'critical']),
    detail: text.describe('GitHub-Flavored Markdown without HTML'),
    source: z.strictObject({
      label: text,
      url: absoluteUrl.optional(),
      topic: coding.describe('constant for the same advice'),
    }),
    suggestions: z.array(suggestion).min(1).optional(),
    selectionBehavior: z.literal('any').optional().describe('present with suggestions'),
    overrideReasons: z.array(coding).min(1).optional(),
    links: z.array(link).min(1).optional(),
    extension,
  })
  .refine(({ suggestions, selectionBehavior }) => (suggestions === undefined) === (selectionBehavior === undefined));

/** Answer to a hook call: at most three cards, often none. */
export const hookAnswerSchema = z.strictObject({ cards: z.array(card).max(3) });

/** Answer to `GET /cds-services`. */
export const discoverySchema = z.strictObject({
  services: z.array(
    z.strictObject({
      hook: z.enum(['patient-view', 'order-select', 'order-sign']),
      id: z.string().regex(/^[a-z-]+$/),
      title: text,
      description: text,
      prefetch: z.record(z.string(), text),
      usageRequirements: text,
      version: z.string().regex(/^\d+\.\d+\.\d+$/),
    }),
  ),
});

/** Body of every answer that is not a success. */
export const operationOutcomeSchema = z.strictObject({
  resourceType: z.literal('OperationOutcome'),
  issue: z
    .array(
      z.strictObject({
        severity: z.literal('error'),
        code: text.describe('FHIR issue type'),
        details: z.strictObject({ text: text.describe('stable code of the failure') }),
        diagnostics: text,
      }),
    )
    .length(1),
});
