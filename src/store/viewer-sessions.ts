import type { Database } from './database.ts';

/** A session as kept: under the hash of its cookie, never the cookie. */
export interface StoredSession {
  /** Logical id of the Patient that it is bound to. */
  readonly patient: string;
  /** Who launched it; null where the launch did not say. */
  readonly user: string | null;
  /** Who vouches for the user. */
  readonly issuer: string;
  /** StudyInstanceUIDs that may be looked at; null for all of the patient. */
  readonly studies: readonly string[] | null;
  /** ISO date-time. */
  readonly expires: string;
}

/** Sessions of viewers, on one database shared by all instances of the service. */
export interface SessionRows {
  saveSession(hash: string, session: StoredSession): Promise<void>;
  /** The session of a hash; undefined when it is unknown or over. */
  sessionOf(hash: string): Promise<StoredSession | undefined>;
  deleteSession(hash: string): Promise<void>;
}

/** How often an instance removes what has expired. */
const cleanEveryMs = 5 * 60_000;

/** {@link SessionRows} over a database. What has expired is removed in passing. */
export function createSessionRows(database: Database): SessionRows {
  let nextCleaning = 0;
  return {
    async saveSession(hash, session) {
      await database.query('insert into viewer_session (hash, record, expires_at) values ($1, $2::jsonb, $3)', [
        hash,
        JSON.stringify(session),
        session.expires,
      ]);
      if (Date.now() < nextCleaning) return;
      nextCleaning = Date.now() + cleanEveryMs;
      // No launch waits for it, and none fails with it: the next one removes what this one could not.
      database.query('delete from viewer_session where expires_at < now()').catch(() => undefined);
    },
    async sessionOf(hash) {
      const rows = await database.query<{ record: StoredSession }>(
        'select record from viewer_session where hash = $1 and expires_at > now()',
        [hash],
      );
      return rows[0]?.record;
    },
    async deleteSession(hash) {
      await database.query('delete from viewer_session where hash = $1', [hash]);
    },
  };
}
