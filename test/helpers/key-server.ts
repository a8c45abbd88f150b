import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface KeyServer {
  readonly url: string;
  /** Requests so far, by path. */
  readonly requests: Map<string, number>;
  close(): Promise<void>;
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
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a value as JSON. */
export function sendJson(value: () => unknown): (response: ServerResponse) => void {
  return (response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(value()));
}
