import type { Database } from './database.ts';

/** Tells when something that Assessments rest on was written. */
export interface StoredChanges {
  /** Another value after every change, of this process at once, of another one within {@link readEveryMs}. */
  version(): Promise<string>;
  /** This process has written something. */
  note(): void;
}

/** How often the database is asked what other processes have written (ms). */
const readEveryMs = 1000;

/** {@link StoredChanges} over a database, whose triggers count what is written to feature sets and imaging status. */
export function createStoredChanges(database: Database): StoredChanges {
  let own = 0;
  let counted = '';
  let readAt = Number.NEGATIVE_INFINITY;
  let reading: Promise<void> | null = null;

  async function read(): Promise<void> {
    const startedAt = performance.now();
    try {
      const [row] = await database.query<{ number: string }>('select number::text as number from stored_change');
      counted = row?.number ?? '';
      readAt = startedAt;
    } finally {
      reading = null;
    }
  }

  return {
    async version() {
      // Nobody else can write to an embedded database.
      if (!database.exclusive && performance.now() - readAt >= readEveryMs) {
        reading ??= read();
        await reading;
      }
      return `${own}.${counted}`;
    },
    note() {
      own++;
    },
  };
}
