import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { type LoopbackServer, listenOnLoopback } from './loopback.ts';

export interface KeyServer extends LoopbackServer {
  /** Requests so far, by path. */
  readonly requests: Map<string, number>;
}

/** Answers each path as told; what is not told is a 404. */
export async function startKeyServer(
  answers: Readonly<Record<string, (response: ServerResponse, request: IncomingMessage) => void>>,
): Promise<KeyServer> {
  const requests = new Map<string, number>();
  const server = createServer((request, response) => {
    const path = request.url ?? '/';
    requests.set(path, (requests.get(path) ?? 0) + 1);
    const answer = answers[path];
    if (answer === undefined) response.writeHead(404).end();
    else answer(response, request);
  });
  return { ...(await listenOnLoopback(server)), requests };
}

/** Sends a value as JSON. */
export function sendJson(value: () => unknown): (response: ServerResponse) => void {
  return (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value()));
}
