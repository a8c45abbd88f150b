import type { CommandModule } from 'yargs';
import { auditEventOf } from '../audit/audit-event.ts';
import { readConfig } from '../config.ts';
import { ConfigError, StoreError } from '../errors.ts';
import { databaseOf } from '../jobs/engine.ts';
import type { AuditAnchor, AuditRecord, AuditTrail } from '../store/audit.ts';
import { openDatabase } from '../store/database.ts';
import { createStore } from '../store/store.ts';

interface VerifyArguments {
  readonly anchor: string | undefined;
}

interface ExportArguments {
  readonly from: string;
  readonly to: string;
  readonly format: 'fhir' | 'ndjson';
}

const verifyCommand: CommandModule<object, VerifyArguments> = {
  command: 'verify',
  describe: 'walk the hash chain and name the first broken entry',
  builder: (yargs) =>
    yargs.option('anchor', {
      type: 'string',
      describe: 'NUMBER:HASH as an earlier verify printed it: that the chain still holds that entry',
    }),
  async handler({ anchor }) {
    const noted = anchor === undefined ? undefined : readAnchor(anchor);
    await withTrail(async (trail) => {
      const found = await trail.verify(noted);
      if (!found.intact) {
        throw new StoreError('AUDIT_BROKEN', `entry ${found.number}`, `the chain is broken: ${found.reason}`);
      }
      console.log(`${found.entries} entries, the chain is intact`);
      // Kept where this database's owner can't write, it also shows a chain that was written anew as a whole.
      if (found.head !== null) console.log(`anchor ${found.head.number}:${found.head.hash}`);
    });
  },
};

const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export',
  describe: 'print the entries of a time, one JSON object a line',
  builder: (yargs) =>
    yargs
      .option('from', { type: 'string', demandOption: true, describe: 'ISO date or date-time, included' })
      .option('to', { type: 'string', demandOption: true, describe: 'ISO date or date-time, not included' })
      .option('format', {
        choices: ['fhir', 'ndjson'] as const,
        default: 'fhir' as const,
        describe: 'FHIR R4 AuditEvent (IHE BALP), or the entries with their hashes as they are chained',
      }),
  async handler({ from, to, format }) {
    const [first, end] = [readTime('--from', from), readTime('--to', to)];
    const { publicUrl = 'urn:deltascope' } = readConfig(process.env);
    await withTrail(async (trail) => {
      for await (const record of trail.read(first, end)) {
        console.log(JSON.stringify(format === 'fhir' ? auditEventOf(record, publicUrl) : chainLine(record)));
      }
    });
  },
};

/** `deltascope audit verify` and `deltascope audit export`. */
export const auditCommand: CommandModule = {
  command: 'audit <command>',
  describe: 'the audit trail: who asked what about which patient',
  builder: (yargs) =>
    yargs
      .command(verifyCommand)
      .command(exportCommand)
      .demandCommand(1)
      .epilogue('An embedded database belongs to one process at a time: stop the service first, or use PostgreSQL.'),
  handler: () => undefined,
};

function chainLine({ number, text, previousHash, hash }: AuditRecord) {
  return { number, previousHash, hash, text };
}

async function withTrail(use: (trail: AuditTrail) => Promise<void>): Promise<void> {
  const store = createStore(await openDatabase(databaseOf(readConfig(process.env))));
  try {
    await use(store.audit);
  } finally {
    await store.close();
  }
}

function readAnchor(text: string): AuditAnchor {
  const [, number, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (number === undefined || hash === undefined) {
    throw new ConfigError('CONFIG_INVALID', '--anchor', 'give NUMBER:HASH as an earlier verify printed it');
  }
  return { number: Number(number), hash };
}

function readTime(option: string, text: string): Date {
  const isIso = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/.test(text);
  const time = new Date(text);
  if (isIso && !Number.isNaN(time.getTime())) return time;
  throw new ConfigError('CONFIG_INVALID', option, 'give a date (YYYY-MM-DD, UTC) or a date-time with its zone');
}
