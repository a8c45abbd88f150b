import { afterEach, describe, expect, test } from 'vitest';
import { createFhirClient } from '../../src/fhir/client.ts';
import type { FactProblem } from '../../src/fhir/facts.ts';
import { readPatient } from '../../src/fhir/patient.ts';
import { codeOfRejection } from '../helpers/error-code.ts';
import { type Answer, type FaultServer, startFaultServer } from '../helpers/fhir-fault-server.ts';

const servers: FaultServer[] = [];

async function serverThat(answer: Parameters<typeof startFaultServer>[0]): Promise<FaultServer> {
  const server = await startFaultServer(answer);
  servers.push(server);
  return server;
}

const patient = { resourceType: 'Patient', id: '1' };
const page = (ids: readonly string[], next?: string) => ({
  resourceType: 'Bundle',
  type: 'searchset',
  ...(next !== undefined && { link: [{ relation: 'next', url: next }] }),
  entry: ids.map((id) => ({ resource: { resourceType: 'Observation', id }, search: { mode: 'match' } })),
});

afterEach(async () => {
  await Promise.all(servers.splice(0).map((server) => server.close()));
});

describe('answers of the server become named errors', () => {
  test.each<[string, Answer | 'hang', string]>([
    ['401', { status: 401 }, 'FHIR_REFUSED'],
    ['403', { status: 403 }, 'FHIR_REFUSED'],
    ['404', { status: 404 }, 'FHIR_PATIENT_NOT_FOUND'],
    ['410', { status: 410 }, 'FHIR_PATIENT_NOT_FOUND'],
    ['500', { status: 500 }, 'FHIR_UNREACHABLE'],
    ['400', { status: 400 }, 'FHIR_RESPONSE_INVALID'],
    ['no answer', 'hang', 'FHIR_UNREACHABLE'],
    ['a login page', { body: '<html></html>' }, 'FHIR_RESPONSE_INVALID'],
    ['JSON that is no FHIR', { body: { hello: 'world' } }, 'FHIR_RESPONSE_INVALID'],
    ['JSON null', { body: 'null' }, 'FHIR_RESPONSE_INVALID'],
    ['a redirect', { status: 302, headers: { location: 'http://127.0.0.1:9/fhir/Patient/1' } }, 'FHIR_UNREACHABLE'],
  ])('%s', async (_, answer, code) => {
    const { url } = await serverThat(() => answer);
    const client = createFhirClient({ baseUrl: url, timeoutMs: 1500 });
    expect(await codeOfRejection(client.read('Patient', '1'))).toBe(code);
  });

  test('nothing listens', async () => {
    const server = await serverThat(() => ({}));
    await server.close();
    expect(await codeOfRejection(createFhirClient({ baseUrl: server.url }).read('Patient', '1'))).toBe(
      'FHIR_UNREACHABLE',
    );
  });

  test('a type that the server does not offer', async () => {
    const { url } = await serverThat(() => ({ status: 404 }));
    expect(await codeOfRejection(createFhirClient({ baseUrl: url }).search('BodyStructure', {}))).toBe(
      'FHIR_NOT_OFFERED',
    );
  });

  test.each(['../Patient', '1?x=y', '', 'a/b'])('the id "%s" is not sent at all', async (id) => {
    const server = await serverThat(() => ({ body: patient }));
    expect(await codeOfRejection(createFhirClient({ baseUrl: server.url }).read('Patient', id))).toBe(
      'FHIR_PATIENT_NOT_FOUND',
    );
    expect(server.requests).toEqual([]);
  });

  test('a search that answers no Bundle', async () => {
    const { url } = await serverThat(() => ({ body: patient }));
    expect(await codeOfRejection(createFhirClient({ baseUrl: url }).search('Observation', {}))).toBe(
      'FHIR_RESPONSE_INVALID',
    );
  });

  test('another Patient than the one asked for', async () => {
    const { url } = await serverThat(() => ({ body: { ...patient, id: '2' } }));
    expect(await codeOfRejection(readPatient(createFhirClient({ baseUrl: url }), '1'))).toBe('FHIR_SUBJECT_MISMATCH');
  });

  test('no error carries what the server answered', async () => {
    const { url } = await serverThat(() => ({ status: 500, body: { secret: 'Mrs Miller' } }));
    const error: unknown = await createFhirClient({ baseUrl: url })
      .read('Patient', '1')
      .catch((failure: unknown) => failure);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toContain('Miller');
    expect((error as Error).cause).toBeUndefined();
  });
});

