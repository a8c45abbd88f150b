import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import express from 'express';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose';
import { orderSign } from '../helpers/hook-calls.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { assessablePatient, prefetchOf, startRecordService } from '../helpers/record-service.ts';
import type { LoadOrder, LoadReport } from './hooks-load.ts';

/*
 * A warm patient's order-sign, called over 50 connections by another process, beside a bare express route in this one
 * that parses the same body, verifies the same token and sends the same bytes.
 *
 *   npm run bench:hooks [-- --seconds 10 --connections 50 --postgres --markdown docs/hooks-benchmark.md]
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '50' },
    postgres: { type: 'boolean', default: false },
    markdown: { type: 'string' },
  },
});
const seconds = Number(options.seconds);
const connections = Number(options.connections);
const issuer = 'https://ehr.example/fhir';
const serviceId = '/cds-services/deltascope-order-sign';
const mostPerSecond = 4000;

const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-bench-'));
const { privateKey, publicKey } = await generateKeyPair('RS384', { extractable: true });
const publicJwk: JWK = { ...(await exportJWK(publicKey)), kid: 'bench', alg: 'RS384', use: 'sig' };
const privateJwk: JWK = { ...(await exportJWK(privateKey)), kid: 'bench', alg: 'RS384' };
const clientsFile = path.join(folder, 'clients.json');
const clients = [{ issuer, name: 'Bench', jwks: { keys: [publicJwk] }, requestsPerMinute: 1_000_000 }];
await writeFile(clientsFile, JSON.stringify({ clients }));

const postgres = options.postgres ? await startPostgres() : undefined;
// The prefetch is taken in open mode; what is measured has registered clients.
const open = await startRecordService();
const prefetch = await prefetchOf(open, assessablePatient);
await open.close();
const service = await startRecordService({
  DELTASCOPE_CLIENTS_FILE: clientsFile,
  ...(postgres !== undefined && { DELTASCOPE_DATABASE_URL: postgres.url }),
});
const body = JSON.stringify({ ...orderSign(assessablePatient, 'atezolizumab'), prefetch });

/** One process of load; what it signs for is one endpoint. */
function load(url: string, audience: string, forSeconds: number): Promise<LoadReport> {
  const order: LoadOrder = {
    url,
    audience,
    issuer,
    key: privateJwk,
    body,
    connections,
    seconds: forSeconds,
    tokens: mostPerSecond * forSeconds,
  };
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'hooks-load.ts');
  const child = fork(script, { execArgv: ['--import', 'tsx'] });
  return new Promise((resolve, reject) => {
    child.once('message', (report) => resolve(report as LoadReport));
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load process ended with ${code}`)));
    child.send(order);
  });
}

async function startBareRoute(answer: string): Promise<{ url: string; close(): void }> {
  const app = express();
  const keys = createLocalJWKSet({ keys: [publicJwk] });
  app.post(serviceId, express.json({ limit: '5mb' }), async (request, response) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    await jwtVerify(token, keys, { algorithms: ['RS384'], issuer, audience: `${service.url}${serviceId}` });
    response.type('application/json').send(answer);
  });
  const server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** The answer that both are to send; also warms the store. */
async function firstAnswer(): Promise<string> {
  const { SignJWT } = await import('jose');
  const claims = { iss: issuer, aud: `${service.url}${serviceId}`, jti: 'first' };
  const jwt = new SignJWT(claims).setProtectedHeader({ alg: 'RS384', kid: 'bench', typ: 'JWT' });
  const token = await jwt.setIssuedAt().setExpirationTime('5m').sign(privateKey);
  const response = await fetch(`${service.url}${serviceId}`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', Authorization: `Bearer ${token}` },
    body,
  });
  const text = await response.text();
  if (response.status !== 200 || !text.includes('"status":"assessed"')) throw new Error(`${response.status} ${text}`);
  return text;
}

const answer = await firstAnswer();
const bare = await startBareRoute(answer);
const audience = `${service.url}${serviceId}`;
// Both are compiled and warm before they are measured.
await load(`${service.url}${serviceId}`, audience, 3);
await load(`${bare.url}${serviceId}`, audience, 2);
const measured: [string, LoadReport][] = [
  ['Deltascope, order-sign, warm patient', await load(`${service.url}${serviceId}`, audience, seconds)],
  ['bare express route: same body, token and bytes', await load(`${bare.url}${serviceId}`, audience, seconds)],
];
bare.close();
await service.close();
await postgres?.close();
await rm(folder, { recursive: true, force: true });

const text = report(measured);
console.log(text);
if (options.markdown !== undefined) await writeFile(options.markdown, text);

function report(rows: readonly [string, LoadReport][]): string {
  const [ours, theirs] = rows.map(([, each]) => each.requestsPerSecond);
  return [
    '# Hook benchmark',
    '',
    `\`npm run bench:hooks\`: ${connections} connections for ${seconds} s from a second process, RS384 tokens, each used once,`,
    `a prefetched record of ${Math.round(body.length / 1024)} KiB, answers of ${(answer.length / 1024).toFixed(1)} KiB, ${options.postgres ? 'PostgreSQL' : 'the embedded database (PGlite)'}, audit entries written.`,
    `${cpus().length} shared cores (${cpus()[0]?.model.trim()}), Node.js ${process.version}, one service process.`,
    '',
    '| route | requests/s | p50 ms | p95 ms (97.5th) | p99 ms | requests | not 2xx | errors |',
    '|---|---|---|---|---|---|---|---|',
    ...rows.map(
      ([name, r]) =>
        `| ${name} | ${r.requestsPerSecond.toFixed(0)} | ${r.p50} | ${r.p95} | ${r.p99} | ${r.requests} | ${r.not2xx} | ${r.errors} |`,
    ),
    '',
    `Throughput is ${((100 * (ours ?? 0)) / (theirs ?? 1)).toFixed(0)}% of the bare route's.`,
    '',
  ].join('\n');
}
