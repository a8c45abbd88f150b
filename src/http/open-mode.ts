import type { RequestHandler } from 'express';
import { RequestError } from '../errors.ts';
import { isLoopback } from './loopback.ts';

/**
 * Where nobody is asked who calls, only this machine may: a page whose name was made to point to it (DNS rebinding)
 * reaches the port through the user's browser, but with its own name as Host.
 *
 * @param publicUrl Its host is allowed too.
 */
export function onlyLocalHosts(publicUrl: string | undefined): RequestHandler {
  const publicHost = publicUrl === undefined ? null : new URL(publicUrl).hostname;
  return (request, _response, next) => {
    const address = `http://${request.headers.host}`;
    const host = URL.canParse(address) ? new URL(address).hostname : '';
    if (isLoopback(host) || host === publicHost) next();
    else next(new RequestError('HTTP_REQUEST_INVALID', 'Host', 'the service runs in open mode, for this machine only'));
  };
}
