import type { RequestHandler } from 'express';
import { rateLimit } from 'express-rate-limit';
import type { ClientRegistry } from '../../src/http/client-registry.ts';
import { countedRequests } from '../../src/http/rate-limits.ts';
import { callerOf } from './caller.ts';

/** Limits how many requests a verified client may send in a minute to this instance, by its entry in the registry. */
export function createIssuerLimit(clients: ClientRegistry): RequestHandler {
  return rateLimit({
    ...countedRequests,
    keyGenerator: (_request, response) => callerOf(response).issuer ?? '',
    limit: (_request, response) => clients.clientOf(callerOf(response).issuer ?? '')?.requestsPerMinute ?? 0,
  });
}
