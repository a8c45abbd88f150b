import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { connectServers, type ServerConnections } from '../../src/jobs/server-connections.ts';
import { createLogger } from '../../src/log.ts';
import type { DicomwebAddress, FhirAddress } from '../../src/server-addresses.ts';
import { listenOnLoopback } from '../helpers/loopback.ts';
import { programsAvailable, programsSkipReason } from '../helpers/programs.ts';

const available = programsAvailable('openssl');

let folder: string;
const file = (name: string) => path.join(folder, name);
const closers: (() => Promise<unknown>)[] = [];
const logger = createLogger('silent');

/** An authority with its own certificate, and one certificate that it signed, as `<name>.crt` and `<name>.key`. */
function issue(authority: string, name: string, extension: string): void {
  const openssl = (...given: readonly string[]) => execFileSync('openssl', given, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  openssl(
    'req',
    '-x509',
    ...key,
    '-keyout',
    `${authority}.key`,
    '-out',
    `${authority}.crt`,
    '-subj',
    `/CN=${authority}`,
  );
  openssl('req', ...key, '-keyout', `${name}.key`, '-out', `${name}.csr`, '-subj', `/CN=${name}`);
  const ca = ['-CA', `${authority}.crt`, '-CAkey', `${authority}.key`, '-CAcreateserial'];
  openssl('x509', '-req', '-in', `${name}.csr`, ...ca, '-out', `${name}.crt`, '-days', '2', '-extfile', extension);
}

interface Seen {
  readonly url: string;
  /** Names of the archive and of who asks, as proven to each other. */
  readonly handlers: string[];
  readonly authorization: (string | undefined)[];
}

/** Answers FHIR and DICOMweb alike with nothing found, or as told. */
async function serve(tls: boolean, statuses: readonly number[] = []): Promise<Seen> {
  const handlers: string[] = [];
  const authorization: (string | undefined)[] = [];
  const answer: RequestListener = (request, response) => {
    const socket = request.socket as { getPeerCertificate?: () => { subject?: { CN?: string } } };
    handlers.push(socket.getPeerCertificate?.().subject?.CN ?? 'unknown');
    authorization.push(request.headers.authorization);
    request.resume();
    const status = statuses[handlers.length - 1] ?? 200;
    const body = request.url?.startsWith('/fhir') ? { resourceType: 'Bundle', type: 'searchset' } : [];
    const headers = { 'Content-Type': 'application/dicom+json', ...(status !== 200 && { 'Retry-After': '0' }) };
    response.writeHead(status, headers).end(JSON.stringify(body));
  };
  const pem = (name: string) => readFileSync(file(name));
  const server: Server = tls
    ? createTlsServer(
        {
          key: pem('server.key'),
          cert: pem('server.crt'),
          ca: pem('clients.crt'),
          requestCert: true,
          rejectUnauthorized: true,
        },
        answer,
      )
    : createServer(answer);
  const { url, close } = await listenOnLoopback(server);
  closers.push(close);
  return { url: tls ? url.replace('http:', 'https:') : url, handlers, authorization };
}

async function connect(
  url: string,
  { dicomweb = {}, fhir = {} }: { dicomweb?: Partial<DicomwebAddress>; fhir?: Partial<FhirAddress> },
): Promise<ServerConnections> {
  const connections = await connectServers(
    { fhir: { url: `${url}/fhir`, ...fhir }, dicomweb: { url: `${url}/dicom-web`, ...dicomweb } },
    ['Patient'],
    logger,
  );
  closers.push(connections.close);
  return connections;
}

const own = () => ({ cert: file('deltascope.crt'), key: file('deltascope.key'), ca: file('servers.crt') });
const query = { PatientID: 'P' };

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-tls-'));
  if (!available) return;
  await writeFile(file('server.ext'), 'subjectAltName=IP:127.0.0.1\n');
  await writeFile(file('client.ext'), 'extendedKeyUsage=clientAuth\n');
  issue('servers', 'server', 'server.ext');
  issue('clients', 'deltascope', 'client.ext');
  issue('strangers', 'stranger', 'client.ext');
});
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe.skipIf(!available)(`mutual TLS (${programsSkipReason('openssl')})`, () => {
  it('both servers are read with our certificate', async () => {
    const { url, handlers } = await serve(true);
    const { dicomweb, fhir } = await connect(url, { dicomweb: { tls: own() }, fhir: { tls: own() } });
    expect(await dicomweb.searchStudies(query)).toEqual([]);
    expect(await fhir.search('Condition', { patient: '1' })).toEqual([]);
    expect(handlers).toEqual(['deltascope', 'deltascope']);
  });

  it.each([
    ['no certificate', () => ({ ca: file('servers.crt') })],
    [
      'the certificate of another authority',
      () => ({ ...own(), cert: file('stranger.crt'), key: file('stranger.key') }),
    ],
    ['a server of an authority that is not trusted', () => ({ ...own(), ca: file('strangers.crt') })],
  ])('%s: the server is not reached, and nothing is sent', async (_title, tls) => {
    const { url, handlers } = await serve(true);
    const { dicomweb, fhir } = await connect(url, { dicomweb: { tls: tls() }, fhir: { tls: tls() } });
    await expect(dicomweb.searchStudies(query)).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    await expect(fhir.search('Condition', {})).rejects.toMatchObject({ code: 'FHIR_UNREACHABLE' });
    expect(handlers).toEqual([]);
  });

  it('a server that names itself by a private authority is not trusted without it', async () => {
    const { url, handlers } = await serve(true);
    const { dicomweb } = await connect(url, {});
    await expect(dicomweb.searchStudies(query)).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(handlers).toEqual([]);
  });

  it.each([
    ['a file that is not there', () => ({ ...own(), cert: file('absent.crt') })],
    ['a key that is none', () => ({ ...own(), key: file('server.ext') })],
    ['a key of another certificate', () => ({ ...own(), key: file('stranger.key') })],
  ])('%s: the service does not start', async (_title, tls) => {
    await expect(connect('https://127.0.0.1:9', { dicomweb: { tls: tls() } })).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      subject: 'DELTASCOPE_DICOMWEB_CERT',
    });
  });
});

