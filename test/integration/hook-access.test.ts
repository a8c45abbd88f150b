import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { openDatabase } from '../../src/store/database.ts';
import { createSigningKey, type SigningKey, signToken } from '../helpers/client-tokens.ts';
import type { Answer, FaultServer } from '../helpers/fhir-fault-server.ts';
import { orderSign } from '../helpers/hook-calls.ts';
import { completePrefetch, lung1Patient, searchset, startRecordServer } from '../helpers/record-server.ts';
import { startTestService, type TestService } from '../helpers/test-service.ts';

const issuer = 'https://ehr.example/fhir';
const secret = 'transient-access-token-7d1f';
const scope = 'launch patient/*.rs openid fhirUser';

let fault: (type: string, url: string) => Answer | undefined;
/** The configured server, the one that is registered for the client, and one that is not. */
let configured: FaultServer;
let registered: FaultServer;
let foreign: FaultServer;
let folder: string;
let key: SigningKey;
let service: TestService;
let open: TestService;

beforeAll(async () => {
  configured = await startRecordServer((type, url) => fault(type, url));
  registered = await startRecordServer((type, url) => fault(type, url));
  foreign = await startRecordServer();
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-access-'));
  key = await createSigningKey('ES384', 'access');
  const clients = [{ issuer, name: 'EHR', jwks: { keys: [key.publicJwk] }, fhirServers: [`${registered.url}/`] }];
  const clientsFile = path.join(folder, 'clients.json');
  await writeFile(clientsFile, JSON.stringify({ clients }));
  const environment = {
    DELTASCOPE_CLIENTS_FILE: clientsFile,
    DELTASCOPE_DATA_DIR: path.join(folder, 'data'),
  };
  service = await startTestService(configured.url, 'http://127.0.0.1:9', undefined, environment, 0);
  open = await startTestService(configured.url, 'http://127.0.0.1:9', undefined, {}, 0);
});
beforeEach(() => {
  fault = () => undefined;
  for (const server of [configured, registered, foreign]) server.requests.length = 0;
});
afterAll(async () => {
  await open.close();
  await Promise.all([configured.close(), registered.close(), foreign.close()]);
  await rm(folder, { recursive: true, force: true });
});

const order = orderSign('lung1', 'atezolizumab');
const authorization = { access_token: secret, token_type: 'Bearer', expires_in: 300, scope, subject: 'deltascope' };
const access = (more: Readonly<Record<string, unknown>> = {}) => ({
  fhirServer: registered.url,
  fhirAuthorization: { ...authorization, ...more },
});
/** Requests at the configured, the registered and the foreign server. */
const counts = () => [configured, registered, foreign].map(({ requests }) => requests.length);

/** A hook call of the registered client, or of nobody in particular in open mode. */
async function send(more: Readonly<Record<string, unknown>>, on = service) {
  const endpoint = `${on.url}/cds-services/deltascope-order-sign`;
  const token = on === open ? null : await signToken(key, issuer, endpoint);
  const response = await fetch(endpoint, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...(token !== null && { Authorization: `Bearer ${token}` }) },
    body: JSON.stringify({ ...order, ...more }),
  });
  return { status: response.status, text: await response.text() };
}

