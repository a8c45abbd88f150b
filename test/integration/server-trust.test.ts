import { generateKeyPairSync } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { JWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { DeltascopeError } from '../../src/errors.ts';
import type { TokenSource } from '../../src/fhir/auth/access.ts';
import { type BackendServicesOptions, openBackendServices } from '../../src/fhir/auth/backend-services.ts';
import { readClientKey } from '../../src/fhir/auth/client-key.ts';
import { requestToken, signAssertion } from '../../src/fhir/auth/token-endpoint.ts';
import { createFhirClient } from '../../src/fhir/client.ts';
import { readClinicalFacts } from '../../src/fhir/read-facts.ts';
import { createLogger } from '../../src/log.ts';
import {
  type AuthorizationServer,
  type AuthorizationServerOptions,
  startAuthorizationServer,
} from '../helpers/authorization-server.ts';
import { asOf, mappings, patient, patientId, sclc } from '../helpers/fhir-resources.ts';

const clientId = 'deltascope-at-the-test-hospital';
const types = ['Patient', 'Observation', 'Condition', 'MedicationRequest'];
const allTypes = [
  ...types,
  'MedicationAdministration',
  'MedicationStatement',
  'BodyStructure',
  'Procedure',
  'Medication',
];
const scopesOf = (names: readonly string[]) => names.map((name) => `system/${name}.rs`);

let folder: string;
const servers: AuthorizationServer[] = [];
const files: Record<string, string> = {};
const publicJwks: Record<string, JWK> = {};

/** A key pair; the private half in a file. */
async function makeKey(
  name: string,
  kind: 'RS384' | 'ES384',
  form: 'jwk' | 'jwks' | 'pem',
  kid: string,
): Promise<void> {
  const { privateKey, publicKey } =
    kind === 'RS384'
      ? generateKeyPairSync('rsa', { modulusLength: 2048 })
      : generateKeyPairSync('ec', { namedCurve: 'P-384' });
  const jwk = { ...privateKey.export({ format: 'jwk' }), kid, alg: kind };
  const text =
    form === 'pem'
      ? privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()
      : JSON.stringify(form === 'jwk' ? jwk : { keys: [jwk] });
  files[name] = path.join(folder, `${name}.${form}`);
  await writeFile(files[name], text);
  publicJwks[name] = { ...(publicKey.export({ format: 'jwk' }) as JWK), kid, alg: kind, use: 'sig' };
}

function record(at: string): unknown {
  if (at.startsWith('/Patient/')) return patient();
  const entry = at.startsWith('/Condition') ? [{ resource: sclc() }] : [];
  return { resourceType: 'Bundle', type: 'searchset', entry };
}

async function authorize(more: Partial<AuthorizationServerOptions> = {}): Promise<AuthorizationServer> {
  const server = await startAuthorizationServer({
    clientId,
    publicJwk: publicJwks.ec ?? {},
    scopes: scopesOf(allTypes),
    record,
    ...more,
  });
  servers.push(server);
  return server;
}

const lines: string[] = [];
const logger = createLogger(
  'debug',
  new PassThrough().on('data', (chunk: Buffer) => lines.push(chunk.toString())),
);

function tokensFor(server: AuthorizationServer, more: Partial<BackendServicesOptions> = {}): Promise<TokenSource> {
  return openBackendServices({
    baseUrl: server.fhirUrl,
    clientId,
    keyFile: files.ec ?? '',
    scope: scopesOf(allTypes).join(' '),
    logger,
    ...more,
  });
}

async function failureOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
  } catch (error) {
    if (error instanceof DeltascopeError) return `${error.code} ${error.message}`;
    throw error;
  }
  return 'no error';
}

