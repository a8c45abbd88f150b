import type { AddressInfo } from 'node:net';
import type { RequestHandler, Router } from 'express';
import type { Assessment } from '../assessment/assessment.ts';
import type { ClinicalContent } from '../assessment/clinical-content.ts';
import type { Config } from '../config.ts';
import { ConfigError } from '../errors.ts';
import type { Engine } from '../jobs/engine.ts';
import type { Logger } from '../log.ts';
import type { DicomwebAddress } from '../server-addresses.ts';
import { createArchiveGuard } from './api/archive-guard.ts';
import { createPanelRouter } from './api/panel-router.ts';
import { checkPatient, createStudyCheck, createViewerAccess, viewerOf } from './api/viewer-access.ts';
import { type AppOptions, createApp } from './app.ts';
import { type ClientRegistry, openClientRegistry } from './client-registry.ts';
import { checkExposure, isPlainHttp } from './client-trust.ts';
import { listen } from './listen.ts';
import { isLoopback, isSecureUrl } from './loopback.ts';
import { createReportRouter, reportPath as patientReportPath } from './report-routes.ts';
import { createSessionStore, type SessionStore } from './sessions.ts';
import type { LaunchChecks } from './smart/finish-launch.ts';
import { landingPath } from './smart/landing.ts';
import { createLaunchRouter } from './smart/launch-router.ts';
import { createPageAccess } from './smart/page-access.ts';
import { readSmartIssuers, type SmartIssuers } from './smart/smart-issuers.ts';
import { createViewerRouter, type Viewer, viewerMode } from './viewer/viewer.ts';

export interface Service {
  /** Address under which clients reach it, without a slash at the end. */
  readonly url: string;
  close(): Promise<void>;
}

export interface ServiceOptions {
  readonly config: Pick<
    Config,
    | 'host'
    | 'port'
    | 'publicUrl'
    | 'corsOrigins'
    | 'deadlineMs'
    | 'repeatAdvice'
    | 'viewerUrl'
    | 'viewerTokens'
    | 'smartLaunchUrl'
    | 'smartIssuersFile'
    | 'clientsFile'
    | 'publishedOnLoopback'
    | 'trustedProxies'
  >;
  readonly engine: Engine;
  readonly content: ClinicalContent;
  readonly version: string;
  readonly logger: Logger;
  readonly demonstration?: Router;
  /** The viewer, where this service serves it, and the archive that it reads from. */
  readonly viewer?: { readonly files: Viewer; readonly dicomweb: DicomwebAddress };
  /** Path of the page with the whole Assessment of a patient; cards lead to it. */
  readonly reportPath?: (patientId: string) => string;
}

/**
 * Listens for hook calls, of the registered clients or, in open mode, of this machine.
 *
 * @throws ConfigError `CONFIG_INVALID` when a configured port or host can't be had (without a configured port a free one
 *   is taken instead) or the file of clients or issuers is wrong; `CONFIG_INCOMPLETE` for open mode beyond loopback, and for SMART
 *   launches over plain HTTP.
 */
export async function startService(options: ServiceOptions): Promise<Service> {
  const { config, logger } = options;
  checkExposure(config);
  if (isPlainHttp(config.publicUrl)) {
    logger.warn({ publicUrl: config.publicUrl }, 'clients reach the service without HTTPS: patient data can be read');
  }
  const clients = config.clientsFile === undefined ? null : await openClientRegistry(config.clientsFile, logger);
  try {
    return await listenFor(options, clients);
  } catch (error) {
    clients?.close();
    throw error;
  }
}

