import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Audit } from '../../src/audit/audit.ts';
import { RequestError } from '../../src/errors.ts';
import type { ClientTrust } from '../../src/http/client-trust.ts';
import { createRefusalLimit } from '../../src/http/rate-limits.ts';
import type { Logger } from '../../src/log.ts';
import { unknownCaller } from './caller.ts';
import { createClientKeys } from './client-keys.ts';
import { createIssuerLimit } from './rate-limits.ts';
import { createRefusalRecord } from './refused-tokens.ts';
import { type Verification, verifyToken } from './verify-token.ts';

/**
 * Makes the middlewares that let only registered clients through, put the caller on the response (see `callerOf`), count its
 * requests, and leave an audit entry of those that are refused.
 *
 * @returns For the path of an endpoint under the public URL, which is what the token's `aud` must name, its middlewares.
 *   They fail with RequestError `HTTP_UNAUTHORIZED`, which doesn't say why (the log does), or `HTTP_TOO_MANY_REQUESTS`.
 */
export function createClientCheck(
  { clients, replay, publicUrl }: ClientTrust,
  audit: Audit,
  logger: Logger,
): (endpointOf: (request: Request) => string) => RequestHandler[] {
  if (clients === null) return () => [letThrough];
  const keys = createClientKeys();
  const refusals = createRefusalLimit();
  const issuerLimit = createIssuerLimit(clients);
  const recordRefusal = createRefusalRecord(audit, logger);

  async function check(request: Request, endpoint: string): Promise<Verification> {
    const token = bearerToken(request.headers.authorization);
    if (token === null) return { reason: 'TOKEN_MISSING', issuer: null, jti: null };
    return verifyToken(token, endpoint, { clients: clients as NonNullable<typeof clients>, replay, publicUrl }, keys);
  }

  return (endpointOf) => [
    async (request, response, next) => {
      if (await refusals.isReached(request)) return refusals.count(request, response, next);
      const endpoint = endpointOf(request);
      const verified = await check(request, endpoint);
      if ('caller' in verified) {
        response.locals.caller = verified.caller;
        refusals.remember(request);
        return next();
      }
      logger.warn(verified, 'client refused');
      const { reason, issuer } = verified;
      const registeredIssuer = issuer !== null && clients.clientOf(issuer) !== undefined ? issuer : null;
      recordRefusal({ reason, registeredIssuer, endpoint, address: request.ip ?? 'unknown' });
      refusals.count(request, response, (tooMany?: unknown) => next(tooMany ?? unauthorized()));
    },
    issuerLimit,
  ];
}

function letThrough(_request: Request, response: Response, next: NextFunction): void {
  response.locals.caller = unknownCaller;
  next();
}

/** The token of `Authorization: Bearer ...`; the scheme's case does not matter (RFC 9110, section 11.1). */
function bearerToken(authorization: string | undefined): string | null {
  return /^Bearer +([\w.~+/=-]+)$/i.exec(authorization ?? '')?.[1] ?? null;
}

function unauthorized(): RequestError {
  return new RequestError('HTTP_UNAUTHORIZED', 'Authorization', 'a token of a registered client is needed');
}
