import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import type { HookServices } from '../../cds-hooks/answer.ts';
import { createCdsHooksRouter } from '../../cds-hooks/app.ts';
import { ConfigError } from '../errors.ts';
import type { ClientTrust } from './client-trust.ts';
import { onlyMethods } from './only-methods.ts';
import { onlyLocalHosts } from './open-mode.ts';
import { errorHandler, notFound } from './operation-outcome.ts';
import { allowFraming } from './smart/framing.ts';
import { otherPatientHandler } from './smart/page-access.ts';

export interface AppOptions {
  readonly hooks: HookServices;
  readonly trust: ClientTrust;
  /** As configured; undefined where clients see the address that the service listens on. */
  readonly publicUrl?: string;
  /** Browser clients that may call the hooks. */
  readonly corsOrigins: readonly string[];
  /** Addresses and networks whose X-Forwarded-For is believed. */
  readonly trustedProxies: readonly string[];
  /** Answers once the database does; rejects otherwise. */
  readonly checkReadiness: () => Promise<void>;
  readonly version: string;
  /** The panel API; see `createPanelRouter`. */
  readonly panel?: { readonly router: Router; readonly origins: readonly string[] };
  /** The tumour board's pages; see `createReportRouter`. */
  readonly report?: Router;
  /** SMART launches, and the origins of EHR pages that may show ours in a frame; see `createLaunchRouter`. */
  readonly launch?: { readonly router: Router; readonly frameAncestors: readonly string[] };
  /** Pages of the demonstration. */
  readonly demonstration?: Router;
  /** Archive and viewer; answers what nothing else does. */
  readonly viewer?: Router;
}

/** The HTTP application: CDS Hooks, health, and in the demonstration its page. */
export function createApp(options: AppOptions): Express {
  const app = express();
  app.disable('x-powered-by');
  trustProxies(app, options.trustedProxies);
  app.use(securityHeaders(options.publicUrl?.startsWith('https:') ?? false));
  if (options.launch !== undefined && options.launch.frameAncestors.length > 0) {
    app.use(allowFraming(options.launch.frameAncestors));
  }
  if (options.trust.clients === null) app.use(onlyLocalHosts(options.publicUrl));
  app
    .route('/health')
    .get(noStore, async (_request, response) => {
      await options.checkReadiness();
      response.json({ status: 'ok', version: options.version });
    })
    .all(onlyMethods('GET', 'HEAD'));
  // Before everything that can fail: a browser client reads an error only if it carries the headers too.
  app.use('/cds-services', crossOrigin(options.corsOrigins), noStore);
  app.use(createCdsHooksRouter(options.hooks, options.trust, options.version));
  if (options.panel !== undefined) {
    app.use('/api', crossOrigin(options.panel.origins), noStore);
    app.use(options.panel.router);
  }
  if (options.report !== undefined) app.use(options.report);
  if (options.launch !== undefined) app.use(options.launch.router);
  // After the pages, and for them only: failures of the API are not pages.
  app.use('/report', otherPatientHandler);
  if (options.demonstration !== undefined) app.use(options.demonstration);
  if (options.viewer !== undefined) app.use(options.viewer);
  app.use(notFound);
  app.use(errorHandler(options.hooks.logger));
  return app;
}

function trustProxies(app: Express, proxies: readonly string[]): void {
  try {
    app.set('trust proxy', [...proxies]);
  } catch (cause) {
    const wrong = 'addresses, networks (10.0.0.0/8) or the names loopback, linklocal, uniquelocal';
    throw new ConfigError('CONFIG_INVALID', 'DELTASCOPE_TRUSTED_PROXIES', `give ${wrong}`, { cause });
  }
}

/** @param overHttps Browsers are told to stay on HTTPS only where clients reach the service by it. */
function securityHeaders(overHttps: boolean): RequestHandler {
  return helmet({
    contentSecurityPolicy: {
      directives: { upgradeInsecureRequests: overHttps ? [] : null, 'img-src': ["'self'", 'data:'] },
    },
    strictTransportSecurity: overHttps,
  });
}

/** Lets pages of the configured origins call, and answers their preflight requests. Tokens are headers, not cookies. */
function crossOrigin(origins: readonly string[]): RequestHandler {
  return cors({
    origin: [...origins],
    methods: ['GET', 'POST'],
    allowedHeaders: ['authorization', 'content-type'],
    exposedHeaders: ['ETag', 'Retry-After', 'WWW-Authenticate'],
    credentials: false,
    maxAge: 600,
  });
}

const noStore: RequestHandler = (_request, response, next) => {
  response.set('Cache-Control', 'no-store');
  next();
};
