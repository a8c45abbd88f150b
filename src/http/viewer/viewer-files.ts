import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import express, { type RequestHandler, type Router } from 'express';
import { packageRoot } from '../../config.ts';
import { ConfigError } from '../../errors.ts';
import { viewerConfiguration } from './viewer-configuration.ts';

/** Files whose names hold a hash of their content. */
const hashed = /[.-][0-9a-f]{16}\.|^[0-9a-f]{16}\./;
const dayMs = 86_400_000;

/**
 * The viewer's own files at `/`, with our configuration and bundles in place of its own.
 *
 * A path without a file is answered with the viewer's page when a browser navigates to it: the viewer routes by itself.
 * Mounted last, because it answers every single-word path.
 *
 * @param folder Unpacked `dist` of the viewer.
 */
export function serveViewerFiles(folder: string): Router {
  const page = readFileSync(path.join(folder, 'index.html'), 'utf8');
  const policy = viewerPolicy(page);
  const bundles = path.join(packageRoot(), 'dist/ohif');
  const router = express.Router();
  router.get('/app-config.js', (_request, response) => {
    response.type('text/javascript').set('Cache-Control', 'no-cache').send(viewerConfiguration());
  });
  // A worker that keeps an old viewer alive after an update is worse than a slower start.
  router.get(['/init-service-worker.js', '/sw.js'], (_request, response) => {
    response.type('text/javascript').set('Cache-Control', 'no-cache').send('');
  });
  router.get('/deltascope/:bundle', (request, response, next) => {
    const { bundle } = request.params;
    if (!/^(extension|mode)\.mjs(\.map)?$/.test(bundle)) return next();
    if (!existsSync(path.join(bundles, bundle))) {
      throw new ConfigError('FILE_UNREADABLE', `dist/ohif/${bundle}`, 'it is not built: run npm run build');
    }
    response.set('Cache-Control', 'no-cache').sendFile(bundle, { root: bundles });
  });
  router.use(
    express.static(folder, {
      index: false,
      setHeaders(response, file) {
        const lasting = hashed.test(path.basename(file));
        response.set('Cache-Control', lasting ? `public, max-age=${(365 * dayMs) / 1000}, immutable` : 'no-cache');
        response.set('Content-Security-Policy', policy);
      },
    }),
  );
  router.get('/{:route}', isNavigation, (_request, response) => {
    response.type('html').set({ 'Cache-Control': 'no-cache', 'Content-Security-Policy': policy }).send(page);
  });
  return router;
}

/** A page is wanted, not data: the caller of an interface that mistypes a path must still read 404. */
export const isNavigation: RequestHandler = (request, _response, next) => {
  next(request.accepts(['json', 'html']) === 'html' ? undefined : 'router');
};

/**
 * What the viewer may load: nothing but this service. It compiles WebAssembly codecs, starts workers from blobs and writes
 * inline styles; its page's inline scripts are let in by their hashes.
 */
function viewerPolicy(page: string): string {
  const inline = [...page.matchAll(/<script(?![^>]*\bsrc=)[^>]*>([\s\S]*?)<\/script>/g)].map(
    ([, script = '']) => `'sha256-${createHash('sha256').update(script).digest('base64')}'`,
  );
  return [
    "default-src 'self'",
    // Its reader of segmentations compiles array accessors (ndarray), so strings must be allowed to become code.
    `script-src 'self' 'wasm-unsafe-eval' 'unsafe-eval' ${inline.join(' ')}`,
    "worker-src 'self' blob:",
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "font-src 'self' data:",
    "connect-src 'self' data: blob:",
    // The PDF of a report is shown in an object, empty at first, by the browser's own viewer, which counts as a frame.
    "object-src 'self' blob:",
    "frame-src 'self' blob:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'self'",
  ].join('; ');
}