describe('access that a hook call gives', () => {
  it('A1, A3, P14: the record is read from the registered server, with the token on each call', async () => {
    const { status, text } = await send(access());
    expect(status).toBe(200);
    expect(text).not.toContain('could not be read');
    const [own, given] = counts();
    expect([own, given !== undefined && given > 8]).toEqual([0, true]);
    expect(new Set(registered.requests.map(({ authorization: sent }) => sent))).toEqual(new Set([`Bearer ${secret}`]));
  });

  it.each([
    ['SMART 2', 'patient/Patient.r patient/Observation.rs patient/Condition.rs', ['Condition', 'Observation']],
    ['SMART 1', 'patient/Patient.read patient/Condition.read patient/Observation.write', ['Condition']],
  ])('A2: scopes as %s: what they do not cover is named, and not asked for', async (_title, granted, types) => {
    const { status, text } = await send(access({ scope: granted }));
    expect(status).toBe(200);
    const asked = registered.requests.map(({ url }) => /^\/fhir\/(\w+)/.exec(url)?.[1]);
    expect([...new Set(asked)].sort()).toEqual([...types, 'Patient'].sort());
    expect(text).toContain('FHIR_SCOPE');
    expect(text).toContain('MedicationRequest could not be read');
  });

  it('A2: a scope for a part of a type gives a part, which is said', async () => {
    const granted = 'patient/Patient.r patient/Condition.rs patient/Observation.rs?category=laboratory';
    expect((await send(access({ scope: granted }))).text).toContain('cover only a part of Observation');
  });

  it.each([
    ['a scope in the language of a vendor', { scope: 'MEDICATIONREQUEST.READ (R4) epic.scanning' }],
    ['no scope', { scope: undefined }],
    ['a scope that is a list', { scope: ['patient/*.rs'] }],
    ['a lower-case token type', { token_type: 'bearer' }],
    ['the patient as a reference', { patient: 'Patient/lung1' }],
  ])('A6: %s: the server is asked and decides', async (_title, more) => {
    expect((await send(access(more))).status).toBe(200);
    expect(counts()[0]).toBe(0);
    expect(counts()[1]).toBeGreaterThan(8);
  });

  it.each([
    ['empty', { access_token: '' }],
    ['blank', { access_token: ' ' }],
    ['absent', { access_token: undefined }],
    ['null', { access_token: null }],
    ['of another type', { token_type: 'MAC' }],
  ])('A6: a token that is %s: the configured server is read', async (_title, more) => {
    expect((await send(access(more))).status).toBe(200);
    expect(counts()[0]).toBeGreaterThan(8);
    expect(counts()[1]).toBe(0);
  });

  it('A5: a server that is not registered for the client is not called, and no other patient is taken for this one', async () => {
    const { status, text } = await send({ ...access(), fhirServer: foreign.url });
    expect([status, counts()]).toEqual([412, [0, 0, 0]]);
    expect(text).toContain('HOOK_PREREQUISITE');
    expect(text).toContain('fhirServer is not registered');
  });

  it('A5: in open mode no server is called but the configured one, and not with the token', async () => {
    const { status } = await send(access(), open);
    expect([status, counts().slice(1)]).toEqual([200, [0, 0]]);
    expect(configured.requests.every(({ authorization: sent }) => sent === undefined)).toBe(true);
  });

  it('A5: what the registered server refuses is not read from the configured one', async () => {
    fault = (type) => (type === 'Patient' ? { status: 403 } : undefined);
    const { status, text } = await send(access());
    expect([status, counts()[0]]).toEqual([412, 0]);
    expect(text).toContain('FHIR_REFUSED');
    // The answer does not wait for the searches that began beside the Patient; the next test does.
    await vi.waitFor(() => expect(registered.requests).toHaveLength(9), 20_000);
  });

  it('C7: a token for another patient than the one of the context', async () => {
    const { status, text } = await send(access({ patient: 'other' }));
    expect([status, counts()]).toEqual([400, [0, 0, 0]]);
    expect(text).toContain('FHIR_SUBJECT_MISMATCH');
  });

  it('A7: a complete prefetch: no server is asked, with access or without', async () => {
    expect((await send({ ...access(), prefetch: completePrefetch() })).status).toBe(200);
    expect(counts()).toEqual([0, 0, 0]);
  });
});

