import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listenOnLoopback } from './loopback.ts';

export interface FaultServer {
  readonly url: string;
  /** Path, query and Authorization header of every request, in order. */
  readonly requests: { readonly url: string; readonly authorization: string | undefined }[];
  /** How many requests were given up by the one who asked, before they were answered. */
  readonly givenUp: () => number;
  close(): Promise<void>;
}

export interface Answer {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON unless it is text. */
  readonly body?: unknown;
  /** Answered only then (ms). */
  readonly delayMs?: number;
}

/** A FHIR server that misbehaves as told: one answer for each request, or none at all. */
export async function startFaultServer(
  answer: (request: IncomingMessage, at: number, url: string) => Answer | 'hang',
): Promise<FaultServer> {
  const requests: FaultServer['requests'] = [];
  let url = '';
  let givenUp = 0;
  const server = createServer((request: IncomingMessage, response: ServerResponse) => {
    requests.push({ url: request.url ?? '', authorization: request.headers.authorization });
    response.on('close', () => {
      if (!response.writableEnded) givenUp += 1;
    });
    const given = answer(request, requests.length - 1, url);
    if (given === 'hang') return;
    const { status = 200, headers = {}, body = {}, delayMs = 0 } = given;
    setTimeout(() => {
      response.writeHead(status, { 'content-type': 'application/fhir+json', ...headers });
      response.end(typeof body === 'string' ? body : JSON.stringify(body));
    }, delayMs);
  });

  const loopback = await listenOnLoopback(server);
  url = `${loopback.url}/fhir`;
  return {
    url,
    requests,
    givenUp: () => givenUp,
    close: loopback.close,
  };
}
