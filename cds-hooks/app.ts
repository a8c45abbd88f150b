import { type Request, type Response, Router } from 'express';
import { RequestError } from '../src/errors.ts';
import { answerHook, type HookServices } from './answer.ts';
import { readHookRequest } from './request.ts';
import { services as descriptions } from './services.ts';

/**
 * The CDS Hooks endpoints, mounted at the root: `GET /cds-services` and `POST /cds-services/{id}` (CDS Hooks 2.0.1).
 * The application around it parses JSON bodies and turns errors into OperationOutcomes.
 */
export function createCdsHooksRouter(services: HookServices): Router {
  const router = Router();
  router.get('/cds-services', (_request: Request, response: Response) => {
    response.json({ services: descriptions });
  });
  router.post('/cds-services/:id', async (request: Request, response: Response) => {
    const service = descriptions.find(({ id }) => id === request.params.id);
    if (service === undefined) {
      const known = descriptions.map(({ id }) => id).join(', ');
      throw new RequestError(
        'HOOK_UNKNOWN_SERVICE',
        String(request.params.id),
        `no such service; GET /cds-services lists ${known}`,
      );
    }
    const started = performance.now();
    const answer = await answerHook(readHookRequest(request.body, service.hook), services);
    services.logger.info(
      { service: service.id, cards: answer.cards.length, ms: Math.round(performance.now() - started) },
      'hook answered',
    );
    response.json(answer);
  });
  return router;
}
