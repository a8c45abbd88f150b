import { createHash, createHmac, randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { LaunchRows } from '../../store/smart-launches.ts';

/** How long a user may take to log in and choose a patient (ms). */
const launchLifetimeMs = 10 * 60_000;

/** What a launch is known by: `state` goes through the EHR, `secret` stays in the browser's cookie. */
export interface LaunchState {
  readonly state: string;
  readonly secret: string;
}

/** What the authorization server and its answer are bound to the launch by. */
export interface LaunchProofs {
  readonly codeVerifier: string;
  readonly nonce: string;
}

/** Launches between the redirect to the EHR and the return from it. */
export interface LaunchStates {
  begin(issuer: string): Promise<LaunchState>;
  /** @returns `iss` of the launch, once; undefined when state and secret are not of one launch, or it is used or over. */
  take(launch: LaunchState): Promise<string | undefined>;
}

/** {@link LaunchStates} on the database, which holds hashes only: neither `state` nor PKCE's verifier can be read there. */
export function createLaunchStates(rows: LaunchRows): LaunchStates {
  return {
    async begin(issuer) {
      const launch = { state: randomBytes(32).toString('base64url'), secret: randomBytes(32).toString('base64url') };
      await rows.saveLaunch(hashOf(launch), issuer, new Date(Date.now() + launchLifetimeMs).toISOString());
      return launch;
    },
    take: (launch) => rows.takeLaunch(hashOf(launch)),
  };
}

/**
 * Code verifier (RFC 7636: 43 characters over 256 bits) and nonce of a launch, made out of its cookie: no other browser, and no copy
 * of the database, has them.
 */
export function proofsOf({ state, secret }: LaunchState): LaunchProofs {
  const derive = (purpose: string) => createHmac('sha256', secret).update(`${purpose} ${state}`).digest('base64url');
  return { codeVerifier: derive('code_verifier'), nonce: derive('nonce') };
}

/**
 * The `Set-Cookie` header that binds a launch to the browser; with an empty secret, the one that removes it.
 *
 * @param overHttps Whether clients reach the service by HTTPS.
 * @param framed Whether the EHR shows the pages in a frame, where a browser sends Lax cookies no more.
 */
export function launchCookie({ state, secret }: LaunchState, overHttps: boolean, framed: boolean): string {
  return stringifySetCookie({
    name: cookieName(state, overHttps),
    value: secret,
    httpOnly: true,
    secure: overHttps,
    ...(framed && overHttps ? { sameSite: 'none', partitioned: true } : { sameSite: 'lax' }),
    path: '/',
    maxAge: secret === '' ? 0 : launchLifetimeMs / 1000,
  });
}

/** The secret of a launch in a `Cookie` header; undefined without one. */
export function launchSecret(header: string | undefined, state: string, overHttps: boolean): string | undefined {
  return parseCookie(header ?? '')[cookieName(state, overHttps)];
}

/** Each launch has a cookie of its own: two charts may be opened at the same time. */
function cookieName(state: string, overHttps: boolean): string {
  const launch = createHash('sha256').update(state).digest('hex').slice(0, 16);
  return `${overHttps ? '__Host-' : ''}deltascope-launch-${launch}`;
}

function hashOf({ state, secret }: LaunchState): string {
  return createHash('sha256').update(`${state} ${secret}`).digest('hex');
}
