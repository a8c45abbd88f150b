import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createReplayStore } from '../../src/store/replay.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';

const hour = 3_600_000;

describe.each(['PGlite', 'PostgreSQL'])('used tokens on %s', (kind) => {
  const skipped = kind === 'PostgreSQL' && !postgresAvailable;
  const closers: (() => Promise<unknown>)[] = [];
  let database: Database;

  beforeAll(async () => {
    if (skipped) return;
    if (kind === 'PGlite') {
      const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-replay-'));
      closers.push(() => rm(folder, { recursive: true, force: true }));
      database = await openDatabase({ folder: path.join(folder, 'database') });
    } else {
      const postgres = await startPostgres();
      closers.push(postgres.close);
      database = await openDatabase({ url: postgres.url });
    }
    closers.push(() => database.close());
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });

  it.skipIf(skipped)(`J8: one of many claims of a token is the first (${postgresSkipReason})`, async () => {
    const stores = [createReplayStore(database), createReplayStore(database)];
    const soon = new Date(Date.now() + hour);
    const claims = Array.from({ length: 20 }, (_, at) => stores[at % 2]?.claimToken('issuer', 'one', soon));
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(1);
    expect(await stores[0]?.claimToken('issuer', 'two', soon)).toBe(true);
    expect(await stores[1]?.claimToken('other issuer', 'one', soon)).toBe(true);
  });

  it.skipIf(skipped)('J8: also of many tokens that come to several instances at once, in any order', async () => {
    const stores = [createReplayStore(database), createReplayStore(database)] as const;
    const soon = new Date(Date.now() + hour);
    const tokens = Array.from({ length: 200 }, (_, at) => `crossing-${at}`);
    const claims = [
      ...tokens.map((jti) => stores[0].claimToken('issuer', jti, soon)),
      ...tokens.toReversed().map((jti) => stores[1].claimToken('issuer', jti, soon)),
    ];
    expect((await Promise.all(claims)).filter(Boolean)).toHaveLength(tokens.length);
  });

  it.skipIf(skipped)('J8: forgets a token when no instance takes it any more, and not before', async () => {
    const at = (ms: number) => new Date(Date.now() + ms);
    const store = createReplayStore(database);
    await store.claimToken('old', 'long expired', at(-2 * hour));
    await store.claimToken('old', 'expired a minute ago by this clock', at(-60_000));
    await store.claimToken('old', 'valid', at(hour));
    // A second instance cleans with its first claim.
    await createReplayStore(database).claimToken('new', 'x', at(hour));
    const remaining = () =>
      database.query<{ jti: string }>("select jti from client_token where issuer = 'old' order by jti");
    await vi.waitFor(async () => {
      expect((await remaining()).map(({ jti }) => jti)).toEqual(['expired a minute ago by this clock', 'valid']);
    });
  });
});
