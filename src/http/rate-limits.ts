import type { NextFunction, Request, Response } from 'express';
import { ipKeyGenerator, type RateLimitInfo, rateLimit } from 'express-rate-limit';
import { RequestError } from '../errors.ts';

const windowMs = 60_000;
/** Refused tokens from one address in a minute, before no more of its tokens are looked at for the rest of it. */
const mostRefusals = 300;
/** So long after a good token an address is never shut out: whoever shares it must not silence a hospital. */
const knownForMs = 60 * 60_000;

/** What every limit of the service has in common: a window of a minute, and a refusal that says when to come again. */
export const countedRequests = {
  windowMs,
  standardHeaders: false,
  legacyHeaders: false,
  // Its only finding would be a header that is rightly ignored: addresses come from trusted proxies alone.
  validate: { xForwardedForHeader: false },
  handler(request: Request, response: Response, next: NextFunction) {
    const { resetTime } = (request as Request & { rateLimit: RateLimitInfo }).rateLimit;
    const seconds = Math.ceil(((resetTime?.getTime() ?? Date.now() + windowMs) - Date.now()) / 1000);
    response.set('Retry-After', String(Math.max(1, seconds)));
    next(new RequestError('HTTP_TOO_MANY_REQUESTS', 'client', `too many requests: wait ${seconds} seconds`));
  },
};

/** Counts the refused tokens of an address. */
export interface RefusalLimit {
  /** Has the address used up its refusals, and is it not that of a known client? */
  isReached(request: Request): Promise<boolean>;
  /** Counts a refusal; calls `next` with the failure once there are too many, without one until then. */
  count(request: Request, response: Response, next: NextFunction): void;
  /** A good token came from the address. */
  remember(request: Request): void;
}

/** {@link RefusalLimit} of this instance. */
export function createRefusalLimit(): RefusalLimit {
  const limit = rateLimit({ ...countedRequests, limit: mostRefusals, keyGenerator: addressOf });
  const knownUntil = new Map<string, number>();
  return {
    async isReached(request) {
      const address = addressOf(request);
      if ((knownUntil.get(address) ?? 0) > Date.now()) return false;
      return ((await limit.getKey(address))?.totalHits ?? 0) >= mostRefusals;
    },
    count: (request, response, next) => void limit(request, response, next),
    remember: (request) => void knownUntil.set(addressOf(request), Date.now() + knownForMs),
  };
}

/** An IPv6 caller has a whole network of addresses: the network is what counts. */
function addressOf(request: Request): string {
  return ipKeyGenerator(request.ip ?? 'unknown');
}
