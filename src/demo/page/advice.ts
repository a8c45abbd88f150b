import type { Ask, Exchange } from './service.ts';
import { askService } from './service.ts';
import type { Card } from './wire.ts';
import { isImagingPending } from './wire.ts';

/** Pause before a pending card is asked for again, and for how long that goes on (ms). */
const recheckEveryMs = 3_000;
const recheckForMs = 60_000;

/** `off`: no card is pending. `given-up`: still pending after the time for asking again. */
export type Recheck = 'off' | 'waiting' | 'asking' | 'given-up';

export type AdviceState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'asking'; readonly ask: Ask }
  | { readonly kind: 'answered'; readonly ask: Ask; readonly cards: readonly Card[]; readonly recheck: Recheck }
  | { readonly kind: 'failed'; readonly ask: Ask; readonly problem: string };

export interface Advice {
  /** Fires a hook; the newest question wins. Resolves with its first answer, null on failure or when overtaken. */
  ask(ask: Ask): Promise<readonly Card[] | null>;
  /** Drops cards and questions. */
  clear(): void;
}

/** True when nothing that a reader sees has changed: such cards are not redrawn under the reader's hands. */
function readsTheSame(before: readonly Card[], after: readonly Card[]): boolean {
  const visible = (cards: readonly Card[]) => JSON.stringify(cards.map(({ summary, detail }) => [summary, detail]));
  return visible(before) === visible(after);
}

/** Asks for advice, and asks again while the imaging behind a card is still being computed. */
export function createAdvice(onState: (state: AdviceState) => void, onExchange: (exchange: Exchange) => void): Advice {
  let current = new AbortController();

  async function call(ask: Ask, cancelled: AbortSignal): Promise<Exchange | null> {
    const exchange = await askService(ask, cancelled);
    if (cancelled.aborted) return null;
    onExchange(exchange);
    return exchange;
  }

  async function recheck(ask: Ask, first: readonly Card[], cancelled: AbortSignal): Promise<void> {
    const until = Date.now() + recheckForMs;
    let cards = first;
    while (Date.now() < until) {
      onState({ kind: 'answered', ask, cards, recheck: 'waiting' });
      await new Promise((resolve) => setTimeout(resolve, recheckEveryMs));
      if (cancelled.aborted) return;
      onState({ kind: 'answered', ask, cards, recheck: 'asking' });
      const exchange = await call(ask, cancelled);
      if (exchange === null) return;
      // A failed repeat takes nothing away: the cards stay, and the next repeat may succeed.
      if (exchange.problem !== null) continue;
      if (!readsTheSame(cards, exchange.cards)) cards = exchange.cards;
      if (!exchange.cards.some(isImagingPending)) {
        onState({ kind: 'answered', ask, cards, recheck: 'off' });
        return;
      }
    }
    onState({ kind: 'answered', ask, cards, recheck: 'given-up' });
  }

  return {
    async ask(ask) {
      current.abort();
      current = new AbortController();
      const cancelled = current.signal;
      onState({ kind: 'asking', ask });
      const exchange = await call(ask, cancelled);
      if (exchange === null) return null;
      if (exchange.problem !== null) {
        onState({ kind: 'failed', ask, problem: exchange.problem });
        return null;
      }
      if (exchange.cards.some(isImagingPending)) void recheck(ask, exchange.cards, cancelled);
      else onState({ kind: 'answered', ask, cards: exchange.cards, recheck: 'off' });
      return exchange.cards;
    },
    clear() {
      current.abort();
      onState({ kind: 'idle' });
    },
  };
}
