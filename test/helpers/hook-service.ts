import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Card } from '../../cds-hooks/card.ts';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { startService } from '../../src/http/service.ts';
import { type Engine, openEngine } from '../../src/jobs/engine.ts';
import { createLogger } from '../../src/log.ts';

/** The service over a FHIR server with the synthetic patients, and without an archive. */
export interface HookService {
  readonly url: string;
  readonly engine: Engine;
  readonly fhir: FhirServer;
  post(endpoint: string, body: unknown): Promise<Response>;
  /** The cards of a call to the service that answers its hook. */
  cards(body: { readonly hook: string }): Promise<Card[]>;
  close(): Promise<void>;
}

/** @param environment Further configuration. */
export async function startHookService(environment: Readonly<Record<string, string>> = {}): Promise<HookService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-hooks-'));
  const fhir = await startFhirServer();
  const today = new Date().toISOString().slice(0, 10);
  for (const patient of syntheticPatients) await fhir.load(createPatient(patient, today).bundle);
  // Time enough on a busy machine: deadlines have tests of their own.
  const config = readConfig({
    ...{ DELTASCOPE_DATA_DIR: folder, DELTASCOPE_PORT: '0', DELTASCOPE_DEADLINE_MS: '20000' },
    ...environment,
  });
  const content = loadClinicalContent(config.mappingsFolder);
  const logger = createLogger('silent');
  // Nothing listens there: images are pending, then failed.
  const servers = { fhir: { url: fhir.url }, dicomweb: { url: 'http://127.0.0.1:9' } };
  const engine = await openEngine({ config, servers, content, version: 'test', logger });
  const service = await startService({ config, engine, content, version: 'test', logger });
  const post = (endpoint: string, body: unknown) =>
    fetch(`${service.url}/cds-services/${endpoint}`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(body),
    });
  return {
    url: service.url,
    engine,
    fhir,
    post,
    async cards(body) {
      const response = await post(`deltascope-${body.hook}`, body);
      const { cards } = (await response.json()) as { cards?: Card[] };
      if (response.status !== 200 || cards === undefined) throw new Error(`${body.hook}: ${response.status}`);
      return cards;
    },
    async close() {
      await service.close();
      await engine.close();
      await fhir.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
