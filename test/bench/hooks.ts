import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { cpus, tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import express from 'express';
import { createLocalJWKSet, exportJWK, generateKeyPair, type JWK, jwtVerify } from 'jose';
import { orderSign } from '../helpers/hook-calls.ts';
import { type LoopbackServer, listenOnLoopback } from '../helpers/loopback.ts';
import { startPostgres } from '../helpers/postgres.ts';
import { assessablePatient, prefetchOf, startRecordService } from '../helpers/record-service.ts';
import type { LoadOrder, LoadReport } from './hooks-load.ts';

/*
 * order-sign called over 50 connections by another process, beside a bare express route in this one that parses the same body,
 * verifies the same token and sends the same bytes. Every call has a token and a hookInstance of its own. Warm: one patient whose
 * prefetch stays the same. Cold: the prefetch differs with every call, so that nothing is known of it.
 *
 *   npm run bench:hooks [-- --seconds 10 --connections 50 --postgres --audit-required --markdown docs/hooks-benchmark.md]
 */
const { values: options } = parseArgs({
  options: {
    seconds: { type: 'string', default: '8' },
    connections: { type: 'string', default: '50' },
    postgres: { type: 'boolean', default: false },
    'audit-required': { type: 'boolean', default: false },
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
  DELTASCOPE_AUDIT_REQUIRED: String(options['audit-required']),
  ...(postgres !== undefined && { DELTASCOPE_DATABASE_URL: postgres.url }),
});
const audience = `${service.url}${serviceId}`;
const call = orderSign(assessablePatient, 'atezolizumab');
const mark = '00000000-0000-4000-8000-000000000000';
const newCall = { ...call, hookInstance: mark };
const newRecord = {
  ...prefetch,
  patient: { ...(prefetch.patient as object), meta: { ...metaOf(prefetch.patient), versionId: mark } },
};
const bodies = {
  warm: JSON.stringify({ ...newCall, prefetch }),
  cold: JSON.stringify({ ...newCall, prefetch: newRecord }),
};

function metaOf(resource: unknown): object {
  return (resource as { readonly meta?: object }).meta ?? {};
}

interface Measured extends LoadReport {
  /** CPU time of this process for a request, all threads (ms). */
  readonly cpuMs: number;
}

/** One process of load; what it signs for is one endpoint. */
async function load(url: string, body: string, forSeconds: number, perSecond = mostPerSecond): Promise<Measured> {
  const order: LoadOrder = {
    url,
    audience,
    issuer,
    key: privateJwk,
    bodyParts: body.split(mark),
    connections,
    seconds: forSeconds,
    tokens: perSecond * forSeconds,
  };
  const script = path.join(path.dirname(fileURLToPath(import.meta.url)), 'hooks-load.ts');
  const child = fork(script, { execArgv: ['--import', 'tsx'] });
  let before = process.cpuUsage();
  const report = await new Promise<LoadReport>((resolve, reject) => {
    child.on('message', (said) => {
      // Tokens are signed before the clock starts.
      if (said === 'ready') before = process.cpuUsage();
      else resolve(said as LoadReport);
    });
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`the load process ended with ${code}`)));
    child.send(order);
  });
  const { user, system } = process.cpuUsage(before);
  return { ...report, cpuMs: (user + system) / 1000 / report.requests };
}

async function startBareRoute(answer: string): Promise<LoopbackServer> {
  const app = express();
  const keys = createLocalJWKSet({ keys: [publicJwk] });
  app.post(serviceId, express.json({ limit: '5mb' }), async (request, response) => {
    const token = request.headers.authorization?.slice('Bearer '.length) ?? '';
    await jwtVerify(token, keys, { algorithms: ['RS384'], issuer, audience });
    response.type('application/json').send(answer);
  });
  return listenOnLoopback(createServer(app));
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
    body: bodies.warm,
  });
  const text = await response.text();
  if (response.status !== 200 || !text.includes('"status":"assessed"')) throw new Error(`${response.status} ${text}`);
  return text;
}

const answer = await firstAnswer();
const bare = await startBareRoute(answer);
// All are compiled and warm before they are measured.
const ours = `${service.url}${serviceId}`;
const theirs = `${bare.url}${serviceId}`;
await load(ours, bodies.warm, 3);
await load(theirs, bodies.warm, 2);
const bareReport = await load(theirs, bodies.warm, seconds);
const warmReport = await load(ours, bodies.warm, seconds);
const coldReport = await load(ours, bodies.cold, seconds, 600);
bare.close();
await service.close();
await postgres?.close();
await rm(folder, { recursive: true, force: true });

const text = report([
  ['Deltascope, order-sign, warm: same prefetch', warmReport],
  ['Deltascope, order-sign, cold: another prefetch each time', coldReport],
  ['bare express route: same body, token and bytes', bareReport],
]);
console.log(text);
if (options.markdown !== undefined) await writeFile(options.markdown, text);

function report(rows: readonly (readonly [string, Measured])[]): string {
  const share = (100 * warmReport.requestsPerSecond) / bareReport.requestsPerSecond;
  return [
    '# Hook benchmark',
    '',
    `\`npm run bench:hooks\`: ${connections} connections for ${seconds} s from a second process, RS384 tokens, each used once,`,
    `a hookInstance of its own in each call,`,
    `a prefetched record of ${Math.round(bodies.warm.length / 1024)} KiB, answers of ${(answer.length / 1024).toFixed(1)} KiB, ${options.postgres ? 'PostgreSQL' : 'the embedded database (PGlite)'}, ${options['audit-required'] ? 'each answer after its audit entry' : 'audit entries written after the answer'}.`,
    `${cpus().length} shared cores (${cpus()[0]?.model.trim()}), Node.js ${process.version}, one service process.`,
    '',
    '| route | requests/s | p50 ms | p95 ms (97.5th) | p99 ms | CPU ms a request | requests | not 2xx | errors |',
    '|---|---|---|---|---|---|---|---|---|',
    ...rows.map(
      ([name, r]) =>
        `| ${name} | ${r.requestsPerSecond.toFixed(0)} | ${r.p50} | ${r.p95} | ${r.p99} | ${r.cpuMs.toFixed(2)} | ${r.requests} | ${r.not2xx} | ${r.errors} |`,
    ),
    '',
    `Warm, throughput is ${share.toFixed(0)}% of the bare route's. CPU is that of the service's process: its event loop, database and crypto threads.`,
    'Warm is what a chart that is open gives: its calls of one minute bring the same record. Cold is a first call.',
    '',
  ].join('\n');
}