async function listenFor(options: ServiceOptions, clients: ClientRegistry | null): Promise<Service> {
  const { config, engine, viewer, logger } = options;
  let url = config.publicUrl ?? '';
  const publicUrl = () => url;
  const sessions = createSessionStore(engine.store);
  const issuers = await openIssuers(config, engine.fhirServer);
  const requireViewer = createViewerAccess({
    open: clients === null && issuers === null,
    tokens: config.viewerTokens,
    sessions,
    publicUrl,
    logger,
  });
  const viewerAddress = () => {
    if (config.viewerUrl !== undefined) return `${config.viewerUrl}/viewer`;
    return viewer === undefined ? undefined : ownViewer(viewer.files, url);
  };
  const mayReadStudy = createStudyCheck(engine.patientOfStudy);
  const app = createApp(
    appOptions(options, { clients, issuers, sessions, requireViewer, mayReadStudy, publicUrl, viewerAddress }),
  );
  const server = await listen(app, config.host, config.port);
  const { port } = server.address() as AddressInfo;
  url ||= `http://${config.host.includes(':') ? `[${config.host}]` : config.host}:${port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        clients?.close();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** What the routers share. Addresses are asked for, because the port is known last. */
interface SharedParts {
  readonly clients: ClientRegistry | null;
  readonly issuers: SmartIssuers | null;
  readonly sessions: SessionStore;
  readonly requireViewer: RequestHandler;
  readonly mayReadStudy: LaunchChecks['mayReadStudy'];
  readonly publicUrl: () => string;
  readonly viewerAddress: () => string | undefined;
}

function appOptions(options: ServiceOptions, parts: SharedParts): AppOptions {
  const { config, engine, content, version, logger, demonstration, viewer } = options;
  const { clients, issuers, requireViewer, mayReadStudy, publicUrl } = parts;
  return {
    hooks: hooksOf(options, parts),
    trust: { clients, replay: engine.store, publicUrl },
    ...(config.publicUrl !== undefined && { publicUrl: config.publicUrl }),
    corsOrigins: config.corsOrigins,
    trustedProxies: config.trustedProxies,
    checkReadiness: async () => {
      await engine.store.imagingStatusOf('Patient/health-check');
    },
    version,
    panel: {
      origins: config.viewerUrl === undefined ? [] : [new URL(config.viewerUrl).origin],
      router: createPanelRouter({
        engine,
        logger,
        requireViewer,
        modelCards: content.modelCards,
        // A link that is followed carries a session, but no bearer token.
        reportOf: clients === null || issuers !== null ? patientReportPath : undefined,
      }),
    },
    report: reportsOf(engine, parts),
    ...(issuers !== null && { launch: launchOf(options, { ...parts, issuers }) }),
    ...(demonstration !== undefined && { demonstration }),
    ...(viewer !== undefined && {
      viewer: createViewerRouter({
        viewer: viewer.files,
        dicomweb: viewer.dicomweb,
        publicUrl,
        guard: [requireViewer, createArchiveGuard({ mayReadStudy, patientIdOf: engine.patientIdInArchive })],
        logger,
      }),
    }),
  };
}

function hooksOf(
  { config, engine, content, logger, reportPath }: ServiceOptions,
  { publicUrl, viewerAddress }: SharedParts,
): AppOptions['hooks'] {
  return {
    mappings: content.mappings,
    models: content.models,
    logger,
    fhirServer: engine.fhirServer,
    deadlineMs: config.deadlineMs,
    assess: engine.assess,
    readMedication: engine.readMedication,
    readBoardOrders: engine.readBoardOrders,
    audit: engine.audit,
    store: engine.store,
    repeatAdvice: config.repeatAdvice,
    links: {
      viewer: viewerAddress,
      ...(config.smartLaunchUrl !== undefined && { smartLaunchUrl: config.smartLaunchUrl }),
      ...(reportPath !== undefined && { report: (patientId) => `${publicUrl()}${reportPath(patientId)}` }),
    },
    requestImaging: engine.queueImaging,
  };
}

function reportsOf(engine: Engine, { issuers, requireViewer, publicUrl, viewerAddress }: SharedParts): Router {
  return createReportRouter({
    requireAccess: [createPageAccess(requireViewer, issuers === null ? null : { issuers, publicUrl })],
    checkPatient: (response, patientId) => checkPatient(viewerOf(response), patientId),
    logOut: issuers === null ? undefined : '/logout',
    report: (response, patientId, how) =>
      engine.report(patientId, { ...how, viewer: viewerAddress(), agent: viewerOf(response).agent }),
    boardPatients: (date) => engine.boardPatients({ kind: 'appointments', date }),
  });
}

async function openIssuers(
  { smartIssuersFile, publicUrl, host }: ServiceOptions['config'],
  fhirServer: string,
): Promise<SmartIssuers | null> {
  if (smartIssuersFile === undefined) return null;
  if (publicUrl === undefined ? isLoopback(host) : isSecureUrl(new URL(publicUrl))) {
    return readSmartIssuers(smartIssuersFile, fhirServer);
  }
  const text = 'SMART launches need the https address of the service: over plain HTTP sessions could be stolen';
  throw new ConfigError('CONFIG_INCOMPLETE', 'DELTASCOPE_PUBLIC_URL', text);
}

/** SMART launches of the configured EHRs. */
function launchOf(
  { engine, logger }: ServiceOptions,
  { issuers, sessions, requireViewer, mayReadStudy, publicUrl }: SharedParts & { readonly issuers: SmartIssuers },
): NonNullable<AppOptions['launch']> {
  const subjectOfAssessment = async (id: string) => (await engine.store.assessment<Assessment>(id))?.subject;
  return {
    frameAncestors: issuers.all.flatMap(({ frameAncestors }) => frameAncestors),
    router: createLaunchRouter({
      issuers,
      sessions,
      requireViewer,
      publicUrl,
      launches: engine.store,
      audit: engine.audit,
      logger,
      checks: { mayReadStudy, subjectOfAssessment },
      landing: landingPath,
    }),
  };
}

/** Where cards lead to; nowhere while there is no viewer and there will be none. */
function ownViewer(viewer: Viewer, url: string): string | undefined {
  return viewer.state().kind === 'unavailable' ? undefined : `${url}/${viewerMode}`;
}
