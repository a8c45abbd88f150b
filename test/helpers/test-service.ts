import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Card } from '../../cds-hooks/card.ts';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { startService } from '../../src/http/service.ts';
import { type Engine, openEngine } from '../../src/jobs/engine.ts';
import { checkPrivacy, keepLog } from './private-log.ts';

export interface TestService {
  readonly url: string;
  readonly engine: Engine;
  /** Sends a hook call to the service that answers its hook. */
  call(body: { readonly hook: string }): Promise<{ status: number; cards: Card[] }>;
  /** Everything that was logged so far. */
  log(): string;
  /** Also fails when the log of the service holds who a patient is. */
  close(): Promise<void>;
}

/**
 * The service over the given servers, on a free port and a database of its own.
 *
 * @param mappingsFolder Clinical tables and models; those of the package without it.
 * @param environment Further configuration.
 * @param analyses Image analyses at the same time; with 0 nobody but the hooks reads the record.
 */
export async function startTestService(
  fhirUrl: string,
  dicomwebUrl: string,
  mappingsFolder?: string,
  environment: Readonly<Record<string, string>> = {},
  analyses = 2,
): Promise<TestService> {
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-service-'));
  const config = readConfig({
    DELTASCOPE_DATA_DIR: folder,
    DELTASCOPE_PORT: '0',
    // A test machine may be busy; tests about time set their own.
    DELTASCOPE_DEADLINE_MS: '20000',
    DELTASCOPE_MAPPINGS_DIR: mappingsFolder,
    ...environment,
  });
  const content = loadClinicalContent(config.mappingsFolder);
  const { logger, text: log } = keepLog();
  const servers = { fhir: { url: fhirUrl }, dicomweb: { url: dicomwebUrl } };
  const jobs = { analyses, cron: null };
  const engine = await openEngine({ config, servers, content, version: 'test', logger, jobs });
  const service = await startService({ config, engine, content, version: 'test', logger });
  return {
    url: service.url,
    engine,
    log,
    async call(body) {
      const response = await fetch(`${service.url}/cds-services/deltascope-${body.hook}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      const { cards = [] } = (await response.json()) as { cards?: Card[] };
      return { status: response.status, cards };
    },
    async close() {
      await service.close();
      await engine.close();
      await rm(folder, { recursive: true, force: true });
      checkPrivacy(log());
    },
  };
}
