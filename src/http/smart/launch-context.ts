import { z } from 'zod';
import { RequestError } from '../../errors.ts';
import { missingScopes } from '../../fhir/auth/scopes.ts';

/** Without a statement a token is taken to live as briefly as SMART advises (s). */
const usualLifetime = 300;
/** However long its token lives, nobody stays logged in over night (s). */
const longestLifetime = 8 * 3600;

const uid = z
  .string()
  .regex(/^[0-9]+(\.[0-9]+)*$/)
  .max(64);
/** What our cards put into `appContext`; another application's is nothing to us. */
const cardContext = z.looseObject({
  assessment: z.string().max(64).optional().catch(undefined),
  StudyInstanceUIDs: z.array(uid).max(50).optional().catch(undefined),
});
const contextItem = z.looseObject({
  type: z.literal('ImagingStudy'),
  identifier: z.looseObject({ system: z.literal('urn:dicom:uid'), value: z.string().regex(/^urn:oid:[0-9.]{1,64}$/) }),
});
const tokenSchema = z.looseObject({
  patient: z.string().regex(/^[A-Za-z0-9.-]{1,64}$/),
  encounter: z.string().optional().catch(undefined),
  scope: z.string().optional(),
  expires_in: z.coerce.number().positive().optional(),
});

/** What a token response says about the launch. */
export interface LaunchContext {
  /** Logical id of the one Patient. */
  readonly patient: string;
  readonly encounter: string | undefined;
  /** The Assessment of the card that was followed; not checked yet. */
  readonly assessment: string | undefined;
  /** Studies that the launch names, by a card or by the EHR; not checked yet. */
  readonly studies: readonly string[];
  /** ISO date-time: the end of the token. */
  readonly expires: string;
}

/**
 * Reads the launch context out of a token response: `patient`, `encounter`, what a card's `appContext` (text or JSON) names, and studies
 * of `fhirContext` items that identify an ImagingStudy by its UID.
 *
 * @param asked Scopes that were asked for, separated by blanks.
 * @throws RequestError `SMART_PATIENT_MISSING` without a patient, `SMART_SCOPE` when the user was granted less of the record than
 *   was asked for, because the page shows all of it.
 * @see SMART App Launch 2.2, Scopes and Launch Context; CDS Hooks 2.0.1, Link
 */
export function readLaunchContext(token: Readonly<Record<string, unknown>>, asked: string, now: Date): LaunchContext {
  const parsed = tokenSchema.safeParse(token);
  if (!parsed.success) {
    throw new RequestError(
      'SMART_PATIENT_MISSING',
      'patient',
      'the EHR names no patient: open a chart and launch from it',
    );
  }
  const { patient, encounter, scope, expires_in: lifetime = usualLifetime } = parsed.data;
  // Without a statement the grant is what was asked for (RFC 6749 section 5.1).
  const missing = missingScopes(asked, scope ?? asked);
  if (missing.length > 0) {
    throw new RequestError('SMART_SCOPE', 'scope', `the EHR does not let you read ${missing.join(', ')}`);
  }
  const card = cardOf(token.appContext);
  return {
    patient,
    encounter,
    assessment: card?.assessment,
    studies: [...new Set([...(card?.StudyInstanceUIDs ?? []), ...studiesOfContext(token.fhirContext)])],
    expires: new Date(now.getTime() + Math.min(lifetime, longestLifetime) * 1000).toISOString(),
  };
}

function cardOf(appContext: unknown): z.output<typeof cardContext> | undefined {
  return cardContext.safeParse(typeof appContext === 'string' ? jsonOrNull(appContext) : appContext).data;
}

function studiesOfContext(fhirContext: unknown): readonly string[] {
  const items: readonly unknown[] = Array.isArray(fhirContext) ? fhirContext : [];
  return items.flatMap((item) => contextItem.safeParse(item).data?.identifier.value.replace('urn:oid:', '') ?? []);
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
