import type { Response } from 'express';

/** Who called: what the verified token of the client, and its entry in the registry, say. */
export interface Caller {
  /** `iss` of the verified token; null in open mode, where nobody is asked. */
  readonly issuer: string | null;
  /** `tenant` of the token, null when it names none. */
  readonly tenant: string | null;
  /** FHIR bases of this client that may be read with the token of a hook call, without a slash at the end. */
  readonly fhirServers: readonly string[];
}

/** The caller in open mode: unknown, and none of the servers that it names is read. */
export const unknownCaller: Caller = { issuer: null, tenant: null, fhirServers: [] };

/** Who sent the request that is being answered. The check of the client put it on the response. */
export function callerOf(response: Response): Caller {
  return (response.locals.caller as Caller | undefined) ?? unknownCaller;
}
