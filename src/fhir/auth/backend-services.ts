import type { Logger } from '../../log.ts';
import type { AccessToken, TokenSource } from './access.ts';
import { readClientKey } from './client-key.ts';
import { missingScopes, parseScopes } from './scopes.ts';
import { type Connections, discoverTokenEndpoint, requestToken, signAssertion } from './token-endpoint.ts';

export interface BackendServicesOptions {
  /** FHIR base, without a slash at the end: the tokens are for it alone. */
  readonly baseUrl: string;
  readonly clientId: string;
  readonly keyFile: string;
  /** Asked for, separated by blanks. */
  readonly scope: string;
  /** Where it is not on the origin of the base. */
  readonly tokenUrl?: string;
  readonly logger: Logger;
  readonly dispatcher?: Connections;
  /** For each request, milliseconds. */
  readonly timeoutMs?: number;
  readonly now?: () => Date;
}

interface Held {
  readonly token: AccessToken;
  readonly renewAt: number;
}

/** A token is renewed this long before it ends, so that none ends on its way (ms). */
const renewEarlyMs = 30_000;

/**
 * Tokens for a FHIR server by SMART Backend Services: asked for when one is needed, kept until shortly before they end, one
 * request at a time however many wait. Each request has an assertion of its own.
 *
 * @returns Its `token` throws the errors of `discoverTokenEndpoint` and `requestToken`.
 * @throws ConfigError `CONFIG_INVALID` for a wrong key file. The server is not asked yet.
 * @see SMART App Launch 2.2, Backend Services
 */
export async function openBackendServices(options: BackendServicesOptions): Promise<TokenSource> {
  const { baseUrl, clientId, scope, logger, dispatcher, timeoutMs = 10_000, now = () => new Date() } = options;
  const key = await readClientKey(options.keyFile);
  let endpoint = options.tokenUrl;
  let held: Held | undefined;
  let flight: Promise<Held> | undefined;

  async function renew(): Promise<Held> {
    endpoint ??= await discoverTokenEndpoint(baseUrl, key.algorithm, { timeoutMs, dispatcher });
    const assertion = await signAssertion(key, { clientId, endpoint, at: now() });
    const granted = await requestToken(endpoint, assertion, scope, { timeoutMs, dispatcher });
    // Without a statement the grant is what was asked for (RFC 6749 section 5.1).
    const scopes = granted.scope ?? scope;
    const missing = missingScopes(scope, scopes);
    if (missing.length > 0) logger.warn({ code: 'FHIR_SCOPE', missing }, 'the FHIR server granted less than was asked');
    const lifetimeMs = granted.expiresInSeconds * 1000;
    // A token that lives hardly longer than the margin is used for half its life.
    const renewAt = now().getTime() + Math.max(lifetimeMs - renewEarlyMs, lifetimeMs / 2);
    held = { token: { value: granted.value, scopes: parseScopes(scopes) }, renewAt };
    return held;
  }

  return {
    async token(signal) {
      signal?.throwIfAborted();
      if (held !== undefined && now().getTime() < held.renewAt) return held.token;
      flight ??= renew()
        .catch((error: unknown) => {
          // The server may have moved its endpoint.
          endpoint = options.tokenUrl;
          throw error;
        })
        .finally(() => {
          flight = undefined;
        });
      return (await endingWith(flight, signal)).token;
    },
    refused(token) {
      if (held?.token === token) held = undefined;
      return true;
    },
  };
}

/** The outcome of `work`, or the signal's reason when that comes first; `work` goes on for the others. */
async function endingWith<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work;
  let stop = (): void => undefined;
  const ended = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, ended]);
  } finally {
    signal.removeEventListener('abort', stop);
  }
}
