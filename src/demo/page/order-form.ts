import { dayFromNow, formatDate } from './dates.ts';
import { byId, element } from './dom.ts';
import { DrugSearch } from './drug-search.ts';
import type { DraftOrder } from './hook-request.ts';
import { schedules } from './hook-request.ts';
import type { OrderSentence } from './wire.ts';

/** How far ahead a first dose can be ordered (days). */
const daysAhead = 28;

// A list rather than a date field: that one would write 14 October in the browser's own way, 10/14 or 14/10.
function firstDays(): HTMLElement[] {
  return Array.from({ length: daysAhead }, (_, days) => {
    const day = dayFromNow(days);
    return element('option', { value: day }, `${formatDate(day)}${days === 0 ? ', today' : ''}`);
  });
}

/**
 * Wires the order form: picking a drug fills in its usual schedule, submitting hands over the order.
 *
 * @param sentences Usual schedules by INN.
 * @param onPlace Gets the complete order, without an id.
 */
export function createOrderForm(
  sentences: Readonly<Record<string, OrderSentence>>,
  onPlace: (order: Omit<DraftOrder, 'id'>) => void,
): { clear(): void } {
  const form = byId<HTMLFormElement>('order-form');
  const dose = byId<HTMLInputElement>('dose');
  const unit = byId<HTMLSelectElement>('unit');
  const route = byId<HTMLSelectElement>('route');
  const schedule = byId<HTMLSelectElement>('schedule');
  const start = byId<HTMLSelectElement>('start');
  const problem = byId('order-problem');

  start.replaceChildren(...firstDays());
  schedule.replaceChildren(...Object.keys(schedules).map((name) => element('option', {}, name)));

  const search = new DrugSearch((drug) => {
    problem.textContent = '';
    const sentence = sentences[drug.inn];
    dose.value = sentence?.dose ?? '';
    unit.value = sentence?.unit ?? 'mg';
    route.value = sentence?.route ?? 'intravenous';
    schedule.value = sentence?.schedule ?? 'once every 3 weeks';
  });

  function clear(): void {
    search.clear();
    form.reset();
    problem.textContent = '';
  }

  function refuse(text: string, field: HTMLElement): void {
    problem.textContent = text;
    field.focus();
  }

  form.addEventListener('submit', (event) => {
    event.preventDefault();
    const drug = search.picked;
    if (drug === null) return refuse('Pick a medication from the list.', byId('drug'));
    if (!(Number(dose.value) > 0)) return refuse('Give a dose as a number, for example 1200.', dose);
    onPlace({
      drug,
      dose: dose.value.trim(),
      unit: unit.value,
      route: route.value,
      schedule: schedule.value,
      start: start.value,
    });
    clear();
  });

  clear();
  return { clear };
}
