import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request as httpRequest, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';

/** TLS in front of a server on this machine, as a reverse proxy of a hospital has it. */
export interface HttpsFront {
  readonly port: number;
  /** Origin of the plain server; set before the first request. */
  target: string;
  close(): Promise<void>;
}

/**
 * Starts a front with a certificate that it has signed itself.
 *
 * @param answer Answers in place of the server behind, where it returns true.
 */
export async function startHttpsFront(
  answer: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<HttpsFront> {
  const server = createServer(selfSigned(), (request, response) => {
    if (!answer(request, response)) pass(front.target, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const front: HttpsFront = {
    port: (server.address() as AddressInfo).port,
    target: '',
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return front;
}

function selfSigned(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-certificate-'));
  try {
    const [key, cert] = [path.join(folder, 'key.pem'), path.join(folder, 'cert.pem')];
    const made = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
    execFileSync('openssl', [...made, '-subj', '/CN=test', '-keyout', key, '-out', cert], { stdio: 'ignore' });
    return { key: readFileSync(key), cert: readFileSync(cert) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function pass(target: string, request: IncomingMessage, response: ServerResponse): void {
  const { method, url, headers } = request;
  const forwarded = { 'x-forwarded-proto': 'https', 'x-forwarded-host': headers.host };
  const behind = httpRequest(`${target}${url}`, { method, headers: { ...headers, ...forwarded } }, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  behind.once('error', () => response.destroy());
  request.pipe(behind);
}
