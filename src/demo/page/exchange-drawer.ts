import { formatTime } from './dates.ts';
import { button, byId, element } from './dom.ts';
import { jsonView } from './json-view.ts';
import type { Exchange } from './service.ts';

/** Exchanges kept for looking at; the repeats while imaging is pending would otherwise pile up. */
const kept = 30;

export interface ExchangeDrawer {
  add(exchange: Exchange): void;
}

function outcome(exchange: Exchange): string {
  return exchange.status === null ? 'no answer' : String(exchange.status);
}

/** The drawer under the workspace: what went over the wire, and how long it took. */
export function createExchangeDrawer(): ExchangeDrawer {
  const toggle = byId<HTMLButtonElement>('drawer-toggle');
  const body = byId('drawer-body');
  const list = byId('exchanges');
  let exchanges: readonly Exchange[] = [];
  let selected: Exchange | null = null;

  function select(exchange: Exchange): void {
    selected = exchange;
    show();
  }

  function show(): void {
    const [last] = exchanges;
    byId('drawer-last').textContent = last
      ? `POST ${last.path}  ${outcome(last)}  ${last.milliseconds} ms`
      : 'No request yet';
    if (body.hidden || selected === null) return;
    const shown = selected;
    list.replaceChildren(...exchanges.map((exchange) => element('li', {}, exchangeButton(exchange, shown, select))));
    byId('request-line').textContent = `POST ${shown.path}`;
    byId('response-line').textContent = `${outcome(shown)}, ${shown.milliseconds} ms`;
    byId('request-json').replaceChildren(jsonView(shown.request));
    byId('response-json').replaceChildren(jsonView(shown.response ?? shown.problem ?? ''));
  }

  toggle.addEventListener('click', () => {
    body.hidden = !body.hidden;
    toggle.setAttribute('aria-expanded', String(!body.hidden));
    show();
  });

  return {
    add(exchange) {
      exchanges = [exchange, ...exchanges].slice(0, kept);
      selected = exchange;
      show();
    },
  };
}

function exchangeButton(exchange: Exchange, shown: Exchange, select: (exchange: Exchange) => void): HTMLElement {
  const label = element(
    'span',
    { class: 'exchange-row' },
    element('span', {}, formatTime(exchange.startedAt)),
    element('span', {}, exchange.hook),
    element('span', { class: exchange.problem === null ? 'ok' : 'bad' }, outcome(exchange)),
    element('span', { class: 'ms' }, `${exchange.milliseconds} ms`),
  );
  return button({ class: 'exchange', 'aria-current': exchange === shown ? 'true' : undefined }, label, () =>
    select(exchange),
  );
}
