import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { createAudit } from '../../src/audit/audit.ts';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/http/service.ts';
import type { Engine } from '../../src/jobs/engine.ts';
import { createLogger } from '../../src/log.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createStore } from '../../src/store/store.ts';
import { orderSign } from './hook-calls.ts';

export interface TrustedService {
  readonly url: string;
  readonly clientsFile: string;
  /** Everything that was logged so far. */
  log(): string;
  /** Everything that is in the audit trail. */
  auditEntries(): Promise<AuditEntry[]>;
  /** Calls an endpoint; `token` null leaves the header out. */
  call(endpoint: string, token: string | null, init?: CallInit): Promise<Response>;
  close(): Promise<void>;
}

interface CallInit {
  readonly method?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export const discovery = '/cds-services';
export const orderSignService = '/cds-services/deltascope-order-sign';
export const feedbackService = `${orderSignService}/feedback`;

/** Orders something that is no checkpoint inhibitor: 200 without a card, and without reading a record. */
export const silentCall = orderSign('nobody', 'ibuprofen');

const bodies: Readonly<Record<string, unknown>> = {
  [orderSignService]: silentCall,
  [feedbackService]: {
    feedback: [
      {
        card: '4e0a3a1e-3283-4575-ab82-028d55fe2719',
        outcome: 'overridden',
        outcomeTimestamp: '2026-11-02T10:05:31Z',
      },
    ],
  },
};

/**
 * The service for registered clients, over a store but without record and PACS, on a free port.
 *
 * @param clients Entries of the clients file; none is open mode.
 * @param environment Further configuration.
 */
export async function startTrustedService(
  clients: readonly unknown[] | null,
  environment: Readonly<Record<string, string>> = {},
): Promise<TrustedService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-trust-'));
  const clientsFile = path.join(folder, 'clients.json');
  await writeFile(clientsFile, JSON.stringify({ clients }));
  const config = readConfig({
    DELTASCOPE_PORT: '0',
    ...(clients !== null && { DELTASCOPE_CLIENTS_FILE: clientsFile }),
    ...environment,
  });
  const lines: string[] = [];
  const destination = new PassThrough().on('data', (chunk: Buffer) => lines.push(chunk.toString()));
  const logger = createLogger('debug', destination);
  const store = createStore(
    await openDatabase(
      config.databaseUrl === undefined ? { folder: path.join(folder, 'database') } : { url: config.databaseUrl },
    ),
  );
  const unreachable = () => Promise.reject(new Error('no record is read in these tests'));
  const engine: Pick<Engine, 'store' | 'audit' | 'assess' | 'queueImaging' | 'fhirServer'> = {
    store,
    audit: createAudit(store.audit, logger, config.auditRequired),
    fhirServer: 'http://127.0.0.1:9/fhir',
    assess: unreachable,
    queueImaging: unreachable,
  };
  const content = loadClinicalContent(config.mappingsFolder);
  const service = await startService({ config, engine: engine as Engine, content, version: 'test', logger });
  return {
    url: service.url,
    clientsFile,
    log: () => lines.join(''),
    async auditEntries() {
      const entries: AuditEntry[] = [];
      for await (const { text } of store.audit.read(new Date(0), new Date('2100-01-01')))
        entries.push(JSON.parse(text));
      return entries;
    },
    call(endpoint, token, { method = endpoint === discovery ? 'GET' : 'POST', body, headers } = {}) {
      const content = body ?? bodies[endpoint];
      return fetch(`${service.url}${endpoint}`, {
        method,
        headers: {
          ...(method === 'POST' && { 'Content-Type': 'application/json' }),
          ...(token !== null && { Authorization: `Bearer ${token}` }),
          ...headers,
        },
        ...(method === 'POST' && { body: typeof content === 'string' ? content : JSON.stringify(content) }),
      });
    },
    async close() {
      await service.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
