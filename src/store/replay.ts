import type { Database } from './database.ts';
import { together } from './together.ts';

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

interface Claim {
  readonly issuer: string;
  readonly jti: string;
  readonly expiresAt: Date;
}

/** {@link ReplayStore} over a database. Calls that come at the same time claim together. What has expired is removed in passing. */
export function createReplayStore(database: Database): ReplayStore {
  let nextCleaning = 0;
  const claims = together((group: readonly Claim[]) => claim(database, group));
  return {
    async claimToken(issuer, jti, expiresAt) {
      const claimed = await claims.add({ issuer, jti, expiresAt });
      if (Date.now() >= nextCleaning) {
        nextCleaning = Date.now() + cleanEveryMs;
        // An hour on top: the clocks of database and instances differ, and a token forgotten early could be used again.
        const clean = database.query("delete from client_token where expires_at < now() - interval '1 hour'");
        // No call waits for it, and none fails with it: the next one removes what this one could not.
        clean.catch(() => undefined);
      }
      return claimed;
    },
  };
}

/** Of several claims of one token in a group the first is the one that holds. */
async function claim(database: Database, group: readonly Claim[]): Promise<boolean[]> {
  const rows = await database.query<Pick<Claim, 'issuer' | 'jti'>>(
    // In one order everywhere: two instances that are sent the same tokens must not wait for each other.
    `insert into client_token (issuer, jti, expires_at) select * from unnest($1::text[], $2::text[], $3::timestamptz[])
      order by 1, 2 on conflict do nothing returning issuer, jti`,
    [
      group.map(({ issuer }) => issuer),
      group.map(({ jti }) => jti),
      group.map(({ expiresAt }) => expiresAt.toISOString()),
    ],
  );
  const fresh = new Set(rows.map(tokenName));
  return group.map((each) => fresh.delete(tokenName(each)));
}

function tokenName({ issuer, jti }: Pick<Claim, 'issuer' | 'jti'>): string {
  return JSON.stringify([issuer, jti]);
}
