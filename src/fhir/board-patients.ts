import { z } from 'zod';
import { FhirError } from '../errors.ts';
import { findBoardAppointments } from './appointments.ts';
import type { FhirSource } from './client.ts';
import type { CodeSet } from './code-set.ts';
import { relativeReference } from './references.ts';
import type { Resource } from './resources.ts';

/** Where the record says who is on a board. */
export type BoardQuery =
  | { readonly kind: 'appointments' /** YYYY-MM-DD. */; readonly date: string }
  | { readonly kind: 'Group' | 'List' | 'Encounter'; readonly id: string };

/** A patient on a board. */
export interface FoundBoardPatient {
  /** Logical id of the Patient. */
  readonly patientId: string;
  /** What the board is asked, as it was written down; null where it was not. */
  readonly question: string | null;
  /** ISO date-time; null where the resource has none. */
  readonly start: string | null;
}

const text = z.string().optional();
const reference = z.object({ reference: text });
const concept = z.object({ coding: z.array(z.object({ display: text })).optional(), text });

const schemas = {
  Group: z.object({
    resourceType: z.literal('Group'),
    member: z.array(z.object({ entity: reference, inactive: z.boolean().optional() })).optional(),
  }),
  List: z.object({
    resourceType: z.literal('List'),
    entry: z.array(z.object({ item: reference, deleted: z.boolean().optional() })).optional(),
  }),
  Encounter: z.object({
    resourceType: z.literal('Encounter'),
    subject: reference.optional(),
    reasonCode: z.array(concept).optional(),
    period: z.object({ start: text }).optional(),
  }),
};

/**
 * Who is on a board, each once: by the appointments of a day in their order, or as a Group, List or Encounter names them.
 *
 * @param serviceTypes Codes of `Appointment.serviceType` of a tumour board.
 * @throws FhirError as the source does, `FHIR_RESPONSE_INVALID` for a resource that is not what it should be.
 */
export async function findBoardPatients(
  source: FhirSource,
  serviceTypes: CodeSet,
  query: BoardQuery,
): Promise<FoundBoardPatient[]> {
  const found =
    query.kind === 'appointments'
      ? await byAppointments(source, serviceTypes, query.date)
      : await byResource(source, query);
  const seen = new Set<string>();
  return found.filter(({ patientId }) => !seen.has(patientId) && seen.add(patientId));
}

/** Days ahead in which a patient's next board is looked for. */
const nextBoardDays = 14;

/**
 * The next tumour board of a patient, with its question.
 *
 * @param from First day, YYYY-MM-DD.
 * @returns Undefined where there is none, and where the server does not say.
 */
export async function findNextBoard(
  source: FhirSource,
  serviceTypes: CodeSet,
  patientId: string,
  from: string,
): Promise<FoundBoardPatient | undefined> {
  const to = new Date(Date.parse(from) + nextBoardDays * 86_400_000).toISOString().slice(0, 10);
  try {
    const found = await findBoardAppointments(source, serviceTypes, { from, to, patientId });
    const [next] = found.toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start));
    return next && { patientId, start: next.start, question: next.question ?? null };
  } catch (error) {
    // A report without the question is better than none.
    if (error instanceof FhirError) return undefined;
    throw error;
  }
}

async function byAppointments(source: FhirSource, serviceTypes: CodeSet, date: string): Promise<FoundBoardPatient[]> {
  const appointments = await findBoardAppointments(source, serviceTypes, { from: date, to: date });
  return appointments
    .toSorted((a, b) => Date.parse(a.start) - Date.parse(b.start))
    .map(({ patientId, start, question }) => ({ patientId, start, question: question ?? null }));
}

async function byResource(
  source: FhirSource,
  { kind, id }: Exclude<BoardQuery, { kind: 'appointments' }>,
): Promise<FoundBoardPatient[]> {
  const resource = await source.read(kind, id);
  if (kind === 'Group') {
    const { member = [] } = parsed(schemas.Group, resource, id);
    return member.filter(({ inactive }) => inactive !== true).flatMap(({ entity }) => patient(entity.reference));
  }
  if (kind === 'List') {
    const { entry = [] } = parsed(schemas.List, resource, id);
    return entry.filter(({ deleted }) => deleted !== true).flatMap(({ item }) => patient(item.reference));
  }
  const { subject, reasonCode = [], period } = parsed(schemas.Encounter, resource, id);
  const reasons = reasonCode.flatMap((reason) => reason.text ?? reason.coding?.[0]?.display ?? []);
  const question = reasons.length === 0 ? null : reasons.join('; ');
  return patient(subject?.reference).map((found) => ({ ...found, question, start: period?.start ?? null }));
}

function patient(target: string | undefined): FoundBoardPatient[] {
  const found = relativeReference(target);
  return found?.type === 'Patient' ? [{ patientId: found.id, question: null, start: null }] : [];
}

function parsed<T>(schema: z.ZodType<T>, resource: Resource, id: string): T {
  const result = schema.safeParse(resource);
  if (result.success) return result.data;
  const wrong = result.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; ');
  throw new FhirError('FHIR_RESPONSE_INVALID', `${resource.resourceType}/${id}`, `not as FHIR R4 has it: ${wrong}`);
}