describe('more tries when the server is busy', () => {
  test.each([
    ['429 with Retry-After in seconds', 429, { 'retry-after': '0' }],
    ['503 with Retry-After as a date', 503, { 'retry-after': 'Thu, 01 Jan 1970 00:00:00 GMT' }],
    ['429 without Retry-After', 429, {}],
  ])('%s', async (_, status, headers) => {
    const server = await serverThat((_request, at) => (at === 0 ? { status, headers } : { body: patient }));
    await expect(createFhirClient({ baseUrl: server.url }).read('Patient', '1')).resolves.toMatchObject(patient);
    expect(server.requests).toHaveLength(2);
  });

  test('three more at the most', async () => {
    const server = await serverThat(() => ({ status: 429, headers: { 'retry-after': '0' } }));
    expect(await codeOfRejection(createFhirClient({ baseUrl: server.url }).read('Patient', '1'))).toBe(
      'FHIR_UNREACHABLE',
    );
    expect(server.requests).toHaveLength(4);
  });

  test('not before the server wants it: one that asks for a long wait is left alone', async () => {
    const server = await serverThat(() => ({ status: 429, headers: { 'retry-after': '3600' } }));
    const start = Date.now();
    expect(await codeOfRejection(createFhirClient({ baseUrl: server.url }).read('Patient', '1'))).toBe(
      'FHIR_UNREACHABLE',
    );
    expect(server.requests).toHaveLength(1);
    expect(Date.now() - start).toBeLessThan(2_000);
  });

  test('no second try for other failures', async () => {
    const server = await serverThat(() => ({ status: 500 }));
    await codeOfRejection(createFhirClient({ baseUrl: server.url }).read('Patient', '1'));
    expect(server.requests).toHaveLength(1);
  });
});

test('a connection that the server closes without an answer is tried once more', async () => {
  const server = await serverThat((request, at) => {
    if (at !== 0) return { body: patient };
    request.socket.destroy();
    return 'hang';
  });
  await expect(createFhirClient({ baseUrl: server.url }).read('Patient', '1')).resolves.toMatchObject(patient);
  expect(server.requests).toHaveLength(2);
});

describe('pages', () => {
  test('are followed on the same base, absolute and relative, with the token', async () => {
    const server = await serverThat((_request, at, url) => {
      if (at === 0) return { body: page(['a'], `${url}?_getpages=1`) };
      return { body: at === 1 ? page(['b'], 'Observation?page=3') : page(['c']) };
    });
    const client = createFhirClient({ baseUrl: `${server.url}/`, token: 'secret' });
    const found = await client.search('Observation', {
      patient: '1',
      code: undefined,
      _count: 1,
      date: ['ge2026', 'lt2027'],
    });
    expect(found.map((each) => (each as unknown as { id: string }).id)).toEqual(['a', 'b', 'c']);
    expect(server.requests.map(({ url }) => url)).toEqual([
      '/fhir/Observation?patient=1&_count=1&date=ge2026&date=lt2027',
      '/fhir?_getpages=1',
      '/fhir/Observation?page=3',
    ]);
    expect(server.requests.every(({ authorization }) => authorization === 'Bearer secret')).toBe(true);
  });

  test('remarks of the server about the search are no results', async () => {
    const { url } = await serverThat(() => ({
      body: { ...page([]), entry: [{ resource: { resourceType: 'OperationOutcome' }, search: { mode: 'outcome' } }] },
    }));
    expect(await createFhirClient({ baseUrl: url }).search('Observation', {})).toEqual([]);
  });

  test.each([
    ['another host', (_url: string, other: string) => `${other}/Observation?page=2`],
    ['another scheme', (url: string) => `${url.replace('http:', 'https:')}/Observation?page=2`],
    ['another path', (url: string) => `${url.replace('/fhir', '/admin')}/Observation?page=2`],
    ['a path that only begins alike', (url: string) => `${url}-other/Observation?page=2`],
    ['a way out of the base', (url: string) => `${url}/../admin?page=2`],
    ['credentials in the address', (url: string) => `${url.replace('//', '//user:pw@')}/Observation?page=2`],
    ['no address', () => 'http://'],
  ])('%s is refused, and never sees the token', async (_, next) => {
    const other = await serverThat(() => ({ body: page(['stolen']) }));
    const server = await serverThat((_request, at, url) => ({
      body: at === 0 ? page(['a'], next(url, other.url)) : page(['b']),
    }));
    const client = createFhirClient({ baseUrl: server.url, token: 'secret' });
    expect(await codeOfRejection(client.search('Observation', { patient: '1' }))).toBe('FHIR_FOREIGN_LINK');
    expect([server.requests.length, other.requests.length]).toEqual([1, 0]);
  });

  test('a cap ends the search, and that is reported', async () => {
    const server = await serverThat((_request, at, url) => ({
      body: page([`${at}`], `${url}/Observation?page=${at + 1}`),
    }));
    const problems: FactProblem[] = [];
    const client = createFhirClient({ baseUrl: server.url, maximumPages: 3 });
    const found = await client.search('Observation', {}, { report: (problem) => problems.push(problem) });
    expect([found.length, problems.map(({ code }) => code)]).toEqual([3, ['FHIR_TRUNCATED']]);
  });

  test('a page that points to itself ends in an error', async () => {
    const { url } = await serverThat((_request, _at, base) => ({ body: page(['a'], `${base}/Observation?page=2`) }));
    expect(await codeOfRejection(createFhirClient({ baseUrl: url }).search('Observation', {}))).toBe(
      'FHIR_RESPONSE_INVALID',
    );
  });
});
