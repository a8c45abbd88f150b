import { createHash } from 'node:crypto';
import type { Logger } from '../src/log.ts';
import type { AdviceGiven } from '../src/store/advice-given.ts';
import type { Card } from './card.ts';
import type { JudgedOrders } from './orders.ts';
import { type HookRequest, patientIdOf } from './request.ts';
import type { Caller } from './trust/caller.ts';

/** Whether order-sign says again what order-select has said, as configured. */
export type RepeatAdvice = 'when-changed' | 'always';

interface Occasion {
  readonly request: HookRequest;
  readonly caller: Caller;
  readonly orders: JudgedOrders;
}

/**
 * Leaves out at order-sign what the same user was told about the same drafts at order-select, unless anything in it has changed:
 * risk, inputs and their dates, what is missing, suggestions. A critical card is always given. Where the database does not answer,
 * nothing is left out.
 *
 * @param cards Cards of an Assessment about orders.
 * @param advice What they say, by {@link adviceOf}.
 */
export async function withoutRepeats(
  cards: readonly Card[],
  advice: string,
  occasion: Occasion,
  {
    store,
    repeatAdvice,
    logger,
  }: { readonly store: AdviceGiven; readonly repeatAdvice: RepeatAdvice; readonly logger: Logger },
): Promise<Card[]> {
  if (repeatAdvice === 'always' || cards.length === 0) return [...cards];
  const key = keyOf(occasion);
  try {
    if (occasion.request.hook === 'order-select') await store.rememberAdvice(key, advice);
    else if (await store.wasAdvised(key, advice)) return cards.filter(({ indicator }) => indicator === 'critical');
  } catch (error) {
    logger.warn({ err: error }, 'it is not known which advice was given before');
  }
  return [...cards];
}

/** Hash of what cards say: equal where they say the same. */
export function adviceOf(cards: readonly Card[]): string {
  return hash(cards.map(saidBy));
}

/** Another user has not read the advice, and another draft is another question. */
function keyOf({ request, caller, orders }: Occasion): string {
  return hash([
    caller.issuer,
    caller.tenant,
    patientIdOf(request),
    request.context.userId,
    [...orders.references].sort(),
    [...orders.drugs].sort(),
  ]);
}

/** A card without what is made anew each time. */
function saidBy({ summary, indicator, detail, source, suggestions = [] }: Card) {
  return [summary, indicator, detail, source.topic.code, suggestions.map(({ label }) => label)];
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
