import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { StoreError } from '../errors.ts';
import { lockFolder } from './folder-lock.ts';
import { migrate } from './migrations.ts';

/** The same SQL on PostgreSQL and on PGlite. */
export interface Database {
  /** Runs one statement with `$1`, `$2`... and gives its rows. */
  query<Row>(sql: string, values?: readonly unknown[]): Promise<Row[]>;
  /**
   * Runs statements without values, `;` between them, and gives the rows of the last one. A transaction that they began and
   * did not end is rolled back.
   */
  script<Row>(sql: string): Promise<Row[]>;
  /** True where no other process can use it: the embedded database. */
  readonly exclusive: boolean;
  close(): Promise<void>;
}

/** Opens PostgreSQL at an address, or PGlite in a folder; then brings the tables up to date. */
export async function openDatabase(where: { readonly url: string } | { readonly folder: string }): Promise<Database> {
  const database = 'url' in where ? openPostgres(where.url) : await openEmbedded(where.folder);
  try {
    await migrate(database);
  } catch (cause) {
    await database.close().catch(() => undefined);
    throw unreachable('url' in where ? 'PostgreSQL' : where.folder, cause);
  }
  return database;
}

function openPostgres(url: string): Database {
  const pool = new pg.Pool({ connectionString: url, connectionTimeoutMillis: 5000, max: 8 });
  // A server that restarts breaks idle connections: without a listener that would end the process. The next query reconnects.
  pool.on('error', () => undefined);
  return {
    async query<Row>(sql: string, values: readonly unknown[] = []) {
      try {
        const { rows } = await pool.query(sql, [...values]);
        return rows as Row[];
      } catch (error) {
        throw isConnectionLost(error) ? unreachable('PostgreSQL', error) : error;
      }
    },
    script: (sql) => runScript(pool, sql),
    exclusive: false,
    close: () => pool.end(),
  };
}

async function runScript<Row>(pool: pg.Pool, sql: string): Promise<Row[]> {
  try {
    const client = await pool.connect();
    try {
      const results = [await client.query(sql)].flat() as pg.QueryResult[];
      return (results.at(-1)?.rows ?? []) as Row[];
    } catch (error) {
      // Otherwise the next one to be given this connection would find itself in a failed transaction.
      await client.query('rollback').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  } catch (error) {
    throw isConnectionLost(error) ? unreachable('PostgreSQL', error) : error;
  }
}

/** Everything but an answer of a running server: classes 08 (connection) and 57 (operator intervention), or no answer. */
function isConnectionLost(error: unknown): boolean {
  return !(error instanceof pg.DatabaseError) || /^(08|57)/.test(error.code ?? '');
}

async function openEmbedded(folder: string): Promise<Database> {
  mkdirSync(path.dirname(folder), { recursive: true });
  const unlock = lockFolder(`${folder}.lock`);
  try {
    const pglite = await PGlite.create(folder);
    return {
      async query<Row>(sql: string, values: readonly unknown[] = []) {
        const { rows } = await pglite.query<Row>(sql, [...values]);
        return rows;
      },
      async script<Row>(sql: string) {
        try {
          const results = await pglite.exec(sql);
          return (results.at(-1)?.rows ?? []) as Row[];
        } catch (error) {
          await pglite.exec('rollback').catch(() => undefined);
          throw error;
        }
      },
      exclusive: true,
      async close() {
        await pglite.close();
        unlock();
      },
    };
  } catch (cause) {
    unlock();
    throw unreachable(folder, cause);
  }
}

function unreachable(subject: string, cause: unknown): StoreError {
  const why = cause instanceof Error ? cause.message : String(cause);
  return new StoreError(
    'STORE_UNREACHABLE',
    subject,
    `the database can't be opened (${why}): check DELTASCOPE_DATABASE_URL or the rights on the data folder`,
    { cause },
  );
}
