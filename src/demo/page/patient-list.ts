import { button, byId, element } from './dom.ts';
import type { DemoPatientRow } from './wire.ts';

const sexLetters: Readonly<Record<string, string>> = { female: 'F', male: 'M' };

/** Fills the patient list; opening a chart marks its row and tells `onOpen`. */
export function showPatientList(patients: readonly DemoPatientRow[], onOpen: (patient: DemoPatientRow) => void): void {
  const rows = patients.map((patient) => {
    const label = element(
      'span',
      { class: 'patient-row' },
      element('span', { class: 'patient-name' }, patient.name),
      element('span', { class: 'patient-age' }, `${sexLetters[patient.sex] ?? '?'} ${patient.age}`),
      element('span', { class: 'patient-history' }, patient.historyLine),
    );
    const row = button({ class: 'patient', 'data-patient': patient.id }, label, () => {
      for (const other of rows) other.removeAttribute('aria-current');
      row.setAttribute('aria-current', 'true');
      onOpen(patient);
    });
    return row;
  });
  byId('patient-count').textContent = String(patients.length);
  byId('patients').replaceChildren(...rows.map((row) => element('li', {}, row)));
}
