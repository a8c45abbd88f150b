import type { AdviceState, Recheck } from './advice.ts';
import { cardView } from './card-view.ts';
import { button, byId, element, icon } from './dom.ts';
import type { Ask } from './service.ts';
import type { Card, HookName } from './wire.ts';

function occasion({ hook, orders, selectedId }: Ask): string {
  if (hook === 'patient-view') return 'On opening the chart';
  if (hook === 'order-sign') return 'On signing';
  const selected = orders.find((order) => order.id === selectedId);
  return `On the draft order${selected ? `: ${selected.drug.coding.display}` : ''}`;
}

let shown: readonly Card[] | null = null;

/**
 * Shows what the decision support service says.
 *
 * @param retry Asks the same question again.
 */
export function showAdvice(state: AdviceState, retry: (ask: Ask) => void): void {
  const cards = byId('cards');
  byId('occasion').textContent = state.kind === 'idle' ? '' : occasion(state.ask);
  cards.setAttribute('aria-busy', String(state.kind === 'asking'));
  // Redrawing the same cards would take the reader's focus and opened details away at every repeat.
  if (state.kind === 'answered' && state.cards === shown) {
    byId('recheck').replaceChildren(...recheckNote(state.recheck, () => retry(state.ask)));
    return;
  }
  shown = state.kind === 'answered' ? state.cards : null;
  cards.replaceChildren(...content(state, retry));
  cards.scrollTop = 0;
  byId('recheck').replaceChildren(
    ...(state.kind === 'answered' ? recheckNote(state.recheck, () => retry(state.ask)) : []),
  );
  byId('announcement').textContent = announcement(state);
  // In a narrow window the advice stands below the orders: an answer must not come unseen.
  if (state.kind === 'answered' || state.kind === 'failed') byId('advice-title').scrollIntoView({ block: 'nearest' });
}

function content(state: AdviceState, retry: (ask: Ask) => void): HTMLElement[] {
  if (state.kind === 'idle')
    return [element('p', { class: 'empty' }, 'Advice appears here when a chart is opened or an order is placed.')];
  if (state.kind === 'asking') {
    const bars = ['stripe', 'long', 'long', 'short'].map((width) => element('span', { class: `bar ${width}` }));
    return [
      element('p', { class: 'waiting' }, element('span', { class: 'spinner' }), 'Asking for advice'),
      element('div', { class: 'skeleton', 'aria-hidden': 'true' }, ...bars),
    ];
  }
  if (state.kind === 'failed') return [failureView(state.problem, () => retry(state.ask))];
  if (state.cards.length > 0) return state.cards.map(cardView);
  return [element('p', { class: 'empty nothing' }, icon('info'), nothing(state.ask.hook))];
}

function nothing(hook: HookName): string {
  // What was said about the draft is not said again at signing.
  if (hook === 'order-sign') return 'Nothing new to say about this order';
  return hook === 'patient-view' ? 'Nothing to say about this patient' : 'Nothing to say about this order';
}

function failureView(problem: string, retry: () => void): HTMLElement {
  return element(
    'div',
    { class: 'failure' },
    element('h3', {}, icon('unreachable'), 'Decision support is not available'),
    element('p', { class: 'problem' }, problem),
    element('p', {}, 'Ordering goes on without it.'),
    button({ class: 'secondary', id: 'retry' }, 'Ask again', retry),
  );
}

function recheckNote(recheck: Recheck, retry: () => void): HTMLElement[] {
  if (recheck === 'off') return [];
  if (recheck === 'given-up') {
    return [
      element('span', {}, 'Imaging is still being computed.'),
      button({ class: 'secondary small' }, 'Check again', retry),
    ];
  }
  const text = recheck === 'asking' ? 'Checking again' : 'Imaging is being computed. Checking again every 3 seconds.';
  return [element('span', { class: 'spinner' }), element('span', {}, text)];
}

function announcement(state: AdviceState): string {
  if (state.kind === 'idle') return '';
  if (state.kind === 'asking') return 'Asking for advice';
  if (state.kind === 'failed') return `No advice. ${state.problem}`;
  if (state.cards.length === 0) return nothing(state.ask.hook);
  const count = state.cards.length === 1 ? '1 card' : `${state.cards.length} cards`;
  return `${count}. ${state.cards.map((card) => `${card.indicator}: ${card.summary}`).join('. ')}`;
}
