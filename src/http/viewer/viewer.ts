import express, { type RequestHandler, type Router } from 'express';
import { describeError, RequestError } from '../../errors.ts';
import { authorizationOf, readTlsFiles } from '../../jobs/server-connections.ts';
import type { Logger } from '../../log.ts';
import type { DicomwebAddress } from '../../server-addresses.ts';
import { onlyMethods } from '../only-methods.ts';
import { proxyArchive } from './archive-proxy.ts';
import { archivePath } from './viewer-configuration.ts';
import { isNavigation, serveViewerFiles } from './viewer-files.ts';
import { type FetchStage, fetchViewer, viewerPackage } from './viewer-package.ts';
import { waitingPage } from './waiting-page.ts';

/** Route of Deltascope's own mode in the viewer. */
export const viewerMode = 'deltascope';

/** Whether the viewer can be opened. */
export type ViewerState =
  | { readonly kind: 'fetching'; readonly stage: FetchStage }
  | { readonly kind: 'ready' }
  /** For as long as this process runs; the message says why. */
  | { readonly kind: 'unavailable'; readonly message: string };

/** The viewer of this process: its files may still be on their way. */
export interface Viewer {
  state(): ViewerState;
  /** Ends when the state no longer changes; never fails. */
  readonly settled: Promise<ViewerState>;
  /** Files of the viewer, or a page that says where they are. */
  readonly files: Router;
}

/** Starts to fetch the viewer, unless it is in the folder, and goes on without waiting for it. */
export function openViewer(folder: string, onState: (state: ViewerState) => void = () => undefined): Viewer {
  let state: ViewerState = { kind: 'fetching', stage: 'checking' };
  let served: Router | null = null;
  const become = (next: ViewerState) => {
    state = next;
    onState(next);
    return next;
  };
  const settled = fetchViewer(folder, (stage) => become({ kind: 'fetching', stage })).then(
    (files) => {
      served = serveViewerFiles(files);
      return become({ kind: 'ready' });
    },
    (error: unknown) => become({ kind: 'unavailable', message: describeError(error) }),
  );
  const files = express.Router();
  files.use((request, response, next) => (served === null ? next() : served(request, response, next)));
  files.get('/{:route}', isNavigation, (_request, response) => {
    response.status(503).set({ 'Cache-Control': 'no-store', ...(state.kind === 'fetching' && { 'Retry-After': '5' }) });
    response.type('html').send(waitingPage(state));
  });
  return { state: () => state, settled, files };
}

/** One line for a person. */
export function describeViewer(state: ViewerState): string {
  if (state.kind === 'ready') return `OHIF ${viewerPackage.version} is ready`;
  if (state.kind === 'unavailable') return `no viewer: ${state.message}`;
  return `the viewer is being fetched (${viewerPackage.megabytes} MB): ${state.stage}`;
}

/** Who may use the archive through the viewer; as the panel API decides it. */
export type ViewerGuard = readonly RequestHandler[];

/**
 * The archive and the viewer under one origin: `/dicom-web/*`, `/app-config.js`, `/deltascope/*.mjs`, and everything that no
 * other route has answered. Mounted last.
 *
 * @param options.guard Runs before every request to the archive. The viewer's own files hold nothing about a patient.
 * @throws ConfigError `CONFIG_INVALID` for a certificate file of the archive that can't be read.
 */
export function createViewerRouter(options: {
  readonly viewer: Viewer;
  readonly dicomweb: DicomwebAddress;
  readonly publicUrl: () => string;
  readonly guard: ViewerGuard;
  readonly logger: Logger;
}): Router {
  const { viewer, dicomweb, publicUrl, guard, logger } = options;
  const authorization = authorizationOf(dicomweb);
  const archive = {
    url: dicomweb.url,
    ...(authorization !== undefined && { authorization }),
    ...(dicomweb.tls !== undefined && { tls: readTlsFiles(dicomweb.tls, 'DELTASCOPE_DICOMWEB_CERT') }),
  };
  const router = express.Router();
  router.use(archivePath, readAndStoreOnly, ...guard, proxyArchive(archive, publicUrl, logger));
  router.use(viewer.files);
  return router;
}

/** Reading, and storing new objects; a study can be neither changed nor deleted from here. */
const readAndStoreOnly: RequestHandler = (request, response, next) => {
  if (request.method === 'GET' || request.method === 'HEAD') return next();
  if (request.method !== 'POST') return onlyMethods('GET', 'POST')(request, response, next);
  if (/^\/studies(\/[0-9.]+)?\/?$/.test(request.path)) return next();
  throw new RequestError('HTTP_METHOD', request.method, 'objects are stored at /dicom-web/studies, or at one study');
};
