import { Client } from 'fhir-kit-client';
import { repeatOnBrokenConnection } from '../retry.ts';
import { statusOf } from './answer-errors.ts';
import { type AccessToken, fixedToken, type TokenSource } from './auth/access.ts';
import { unknownScopes } from './auth/scopes.ts';
import type { Connections } from './auth/token-endpoint.ts';

export interface FhirConnection {
  /** FHIR R4 base, with or without a slash at the end. */
  readonly baseUrl: string;
  /** Bearer token, or where to get one; sent to the base only. */
  readonly token?: string | TokenSource;
  /** For each request, milliseconds. */
  readonly timeoutMs?: number;
  /** Connections with a client certificate. */
  readonly dispatcher?: Connections;
}

/** What is sent besides a plain GET. */
export interface RequestParts {
  readonly method: 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Requests to one FHIR server with the token that there is, which is got again where it was withdrawn. */
export interface AuthorisedRequests {
  readonly tokens: TokenSource | undefined;
  /**
   * @param url Under the base, or relative to it.
   * @throws What fhir-kit-client throws, and the errors of getting a token.
   */
  send(url: string, signal: AbortSignal | undefined, parts?: RequestParts): Promise<unknown>;
}

/** How long a request may take where nothing else is said (ms). */
export const usualTimeoutMs = 10_000;

/** {@link AuthorisedRequests} to the server at `baseUrl`; nothing is asked yet. */
export function authorisedRequests(options: FhirConnection): AuthorisedRequests {
  const { timeoutMs = usualTimeoutMs, dispatcher } = options;
  const client = new Client({ baseUrl: options.baseUrl.replace(/\/+$/, '') });
  const tokens = typeof options.token === 'string' ? fixedToken(options.token, unknownScopes) : options.token;

  function request(
    url: string,
    token: AccessToken | undefined,
    signal: AbortSignal | undefined,
    parts: RequestParts | undefined,
  ): Promise<unknown> {
    const headers = {
      ...parts?.headers,
      ...(token !== undefined && { authorization: `Bearer ${token.value}` }),
    };
    const given = () => ({
      // A redirect could lead the request outside the base; the base is configuration and can name the final address.
      redirect: 'error' as const,
      signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal === undefined ? [] : [signal])]),
      ...(Object.keys(headers).length > 0 && { headers }),
      ...(dispatcher !== undefined && { dispatcher }),
    });
    return repeatOnBrokenConnection(() =>
      parts === undefined
        ? client.request(url, { options: given() })
        : client.request(url, { method: parts.method, body: parts.body, options: given() }),
    );
  }

  return {
    tokens,
    async send(url, signal, parts) {
      const token = await tokens?.token(signal);
      try {
        return await request(url, token, signal, parts);
      } catch (error) {
        // Tokens are withdrawn before they expire, too.
        if (token === undefined || statusOf(error) !== 401 || !tokens?.refused(token)) throw error;
        return request(url, await tokens.token(signal), signal, parts);
      }
    },
  };
}
