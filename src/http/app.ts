import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { HookServices } from '../../cds-hooks/answer.ts';
import { createCdsHooksRouter } from '../../cds-hooks/app.ts';
import { RequestError } from '../errors.ts';
import { errorHandler, notFound } from './operation-outcome.ts';

export interface AppOptions {
  readonly hooks: HookServices;
  /** Browser clients that may call the hooks. */
  readonly corsOrigins: readonly string[];
  /** Answers once the database does; rejects otherwise. */
  readonly checkReadiness: () => Promise<void>;
  readonly version: string;
  /** Pages of the demonstration. */
  readonly demonstration?: Router;
}

/** The HTTP application: CDS Hooks, health, and in the demonstration its page. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(
    helmet({
      contentSecurityPolicy: { directives: { upgradeInsecureRequests: null, 'img-src': ["'self'", 'data:'] } },
      strictTransportSecurity: false,
    }),
  );
  app.get('/health', async (_request, response) => {
    await options.checkReadiness();
    response.json({ status: 'ok', version: options.version });
  });
  app.use('/cds-services', cors(options.corsOrigins), noStore, jsonOnly, express.json({ limit: '5mb' }));
  app.use(createCdsHooksRouter(options.hooks));
  if (options.demonstration !== undefined) app.use(options.demonstration);
  app.use(notFound);
  app.use(errorHandler(options.hooks.logger));
  return app;
}

/** Allows the configured origins, and answers their preflight requests. */
function cors(origins: readonly string[]): RequestHandler {
  return (request, response, next) => {
    const { origin } = request.headers;
    response.vary('Origin');
    if (origin !== undefined && origins.includes(origin)) {
      response.set({
        'Access-Control-Allow-Origin': origin,
        'Access-Control-Allow-Methods': 'GET, POST, OPTIONS',
        'Access-Control-Allow-Headers': 'authorization, content-type',
        'Cross-Origin-Resource-Policy': 'cross-origin',
      });
    }
    if (request.method === 'OPTIONS') response.status(204).end();
    else next();
  };
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};

const jsonOnly: RequestHandler = (request, _response, next) => {
  if (request.method === 'POST' && !request.is('application/json')) {
    throw new RequestError('HTTP_MEDIA_TYPE', 'Content-Type', 'send application/json');
  }
  if (request.method !== 'GET' && request.method !== 'POST') {
    throw new RequestError('HTTP_METHOD', request.method, 'use GET /cds-services or POST /cds-services/{id}');
  }
  next();
};
