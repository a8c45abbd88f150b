import { AuthorizationResponseError, ClientError, ResponseBodyError } from 'openid-client';
import { DeltascopeError, RequestError } from '../../errors.ts';

/** A failed launch by its name, with the protocol's own word for it: for the audit trail and the log, never with a token. */
export interface LaunchFailure {
  readonly error: DeltascopeError;
  /** OAuth's or the library's code; null where ours says it all. */
  readonly reason: string | null;
}

/** Network and time, as far as the library tells them from wrong answers. */
const noAnswer: ReadonlySet<string | undefined> = new Set([undefined, 'OAUTH_TIMEOUT', 'OAUTH_ABORT']);

/**
 * Names what went wrong in a launch.
 *
 * @returns Undefined for what is a fault of our own.
 */
export function launchFailure(error: unknown): LaunchFailure | undefined {
  if (error instanceof DeltascopeError) return { error, reason: null };
  if (error instanceof AuthorizationResponseError) return refused(error.error);
  if (error instanceof ResponseBodyError) return refused(error.error);
  if (error instanceof ClientError) return noAnswer.has(error.code) ? unreachable(error.code) : invalid(error.code);
  // What fetch throws without an answer, and for a redirect that is not followed.
  if (error instanceof TypeError && error.message === 'fetch failed') return unreachable(undefined);
  return undefined;
}

function refused(reason: string): LaunchFailure {
  const word = /^[a-z_]{1,40}$/.test(reason) ? reason : 'unknown';
  const text = `the EHR refuses the launch (${word})`;
  return { error: new RequestError('SMART_REFUSED', 'launch', text), reason: word };
}

function unreachable(reason: string | undefined): LaunchFailure {
  const text = "the EHR's authorization server does not answer: try again later";
  return { error: new RequestError('SMART_UNREACHABLE', 'launch', text), reason: reason ?? null };
}

function invalid(reason: string | undefined): LaunchFailure {
  const text = "the EHR's answer can not be trusted: tell the operator";
  return { error: new RequestError('SMART_ANSWER_INVALID', 'launch', text), reason: reason ?? null };
}
