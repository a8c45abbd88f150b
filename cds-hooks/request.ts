import { z } from 'zod';
import { RequestError } from '../src/errors.ts';

const id = z.string().min(1).max(256);
/** Goes into the path of a request to the record. Real ids are longer than FHIR's 64 characters. */
const patientId = z
  .string()
  .regex(/^(?:Patient\/)?(?!\.{1,2}$)[A-Za-z0-9\-._]{1,250}$/, { error: 'a logical id, or Patient/id' });
const bundle = z.looseObject({
  resourceType: z.literal('Bundle'),
  entry: z.array(z.looseObject({ resource: z.looseObject({ resourceType: z.string() }).optional() })).optional(),
});

const base = {
  // Any version and case; some clients send a constant.
  hookInstance: z.guid({ error: 'a UUID' }),
  fhirServer: z.url().optional(),
  fhirAuthorization: z.looseObject({}).optional(),
  prefetch: z.record(z.string(), z.unknown()).optional(),
};

const prefetchedPatient = z.looseObject({ resourceType: z.literal('Patient'), id: z.string() });

/** Hook requests by CDS Hooks 2.0.1; fields that are not read here may be anything. */
export const hookRequestSchema = z.discriminatedUnion('hook', [
  z.looseObject({ ...base, hook: z.literal('patient-view'), context: z.looseObject({ userId: id, patientId }) }),
  z.looseObject({
    ...base,
    hook: z.literal('order-select'),
    context: z.looseObject({ userId: id, patientId, selections: z.array(id).min(1), draftOrders: bundle }),
  }),
  z.looseObject({
    ...base,
    hook: z.literal('order-sign'),
    context: z.looseObject({ userId: id, patientId, draftOrders: bundle }),
  }),
]);

export type HookRequest = z.infer<typeof hookRequestSchema>;
export type HookName = HookRequest['hook'];

/**
 * Reads a hook call.
 *
 * @param body The parsed JSON body.
 * @param hook The hook that the called service answers.
 * @throws RequestError `HOOK_BODY_INVALID` naming each wrong field, `HOOK_MISMATCH` for another hook than the service's.
 */
export function readHookRequest(body: unknown, hook: HookName): HookRequest {
  const parsed = hookRequestSchema.safeParse(body);
  if (!parsed.success) {
    const wrong = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`).join('; ');
    throw new RequestError('HOOK_BODY_INVALID', 'body', `not a CDS Hooks request (${wrong})`);
  }
  if (parsed.data.hook !== hook) {
    throw new RequestError('HOOK_MISMATCH', 'hook', `this service answers ${hook}, not ${parsed.data.hook}`);
  }
  guardPatient(parsed.data);
  return parsed.data;
}

/** Logical id of the patient that a call is about. */
export function patientIdOf({ context }: HookRequest): string {
  return context.patientId.replace(/^Patient\//, '');
}

/** A prefetched Patient other than the one of the context means that the client mixed up two charts: no card then. */
function guardPatient(request: HookRequest): void {
  const patient = prefetchedPatient.safeParse(request.prefetch?.patient);
  if (patient.success && patient.data.id !== patientIdOf(request)) {
    throw new RequestError(
      'FHIR_SUBJECT_MISMATCH',
      'prefetch.patient',
      'the prefetched Patient is not context.patientId',
    );
  }
}
