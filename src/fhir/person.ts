import { z } from 'zod';
import type { Resource } from './resources.ts';

/** How a patient is called: for those who look at this one patient, never for a log, a job or a model. */
export interface Person {
  /** "Given Family"; null where the record gives no name. */
  readonly name: string | null;
}

const text = z.string().optional();
const patientSchema = z.object({
  resourceType: z.literal('Patient'),
  name: z
    .array(
      z.object({
        use: text,
        text,
        family: text,
        given: z.array(z.string()).optional(),
        period: z.object({ end: text }).optional(),
      }),
    )
    .optional(),
});

/** Names that somebody goes by, first the one to show; a maiden or old name is none. */
const uses = ['official', 'usual', undefined, 'temp', 'nickname', 'anonymous'];

/** Reads the name of a Patient. What is no Patient, or has a name that is not FHIR's, has none. */
export function readPerson(resource: Resource): Person {
  const parsed = patientSchema.safeParse(resource);
  const names = parsed.success ? (parsed.data.name ?? []) : [];
  const [name] = names
    .filter(({ use, period }) => uses.includes(use) && period?.end === undefined)
    .toSorted((a, b) => uses.indexOf(a.use) - uses.indexOf(b.use));
  if (name === undefined) return { name: null };
  const whole = name.text ?? [...(name.given ?? []), name.family].filter((part) => part !== undefined).join(' ');
  return { name: whole.trim() === '' ? null : whole.trim() };
}
