import type { ErrorRequestHandler, RequestHandler, Response } from 'express';
import { errorTable, RequestError } from '../../errors.ts';
import { type LaunchPlace, noSessionPage, otherPatientPage } from './launch-pages.ts';

/**
 * The check of a viewer for pages rather than the API: whoever has no session, or none any more, reads how to get one.
 *
 * @param requireViewer See `createViewerAccess`.
 * @param place Null without SMART launches: then the failure goes on as it is.
 */
export function createPageAccess(requireViewer: RequestHandler, place: LaunchPlace | null): RequestHandler {
  if (place === null) return requireViewer;
  return (request, response, next) => {
    const answer = (error?: unknown) => {
      if (!isRequestError(error, 'HTTP_UNAUTHORIZED') || request.accepts('html') === false) return next(error);
      send(response, errorTable.HTTP_UNAUTHORIZED.status, noSessionPage(place));
    };
    // An asynchronous middleware fails by its promise, not by `next`.
    Promise.resolve(requireViewer(request, response, answer)).catch(answer);
  };
}

/** Answers a browser that asks for the page of another patient than its session is about. Mounted after the pages. */
export const otherPatientHandler: ErrorRequestHandler = (error: unknown, request, response, next) => {
  if (!isRequestError(error, 'VIEWER_FORBIDDEN') || request.accepts('html') === false || response.headersSent) {
    next(error);
    return;
  }
  send(response, errorTable.VIEWER_FORBIDDEN.status, otherPatientPage());
};

function isRequestError(error: unknown, code: RequestError['code']): error is RequestError {
  return error instanceof RequestError && error.code === code;
}

function send(response: Response, status: number, page: string): void {
  response.status(status).set('Cache-Control', 'no-store').type('html').send(page);
}
