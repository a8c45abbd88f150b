import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Express, type NextFunction, type Request, type Response } from 'express';
import { isUid } from '../dicomweb/instance-address.ts';
import { readMultipart } from '../dicomweb/multipart.ts';
import { ConfigError, DeltascopeError, errorTable, RequestError } from '../errors.ts';
import { type Archive, openArchive, type StoredInstance } from './dicomweb/archive.ts';
import { pixelDataTag } from './dicomweb/dicom-json-elements.ts';
import { type QueryLevel, runQuery } from './dicomweb/query.ts';
import { readMetadata, sendFrames, sendInstances, sendPixelData } from './dicomweb/retrieve.ts';
import { storeParts } from './dicomweb/store.ts';

export interface DicomwebServer {
  /** DICOMweb root. */
  readonly url: string;
  /** DICOM files of the folder that could not be read. */
  readonly skippedFiles: readonly string[];
  close(): Promise<void>;
}

export interface DicomwebServerOptions {
  /** Where the DICOM files are and are stored; made if it is not there. */
  readonly folder: string;
  /** A loopback address; 127.0.0.1 unless told. */
  readonly host?: string;
  /** 0, the default, is a free one. */
  readonly port?: number;
}

const root = '/dicom-web';
const instancePath = '/studies/:study/series/:series/instances/:instance';
const loopback: readonly string[] = ['127.0.0.1', 'localhost'];

/**
 * Starts the DICOMweb server of the demonstration over a folder: QIDO-RS, WADO-RS (metadata, instances, uncompressed
 * frames, bulk data) and STOW-RS. It has no access control, so it listens on this machine only.
 *
 * @throws ConfigError `CONFIG_INVALID` for a host that is not loopback; DicomError `FILE_UNREADABLE` for the folder.
 * @see DICOM PS3.18 section 10
 */
export async function startDicomwebServer(options: DicomwebServerOptions): Promise<DicomwebServer> {
  const { folder, host = '127.0.0.1', port = 0 } = options;
  if (!loopback.includes(host)) {
    throw new ConfigError('CONFIG_INVALID', host, 'the demonstration image archive listens on 127.0.0.1 only');
  }
  const archive = await openArchive(folder);
  const server = await listen(createApp(archive), host, port);
  return {
    url: `http://${host}:${(server.address() as AddressInfo).port}${root}`,
    skippedFiles: archive.skippedFiles,
    close: () =>
      new Promise((resolve, reject) => {
        server.close((error) => (error === undefined ? resolve() : reject(error)));
        server.closeAllConnections();
      }),
  };
}

function listen(app: Express, host: string, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = app.listen(port, host, (error) => (error === undefined ? resolve(server) : reject(error)));
  });
}

function createApp(archive: Archive): Express {
  const app = express();
  app.disable('x-powered-by');
  const router = express.Router();
  router.param('study', checkUid);
  router.param('series', checkUid);
  router.param('instance', checkUid);
  addQueries(router, archive);
  addRetrieval(router, archive);
  addStore(router, archive);
  app.use(root, router);
  app.use((request: Request) => {
    throw new RequestError('HTTP_NOT_FOUND', request.path, 'no such resource');
  });
  app.use(answerError);
  return app;
}

function addQueries(router: express.Router, archive: Archive): void {
  const query = (level: QueryLevel) => (request: Request, response: Response) => {
    const parameters = new URL(request.originalUrl, 'http://localhost').searchParams;
    sendJson(response, 200, runQuery(level, within(archive, request), parameters, rootOf(request)));
  };
  router.get('/studies', query('study'));
  router.get(['/series', '/studies/:study/series'], query('series'));
  router.get(
    ['/instances', '/studies/:study/instances', '/studies/:study/series/:series/instances'],
    query('instance'),
  );
}

