import { z } from 'zod';
import { RequestError } from '../src/errors.ts';
import type { FhirAccess } from '../src/fhir/auth/access.ts';
import type { HookRequest } from './request.ts';
import type { Caller } from './trust/caller.ts';

/** Clients send more, and sometimes less: what is of another type counts as not given. */
const authorization = z.looseObject({
  access_token: z.string().catch(''),
  token_type: z.string().catch('Bearer'),
  scope: z.string().catch(''),
  patient: z.string().optional().catch(undefined),
});

/**
 * The access to the record that a hook call gives and that may be used: its `fhirServer` is registered for the caller, and the
 * token is a bearer token. Held for this call only.
 *
 * @param configured FHIR base that is read otherwise, without a slash at the end.
 * @returns Undefined where the configured server is to be read.
 * @throws RequestError `HOOK_PREREQUISITE` when a registered client names a server that is neither configured nor registered
 *   for it: its patient ids could be those of other patients here; `FHIR_SUBJECT_MISMATCH` when the token is for another
 *   patient than the one of the context.
 * @see CDS Hooks 2.0.1, Passing the Access Token to the CDS Service
 */
export function hookAccess(request: HookRequest, caller: Caller, configured: string): FhirAccess | undefined {
  if (request.fhirServer === undefined) return undefined;
  const fhirServer = normalBase(request.fhirServer);
  const listed = caller.fhirServers.some((base) => normalBase(base) === fhirServer);
  if (!listed && caller.issuer !== null && fhirServer !== normalBase(configured)) {
    throw new RequestError(
      'HOOK_PREREQUISITE',
      'fhirServer',
      'the Patient can not be read: fhirServer is not registered for this client, and its ids may mean other patients here',
    );
  }
  const given = authorization.safeParse(request.fhirAuthorization);
  if (!listed || !given.success) return undefined;
  const { access_token: token, token_type, scope, patient } = given.data;
  if (token.trim() === '' || token_type.toLowerCase() !== 'bearer') return undefined;
  if (patient !== undefined && logicalId(patient) !== logicalId(request.context.patientId)) {
    throw new RequestError(
      'FHIR_SUBJECT_MISMATCH',
      'fhirAuthorization.patient',
      'the access token is for another patient than context.patientId',
    );
  }
  return { fhirServer, token, scope };
}

function normalBase(base: string): string {
  const url = new URL(base);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}

function logicalId(reference: string): string {
  return reference.replace(/^Patient\//, '');
}
