import type { RequestHandler } from 'express';
import { RequestError } from '../errors.ts';

/**
 * Answers every other method of a path: 405 with the methods that it has. Mounted after them.
 *
 * @param methods Upper case; OPTIONS (CORS) is added.
 */
export function onlyMethods(...methods: readonly string[]): RequestHandler {
  return (request, response) => {
    response.set('Allow', [...methods, 'OPTIONS'].join(', '));
    throw new RequestError('HTTP_METHOD', request.method, `use ${methods.join(' or ')}`);
  };
}
