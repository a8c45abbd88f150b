import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a request meets: it is passed on; answered here; passed on and its answer lost; or the server is gone. */
export type Fault = 'pass' | 'gone' | { readonly status: number; readonly after?: boolean };

export interface FaultProxy {
  /** Address of the same path on the proxy. */
  readonly url: string;
  /** `METHOD path` of every request. */
  readonly requests: string[];
  /** Decides what the next requests meet. */
  faultOf: (request: { readonly method: string; readonly path: string; readonly body: Buffer }) => Fault;
  close(): Promise<void>;
}

/** A proxy in front of a real server that fails as told. */
export async function startFaultProxy(target: string): Promise<FaultProxy> {
  const origin = new URL(target).origin;
  const server = createServer(async (request, response) => {
    const body = await bodyOf(request);
    const method = request.method ?? 'GET';
    const path = request.url ?? '/';
    proxy.requests.push(`${method} ${path.split('?')[0]}`);
    const fault = proxy.faultOf({ method, path, body });
    if (fault === 'gone') {
      request.socket.destroy();
      return;
    }
    const passed = fault === 'pass' || fault.after === true;
    const answered = passed ? await pass(origin, request, body).catch(() => null) : null;
    if (passed && answered === null) {
      request.socket.destroy();
      return;
    }
    if (fault !== 'pass') {
      response.writeHead(fault.status, { 'content-type': 'application/json' }).end('{}');
      return;
    }
    const headers = { 'content-type': answered?.headers.get('content-type') ?? 'application/json' };
    response.writeHead(answered?.status ?? 502, headers).end(answered?.bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const proxy: FaultProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${new URL(target).pathname}`,
    requests: [],
    faultOf: () => 'pass',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return proxy;
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function pass(origin: string, request: IncomingMessage, body: Buffer) {
  const headers = Object.fromEntries(
    Object.entries(request.headers).flatMap(([name, value]) =>
      ['accept', 'content-type', 'authorization'].includes(name) ? [[name, String(value)]] : [],
    ),
  );
  const ask = () =>
    fetch(`${origin}${request.url}`, {
      method: request.method ?? 'GET',
      headers: { ...headers, connection: 'close' },
      ...(body.length > 0 && { body: new Uint8Array(body) }),
    });
  // Orthanc now and then resets a connection that it has just taken.
  const answer = await ask().catch(ask);
  return { status: answer.status, headers: answer.headers, bytes: Buffer.from(await answer.arrayBuffer()) };
}
