import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import express, { type Router } from 'express';
import type { Assessment } from '../assessment/assessment.ts';
import { packageRoot } from '../config.ts';
import { ConfigError, RequestError } from '../errors.ts';
import { detailsPage } from './details-page.ts';
import type { DemoDrug, DemoPatientRow, DemoViewer } from './page/wire.ts';

/** Longest list that the drug search answers with. */
const maximumDrugs = 20;

/** Nothing but this service: a card can make the page neither load nor send anything elsewhere. */
const contentSecurityPolicy = [
  "default-src 'self'",
  "img-src 'self' data:",
  "object-src 'none'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

/** Charts carry their colours in attributes that the policy counts as inline style; scripts are not needed. */
const detailsPolicy = `${contentSecurityPolicy}; style-src 'self' 'unsafe-inline'; script-src 'none'`;

/**
 * The drugs that match a search text: names that begin with it first, then names and displays that contain it.
 *
 * @param drugs In the order in which an unspecific search shows them.
 * @param text As typed; case and outer blanks do not matter. Empty matches every drug.
 */
export function searchDrugs(drugs: readonly DemoDrug[], text: string): DemoDrug[] {
  const wanted = text.trim().toLowerCase();
  const begins = (drug: DemoDrug) => drug.inn.toLowerCase().startsWith(wanted);
  const contains = (drug: DemoDrug) => `${drug.inn}\n${drug.coding.display}`.toLowerCase().includes(wanted);
  const rest = drugs.filter((drug) => !begins(drug) && contains(drug));
  return [...drugs.filter(begins), ...rest].slice(0, maximumDrugs);
}

/**
 * The page that plays the record system, with its lists: `/`, `/page/*`, `/vendor/*`, `/demo/patients`,
 * `/demo/patients/{id}/models`, `/demo/board`, `/demo/drugs`, `/demo/viewer`.
 *
 * HTML and CSS come from the sources, JavaScript from the build, wherever this module itself is run from.
 *
 * @param options.patients Rows of the patient list, in the order in which they are shown.
 * @param options.drugs Drugs that can be ordered, the most likely first.
 * @returns A router to mount at the root. `GET /` fails with `FILE_UNREADABLE` while the page has not been built.
 */
export function createDemoPage(options: {
  readonly patients: readonly DemoPatientRow[];
  readonly drugs: readonly DemoDrug[];
  /** Assesses a patient now. */
  readonly assess: (patientId: string) => Promise<Assessment>;
  /** Path of the list of tomorrow's tumour board; left out where there is none. */
  readonly board?: string;
  /** Whether the viewer can be opened by now. */
  readonly viewer: () => DemoViewer;
}): Router {
  const router = express.Router();
  servePage(router);
  serveLibraries(router);
  router.get('/demo/patients', (_request, response) => {
    response.json(options.patients);
  });
  router.get('/demo/patients/:id/models', async (request, response) => {
    const patient = options.patients.find(({ id }) => id === request.params.id);
    if (patient === undefined)
      throw new RequestError('HTTP_NOT_FOUND', request.params.id, 'no such patient in the demonstration');
    const page = detailsPage(await options.assess(patient.id), patient.name);
    response.set({ 'Content-Security-Policy': detailsPolicy, 'Cache-Control': 'no-store' }).type('html').send(page);
  });
  router.get('/demo/board', (_request, response, next) => {
    if (options.board === undefined) return next();
    response.redirect(options.board);
  });
  router.get('/demo/viewer', (_request, response) => {
    response.set('Cache-Control', 'no-store').json(options.viewer());
  });
  router.get('/demo/drugs', (request, response) => {
    const { q } = request.query;
    response.json(searchDrugs(options.drugs, typeof q === 'string' ? q : ''));
  });
  return router;
}

function servePage(router: Router): void {
  const root = packageRoot();
  const sources = path.join(root, 'src/demo/page');
  const built = path.join(root, 'dist/src/demo/page');
  router.get('/', (_request, response) => {
    if (!existsSync(path.join(built, 'main.js'))) {
      throw new ConfigError(
        'FILE_UNREADABLE',
        'dist/src/demo/page/main.js',
        'the page is not built: run npm run build',
      );
    }
    response.set({
      'Content-Security-Policy': contentSecurityPolicy,
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
    response.sendFile('index.html', { root: sources });
  });
  router.get('/page/:file', (request, response, next) => {
    const { file } = request.params;
    const folder = { '.css': sources, '.json': sources, '.js': built }[path.extname(file)];
    if (folder === undefined || file === 'tsconfig.json') return next();
    response.sendFile(file, { root: folder }, (error) => error && next());
  });
}

function serveLibraries(router: Router): void {
  const require = createRequire(import.meta.url);
  const marked = require.resolve('marked');
  // DOMPurify's exports give `require` the CommonJS file; the browser needs the ES module beside it.
  const purifyFolder = path.dirname(require.resolve('dompurify'));
  // With a root, because a whole path would be refused where a folder above begins with a dot.
  router.get('/vendor/marked.js', (_request, response) => {
    response.sendFile(path.basename(marked), { root: path.dirname(marked) });
  });
  router.get('/vendor/purify.js', (_request, response) => {
    response.type('text/javascript').sendFile('purify.es.mjs', { root: purifyFolder });
  });
}
