import type { Database } from './database.ts';

/** SMART launches whose user is at the EHR, on one database shared by all instances of the service. */
export interface LaunchRows {
  /**
   * @param hash Of what only the launching browser can show.
   * @param issuer `iss` of the launch.
   * @param expires ISO date-time.
   */
  saveLaunch(hash: string, issuer: string, expires: string): Promise<void>;
  /** Takes a launch away, so that it is there once. @returns Its `iss`; undefined when it is unknown, used or over. */
  takeLaunch(hash: string): Promise<string | undefined>;
}

/** {@link LaunchRows} over a database. What nobody came back for is removed with the next launch. */
export function createLaunchRows(database: Database): LaunchRows {
  return {
    async saveLaunch(hash, issuer, expires) {
      await database.query('insert into smart_launch (hash, issuer, expires_at) values ($1, $2, $3)', [
        hash,
        issuer,
        expires,
      ]);
      // No launch waits for it, and none fails with it.
      database.query('delete from smart_launch where expires_at < now()').catch(() => undefined);
    },
    async takeLaunch(hash) {
      const rows = await database.query<{ issuer: string }>(
        'delete from smart_launch where hash = $1 and expires_at > now() returning issuer',
        [hash],
      );
      return rows[0]?.issuer;
    },
  };
}
