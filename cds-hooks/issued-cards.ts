import { type Logger, onceForEach } from '../src/log.ts';
import type { FeedbackStore } from '../src/store/feedback.ts';
import type { Card } from './card.ts';
import { type HookRequest, patientIdOf } from './request.ts';
import { serviceIds } from './services.ts';
import type { Caller } from './trust/caller.ts';

/** Answers whose cards may wait to be written; when a database is slower than the calls, the calls wait for it. */
const mostUnwritten = 5000;

/** Takes note of the cards that a call is given. */
export type RememberCards = (cards: readonly Card[], request: HookRequest, caller: Caller) => Promise<void>;

/**
 * Makes the function that takes note of cards, so that feedback on them can be counted. They are written when the answer has gone out,
 * and a failure keeps no card back.
 */
export function createCardNotes(
  store: Pick<FeedbackStore, 'saveIssuedCards' | 'unwrittenCards'>,
  logger: Logger,
): RememberCards {
  // Cards that were to be written together fail with one error.
  const tell = onceForEach((error) =>
    logger.error({ err: error }, 'cards are not noted: feedback on them will count as unknown'),
  );
  return async (cards, request, { issuer }) => {
    const issuedAt = new Date().toISOString();
    const issued = cards.map(({ uuid, source, indicator, suggestions = [], extension }) => ({
      uuid,
      issuer,
      service: serviceIds[request.hook],
      hook: request.hook,
      patient: `Patient/${patientIdOf(request)}`,
      topic: source.topic.code,
      model: modelOf(extension),
      indicator,
      suggestions: suggestions.map((suggestion) => ({ uuid: suggestion.uuid, label: suggestion.label })),
      issuedAt,
    }));
    const written = store.saveIssuedCards(issued).catch(tell);
    if (store.unwrittenCards() > mostUnwritten) await written;
  };
}

function modelOf(extension: Card['extension']): string | null {
  const result = extension['org.deltascope.result'] as { readonly model?: { readonly id: string } } | undefined;
  return result?.model?.id ?? null;
}
