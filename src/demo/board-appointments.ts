import type { Appointment, Bundle } from '@medplum/fhirtypes';
import { snomed, testDataTag } from './patients/fhir-codes.ts';
import type { SyntheticPatient } from './patients/plan.ts';

/** Minutes that a board has for a patient. */
const slotMinutes = 10;

/** What the board is asked about a patient who has had therapy, and about one who has not. */
const questions = {
  treated: 'Is the present therapy still the right one?',
  untreated: 'Which first-line therapy?',
} as const;

/**
 * The tumour board of a day: one appointment a patient, in their order.
 *
 * @param date Day of the board, YYYY-MM-DD.
 * @returns Type `batch`: a PUT per resource with its own id, so that loading twice changes nothing.
 */
export function boardAppointments(patients: readonly SyntheticPatient[], date: string): Bundle {
  const first = Date.parse(`${date}T07:30:00Z`);
  const appointments = patients.map(({ id, cycles }, at): Appointment => {
    const start = new Date(first + at * slotMinutes * 60_000);
    return {
      resourceType: 'Appointment',
      id: `${id}-tumour-board`,
      meta: { tag: [testDataTag] },
      status: 'booked',
      serviceType: [{ coding: [{ system: snomed, code: '720006006', display: 'Cancer care review (procedure)' }] }],
      start: start.toISOString(),
      end: new Date(start.getTime() + slotMinutes * 60_000).toISOString(),
      comment: cycles.length > 0 ? questions.treated : questions.untreated,
      participant: [{ actor: { reference: `Patient/${id}` }, status: 'accepted' }],
    };
  });
  return {
    resourceType: 'Bundle',
    type: 'batch',
    entry: appointments.map((resource) => ({
      resource,
      request: { method: 'PUT', url: `Appointment/${resource.id}` },
    })),
  };
}
