import type { Database } from './database.ts';
import { together } from './together.ts';

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

interface Advice {
  readonly key: string;
  readonly advice: string;
}

/** {@link AdviceGiven} over a database. Calls that come at the same time ask and write together. */
export function createAdviceGiven(database: Database): AdviceGiven {
  let nextCleaning = 0;
  const remembered = together((group: readonly Advice[]) => remember(database, group));
  const asked = together((group: readonly Advice[]) => find(database, group));
  return {
    async rememberAdvice(key, advice) {
      await remembered.add({ key, advice });
      if (Date.now() < nextCleaning) return;
      nextCleaning = Date.now() + cleanEveryMs;
      await database.query("delete from advice_given where given_at < now() - $1 * interval '1 hour'", [
        rememberedHours,
      ]);
    },
    wasAdvised: (key, advice) => asked.add({ key, advice }),
  };
}

async function remember(database: Database, group: readonly Advice[]): Promise<undefined[]> {
  // The last one of a key counts, and a statement may write a row only once.
  const last = new Map(group.map(({ key, advice }) => [key, advice]));
  await database.query(
    // In one order everywhere: two instances must not wait for each other's rows.
    `insert into advice_given (key, advice, given_at)
      select given.key, given.advice, now() from unnest($1::text[], $2::text[]) as given (key, advice) order by given.key
      on conflict (key) do update set advice = excluded.advice, given_at = excluded.given_at`,
    [[...last.keys()], [...last.values()]],
  );
  return group.map(() => undefined);
}

async function find(database: Database, group: readonly Advice[]): Promise<boolean[]> {
  const rows = await database.query<Advice>(
    `select key, advice from advice_given where key = any($1::text[]) and given_at >= now() - $2 * interval '1 hour'`,
    [group.map(({ key }) => key), rememberedHours],
  );
  const last = new Map(rows.map(({ key, advice }) => [key, advice]));
  return group.map(({ key, advice }) => last.get(key) === advice);
}
