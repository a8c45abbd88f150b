import { createHash, randomBytes } from 'node:crypto';
import { parseCookie, stringifySetCookie } from 'cookie';
import type { SessionRows, StoredSession } from '../store/viewer-sessions.ts';

export type ViewerSession = StoredSession;

/** Sessions that a launch begins and the viewer's requests carry on. */
export interface SessionStore {
  /** Begins a session. @returns The cookie's value, which is kept nowhere. */
  begin(session: ViewerSession): Promise<string>;
  /** The session of a cookie's value; undefined when it is unknown or over. */
  find(value: string): Promise<ViewerSession | undefined>;
  end(value: string): Promise<void>;
}

/** {@link SessionStore} on the database: a copy of it opens no session, because only the hash of the value is in there. */
export function createSessionStore(rows: SessionRows): SessionStore {
  return {
    async begin(session) {
      const value = randomBytes(32).toString('base64url');
      await rows.saveSession(hashOf(value), session);
      return value;
    },
    find: (value) => rows.sessionOf(hashOf(value)),
    end: (value) => rows.deleteSession(hashOf(value)),
  };
}

/** The value is random over 256 bits: nothing can be gained by a slow hash. */
function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}

/** `__Host-`: the browser takes it over HTTPS only, for this host and all of its paths. */
function cookieName(overHttps: boolean): string {
  return overHttps ? '__Host-deltascope' : 'deltascope';
}

/**
 * The `Set-Cookie` header that begins a session in the browser.
 *
 * @param overHttps Whether clients reach the service by HTTPS.
 * @param framed Whether the pages are shown in a frame of the EHR, where a browser sends Lax cookies no more.
 */
export function sessionCookie(
  value: string,
  { expires }: Pick<ViewerSession, 'expires'>,
  overHttps: boolean,
  framed = false,
): string {
  return stringifySetCookie({
    name: cookieName(overHttps),
    value,
    httpOnly: true,
    secure: overHttps,
    // Lax: the launch ends with a redirect that comes from the EHR's page. Partitioned: not the same one under another site.
    ...(framed && overHttps ? { sameSite: 'none', partitioned: true } : { sameSite: 'lax' }),
    path: '/',
    expires: new Date(expires),
  });
}

/** The session value in a `Cookie` header; undefined without one. */
export function sessionValue(header: string | undefined, overHttps: boolean): string | undefined {
  const value = parseCookie(header ?? '')[cookieName(overHttps)];
  return value === undefined || value === '' ? undefined : value;
}