function addRetrieval(router: express.Router, archive: Archive): void {
  const resources = ['/studies/:study', '/studies/:study/series/:series', instancePath];
  router.get(
    resources.map((resource) => `${resource}/metadata`),
    async (request, response) => {
      sendJson(response, 200, await readMetadata(existing(archive, request), rootOf(request)));
    },
  );
  router.get(resources, async (request, response) => {
    refuseUnlessAccepted(request, 'application/dicom');
    await sendInstances(response, existing(archive, request));
  });
  router.get(`${instancePath}/frames/:frames`, async (request, response) => {
    refuseUnlessAccepted(request, 'application/octet-stream');
    const numbers = request.params.frames.split(',').map(Number);
    await sendFrames(response, single(archive, request), numbers);
  });
  router.get(`${instancePath}/bulkdata/${pixelDataTag}`, async (request, response) => {
    refuseUnlessAccepted(request, 'application/octet-stream');
    await sendPixelData(response, single(archive, request));
  });
}

function addStore(router: express.Router, archive: Archive): void {
  router.post(
    ['/studies', '/studies/:study'],
    express.raw({ type: 'multipart/related', limit: '512mb' }),
    async (request, response) => {
      if (!Buffer.isBuffer(request.body)) {
        const text = 'send multipart/related; type="application/dicom"';
        throw new RequestError('HTTP_MEDIA_TYPE', 'Content-Type', text);
      }
      const parts = readMultipart(request.body, request.get('content-type') ?? '');
      const { study } = request.params;
      const { status, dataset } = await storeParts(archive, parts, rootOf(request), study?.toString());
      sendJson(response, status, dataset);
    },
  );
}

/** A UID is compared with the index and never becomes a path; anything else does not get that far. */
function checkUid(_request: Request, _response: Response, next: NextFunction, value: string): void {
  if (!isUid(value)) throw new RequestError('HTTP_REQUEST_INVALID', 'UID', 'not a UID: digits and dots, at most 64');
  next();
}

function within(archive: Archive, { params }: Request): StoredInstance[] {
  return archive
    .instances()
    .filter(
      ({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }) =>
        (params.study === undefined || params.study === StudyInstanceUID) &&
        (params.series === undefined || params.series === SeriesInstanceUID) &&
        (params.instance === undefined || params.instance === SOPInstanceUID),
    );
}

function existing(archive: Archive, request: Request): StoredInstance[] {
  const found = within(archive, request);
  if (found.length > 0) return found;
  throw new RequestError('HTTP_NOT_FOUND', request.path, 'no such study, series or instance');
}

function single(archive: Archive, request: Request): StoredInstance {
  const [found] = existing(archive, request);
  if (found === undefined) throw new RequestError('HTTP_NOT_FOUND', request.path, 'no such instance');
  return found;
}

function refuseUnlessAccepted(request: Request, type: string): void {
  const accept = (request.get('accept') ?? '*/*').toLowerCase();
  if (accept.includes('*/*') || (accept.includes('multipart/related') && accept.includes(type))) return;
  throw new RequestError('HTTP_NOT_ACCEPTABLE', 'Accept', `only multipart/related; type="${type}" is sent`);
}

function rootOf(request: Request): string {
  return `${request.protocol}://${request.get('host') ?? 'localhost'}${root}`;
}

function sendJson(response: Response, status: number, body: unknown): void {
  response.status(status).type('application/dicom+json').send(JSON.stringify(body));
}

function answerError(error: unknown, _request: Request, response: Response, _next: NextFunction): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const [status, body] = describe(error);
  response.status(status).json(body);
}

function describe(error: unknown): [number, { code: string; message: string }] {
  if (error instanceof DeltascopeError) {
    return [errorTable[error.code].status, { code: error.code, message: error.message }];
  }
  // body-parser's own: too large, broken off.
  if (error instanceof Error && 'status' in error && typeof error.status === 'number') {
    return [error.status, { code: 'HTTP_REQUEST_INVALID', message: error.message }];
  }
  return [500, { code: 'INTERNAL', message: 'the request failed' }];
}
