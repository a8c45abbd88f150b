import { type NextFunction, type Request, type RequestHandler, type Response, Router } from 'express';
import { RequestError } from '../src/errors.ts';
import type { ClientTrust } from '../src/http/client-trust.ts';
import { jsonBody } from '../src/http/json-body.ts';
import { onlyMethods } from '../src/http/only-methods.ts';
import { createHookAnswers, type HookServices } from './answer.ts';
import { takeFeedback } from './feedback.ts';
import { createHookBody, type HookBody } from './hook-body.ts';
import { describeEndpoints } from './openapi.ts';
import { recordCall } from './record-call.ts';
import { readHookRequest } from './request.ts';
import { describeServices, type ServiceDescription } from './services.ts';
import { callerOf } from './trust/caller.ts';
import { createClientCheck } from './trust/require-client.ts';

/**
 * The CDS Hooks endpoints, mounted at the root: `GET /cds-services`, `POST /cds-services/{id}` and
 * `POST /cds-services/{id}/feedback` (CDS Hooks 2.0.1). Each checks the client first, then reads the body. The application around it turns errors into OperationOutcomes.
 */
export function createCdsHooksRouter(services: HookServices, trust: ClientTrust, version: string): Router {
  const router = Router();
  const client = createClientCheck(trust, services.audit, services.logger);
  const hookBody = createHookBody();
  const descriptions = describeServices(services.mappings);
  const serviceOf = (request: Request) => findService(descriptions, String(request.params.id));
  // Before the client is asked who it is: the ids are public, and the endpoint's address is part of that question.
  const knownService = (request: Request, _response: Response, next: NextFunction) => {
    serviceOf(request);
    next();
  };

  const endpoints = describeEndpoints(version);
  router
    .route('/openapi.json')
    .get((_request: Request, response: Response) => {
      response.json(endpoints);
    })
    .all(onlyMethods('GET', 'HEAD'));

  router
    .route('/cds-services')
    .get(
      client(() => '/cds-services'),
      (_request: Request, response: Response) => {
        // Clients keep discovery and ask whether it changed.
        response.set('Cache-Control', 'no-cache').json({ services: descriptions });
      },
    )
    .all(onlyMethods('GET', 'HEAD'));

  router
    .route('/cds-services/:id')
    .all(knownService)
    .post(
      client((request) => `/cds-services/${request.params.id}`),
      hookBody,
      hookCalls(services, serviceOf),
    )
    .all(onlyMethods('POST'));

  router
    .route('/cds-services/:id/feedback')
    .all(knownService)
    .post(
      client((request) => `/cds-services/${request.params.id}/feedback`),
      jsonBody,
      async (request: Request, response: Response) => {
        const { id } = serviceOf(request);
        const entries = await takeFeedback(request.body, id, callerOf(response), services);
        services.logger.info({ service: id, entries }, 'feedback stored');
        // Without a body: an empty object would be against the specification.
        response.status(200).end();
      },
    )
    .all(onlyMethods('POST'));

  return router;
}

/** Answers hook calls whose client and body were checked. */
function hookCalls(services: HookServices, serviceOf: (request: Request) => ServiceDescription): RequestHandler {
  const answerHook = createHookAnswers(services);
  return async (request: Request, response: Response) => {
    const service = serviceOf(request);
    const { head, prefetch }: HookBody = request.body;
    const started = performance.now();
    const caller = callerOf(response);
    const answer = await recordCall(
      services.audit,
      service.id,
      caller,
      () => readHookRequest(head, service.hook),
      (call) => answerHook(call, prefetch, caller),
    );
    services.logger.info(
      { service: service.id, cards: answer.cards.length, ms: Math.round(performance.now() - started) },
      'hook answered',
    );
    response.json(answer);
  };
}

function findService(descriptions: readonly ServiceDescription[], id: string): ServiceDescription {
  const service = descriptions.find((description) => description.id === id);
  if (service !== undefined) return service;
  const known = descriptions.map((description) => description.id).join(', ');
  throw new RequestError('HOOK_UNKNOWN_SERVICE', id, `no such service; GET /cds-services lists ${known}`);
}
