import { createHash } from 'node:crypto';
import { StoreError } from '../errors.ts';
import type { Database } from './database.ts';
import { together } from './together.ts';

/** On whose behalf something was done. */
export interface AuditAgent {
  /** A registered (or, in open mode, unknown) EHR; a person at the viewer or the command line; or Deltascope by itself. */
  readonly kind: 'client' | 'viewer' | 'command' | 'service';
  /** `iss` of the client's or the viewer's token; null where there is none. */
  readonly issuer: string | null;
  readonly tenant: string | null;
  /** `context.userId` of a hook call, the user of a viewer's session or token (`sub`), or the account at the command line. */
  readonly user: string | null;
}

/** What happened: ids and codes only, never clinical content, a name or a token. */
export interface AuditEntry {
  readonly event:
    | 'hook'
    | 'read'
    | 'assessment'
    | 'publication'
    | 'feedback'
    | 'refusal'
    | 'analysis'
    | 'launch'
    | 'session-end';
  /** ISO date-time. */
  readonly at: string;
  readonly agent: AuditAgent;
  /** `Patient/123`; null where the event is about no patient that is known. */
  readonly patient: string | null;
  /** `success`, or the code of the failure. */
  readonly outcome: string;
  /** Identifiers and codes: service, hookInstance, server, assessment, card... */
  readonly details: Readonly<Record<string, string>>;
}

/** An entry as stored: the hash covers its text and the hash before it. */
export interface AuditRecord {
  /** 1, 2, 3... without a gap. */
  readonly number: number;
  /** Canonical JSON of an {@link AuditEntry}. */
  readonly text: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** An entry that was noted elsewhere: a chain that was written anew as a whole does not hold it. */
export interface AuditAnchor {
  readonly number: number;
  readonly hash: string;
}

/** Result of walking the chain: the last entry, or the first that does not fit. */
export type AuditVerification =
  | { readonly intact: true; readonly entries: number; readonly head: AuditAnchor | null }
  | { readonly intact: false; readonly number: number; readonly reason: string };

/** The append-only list of who did what. Several processes may write to one. */
export interface AuditTrail {
  /**
   * Appends entries, in their order; ends when they are stored. What waits at one time is written together.
   *
   * @param withinMs How long they may wait for others.
   * @throws StoreError `AUDIT_NOT_WRITTEN`, the same one for all that were written together.
   */
  append(entries: readonly AuditEntry[], withinMs?: number): Promise<void>;
  /** How many appends are not stored yet. */
  waiting(): number;
  /** Entries with `from <= at < to`, oldest first; what this process has handed in is among them. */
  read(from: Date, to: Date): AsyncGenerator<AuditRecord>;
  /** Walks the whole chain. */
  verify(anchor?: AuditAnchor): Promise<AuditVerification>;
  /** Ends when everything that was asked for is written or has failed. */
  settled(): Promise<void>;
}

/** What the first entry's hash is chained to. */
const genesis = '0'.repeat(64);
const pageSize = 1000;

/** {@link AuditTrail} over a database, whose trigger numbers and chains what is inserted and refuses every change. */
export function createAuditTrail(database: Database): AuditTrail {
  const appended = together(async (given: readonly (readonly string[])[]) => {
    await write(database, given.flat());
    return given.map(() => undefined);
  });
  return {
    append: (entries, withinMs) => appended.add(entries.map(canonicalJson), withinMs),
    waiting: appended.waiting,
    async *read(from, to) {
      await appended.settled();
      yield* readBetween(database, from, to);
    },
    async verify(anchor) {
      await appended.settled();
      return verifyChain(database, anchor);
    },
    settled: appended.settled,
  };
}

async function write(database: Database, texts: readonly string[]): Promise<void> {
  try {
    await database.query(
      'insert into audit_entry (entry) select entry from unnest($1::text[]) with ordinality as given (entry, place) order by place',
      [texts],
    );
  } catch (cause) {
    const text = `audit: ${texts.length} entries are not written`;
    throw new StoreError('AUDIT_NOT_WRITTEN', 'audit_entry', text, { cause });
  }
}

const columns = 'number::int as number, entry as text, previous_hash as "previousHash", hash';

async function* readBetween(database: Database, from: Date, to: Date): AsyncGenerator<AuditRecord> {
  for (let last = 0; ; ) {
    const page = await database.query<AuditRecord>(
      `select ${columns} from audit_entry where recorded_at >= $1 and recorded_at < $2 and number > $3
        order by number limit ${pageSize}`,
      [from.toISOString(), to.toISOString(), last],
    );
    yield* page;
    if (page.length < pageSize) return;
    last = page.at(-1)?.number ?? last;
  }
}

async function verifyChain(database: Database, anchor: AuditAnchor | undefined): Promise<AuditVerification> {
  let head: AuditAnchor | null = null;
  for (;;) {
    const last: AuditAnchor = head ?? { number: 0, hash: genesis };
    const page = await database.query<AuditRecord>(
      `select ${columns} from audit_entry where number > $1 order by number limit ${pageSize}`,
      [last.number],
    );
    let before = last;
    for (const record of page) {
      const reason = whatIsWrong(record, before, anchor);
      if (reason !== null) return { intact: false, number: before.number + 1, reason };
      before = record;
    }
    if (before.number > 0) head = { number: before.number, hash: before.hash };
    if (page.length < pageSize) break;
  }
  if (anchor !== undefined && anchor.number > (head?.number ?? 0)) {
    return { intact: false, number: (head?.number ?? 0) + 1, reason: `the chain ends before entry ${anchor.number}` };
  }
  return { intact: true, entries: head?.number ?? 0, head };
}

function whatIsWrong(record: AuditRecord, before: AuditAnchor, anchor: AuditAnchor | undefined): string | null {
  if (record.number !== before.number + 1) return `missing: entry ${record.number} follows entry ${before.number}`;
  if (record.previousHash !== before.hash) return 'not chained to the entry before it';
  if (record.hash !== chainHash(before.hash, record.text)) return 'its content is not what was hashed';
  if (anchor?.number === record.number && anchor.hash !== record.hash) return 'not the entry that was noted';
  return null;
}

/** SHA-256 (hex) of the previous entry's hash (hex) followed by the entry's text, in UTF-8. */
function chainHash(previousHash: string, text: string): string {
  return createHash('sha256').update(previousHash).update(text).digest('hex');
}

/** JSON with the members of every object in the order of their names (RFC 8785 for strings and objects, all that entries hold). */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`);
  return `{${members.join(',')}}`;
}
