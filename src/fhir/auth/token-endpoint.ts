import { randomUUID } from 'node:crypto';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { FhirError } from '../../errors.ts';
import { namedError } from '../answer-errors.ts';
import type { ClientKey } from './client-key.ts';

/** Connections with a client certificate, for fetch. */
export type Connections = NonNullable<RequestInit['dispatcher']>;

export interface ExchangeOptions {
  /** For each request, milliseconds. */
  readonly timeoutMs: number;
  readonly dispatcher?: Connections | undefined;
}

/** What a token endpoint granted. */
export interface GrantedToken {
  readonly value: string;
  /** Undefined where the server says that it granted what was asked for. */
  readonly scope: string | undefined;
  readonly expiresInSeconds: number;
}

const configuration = z.looseObject({
  token_endpoint: z.url(),
  token_endpoint_auth_signing_alg_values_supported: z.array(z.string()).optional(),
});
const granted = z.looseObject({
  access_token: z.string().min(1),
  token_type: z.string().regex(/^bearer$/i),
  expires_in: z.coerce.number().positive().optional(),
  scope: z.string().optional(),
});
const refusal = z.looseObject({ error: z.string().regex(/^[a-z_]{1,40}$/) });

/** As short as the standard advises, for servers that do not say (s). */
const usualLifetime = 300;
/** The longest that SMART allows (s); shorter would fail where clocks differ. */
const assertionLifetime = 300;
const subject = 'token endpoint';

/**
 * The token endpoint of a FHIR server.
 *
 * @param baseUrl FHIR base, without a slash at the end.
 * @param algorithm That the assertion will be signed with.
 * @throws FhirError `FHIR_FOREIGN_LINK` for an endpoint on another origin than the base, `FHIR_TOKEN_REFUSED` when the server
 *   does not take the algorithm, else as the FHIR client.
 * @see SMART App Launch 2.2, Conformance: .well-known/smart-configuration
 */
export async function discoverTokenEndpoint(
  baseUrl: string,
  algorithm: ClientKey['algorithm'],
  options: ExchangeOptions,
): Promise<string> {
  const { status, body } = await exchange(`${baseUrl}/.well-known/smart-configuration`, {}, options);
  const parsed = configuration.safeParse(body);
  if (status !== 200 || !parsed.success) {
    throw unusable(`the FHIR server names no token endpoint (HTTP ${status})`, 'set DELTASCOPE_FHIR_TOKEN_URL');
  }
  const { token_endpoint, token_endpoint_auth_signing_alg_values_supported: algorithms } = parsed.data;
  if (new URL(token_endpoint).origin !== new URL(baseUrl).origin) {
    const text = `${new URL(token_endpoint).origin} is another origin than the FHIR base: allow it by DELTASCOPE_FHIR_TOKEN_URL`;
    throw new FhirError('FHIR_FOREIGN_LINK', subject, text);
  }
  if (algorithms !== undefined && !algorithms.includes(algorithm)) {
    const text = `the server takes ${algorithms.join(', ')}, the key is for ${algorithm}: use another key`;
    throw new FhirError('FHIR_TOKEN_REFUSED', subject, text);
  }
  return token_endpoint;
}

/**
 * The assertion by which the client proves itself: for one use, five minutes at most.
 *
 * @param at Its time of issue.
 */
export function signAssertion(
  { key, algorithm, kid }: ClientKey,
  { clientId, endpoint, at }: { readonly clientId: string; readonly endpoint: string; readonly at: Date },
): Promise<string> {
  const issued = Math.floor(at.getTime() / 1000);
  return new SignJWT({})
    .setProtectedHeader({ alg: algorithm, kid, typ: 'JWT' })
    .setIssuer(clientId)
    .setSubject(clientId)
    .setAudience(endpoint)
    .setIssuedAt(issued)
    .setExpirationTime(issued + assertionLifetime)
    .setJti(randomUUID())
    .sign(key);
}

/**
 * Asks for a token by client credentials.
 *
 * @param scope Separated by blanks.
 * @throws FhirError `FHIR_TOKEN_REFUSED` with OAuth's error code in its text, `FHIR_UNREACHABLE`, `FHIR_RESPONSE_INVALID`.
 * @see SMART App Launch 2.2, Backend Services: Obtain access token
 */
export async function requestToken(
  endpoint: string,
  assertion: string,
  scope: string,
  options: ExchangeOptions,
): Promise<GrantedToken> {
  const form = new URLSearchParams({
    grant_type: 'client_credentials',
    scope,
    client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    client_assertion: assertion,
  });
  const { status, body } = await exchange(endpoint, { method: 'POST', body: form }, options);
  if (status === 200) {
    const parsed = granted.safeParse(body);
    if (!parsed.success) throw unusable('the answer is no bearer token', 'check the authorization server');
    const { access_token: value, expires_in: expiresInSeconds = usualLifetime } = parsed.data;
    return { value, scope: parsed.data.scope, expiresInSeconds };
  }
  if (status === 429 || status >= 500) {
    throw new FhirError(
      'FHIR_UNREACHABLE',
      subject,
      `the authorization server fails (HTTP ${status}): try again later`,
    );
  }
  const error = refusal.safeParse(body).data?.error ?? `HTTP ${status}`;
  const advice = 'check client id, registered key and scopes, and the clocks of both servers';
  throw new FhirError(
    'FHIR_TOKEN_REFUSED',
    subject,
    `the authorization server refuses the client (${error}): ${advice}`,
  );
}

/** One request that is never redirected: the assertion is for the endpoint alone. */
async function exchange(
  url: string,
  init: RequestInit,
  { timeoutMs, dispatcher }: ExchangeOptions,
): Promise<{ status: number; body: unknown }> {
  try {
    const answer = await fetch(url, {
      ...init,
      headers: { accept: 'application/json' },
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
      ...(dispatcher !== undefined && { dispatcher }),
    });
    const text = await answer.text();
    return { status: answer.status, body: jsonOrNull(text) };
  } catch (error) {
    throw namedError(error, subject, timeoutMs);
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function unusable(what: string, advice: string): FhirError {
  return new FhirError('FHIR_RESPONSE_INVALID', subject, `${what}: ${advice}`);
}
