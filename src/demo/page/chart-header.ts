import { formatDate } from './dates.ts';
import { byId, element } from './dom.ts';
import { viewerLink } from './viewer-link.ts';
import type { DemoPatientRow } from './wire.ts';

function fact(term: string, value: string): HTMLElement {
  return element('div', { class: 'fact' }, element('dt', {}, term), element('dd', {}, value));
}

/** Shows who the open chart belongs to, and uncovers the order form. */
export function showChart(patient: DemoPatientRow): void {
  const sex = patient.sex.charAt(0).toUpperCase() + patient.sex.slice(1);
  byId('chart').replaceChildren(
    element(
      'div',
      { class: 'chart-title' },
      element('h2', { id: 'chart-name' }, patient.name),
      element('span', { class: 'tag' }, 'Synthetic'),
    ),
    element(
      'dl',
      { class: 'facts' },
      fact('Sex', sex),
      fact('Age', `${patient.age} years`),
      fact('Born', formatDate(patient.birthDate)),
    ),
    element('dl', { class: 'facts facts-wide' }, fact('Diagnosis', patient.diagnosis)),
    element(
      'p',
      { class: 'chart-links' },
      element('a', { href: `/demo/patients/${patient.id}/models` }, 'All models with figures and inputs'),
      element('a', { href: `/report/patients/${patient.id}` }, 'Report for the tumour board'),
      element('a', { href: '/demo/board' }, 'Tumour board of all patients'),
      viewerLink(patient),
    ),
  );
  byId('middle').scrollTop = 0;
  byId('no-chart').hidden = true;
  byId('chart').hidden = false;
  byId('orders').hidden = false;
}