const tokenRequests = ({ requests }: AuthorizationServer) => requests.filter((url) => url === '/auth/token').length;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-keys-'));
  await makeKey('ec', 'ES384', 'jwk', 'ec-1');
  await makeKey('ecSet', 'ES384', 'jwks', 'ec-2');
  await makeKey('rsa', 'RS384', 'jwk', 'rsa-1');
  await makeKey('rsaPem', 'RS384', 'pem', 'replaced below');
  await makeKey('wrong', 'ES384', 'jwk', 'ec-1');
});
afterEach(async () => {
  lines.length = 0;
  await Promise.all(servers.splice(0).map((server) => server.close()));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe('SMART Backend Services against oidc-provider', () => {
  it.each(['ec', 'ecSet', 'rsa', 'rsaPem'])('a record is read with a token by the key "%s"', async (name) => {
    const { kid, algorithm } = await readClientKey(files[name] ?? '');
    const server = await authorize({ publicJwk: { ...publicJwks[name], kid, alg: algorithm } });
    const token = await tokensFor(server, { keyFile: files[name] ?? '' });
    const client = createFhirClient({ baseUrl: server.fhirUrl, token });
    const facts = await readClinicalFacts(client, patientId, { mappings, asOf, now: asOf });
    expect([facts.problems, facts.unread]).toEqual([[], []]);
    // One search a key and the Patient, one discovery, one token for all of them.
    expect(new Set(server.tokens).size).toBe(1);
    expect(tokenRequests(server)).toBe(1);
    expect(lines.join('')).not.toContain(server.tokens[0]);
  });

  it('a token is kept, renewed shortly before it ends, each time with an assertion of its own', async () => {
    const server = await authorize({ lifetime: 300 });
    let at = Date.now();
    const source = await tokensFor(server, { now: () => new Date(at) });
    const first = await source.token();
    at += 269_000;
    expect(await source.token()).toBe(first);
    at += 2_000;
    const second = await source.token();
    expect(second.value).not.toBe(first.value);
    expect(tokenRequests(server)).toBe(2);
  });

  it('a withdrawn token is replaced once, and the request repeated', async () => {
    const server = await authorize();
    const client = createFhirClient({ baseUrl: server.fhirUrl, token: await tokensFor(server) });
    await client.read('Patient', patientId);
    server.withdraw();
    await expect(client.read('Patient', patientId)).resolves.toMatchObject({ resourceType: 'Patient' });
    expect(tokenRequests(server)).toBe(2);
  });

  it('one that stops waiting does not stop the others', async () => {
    const server = await authorize();
    const source = await tokensFor(server);
    const impatient = new AbortController();
    const given = [source.token(impatient.signal), source.token()];
    impatient.abort(new Error('enough'));
    await expect(given[0]).rejects.toThrow('enough');
    await expect(given[1]).resolves.toMatchObject({ value: expect.any(String) });
    expect(tokenRequests(server)).toBe(1);
  });

  it('what is granted less than asked is named, and not asked for', async () => {
    const server = await authorize({ scopes: scopesOf(types) });
    const client = createFhirClient({ baseUrl: server.fhirUrl, token: await tokensFor(server) });
    const facts = await readClinicalFacts(client, patientId, { mappings, asOf, now: asOf });
    const missing = ['BodyStructure', 'MedicationAdministration', 'MedicationStatement', 'Procedure'];
    expect(facts.unread).toEqual(missing);
    expect(facts.problems.map(({ code }) => code)).toEqual(missing.map(() => 'FHIR_SCOPE'));
    expect(server.requests.filter((url) => missing.some((type) => url.startsWith(`/fhir/${type}`)))).toEqual([]);
    expect(lines.join('')).toContain('system/BodyStructure.rs');
  });
});

describe('what an authorization server refuses is reported by code', () => {
  /** Our failure, and the reason that the server keeps to itself. */
  async function answerTo(change: { at?: Date; endpoint?: string; key?: string }, times = 1): Promise<string[]> {
    const server = await authorize();
    const key = await readClientKey(files[change.key ?? 'ec'] ?? '');
    const endpoint = change.endpoint ?? server.tokenEndpoint;
    const assertion = await signAssertion(key, { clientId, endpoint, at: change.at ?? new Date() });
    let last = '';
    for (let at = 0; at < times; at += 1) {
      last = await failureOf(requestToken(server.tokenEndpoint, assertion, 'system/Patient.rs', { timeoutMs: 5000 }));
    }
    return [last, ...server.refusals];
  }

  it('a fresh assertion is taken', async () => {
    expect(await answerTo({})).toEqual(['no error']);
  });

  it.each<[string, Parameters<typeof answerTo>, RegExp]>([
    ['a replayed assertion', [{}, 2], /once/],
    ['an assertion for another audience', [{ endpoint: 'https://elsewhere.example/token' }], /aud/],
    ['an expired assertion', [{ at: new Date(Date.now() - 3_600_000) }], /expired/],
    ['an assertion by another key', [{ key: 'wrong' }], /signature/],
  ])('%s', async (_title, given, reason) => {
    const [failure, refusal] = await answerTo(...given);
    expect(failure).toMatch(/^FHIR_TOKEN_REFUSED .*\(invalid_client\)/);
    expect(refusal).toMatch(reason);
  });

  it('a clock that is an hour behind, as the record reading sees it', async () => {
    const server = await authorize();
    const token = await tokensFor(server, { now: () => new Date(Date.now() - 3_600_000) });
    const client = createFhirClient({ baseUrl: server.fhirUrl, token });
    expect(await failureOf(client.read('Patient', patientId))).toMatch(/^FHIR_TOKEN_REFUSED .*clocks/);
  });
});

describe('where the assertion goes', () => {
  it('a token endpoint on another origin gets nothing', async () => {
    const other = await authorize();
    const server = await authorize({ announcedEndpoint: other.tokenEndpoint });
    const source = await tokensFor(server);
    expect(await failureOf(source.token())).toMatch(/^FHIR_FOREIGN_LINK .*DELTASCOPE_FHIR_TOKEN_URL/);
    expect(other.requests).toEqual([]);
  });

  it('unless it is configured', async () => {
    const server = await authorize({ announcedEndpoint: 'https://elsewhere.example/token' });
    const source = await tokensFor(server, { tokenUrl: server.tokenEndpoint });
    await expect(source.token()).resolves.toMatchObject({ value: expect.any(String) });
    expect(server.requests).toEqual(['/auth/token']);
  });

  it('a server that does not answer is named as such, and asked again the next time', async () => {
    const server = await authorize();
    const source = await tokensFor(server, { tokenUrl: 'http://127.0.0.1:9/token' });
    expect(await failureOf(source.token())).toMatch(/^FHIR_UNREACHABLE /);
    expect(await failureOf(source.token())).toMatch(/^FHIR_UNREACHABLE /);
  });
});

describe('key files', () => {
  it.each([
    ['none there', undefined, /can not be read/],
    ['no key', 'hello', /neither a JWK nor/],
    ['no JSON', '{', /not valid JSON/],
    ['a public key', () => JSON.stringify(publicJwks.ec), /holds 0 private keys/],
    [
      'a curve that SMART does not name',
      () => {
        const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
        return JSON.stringify(privateKey.export({ format: 'jwk' }));
      },
      /P-384/,
    ],
    [
      'a short RSA key',
      () => {
        const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 1024 });
        return privateKey.export({ format: 'pem', type: 'pkcs8' }).toString();
      },
      /2048/,
    ],
  ])('%s', async (title, content, message) => {
    const file = path.join(folder, `${title}.key`);
    if (content !== undefined) await writeFile(file, typeof content === 'string' ? content : content());
    const failure = await failureOf(readClientKey(file));
    expect(failure).toMatch(/^CONFIG_INVALID /);
    expect(failure).toMatch(message);
  });
});
