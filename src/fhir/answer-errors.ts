import { FhirError } from '../errors.ts';
import type { Busy } from '../retry.ts';

interface HttpFailure {
  readonly response: { readonly status: number };
  readonly config: { readonly headers: Headers };
}

function isHttpFailure(error: unknown): error is HttpFailure {
  return error instanceof Error && 'response' in error && 'config' in error;
}

/** HTTP status of a failed request, undefined when there was no answer. */
export function statusOf(error: unknown): number | undefined {
  return isHttpFailure(error) ? error.response.status : undefined;
}

/** Whether the server was too busy to answer, and what it asks for. */
export function busyOf(error: unknown): Busy | undefined {
  if (!isHttpFailure(error) || ![429, 503].includes(error.response.status)) return undefined;
  return { retryAfter: error.config.headers.get('retry-after') };
}

/**
 * A failed request under our codes. The original error holds the answer's body, that is patient content: it is not kept as
 * a cause.
 *
 * @param signal Of the caller: when it has ended, that is why.
 */
export function namedError(error: unknown, subject: string, timeoutMs: number, signal?: AbortSignal): FhirError {
  if (error instanceof FhirError) return error;
  if (signal?.aborted) {
    return new FhirError('FHIR_LATE', subject, 'no answer from the FHIR server in the time there is: try again');
  }
  if (isHttpFailure(error)) return statusError(error.response.status, subject);
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new FhirError('FHIR_UNREACHABLE', subject, `no answer within ${timeoutMs / 1000} s: check the FHIR server`);
  }
  // A failed fetch names its cause; without one the client stumbled over the answer, as over the JSON `null`.
  if (error instanceof TypeError && error.cause === undefined) {
    return invalidAnswer(subject, 'the answer is no JSON object');
  }
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : 'failed';
  return new FhirError('FHIR_UNREACHABLE', subject, `${why}: check the address and that the FHIR server runs`);
}

/** What the server answered is not what FHIR says it must be. */
export function invalidAnswer(subject: string, why: string): FhirError {
  return new FhirError('FHIR_RESPONSE_INVALID', subject, `${why}: check that the base is a FHIR R4 server`);
}

function statusError(status: number, subject: string): FhirError {
  if (status === 401 || status === 403) {
    const text = `access refused (HTTP ${status}): check the token and its scopes`;
    return new FhirError('FHIR_REFUSED', subject, text);
  }
  if ([404, 405, 410, 501].includes(status)) {
    return new FhirError('FHIR_NOT_OFFERED', subject, `not offered by the FHIR server (HTTP ${status})`);
  }
  if (status === 429 || status >= 500) {
    return new FhirError('FHIR_UNREACHABLE', subject, `the FHIR server fails (HTTP ${status}): try again later`);
  }
  return invalidAnswer(subject, status < 300 ? 'the answer is not JSON' : `unexpected answer (HTTP ${status})`);
}
