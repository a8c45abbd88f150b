import { once } from 'node:events';
import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { errorHandler } from '../../../src/http/operation-outcome.ts';
import { createViewerRouter, openViewer } from '../../../src/http/viewer/viewer.ts';
import { waitingPage } from '../../../src/http/viewer/waiting-page.ts';
import { createLogger } from '../../../src/log.ts';
import { type LoopbackServer, listenOnLoopback } from '../../helpers/loopback.ts';

const logger = createLogger('silent');
let archive: LoopbackServer;
let root: string;
let seen: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[] = [];

/** An archive whose answers say what was asked. */
beforeAll(async () => {
  const server = createServer(async (incoming, outgoing) => {
    let body = '';
    for await (const chunk of incoming) body += String(chunk);
    seen.push({ method: incoming.method ?? '', url: incoming.url ?? '', headers: incoming.headers, body });
    if (incoming.url?.endsWith('/refused')) {
      outgoing.writeHead(401, { 'WWW-Authenticate': 'Basic realm="archive"', 'Set-Cookie': 'archive=1' }).end();
    } else if (incoming.url?.endsWith('/frames/1')) {
      outgoing.writeHead(200, { 'Content-Type': 'multipart/related; type="application/octet-stream"; boundary=b' });
      outgoing.end(Buffer.from([0, 255, 1, 254]));
    } else {
      outgoing.writeHead(200, { 'Content-Type': 'application/dicom+json', 'Set-Cookie': 'archive=1' });
      outgoing.end(JSON.stringify([{ BulkDataURI: `${root}/studies/1/bulk`, other: `${root}x/studies` }]));
    }
  });
  archive = await listenOnLoopback(server);
  root = `${archive.url}/pacs/rs`;
});
beforeEach(() => {
  seen = [];
});
afterAll(() => archive.close());

function proxy(options: { url?: string; guard?: express.RequestHandler[] } = {}): express.Express {
  const viewer = {
    state: () => ({ kind: 'ready' as const }),
    settled: Promise.resolve({ kind: 'ready' as const }),
    files: express.Router(),
  };
  const router = createViewerRouter({
    viewer,
    dicomweb: { url: options.url ?? root, basic: { user: 'deltascope', password: 'secret' } },
    publicUrl: () => 'https://viewer.example',
    guard: options.guard ?? [],
    logger,
  });
  return express().use(router).use(errorHandler(logger));
}

describe('the proxy to the archive', () => {
  it("sends the service's credentials, and none of the client's", async () => {
    await request(proxy())
      .get('/dicom-web/studies?StudyInstanceUID=1.2')
      .set('Authorization', 'Bearer of-the-user')
      .set('Cookie', 'session=of-the-user')
      .set('X-Forwarded-For', '10.0.0.1')
      .expect(200);
    expect(seen[0]?.url).toBe('/pacs/rs/studies?StudyInstanceUID=1.2');
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('deltascope:secret').toString('base64')}`);
    expect(seen[0]?.headers.cookie).toBeUndefined();
    expect(seen[0]?.headers['x-forwarded-for']).toBeUndefined();
  });

  it('withholds the proofs of a client that waits for a go-ahead, too', async () => {
    const server = proxy().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const headers = { Expect: '100-continue', Cookie: 'session=of-the-user', Authorization: 'Bearer of-the-user' };
    const outgoing = get({ host: '127.0.0.1', port, path: '/dicom-web/studies', headers });
    const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
    answer.resume();
    await once(answer, 'end');
    server.close();
    expect(seen[0]?.headers.authorization).toBe(`Basic ${Buffer.from('deltascope:secret').toString('base64')}`);
    expect(seen[0]?.headers.cookie).toBeUndefined();
  });

  it("makes the archive's addresses ours, and no others; keeps neither its cookies nor copies", async () => {
    const { body, headers } = await request(proxy())
      .get('/dicom-web/studies/1/metadata')
      .buffer(true)
      .parse((response, done) => {
        let text = '';
        response.on('data', (chunk) => {
          text += String(chunk);
        });
        response.on('end', () => done(null, JSON.parse(text)));
      });
    expect(body).toEqual([
      { BulkDataURI: 'https://viewer.example/dicom-web/studies/1/bulk', other: `${root}x/studies` },
    ]);
    expect(headers['set-cookie']).toBeUndefined();
    expect(headers['cache-control']).toBe('no-store');
  });

  it('passes pixels byte by byte', async () => {
    const { body } = await request(proxy())
      .get('/dicom-web/studies/1/series/2/instances/3/frames/1')
      .buffer(true)
      .parse((response, done) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('end', () => done(null, Buffer.concat(chunks)));
      });
    expect([...(body as Buffer)]).toEqual([0, 255, 1, 254]);
  });

  it('stores at /studies with the body as it is', async () => {
    await request(proxy()).post('/dicom-web/studies').type('application/dicom').send('DICM').expect(200);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/pacs/rs/studies', body: 'DICM' });
  });

  it('stores at a study, too', async () => {
    await request(proxy()).post('/dicom-web/studies/1.2').type('application/dicom').send('DICM').expect(200);
    expect(seen[0]).toMatchObject({ method: 'POST', url: '/pacs/rs/studies/1.2' });
  });

  it.each([
    ['delete', '/dicom-web/studies/1'],
    ['put', '/dicom-web/studies/1'],
    ['post', '/dicom-web/studies/1/series'],
    ['post', '/dicom-web/changes'],
  ] as const)('%s %s never reaches the archive', async (method, address) => {
    await request(proxy())[method](address).expect(405);
    expect(seen).toEqual([]);
  });

  it("the archive's refusal of our credentials is no refusal of the user's", async () => {
    const { headers } = await request(proxy()).get('/dicom-web/studies/refused').expect(502);
    expect(headers['www-authenticate']).toBeUndefined();
  });

  it('an archive that does not answer: 503 PACS_UNREACHABLE', async () => {
    const { body } = await request(proxy({ url: 'http://127.0.0.1:9/rs' }))
      .get('/dicom-web/studies')
      .expect(503);
    expect(body.issue[0].details.text).toBe('PACS_UNREACHABLE');
  });

  it('asks the guard first', async () => {
    await request(proxy({ guard: [(_request, response) => void response.status(401).end()] }))
      .get('/dicom-web/studies')
      .expect(401);
    expect(seen).toEqual([]);
  });
});

describe('the viewer while it is not there', () => {
  it('a page says so, and looks again as long as that makes sense', () => {
    const early = waitingPage({ kind: 'fetching', stage: 'downloading' });
    expect(early).toContain('is being fetched');
    expect(early).toContain('http-equiv="refresh"');
    const late = waitingPage({ kind: 'unavailable', message: 'offline' });
    expect(late).toContain('could not be fetched');
    expect(late).not.toContain('refresh');
  });

  it('routes of the viewer answer 503, and an interface that is mistyped is still not found', async () => {
    // No folder can be made below a file.
    const viewer = openViewer(path.join(fileURLToPath(import.meta.url), 'viewer'));
    expect((await viewer.settled).kind).toBe('unavailable');
    const app = express().use(viewer.files);
    const page = await request(app).get('/deltascope').set('Accept', 'text/html').expect(503);
    expect(page.text).toContain('could not be fetched');
    await request(app).get('/mistyped').set('Accept', 'application/json').expect(404);
  });
});
