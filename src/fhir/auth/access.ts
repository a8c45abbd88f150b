import type { Scopes } from './scopes.ts';

/** What a hook call hands over to read one patient's record: used for that call, never kept and never logged. */
export interface FhirAccess {
  /** FHIR base, without a slash at the end; registered for the client that sent it. */
  readonly fhirServer: string;
  readonly token: string;
  /** As granted, separated by blanks; empty where the client does not say. */
  readonly scope: string;
}

/** A token and what it allows. */
export interface AccessToken {
  readonly value: string;
  readonly scopes: Scopes;
}

/** Where the FHIR client takes its token from, before each request. */
export interface TokenSource {
  /**
   * @param signal Ends the waiting of this caller, not the request for a token that others wait for as well.
   * @throws FhirError when no token can be had; `signal.reason` when it ends first.
   */
  token(signal?: AbortSignal): Promise<AccessToken>;
  /**
   * The server refused this token. A source that can get another one forgets it.
   *
   * @returns Whether asking again can help.
   */
  refused(token: AccessToken): boolean;
}

/** A token that is what it is. */
export function fixedToken(value: string, scopes: Scopes): TokenSource {
  const token = { value, scopes };
  return { token: async () => token, refused: () => false };
}
