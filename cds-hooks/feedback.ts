import { z } from 'zod';
import type { Audit } from '../src/audit/audit.ts';
import { RequestError } from '../src/errors.ts';
import type { CardFeedback, FeedbackStore } from '../src/store/feedback.ts';
import { agentOf } from './record-call.ts';
import type { Caller } from './trust/caller.ts';

/** Entries of one batch; a client that has more sends several. */
const mostEntries = 1000;

/** Control characters and halves of surrogate pairs are nothing that a database takes; a comment has lines. */
const storable = (longest: number) =>
  z.string().transform((given) => given.slice(0, longest).replace(/(?![\n\t])\p{C}/gu, '?'));

const name = storable(256);
const coding = z.looseObject({ system: name.optional(), code: name.optional(), display: name.optional() });
/** One of the two is there, or, as one client documents it, only an extension beside the comment. */
const override = z.looseObject({ reason: coding.optional(), userComment: storable(10_000).optional() });

/** Later than any card, and a year that every database knows. */
const earliest = Date.parse('2000-01-01T00:00:00Z');
const timestamp = z.iso
  .datetime({ offset: true, error: 'a date-time with its zone (RFC 3339)' })
  .transform((text) => new Date(text))
  .refine((time) => time.getTime() >= earliest, { error: 'a date-time of this century' })
  .transform((time) => time.toISOString());

const entry = z.looseObject({
  card: name.refine((uuid) => uuid !== '', { error: 'the uuid of a card' }),
  outcome: z.enum(['accepted', 'overridden']),
  outcomeTimestamp: timestamp,
  acceptedSuggestions: z
    .array(z.looseObject({ id: name }))
    .max(100)
    .optional(),
  overrideReason: override.optional(),
  // Epic documents the plural, as an object; a list is as likely.
  overrideReasons: z.union([override, z.array(override).max(100)]).optional(),
});

/** Body of `POST /cds-services/{id}/feedback` (CDS Hooks 2.0.1, and Epic's spelling). */
export const feedbackSchema = z.looseObject({ feedback: z.array(entry).max(mostEntries) });

/**
 * Reads the feedback of a client.
 *
 * @throws RequestError `HOOK_BODY_INVALID` naming each wrong field, and never what a comment says.
 */
export function readFeedback(body: unknown, service: string, { issuer }: Caller): CardFeedback[] {
  const parsed = feedbackSchema.safeParse(body);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
    throw new RequestError('HOOK_BODY_INVALID', 'body', `not CDS Hooks feedback (${wrong})`);
  }
  return parsed.data.feedback.map((given) => {
    const { card, outcome, outcomeTimestamp, acceptedSuggestions = [], overrideReason, overrideReasons } = given;
    const [override] = [overrideReason, overrideReasons].flat().filter((each) => each !== undefined);
    const { system, code, display } = override?.reason ?? {};
    const reason = {
      ...(system !== undefined && { system }),
      ...(code !== undefined && { code }),
      ...(display !== undefined && { display }),
    };
    return {
      issuer,
      service,
      card: card.replace(/^urn:uuid:/, '').toLowerCase(),
      outcome,
      outcomeTimestamp,
      acceptedSuggestions: acceptedSuggestions.map(({ id }) => id.replace(/^urn:uuid:/, '').toLowerCase()),
      reason: Object.keys(reason).length === 0 ? null : reason,
      userComment: override?.userComment ?? null,
    };
  });
}

/** Stores feedback and leaves an audit entry for each card, without reason and comment. */
export async function takeFeedback(
  body: unknown,
  service: string,
  caller: Caller,
  { store, audit }: { readonly store: Pick<FeedbackStore, 'saveFeedback'>; readonly audit: Audit },
): Promise<number> {
  const feedback = readFeedback(body, service, caller);
  await store.saveFeedback(feedback);
  const agent = agentOf(caller, null);
  await audit.record(
    ...feedback.map(({ card, outcome }) => ({
      event: 'feedback' as const,
      agent,
      patient: null,
      outcome: 'success',
      details: { service, card, reported: outcome },
    })),
  );
  return feedback.length;
}
