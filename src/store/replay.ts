import type { Database } from './database.ts';

/** Which tokens of clients were used already: one database shared by all instances of the service. */
export interface ReplayStore {
  /**
   * Marks a token as used, atomically: of several calls with one token, on any instance, one is told that it is new.
   *
   * @param issuer `iss` of the token; `jti` need be unique only within it.
   * @param jti Identifier of the token.
   * @param expiresAt When no instance accepts the token any more (`exp` and the clock skew allowed).
   * @returns False when the token was seen before.
   */
  claimToken(issuer: string, jti: string, expiresAt: Date): Promise<boolean>;
}

/** How often an instance removes what has expired. */
const cleanEveryMs = 5 * 60_000;

/** {@link ReplayStore} over a database. What has expired is removed in passing. */
export function createReplayStore(database: Database): ReplayStore {
  let nextCleaning = 0;
  return {
    async claimToken(issuer, jti, expiresAt) {
      const claimed = await database.query(
        'insert into client_token (issuer, jti, expires_at) values ($1, $2, $3) on conflict do nothing returning jti',
        [issuer, jti, expiresAt.toISOString()],
      );
      if (Date.now() >= nextCleaning) {
        nextCleaning = Date.now() + cleanEveryMs;
        // An hour on top: the clocks of database and instances differ, and a token forgotten early could be used again.
        const clean = database.query("delete from client_token where expires_at < now() - interval '1 hour'");
        // No call waits for it, and none fails with it: the next one removes what this one could not.
        clean.catch(() => undefined);
      }
      return claimed.length === 1;
    },
  };
}
