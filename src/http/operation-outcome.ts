import type { ErrorRequestHandler, RequestHandler } from 'express';
import { DeltascopeError, type ErrorCode, errorTable, RequestError } from '../errors.ts';
import type { Logger } from '../log.ts';

/** The body of every answer that is not a success: FHIR OperationOutcome with the stable code. */
export function operationOutcome(code: ErrorCode, diagnostics: string): fhir4.OperationOutcome {
  return {
    resourceType: 'OperationOutcome',
    issue: [{ severity: 'error', code: errorTable[code].issue, details: { text: code }, diagnostics }],
  };
}

/** Every path that nothing answers. */
export const notFound: RequestHandler = (request) => {
  throw new RequestError('HTTP_NOT_FOUND', request.path, 'nothing is served here');
};

/** The one place where a failure becomes an HTTP answer. An unnamed failure is logged and answered without its text. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const named = error instanceof DeltascopeError ? error : bodyError(error);
    if (named === null) logger.error({ err: error }, 'request failed');
    const code = named?.code ?? 'INTERNAL';
    response
      .status(errorTable[code].status)
      .json(operationOutcome(code, named?.message ?? 'the service failed; its log says why'));
  };
}

/** The errors that express' body parser throws, under our codes. */
function bodyError(error: unknown): RequestError | null {
  const type = typeof error === 'object' && error !== null && 'type' in error ? error.type : null;
  if (type === 'entity.too.large') return new RequestError('HTTP_TOO_LARGE', 'body', 'the body is larger than 5 MiB');
  if (type === 'entity.parse.failed')
    return new RequestError('HOOK_BODY_INVALID', 'body', 'the body is not valid JSON');
  if (type === 'encoding.unsupported' || type === 'charset.unsupported') {
    return new RequestError('HTTP_MEDIA_TYPE', 'body', 'the body must be JSON in UTF-8');
  }
  return null;
}