describe.skipIf(!available)(`credentials for the archive (${programsSkipReason('openssl')})`, () => {
  it.each<[string, Partial<DicomwebAddress>, string]>([
    ['bearer token', { token: 'for-the-archive' }, 'Bearer for-the-archive'],
    // RFC 7617 section 2.1: user-id "test", password 123 and the pound sign, in UTF-8.
    ['user and password', { basic: { user: 'test', password: '123\u00A3' } }, 'Basic dGVzdDoxMjPCow=='],
  ])('%s', async (_title, dicomweb, expected) => {
    const { url, authorization } = await serve(false);
    const connections = await connect(url, { dicomweb });
    await connections.dicomweb.searchStudies(query);
    await connections.fhir.search('Condition', {});
    expect(authorization).toEqual([expected, undefined]);
  });
});

describe.skipIf(!available)(`a busy archive (${programsSkipReason('openssl')})`, () => {
  it('is asked again', async () => {
    const { url, handlers } = await serve(false, [503, 429]);
    const { dicomweb } = await connect(url, {});
    expect(await dicomweb.searchStudies(query)).toEqual([]);
    expect(handlers).toHaveLength(3);
  });

  it('three times at the most', async () => {
    const { url, handlers } = await serve(false, [429, 429, 429, 429, 429]);
    const { dicomweb } = await connect(url, {});
    await expect(dicomweb.searchStudies(query)).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(handlers).toHaveLength(4);
  });

  it('is not given a second time what it may have stored', async () => {
    const { url, handlers } = await serve(false, [503]);
    const { dicomweb } = await connect(url, {});
    await expect(dicomweb.storeInstances([new Uint8Array(200)])).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(handlers).toHaveLength(1);
  });
});
