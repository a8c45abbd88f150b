import { createAdvice } from './advice.ts';
import { showAdvice } from './advice-view.ts';
import { showChart } from './chart-header.ts';
import { byId, element } from './dom.ts';
import { createExchangeDrawer } from './exchange-drawer.ts';
import { createOrderForm } from './order-form.ts';
import type { ListedOrder, SignState } from './order-table.ts';
import { showOrders } from './order-table.ts';
import { showPatientList } from './patient-list.ts';
import type { Ask } from './service.ts';
import { fetchList } from './service.ts';
import type { DemoPatientRow, HookName, OrderSentence } from './wire.ts';

let patient: DemoPatientRow | null = null;
let sign: SignState = { kind: 'ready' };
/** Orders by `Patient.id`: a chart that is opened again shows its own. */
const ordersOf = new Map<string, readonly ListedOrder[]>();
let placed = 0;

const drawer = createExchangeDrawer();
const advice = createAdvice(
  (state) => showAdvice(state, (ask) => void advice.ask(ask)),
  (exchange) => drawer.add(exchange),
);

function orders(): readonly ListedOrder[] {
  return patient === null ? [] : (ordersOf.get(patient.id) ?? []);
}

function question(of: DemoPatientRow, hook: HookName, selectedId?: string): Ask {
  const drafts = orders().filter((order) => !order.signed);
  return { hook, patientId: of.id, orders: drafts, ...(selectedId !== undefined && { selectedId }) };
}

function update(next: readonly ListedOrder[], nextSign: SignState = { kind: 'ready' }): void {
  if (patient !== null) ordersOf.set(patient.id, next);
  sign = nextSign;
  showOrders(next, sign, { remove, sign: signDrafts, confirm: markSigned, keep: () => update(orders()) });
}

function remove(id: string): void {
  update(orders().filter((order) => order.id !== id));
  // What was said about an order does not outlive it.
  advice.clear();
  byId('drug').focus();
}

function markSigned(): void {
  update(orders().map((order) => ({ ...order, signed: true })));
  byId('drug').focus();
}

async function signDrafts(): Promise<void> {
  if (patient === null) return;
  const signedFor = patient;
  update(orders(), { kind: 'asking' });
  const cards = await advice.ask(question(signedFor, 'order-sign'));
  // Another chart was opened, or another order placed, while the service was thinking.
  if (patient !== signedFor || sign.kind !== 'asking') return;
  const serious = cards?.filter((card) => card.indicator !== 'info') ?? [];
  if (serious.length === 0) return markSigned();
  const indicator = serious.some((card) => card.indicator === 'critical') ? 'critical' : 'warning';
  update(orders(), { kind: 'review', indicator });
  byId('keep-draft').focus();
}

async function start(): Promise<void> {
  const [patients, sentences] = await Promise.all([
    fetchList<DemoPatientRow[]>('/demo/patients'),
    fetchList<Record<string, OrderSentence>>('/page/order-sentences.json'),
  ]);
  const form = createOrderForm(sentences, (order) => {
    if (patient === null) return;
    placed += 1;
    const id = `draft-${placed}`;
    update([...orders(), { ...order, id, signed: false }]);
    void advice.ask(question(patient, 'order-select', id));
  });
  showPatientList(patients, (opened) => {
    patient = opened;
    form.clear();
    showChart(opened);
    update(orders());
    void advice.ask(question(opened, 'patient-view'));
  });
}

advice.clear();
start().catch((error: unknown) => {
  const text = error instanceof Error ? error.message : String(error);
  byId('patients').replaceChildren(element('li', { class: 'problem', role: 'alert' }, `No patient list: ${text}`));
});
