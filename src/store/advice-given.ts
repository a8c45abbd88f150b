import type { Database } from './database.ts';

/** Which advice was given when, so that it is not repeated unchanged. Hashes only. */
export interface AdviceGiven {
  /**
   * @param key Hash of whom and of which drafts the advice was about.
   * @param advice Hash of what was said.
   */
  rememberAdvice(key: string, advice: string): Promise<void>;
  /** Whether this was the last advice under the key, within the last hours. */
  wasAdvised(key: string, advice: string): Promise<boolean>;
}

/** An order that is signed on another day than it was drafted is judged anew in the reader's mind too. */
const rememberedHours = 12;
/** How often an instance removes what is no longer remembered. */
const cleanEveryMs = 60 * 60_000;

/** {@link AdviceGiven} over a database. */
export function createAdviceGiven(database: Database): AdviceGiven {
  let nextCleaning = 0;
  return {
    async rememberAdvice(key, advice) {
      await database.query(
        `insert into advice_given (key, advice, given_at) values ($1, $2, now())
          on conflict (key) do update set advice = excluded.advice, given_at = excluded.given_at`,
        [key, advice],
      );
      if (Date.now() < nextCleaning) return;
      nextCleaning = Date.now() + cleanEveryMs;
      await database.query("delete from advice_given where given_at < now() - $1 * interval '1 hour'", [
        rememberedHours,
      ]);
    },
    async wasAdvised(key, advice) {
      const found = await database.query(
        "select 1 from advice_given where key = $1 and advice = $2 and given_at >= now() - $3 * interval '1 hour'",
        [key, advice, rememberedHours],
      );
      return found.length > 0;
    },
  };
}
