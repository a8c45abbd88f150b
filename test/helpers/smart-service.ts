import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import express from 'express';
import helmet from 'helmet';
import { createAudit } from '../../src/audit/audit.ts';
import { RequestError } from '../../src/errors.ts';
import { checkPatient, createStudyCheck, createViewerAccess, viewerOf } from '../../src/http/api/viewer-access.ts';
import { errorHandler, notFound } from '../../src/http/operation-outcome.ts';
import { createSessionStore } from '../../src/http/sessions.ts';
import { allowFraming } from '../../src/http/smart/framing.ts';
import { landingPath } from '../../src/http/smart/landing.ts';
import { createLaunchRouter } from '../../src/http/smart/launch-router.ts';
import { createPageAccess, otherPatientHandler } from '../../src/http/smart/page-access.ts';
import { readSmartIssuers } from '../../src/http/smart/smart-issuers.ts';
import type { AuditEntry } from '../../src/store/audit.ts';
import { openDatabase } from '../../src/store/database.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { type Ehr, type EhrOptions, ehrClientId, startEhr } from './ehr.ts';
import { listenOnLoopback } from './loopback.ts';
import { keepLog } from './private-log.ts';

/** A launch router with a stand-in for the report's page, and the EHR that launches it. */
export interface SmartService {
  /** Where it listens. */
  readonly url: string;
  readonly ehr: Ehr;
  readonly store: Store;
  readonly log: () => string;
  /** Entries of the audit trail so far. */
  audited(): Promise<AuditEntry[]>;
  close(): Promise<void>;
}

export interface SmartServiceOptions extends Omit<EhrOptions, 'redirectUri'> {
  /** Of the entry in the issuers file. */
  readonly entry?: Readonly<Record<string, unknown>>;
  /** Files beside it. */
  readonly files?: Readonly<Record<string, string>>;
  /** Address that browsers would see; that of the stand-in without it. */
  readonly publicUrl?: string;
  /** PostgreSQL in place of a PGlite of its own. */
  readonly databaseUrl?: string;
  /** Patient of each study. */
  readonly studies?: Readonly<Record<string, string>>;
}

export async function startSmartService(options: SmartServiceOptions = {}): Promise<SmartService> {
  const { entry = {}, files = {}, studies = {}, databaseUrl } = options;
  const app = express();
  const { url, close } = await listenOnLoopback(createServer(app));
  const seen = options.publicUrl ?? url;
  const ehr = await startEhr({ ...options, redirectUri: `${seen}/callback` });
  const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-smart-'));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const issuersFile = path.join(folder, 'issuers.json');
  const issuer = { iss: ehr.iss, name: 'Test EHR', clientId: ehrClientId, ...entry };
  await writeFile(issuersFile, JSON.stringify({ issuers: [issuer] }));
  const database = await openDatabase(
    databaseUrl === undefined ? { folder: path.join(folder, 'database') } : { url: databaseUrl },
  );
  const store = createStore(database);
  const { logger, text: log } = keepLog();
  const sessions = createSessionStore(store);
  const issuers = await readSmartIssuers(issuersFile, ehr.iss);
  const publicUrl = () => seen;
  const requireViewer = createViewerAccess({ open: false, tokens: undefined, sessions, publicUrl, logger });
  const mayReadStudy = createStudyCheck(async (uid) => {
    const patient = studies[uid];
    if (patient === undefined) throw new RequestError('VIEWER_STUDY_UNKNOWN', uid, 'no such study');
    return patient;
  });
  const checks = {
    mayReadStudy,
    subjectOfAssessment: async (id: string) => (id === 'of-p-2' ? 'Patient/p-2' : undefined),
  };

  app.use(helmet());
  app.use(allowFraming(issuers.all.flatMap(({ frameAncestors }) => frameAncestors)));
  app.use(
    createLaunchRouter({
      ...{ issuers, launches: store, sessions, audit: createAudit(store.audit, logger, true), logger, publicUrl },
      ...{ requireViewer, checks, landing: landingPath },
    }),
  );
  app.get('/report/patients/:id', createPageAccess(requireViewer, { issuers, publicUrl }), (request, response) => {
    checkPatient(viewerOf(response), String(request.params.id));
    response.set('Content-Security-Policy', "default-src 'none'");
    response.type('html').send(`report of ${request.params.id}`);
  });
  app.use(otherPatientHandler);
  app.use(notFound);
  app.use(errorHandler(logger));
  return {
    ...{ url, ehr, store, log },
    async audited() {
      await store.audit.settled();
      const entries: AuditEntry[] = [];
      for await (const { text } of store.audit.read(new Date(0), new Date(Date.now() + 1000))) {
        entries.push(JSON.parse(text) as AuditEntry);
      }
      return entries;
    },
    async close() {
      await close();
      await ehr.close();
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
