import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Assessment } from '../../assessment/assessment.ts';
import { regionKey } from '../../assessment/measured-region.ts';
import { RequestError } from '../../errors.ts';
import { jsonBody } from '../json-body.ts';
import { onlyMethods } from '../only-methods.ts';
import { streamAnalysis } from './analysis-events.ts';
import { createPanel, type PanelOptions } from './panel.ts';
import { figuresOf } from './panel-view.ts';
import {
  analysisBody,
  assessmentPath,
  figurePath,
  figureQuery,
  modelPath,
  noQuery,
  panelQuery,
  parseRequest,
  patientPath,
  regionQuery,
} from './request-schemas.ts';
import { checkPatient, createViewerLimit, viewerOf } from './viewer-access.ts';

export interface PanelRouterOptions extends PanelOptions {
  /** Lets only known viewers pass; see `createViewerAccess`. */
  readonly requireViewer: RequestHandler;
  /** Markdown by model id. */
  readonly modelCards: Readonly<Record<string, string>>;
}

/** A figure is data: nothing in it may run, whatever page shows it. */
const figurePolicy = "default-src 'none'; style-src 'unsafe-inline'; sandbox";

/** The panel API, mounted at the root: what a viewer shows beside the images of a patient. */
export function createPanelRouter(options: PanelRouterOptions): Router {
  const { engine, requireViewer, modelCards } = options;
  const panel = createPanel(options);
  const router = Router();
  const patientOf = (request: Request) => parseRequest(patientPath, request.params).id;
  router.use('/api', requireViewer, createViewerLimit());

  const get = (path: string, answer: (request: Request, response: Response) => Promise<unknown>) =>
    router
      .route(path)
      .get(async (request, response) => {
        await answer(request, response);
      })
      .all(onlyMethods('GET', 'HEAD'));

  get('/api/panel', async ({ query }, response) => {
    response.json(await panel.view(viewerOf(response), parseRequest(panelQuery, query)));
  });
  get('/api/patients/:id/assessments', async (request, response) => {
    parseRequest(noQuery, request.query);
    response.json(await panel.history(viewerOf(response), patientOf(request)));
  });
  get('/api/patients/:id/course', async (request, response) => {
    parseRequest(noQuery, request.query);
    response.json(await panel.course(viewerOf(response), patientOf(request)));
  });
  get('/api/patients/:id/analysis/events', async (request, response) => {
    parseRequest(noQuery, request.query);
    const patientId = patientOf(request);
    checkPatient(viewerOf(response), patientId);
    await streamAnalysis(engine, patientId, response);
  });
  get('/api/assessments/:id', async (request, response) => {
    parseRequest(noQuery, request.query);
    response.json(await panel.assessment(viewerOf(response), parseRequest(assessmentPath, request.params).id));
  });
  get('/api/assessments/:id/figures/:model/:figure', async (request, response) => {
    const { id, model, figure } = parseRequest(figurePath, request.params);
    const { theme } = parseRequest(figureQuery, request.query);
    const svg = figureOf(await panel.assessment(viewerOf(response), id), model, Number.parseInt(figure, 10), theme);
    response.set('Content-Security-Policy', figurePolicy).type('image/svg+xml').send(svg);
  });
  get('/api/regions', async (request, response) => {
    const address = parseRequest(regionQuery, request.query);
    const read = await panel.region(viewerOf(response), address);
    const headers = { ETag: JSON.stringify(regionKey(address)), 'Cache-Control': 'private, no-cache' };
    if (isKnown(request, headers.ETag)) response.set(headers).status(304).end();
    else {
      const region = await read();
      response.set(headers).json(region);
    }
  });
  get('/api/models/:id/card', async (request, response) => {
    parseRequest(noQuery, request.query);
    const { id } = parseRequest(modelPath, request.params);
    const card = modelCards[id];
    if (card === undefined) throw new RequestError('MODEL_UNKNOWN', id, 'there is no such model, or it has no card');
    // No patient's content: a viewer may keep it and ask whether it changed.
    response.set('Cache-Control', 'private, no-cache').type('text/markdown').send(card);
  });

  router
    .route('/api/patients/:id/analysis')
    .get(async (request, response) => {
      parseRequest(noQuery, request.query);
      response.json(await panel.analysis(viewerOf(response), patientOf(request)));
    })
    .post(jsonBody, async (request: Request, response: Response) => {
      const { SOPInstanceUID } = parseRequest(analysisBody, request.body);
      const state = await panel.analyseAgain(viewerOf(response), patientOf(request), SOPInstanceUID);
      response.status(202).json(state);
    })
    .all(onlyMethods('GET', 'HEAD', 'POST'));
  return router;
}

/** Whether the client has this very answer. */
function isKnown(request: Request, tag: string): boolean {
  const known = request.headers['if-none-match'] ?? '';
  return known.split(',').some((each) => each.trim().replace(/^W\//, '') === tag);
}

function figureOf({ id, models }: Assessment, model: string, number: number, theme: 'light' | 'dark'): string {
  const result = models.find((each) => each.model.id === model);
  const figure = result === undefined ? undefined : figuresOf(result, theme)[number - 1];
  if (figure === undefined) throw new RequestError('HTTP_NOT_FOUND', id, 'the assessment has no such figure');
  return figure.svg;
}
