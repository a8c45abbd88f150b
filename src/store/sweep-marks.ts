import type { Database } from './database.ts';

/** What a sweep looks at: `therapy` by patient, `appointment` and its `board-publication` by id, `study` and `series` by UID. */
export type SweepKind = 'study' | 'series' | 'therapy' | 'appointment' | 'board-publication';

/** What sweeps have seen, so that the next one tells what is new. Ids and counts only. */
export interface SweepMarks {
  /**
   * Which entries were never seen, or have changed since.
   *
   * @param entries `mark` is what changes when the thing does.
   */
  newSince<T extends { readonly key: string; readonly mark: string }>(
    kind: SweepKind,
    entries: readonly T[],
  ): Promise<T[]>;
  /** Takes note of an entry, in its present state. */
  markSeen(kind: SweepKind, key: string, mark: string): Promise<void>;
  /** When the last whole sweep began (ISO date-time); undefined before the first. */
  lastSweep(): Promise<string | undefined>;
  /** A sweep ended without a failure; what was marked long ago is forgotten. */
  saveSweep(startedAt: string): Promise<void>;
}

/** A year: no archive is asked for studies that old, so that none of them can look new again. */
const forgetAfterDays = 365;

/** {@link SweepMarks} over a database. */
export function createSweepMarks(database: Database): SweepMarks {
  const markSeen = async (kind: string, key: string, mark: string) => {
    await database.query(
      `insert into sweep_mark (kind, key, mark) values ($1, $2, $3)
        on conflict (kind, key) do update set mark = excluded.mark, seen_at = now()`,
      [kind, key, mark],
    );
  };
  return {
    async newSince(kind, entries) {
      const known = await database.query<{ key: string; mark: string }>(
        'select key, mark from sweep_mark where kind = $1 and key = any($2::text[])',
        [kind, entries.map(({ key }) => key)],
      );
      const marks = new Map(known.map(({ key, mark }) => [key, mark]));
      return entries.filter(({ key, mark }) => marks.get(key) !== mark);
    },
    markSeen,
    async lastSweep() {
      const [row] = await database.query<{ mark: string }>(
        "select mark from sweep_mark where kind = 'sweep' and key = 'last'",
      );
      return row?.mark;
    },
    async saveSweep(startedAt) {
      await markSeen('sweep', 'last', startedAt);
      await database.query(
        `delete from sweep_mark where kind in ('study', 'series', 'appointment', 'board-publication')
          and seen_at < now() - $1 * interval '1 day'`,
        [forgetAfterDays],
      );
    },
  };
}