describe('prefetch and server together', () => {
  it('P9: null and an empty Bundle are answers, an absent key is a question', async () => {
    const { conditions: _, ...rest } = completePrefetch();
    const prefetch = { ...rest, medicationRequests: null, procedures: searchset('Procedure', { total: 0 }) };
    await send({ ...access(), prefetch });
    expect(registered.requests.map(({ url }) => url.split('?')[0])).toEqual(['/fhir/Condition']);
  });

  it.each([
    ['as the value', { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'timeout' }] }],
    [
      'as an entry',
      {
        resourceType: 'Bundle',
        entry: [
          {
            resource: { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'timeout' }] },
            search: { mode: 'outcome' },
          },
        ],
      },
    ],
  ])('P10: an OperationOutcome %s is a failure that is named, and not asked for again', async (_title, conditions) => {
    const { text } = await send({ ...access(), prefetch: { ...completePrefetch(), conditions } });
    expect(counts()).toEqual([0, 0, 0]);
    expect(text).toContain('Condition was not prefetched');
    expect(text).toContain('timeout');
  });

  it('P10: an OperationOutcome that says "nothing found" is an answer', async () => {
    const none = { resourceType: 'OperationOutcome', issue: [{ severity: 'warning', code: 'not-found' }] };
    const procedures = { resourceType: 'Bundle', total: 0, entry: [{ resource: none, search: { mode: 'outcome' } }] };
    const { text } = await send({ ...access(), prefetch: { ...completePrefetch(), procedures } });
    expect(text).not.toContain('Procedure');
  });

  it('P10: one that says "not everything is shown" is no whole answer', async () => {
    const hidden = { resourceType: 'OperationOutcome', issue: [{ severity: 'information', code: 'suppressed' }] };
    const page = searchset('Procedure');
    const procedures = { ...page, entry: [...page.entry, { resource: hidden, search: { mode: 'outcome' } }] };
    const { text } = await send({ ...access(), prefetch: { ...completePrefetch(), procedures } });
    expect(text).toContain('Procedure may be prefetched only in part');
    expect(text).toContain('suppressed');
  });

  it('P13: the next page of a prefetched Bundle is read with the access token, and the first is not read again', async () => {
    const url = `${registered.url}/Observation?page=2`;
    const labs = { ...searchset('Observation', { link: [{ relation: 'next', url }] }), entry: [] };
    await send({ ...access(), prefetch: { ...completePrefetch(), labs } });
    expect(registered.requests).toEqual([{ url: '/fhir/Observation?page=2', authorization: `Bearer ${secret}` }]);
  });

  it('P13: a next page elsewhere is not followed: the search is made anew', async () => {
    const labs = searchset('Observation', { link: [{ relation: 'next', url: `${foreign.url}/Observation?page=2` }] });
    await send({ ...access(), prefetch: { ...completePrefetch(), labs } });
    expect(counts()).toEqual([0, 1, 0]);
    expect(registered.requests[0]?.url).toContain('/fhir/Observation?patient=lung1');
  });

  it('P15: other keys, collections, Bundles without type and absolute references', async () => {
    const text = JSON.stringify(completePrefetch()).replaceAll('"Patient/lung1"', `"${registered.url}/Patient/lung1"`);
    const prefetch = JSON.parse(text) as Record<string, { type?: string }>;
    for (const [at, bundle] of Object.values(prefetch).entries()) {
      if (at % 2 === 0) delete bundle.type;
      else if (bundle.type !== undefined) bundle.type = 'collection';
    }
    const answer = await send({ ...access(), prefetch: { ...prefetch, neverAskedFor: { hello: 'world' } } });
    expect([answer.status, counts()]).toEqual([200, [0, 0, 0]]);
    expect(answer.text).toMatch(/LDH/);
    expect(answer.text).not.toContain('another patient');
  });

  it('C7: another Patient inside a prefetched Bundle', async () => {
    const patient = { resourceType: 'Bundle', entry: [{ resource: { ...lung1Patient, id: 'other' } }] };
    const { status, text } = await send({ ...access(), prefetch: { ...completePrefetch(), patient } });
    expect([status, counts()]).toEqual([400, [0, 0, 0]]);
    expect(text).toContain('FHIR_SUBJECT_MISMATCH');
  });

  it.each([
    ['null', null],
    ['failed', { resourceType: 'OperationOutcome', issue: [{ severity: 'error', code: 'forbidden' }] }],
  ])('P11: a Patient that was asked for in vain (%s) is 412, and not asked for again', async (_title, patient) => {
    const { status, text } = await send({ ...access(), prefetch: { ...completePrefetch(), patient } });
    expect([status, counts()]).toEqual([412, [0, 0, 0]]);
    expect(text).toContain('HOOK_PREREQUISITE');
  });
});

describe('after the call', () => {
  it('A3: the token is nowhere in the database and not in the log', async () => {
    fault = (type) => (type === 'Condition' ? { status: 500, body: { secret } } : undefined);
    expect((await send(access())).text).toContain('Condition could not be read');
    expect(service.log()).not.toContain(secret);
    await service.close();
    const database = await openDatabase({ folder: path.join(folder, 'data', 'database') });
    const tables = await database.query<{ name: string }>(
      `select quote_ident(table_schema) || '.' || quote_ident(table_name) as name from information_schema.tables
       where table_type = 'BASE TABLE' and table_schema not in ('pg_catalog', 'information_schema')`,
      [],
    );
    const rows: string[] = [];
    for (const { name } of tables) {
      const found = await database.query<{ row: string }>(`select to_jsonb(t)::text as row from ${name} t`, []);
      rows.push(...found.map(({ row }) => row));
    }
    await database.close();
    expect(rows.join('')).toContain('Condition could not be read');
    expect(rows.join('')).not.toContain(secret);
  });
});
