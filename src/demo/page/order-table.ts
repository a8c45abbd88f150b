import { formatDate } from './dates.ts';
import { button, byId, element, icon } from './dom.ts';
import type { DraftOrder } from './hook-request.ts';
import { describeDose } from './hook-request.ts';
import type { Indicator } from './wire.ts';

export interface ListedOrder extends DraftOrder {
  readonly signed: boolean;
}

/** What stands between the drafts and their signature. */
export type SignState =
  | { readonly kind: 'ready' }
  | { readonly kind: 'asking' }
  | { readonly kind: 'review'; readonly indicator: Indicator };

export interface OrderActions {
  remove(id: string): void;
  /** Asks for advice on the drafts, then signs them unless the advice wants to be read first. */
  sign(): void;
  /** Signs the drafts although the advice warned. */
  confirm(): void;
  /** Goes back to the drafts. */
  keep(): void;
}

/** Shows the orders of the open chart and the step that signs them. */
export function showOrders(orders: readonly ListedOrder[], sign: SignState, actions: OrderActions): void {
  const drafts = orders.filter((order) => !order.signed).length;
  byId('order-list').replaceChildren(
    orders.length === 0 ? element('p', { class: 'empty' }, 'No orders in this session.') : orderTable(orders, actions),
  );
  byId('sign-step').replaceChildren(...signStep(drafts, sign, actions));
}

function orderTable(orders: readonly ListedOrder[], actions: OrderActions): HTMLElement {
  const head = ['Medication', 'Starts', 'Status', ''].map((title) => element('th', { scope: 'col' }, title));
  const rows = orders.map((order) => {
    const name = order.drug.coding.display;
    const remove = button({ class: 'quiet', 'aria-label': `Remove ${name}` }, icon('remove'), () =>
      actions.remove(order.id),
    );
    return element(
      'tr',
      {},
      element('td', {}, element('strong', {}, name), element('span', { class: 'dose' }, describeDose(order))),
      element('td', { class: 'date' }, formatDate(order.start)),
      element(
        'td',
        {},
        element('span', { class: order.signed ? 'status signed' : 'status' }, order.signed ? 'Signed' : 'Draft'),
      ),
      element('td', { class: 'remove' }, ...(order.signed ? [] : [remove])),
    );
  });
  return element(
    'table',
    { class: 'order-table' },
    element('caption', { class: 'sr-only' }, 'Orders of this session'),
    element('thead', {}, element('tr', {}, ...head)),
    element('tbody', {}, ...rows),
  );
}

function signStep(drafts: number, sign: SignState, actions: OrderActions): HTMLElement[] {
  if (drafts === 0) return [];
  const what = drafts === 1 ? '1 order' : `${drafts} orders`;
  if (sign.kind === 'review') {
    const word = sign.indicator === 'critical' ? 'critical advice' : 'warning';
    return [
      element('p', { class: 'review', role: 'alert' }, icon('warning'), `Read the ${word} before signing.`),
      button({ class: 'secondary', id: 'keep-draft' }, 'Keep as draft', actions.keep),
      button({ class: 'primary', id: 'confirm-sign' }, `Sign ${what} anyway`, actions.confirm),
    ];
  }
  const busy = sign.kind === 'asking';
  const label = busy ? 'Checking before signing' : `Sign ${what}`;
  return [button({ class: 'primary', id: 'sign', disabled: busy }, label, actions.sign)];
}
