import { z } from 'zod';
import { FhirError } from '../errors.ts';
import { findBoardAppointments } from './appointments.ts';
import type { FhirSource } from './client.ts';
import { type CodeSet, isInSet } from './code-set.ts';
import { boardRequestParams, boardRequestsKey, readPrefetched } from './prefetch.ts';
import { pointsTo } from './references.ts';
import type { Resource } from './resources.ts';

/** A referral to the tumour board, or a place on its list, that is still open. */
export interface OpenBoardOrder {
  readonly resourceType: 'ServiceRequest' | 'Task' | 'Appointment';
  /** `Type/id`; null where the resource has no id. */
  readonly reference: string | null;
  /** Day it was ordered on, or of the appointment (YYYY-MM-DD); null where it says none. */
  readonly date: string | null;
}

/** What the record says about referrals of one patient. */
export interface BoardOrders {
  readonly open: readonly OpenBoardOrder[];
  /** Resource types that were not read, or only in part: there may be more. */
  readonly unread: readonly string[];
}

export interface BoardOrderOptions {
  /** Codes of the tumour board; searched without their system, and matched with it. */
  readonly codes: CodeSet;
  /** Today, YYYY-MM-DD. */
  readonly today: string;
  /** What was ordered longer ago than so many days counts as forgotten, and appointments are looked for so many days ahead. */
  readonly openForDays: number;
  readonly prefetch?: Readonly<Record<string, unknown>>;
  readonly signal?: AbortSignal;
}

const text = z.string().optional().catch(undefined);
const concept = z
  .object({ coding: z.array(z.object({ system: text, code: text, display: text })).optional(), text })
  .optional()
  .catch(undefined);
const subject = z.object({ reference: text }).optional().catch(undefined);
const request = z.object({
  resourceType: z.enum(['ServiceRequest', 'Task']),
  id: text,
  status: text,
  code: concept,
  subject,
  for: subject,
  authoredOn: text,
});

/** Statuses of a ServiceRequest or a Task after which nothing more comes of it. */
const closed: readonly string[] = ['revoked', 'completed', 'entered-in-error', 'rejected', 'cancelled', 'failed'];

/**
 * Reads whether a patient is referred to the tumour board already: ServiceRequests, Tasks and Appointments with the codes of the
 * board. ServiceRequests may have been prefetched; the others are few, and read only when the question comes up.
 *
 * @param patientId Logical id of the Patient.
 * @returns What can't be read is named in `unread`; nothing follows from its absence.
 */
export async function readBoardOrders(
  source: FhirSource,
  patientId: string,
  options: BoardOrderOptions,
): Promise<BoardOrders> {
  const unread = new Set<string>();
  const attempt = async (resourceType: string, work: () => Promise<OpenBoardOrder[]>): Promise<OpenBoardOrder[]> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      // A server that does not know the type holds none.
      if (error.code !== 'FHIR_NOT_OFFERED') unread.add(resourceType);
      return [];
    }
  };
  const found = await Promise.all([
    attempt('ServiceRequest', () => openRequests(source, 'ServiceRequest', patientId, options, unread)),
    attempt('Task', () => openRequests(source, 'Task', patientId, options, unread)),
    attempt('Appointment', () => openAppointments(source, patientId, options)),
  ]);
  return { open: found.flat(), unread: [...unread].sort() };
}

async function openRequests(
  source: FhirSource,
  resourceType: 'ServiceRequest' | 'Task',
  patientId: string,
  { codes, today, openForDays, prefetch = {}, signal }: BoardOrderOptions,
  unread: Set<string>,
): Promise<OpenBoardOrder[]> {
  const given = readPrefetched(resourceType === 'ServiceRequest' ? prefetch[boardRequestsKey] : undefined);
  let resources: readonly Resource[];
  if (given.state === 'known') resources = given.resources;
  else {
    const report = () => void unread.add(resourceType);
    const params = { patient: patientId, ...boardRequestParams(codes) };
    resources = await source.search(resourceType, params, { signal, report });
  }
  const oldest = dayAfter(today, -openForDays);
  return resources.flatMap((resource): OpenBoardOrder[] => {
    const parsed = request.safeParse(resource);
    if (!parsed.success || parsed.data.resourceType !== resourceType) return [];
    const { id, status, code, authoredOn } = parsed.data;
    const about = resourceType === 'Task' ? parsed.data.for : parsed.data.subject;
    // A server that ignores a parameter answers with requests of other kinds and patients.
    if (!isInSet(codes, code) || !pointsTo(about?.reference, 'Patient', patientId)) return [];
    const date = authoredOn?.slice(0, 10) ?? null;
    if (closed.includes(status ?? '') || (date !== null && date < oldest.slice(0, date.length))) return [];
    return [{ resourceType, reference: id === undefined ? null : `${resourceType}/${id}`, date }];
  });
}

async function openAppointments(
  source: FhirSource,
  patientId: string,
  { codes, today, openForDays, signal }: BoardOrderOptions,
): Promise<OpenBoardOrder[]> {
  const range = { from: today, to: dayAfter(today, openForDays), patientId };
  const found = await findBoardAppointments(source, codes, range, signal);
  return found.map(({ id, start }) => ({
    resourceType: 'Appointment',
    reference: `Appointment/${id}`,
    date: start.slice(0, 10),
  }));
}

function dayAfter(day: string, days: number): string {
  return new Date(Date.parse(day) + days * 86_400_000).toISOString().slice(0, 10);
}
