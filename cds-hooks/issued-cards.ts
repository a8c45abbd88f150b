import type { Logger } from '../src/log.ts';
import type { FeedbackStore } from '../src/store/feedback.ts';
import type { Card } from './card.ts';
import type { HookRequest } from './request.ts';
import { serviceIds } from './services.ts';
import type { Caller } from './trust/caller.ts';

/** Takes note of the cards that are given, so that feedback on them can be counted. A failure must not keep a card back. */
export async function rememberCards(
  cards: readonly Card[],
  { hook, context }: HookRequest,
  { issuer }: Caller,
  { store, logger }: { readonly store: FeedbackStore; readonly logger: Logger },
): Promise<void> {
  const issuedAt = new Date().toISOString();
  const issued = cards.map(({ uuid, source, indicator, suggestions = [], extension }) => ({
    uuid,
    issuer,
    service: serviceIds[hook],
    hook,
    patient: `Patient/${context.patientId.replace(/^Patient\//, '')}`,
    topic: source.topic.code,
    model: modelOf(extension),
    indicator,
    suggestions: suggestions.map((suggestion) => ({ uuid: suggestion.uuid, label: suggestion.label })),
    issuedAt,
  }));
  try {
    await store.saveIssuedCards(issued);
  } catch (error) {
    logger.warn({ err: error }, 'cards are not noted: feedback on them will count as unknown');
  }
}

function modelOf(extension: Card['extension']): string | null {
  const result = extension['org.deltascope.result'] as { readonly model?: { readonly id: string } } | undefined;
  return result?.model?.id ?? null;
}
