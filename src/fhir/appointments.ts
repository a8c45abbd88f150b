import { z } from 'zod';
import type { FhirSource } from './client.ts';
import { type CodeSet, isInSet } from './code-set.ts';
import { relativeReference } from './references.ts';

/** A tumour board that a patient is on. */
export interface BoardAppointment {
  /** Logical id of the Appointment. */
  readonly id: string;
  /** Logical id of the Patient. */
  readonly patientId: string;
  /** ISO date-time. */
  readonly start: string;
  /** What the board is asked: the comment, description or reason of the appointment; left out where it has none. */
  readonly question?: string;
}

const text = z.string().optional();
const concept = z.object({
  coding: z.array(z.object({ system: text, code: text, display: text })).optional(),
  text,
});
const appointment = z.object({
  resourceType: z.literal('Appointment'),
  id: z.string(),
  status: z.string(),
  serviceType: z.array(concept).optional(),
  start: z.string(),
  comment: text,
  description: text,
  reasonCode: z.array(concept).optional(),
  participant: z.array(z.object({ actor: z.object({ reference: text }).optional() })),
});

/** Statuses of an appointment that will not take place. */
const calledOff: readonly string[] = ['cancelled', 'noshow', 'entered-in-error'];

/**
 * Searches the tumour boards of a range of days.
 *
 * @param serviceTypes Codes of `Appointment.serviceType`; searched without their system, and matched with it.
 * @param from First day, YYYY-MM-DD.
 * @param to Last day, YYYY-MM-DD.
 * @param patientId Only this patient's; all patients' where left out.
 * @param signal Ends the search.
 * @throws FhirError as the source does.
 */
export async function findBoardAppointments(
  source: FhirSource,
  serviceTypes: CodeSet,
  { from, to, patientId }: { readonly from: string; readonly to: string; readonly patientId?: string },
  signal?: AbortSignal,
): Promise<BoardAppointment[]> {
  const params = {
    patient: patientId,
    'service-type': [...new Set(serviceTypes.map(({ code }) => code))].join(','),
    date: [`ge${from}`, `le${to}`],
  };
  const found = await source.search('Appointment', params, { signal });
  return found.flatMap((resource): BoardAppointment[] => {
    const parsed = appointment.safeParse(resource);
    if (!parsed.success || calledOff.includes(parsed.data.status)) return [];
    const { id, serviceType = [], start, participant } = parsed.data;
    const question = questionOf(parsed.data);
    // A server that ignores a parameter answers with appointments of other kinds and days.
    const day = start.slice(0, 10);
    if (!serviceType.some((kind) => isInSet(serviceTypes, kind)) || day < from || day > to) return [];
    return participant.flatMap(({ actor }) => {
      const target = relativeReference(actor?.reference);
      const isPatient = target?.type === 'Patient' && (patientId === undefined || target.id === patientId);
      return isPatient ? [{ id, patientId: target.id, start, ...(question !== undefined && { question }) }] : [];
    });
  });
}

function questionOf({ comment, description, reasonCode = [] }: z.infer<typeof appointment>): string | undefined {
  const reasons = reasonCode.flatMap((reason) => reason.text ?? reason.coding?.[0]?.display ?? []).join('; ');
  return [comment, description, reasons].find((words) => words !== undefined && words.trim() !== '');
}
