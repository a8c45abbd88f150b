import type { ServerResponse } from 'node:http';
import { Agent } from 'node:https';
import type { Request, RequestHandler, Response } from 'express';
import { createProxyMiddleware, responseInterceptor } from 'http-proxy-middleware';
import { type DeltascopeError, DicomError, errorTable } from '../../errors.ts';
import type { Logger } from '../../log.ts';
import { operationOutcome } from '../operation-outcome.ts';
import { archivePath } from './viewer-configuration.ts';

/** The archive as the proxy reaches it. */
export interface ProxiedArchive {
  /** DICOMweb root, without a slash at the end. */
  readonly url: string;
  /** Value of Authorization. */
  readonly authorization?: string;
  /** PEM: client certificate, its key, authorities. */
  readonly tls?: { readonly cert?: Buffer; readonly key?: Buffer; readonly ca?: Buffer };
}

/** A retrieval of images may take its time, silence may not (ms). */
const silenceMs = 120_000;
/** The client's proofs are for this service and its request for this hop: none of them is the archive's business. */
const withheld = ['authorization', 'cookie', 'x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'forwarded'];
/** The service has answered it. The library leaves out its event for a request that carries it, in which proofs are withheld. */
const alreadyMet = 'expect';

/**
 * Passes DICOMweb requests of the viewer on to the archive, with the service's own credentials.
 *
 * A body that was read and checked before is sent from `request.body`, any other as it comes. Addresses that the archive writes
 * into its JSON answers are made ours, because the viewer can reach no other.
 *
 * @param publicUrl Address under which the viewer sees this service.
 */
export function proxyArchive(archive: ProxiedArchive, publicUrl: () => string, logger: Logger): RequestHandler {
  const { url, authorization, tls } = archive;
  const proxy = createProxyMiddleware<Request, Response>({
    target: url,
    changeOrigin: true,
    proxyTimeout: silenceMs,
    ...(tls !== undefined && url.startsWith('https:') && { agent: new Agent({ ...tls, keepAlive: true }) }),
    selfHandleResponse: true,
    on: {
      proxyReq(outgoing, { body }) {
        for (const header of withheld) outgoing.removeHeader(header);
        if (authorization !== undefined) outgoing.setHeader('Authorization', authorization);
        if (Buffer.isBuffer(body)) outgoing.write(body);
      },
      proxyRes(answer, request, response) {
        delete answer.headers['set-cookie'];
        // What a refusal by the archive asks for is the service's credentials, not the user's.
        delete answer.headers['www-authenticate'];
        // The archive's refusal of our credentials must not look like a refusal of the user's.
        if (answer.statusCode === 401 || answer.statusCode === 403) answer.statusCode = 502;
        answer.headers['cache-control'] = 'no-store';
        if (/\bjson\b/.test(answer.headers['content-type'] ?? '')) {
          void rewriteAddresses(url, publicUrl)(answer, request, response);
          return;
        }
        response.statusCode = answer.statusCode ?? 502;
        for (const [name, value] of Object.entries(answer.headers)) {
          if (value !== undefined && name !== 'connection' && name !== 'transfer-encoding')
            response.setHeader(name, value);
        }
        answer.pipe(response);
        answer.on('aborted', () => response.destroy());
      },
      error(error, _request, response) {
        logger.warn({ err: error }, 'the archive did not answer the viewer');
        if ('headersSent' in response && !response.headersSent) {
          const failure = new DicomError('PACS_UNREACHABLE', archivePath, 'the image archive does not answer');
          answerFailure(response, failure);
          return;
        }
        response.destroy();
      },
    },
  });
  return (request, response, next) => {
    delete request.headers[alreadyMet];
    return proxy(request, response, next);
  };
}

function answerFailure(response: ServerResponse, failure: DeltascopeError): void {
  response.writeHead(errorTable[failure.code].status, { 'Content-Type': 'application/json; charset=utf-8' });
  response.end(JSON.stringify(operationOutcome(failure.code, failure.message)));
}

function rewriteAddresses(root: string, publicUrl: () => string): ReturnType<typeof responseInterceptor> {
  return responseInterceptor(async (body) =>
    body.toString('utf8').replaceAll(`"${root}/`, `"${publicUrl()}${archivePath}/`),
  );
}
