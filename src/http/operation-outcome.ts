import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
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
export const notFound: RequestHandler = () => {
  throw new RequestError('HTTP_NOT_FOUND', 'path', 'nothing is served here');
};

/** The one place where a failure becomes an HTTP answer. An unnamed failure is logged and answered without its text. */
export function errorHandler(logger: Logger): ErrorRequestHandler {
  return (error: unknown, _request, response, next) => {
    if (response.headersSent) {
      next(error);
      return;
    }
    const named = error instanceof DeltascopeError ? error : httpError(error);
    if (named === null) logger.error({ err: error }, 'request failed');
    const code = named?.code ?? 'INTERNAL';
    const { status } = errorTable[code];
    if (status === 401) response.set('WWW-Authenticate', 'Bearer');
    response.status(status).json(operationOutcome(code, named?.message ?? 'the service failed; its log says why'));
  };
}

/** Answers what is no HTTP request at all, or does not come to its end, as everything else: the parser's own answer has no body. */
export function answerBrokenRequest(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy();
    return;
  }
  const [status, text] =
    error.code === 'HPE_HEADER_OVERFLOW'
      ? [431, 'the headers are too large']
      : error.code === 'ERR_HTTP_REQUEST_TIMEOUT'
        ? [408, 'the request took too long to arrive']
        : [400, 'not an HTTP request'];
  const body = JSON.stringify(operationOutcome('HTTP_REQUEST_INVALID', text));
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nContent-Type: application/json; charset=utf-8\r\n` +
      `Content-Length: ${Buffer.byteLength(body)}\r\nConnection: close\r\n\r\n${body}`,
  );
}

/** Errors that express and its body parser throw for what the client sent, under our codes. */
function httpError(error: unknown): RequestError | null {
  if (!(error instanceof Error) || !('status' in error)) return null;
  const { status } = error;
  const type = 'type' in error ? error.type : null;
  if (status === 413) return new RequestError('HTTP_TOO_LARGE', 'body', 'the body is larger than 5 MiB');
  if (status === 415) return new RequestError('HTTP_MEDIA_TYPE', 'body', 'the body must be JSON in UTF-8');
  if (type === 'entity.parse.failed') {
    return new RequestError('HOOK_BODY_INVALID', 'body', 'the body is not valid JSON');
  }
  return typeof status === 'number' && status >= 400 && status < 500
    ? new RequestError('HTTP_REQUEST_INVALID', 'request', 'the request can not be read')
    : null;
}
