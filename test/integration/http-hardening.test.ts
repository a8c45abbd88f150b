import { request as httpRequest } from 'node:http';
import { connect } from 'node:net';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSigningKey, type SigningKey, signToken } from '../helpers/client-tokens.ts';
import { patientView } from '../helpers/hook-calls.ts';
import {
  discovery,
  feedbackService,
  orderSignService,
  silentCall,
  startTrustedService,
  type TrustedService,
} from '../helpers/trusted-service.ts';

const origin = 'https://ehr.example';
const closers: (() => Promise<unknown>)[] = [];
let open: TrustedService;
let closed: TrustedService;
let key: SigningKey;

beforeAll(async () => {
  key = await createSigningKey('ES384', 'key');
  const registered = (issuer: string, requestsPerMinute: number) => ({
    issuer,
    name: issuer,
    jwks: { keys: [key.publicJwk] },
    requestsPerMinute,
  });
  open = await startTrustedService(null, { DELTASCOPE_CORS_ORIGINS: `${origin}, https://sandbox.example` });
  closers.push(open.close);
  closed = await startTrustedService([registered('busy', 3), registered('calm', 1000)], {
    DELTASCOPE_CORS_ORIGINS: origin,
    DELTASCOPE_TRUSTED_PROXIES: 'loopback',
  });
  closers.push(closed.close);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

async function outcomeOf(response: Response) {
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(response.headers.get('cache-control')).toBe('no-store');
  const outcome = (await response.json()) as fhir4.OperationOutcome;
  expect(outcome.resourceType).toBe('OperationOutcome');
  return { status: response.status, code: outcome.issue[0]?.details?.text };
}

/** Sends the Host header that a browser would send: fetch does not let one choose it. */
function statusForHost(service: TrustedService, host: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest(`${service.url}${discovery}`, { headers: { Host: host } }, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    sent.on('error', reject).end();
  });
}

/** Levels of arrays inside each other, as the value of an unknown field of a good call. */
const nested = (levels: number) =>
  `${JSON.stringify(silentCall).slice(0, -1)},"x":${'['.repeat(levels)}${']'.repeat(levels)}}`;

describe('bodies', () => {
  it.each([
    ['no JSON', '{', 400, 'HOOK_BODY_INVALID'],
    ['JSON that is no object', '"text"', 400, 'HOOK_BODY_INVALID'],
    ['a comment in JSON', '{} // comment', 400, 'HOOK_BODY_INVALID'],
    ['65 levels', nested(65), 400, 'HTTP_REQUEST_INVALID'],
    ['a million levels', nested(1_000_000), 400, 'HTTP_REQUEST_INVALID'],
    ['an array of 10,001 entries', JSON.stringify({ x: Array(10_001).fill(0) }), 400, 'HTTP_REQUEST_INVALID'],
    [
      'an object of 10,001 members',
      JSON.stringify(Object.fromEntries(Array.from({ length: 10_001 }, (_, at) => [at, 0]))),
      400,
      'HTTP_REQUEST_INVALID',
    ],
    [
      'more than 500,000 values',
      JSON.stringify({ x: Array(51).fill(Array(9999).fill(0)) }),
      400,
      'HTTP_REQUEST_INVALID',
    ],
    ['5 MiB and more', JSON.stringify({ x: 'x'.repeat(5 << 20) }), 413, 'HTTP_TOO_LARGE'],
  ])('E: %s', async (_title, body, status, code) => {
    expect(await outcomeOf(await open.call(orderSignService, null, { body }))).toEqual({ status, code });
  });

  it('C5: takes what is deep and large within reason', async () => {
    for (const body of [nested(60), { ...silentCall, x: 'x'.repeat(4 << 20) }]) {
      expect((await open.call(orderSignService, null, { body })).status).toBe(200);
    }
  });

  it('E: counts a packed body as it is unpacked', async () => {
    const send = (value: unknown) =>
      fetch(`${open.url}${orderSignService}`, {
        method: 'POST',
        headers: { 'Content-Type': 'application/json', 'Content-Encoding': 'gzip' },
        body: gzipSync(JSON.stringify(value)),
      });
    expect((await send(silentCall)).status).toBe(200);
    expect(await outcomeOf(await send({ x: 'x'.repeat(50 << 20) }))).toEqual({ status: 413, code: 'HTTP_TOO_LARGE' });
  });

  it.each([
    'application/json',
    'application/json; charset=utf-8',
    'application/json;charset=UTF-8',
    'Application/JSON',
  ])('G6: takes %s', async (type) => {
    const response = await open.call(orderSignService, null, { headers: { 'Content-Type': type } });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/jsonp',
    'application/json; charset=latin1',
    '',
  ])('E: refuses media type "%s"', async (type) => {
    const response = await open.call(orderSignService, null, { headers: { 'Content-Type': type } });
    expect(await outcomeOf(response)).toEqual({ status: 415, code: 'HTTP_MEDIA_TYPE' });
  });
});

describe('methods and addresses', () => {
  it.each([
    [discovery, 'POST', 'GET, HEAD, OPTIONS'],
    [discovery, 'DELETE', 'GET, HEAD, OPTIONS'],
    [orderSignService, 'GET', 'POST, OPTIONS'],
    [orderSignService, 'PUT', 'POST, OPTIONS'],
    [feedbackService, 'GET', 'POST, OPTIONS'],
  ])('E: %s has no %s', async (endpoint, method, allow) => {
    for (const service of [open, closed]) {
      const response = await service.call(endpoint, null, { method, ...(method === 'POST' && { body: {} }) });
      expect(response.headers.get('allow')).toBe(allow);
      expect(await outcomeOf(response)).toEqual({ status: 405, code: 'HTTP_METHOD' });
    }
  });

  it('C1: the address is POST {baseUrl}/cds-services/{id}; another id is not found', async () => {
    expect((await open.call(orderSignService, null)).status).toBe(200);
    for (const endpoint of ['/cds-services/other', '/cds-services/other/feedback', '/cds-services/__proto__']) {
      const response = await open.call(endpoint, null, { body: silentCall });
      expect(await outcomeOf(response), endpoint).toEqual({ status: 404, code: 'HOOK_UNKNOWN_SERVICE' });
    }
  });

  it('E: an address that can not be decoded is the fault of the request', async () => {
    const response = await open.call('/cds-services/%E0%A4%A', null, { body: silentCall });
    expect(await outcomeOf(response)).toEqual({ status: 400, code: 'HTTP_REQUEST_INVALID' });
  });

  it('E, R6: what is no HTTP is answered with an OperationOutcome too', async () => {
    const answer = await new Promise<string>((resolve, reject) => {
      const { port } = new URL(open.url);
      let text = '';
      const socket = connect(Number(port), '127.0.0.1', () => socket.write('NONSENSE\r\n\r\n'));
      socket.on('data', (chunk: Buffer) => {
        text += chunk.toString();
      });
      socket.on('end', () => resolve(text)).on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 Bad Request\r\nContent-Type: application\/json/);
    expect(JSON.parse(answer.split('\r\n\r\n')[1] ?? '')).toMatchObject({ resourceType: 'OperationOutcome' });
  });

  it('E, R6: a failure of the service says nothing about its inside', async () => {
    const response = await open.call('/cds-services/deltascope-patient-view', null, { body: patientView('nobody') });
    const text = await response.clone().text();
    expect(await outcomeOf(response)).toEqual({ status: 500, code: 'INTERNAL' });
    expect(text).not.toMatch(/\.ts|\.js|no record is read|node:|stack/);
  });

  it('R6: sends security headers and does not name its software', async () => {
    const { headers } = await open.call(discovery, null);
    expect(headers.get('x-powered-by')).toBeNull();
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect((await open.call(orderSignService, null)).headers.get('cache-control')).toBe('no-store');
  });
});

describe('CORS', () => {
  const preflight = (service: TrustedService, from: string, endpoint = orderSignService) =>
    service.call(endpoint, null, {
      method: 'OPTIONS',
      headers: {
        Origin: from,
        'Access-Control-Request-Method': 'POST',
        'Access-Control-Request-Headers': 'authorization,content-type',
      },
    });

  it.each([discovery, orderSignService, feedbackService])(
    'O2: answers OPTIONS %s without a token',
    async (endpoint) => {
      const response = await preflight(closed, origin, endpoint);
      expect(response.status).toBe(204);
      expect(response.headers.get('access-control-allow-origin')).toBe(origin);
      expect(response.headers.get('access-control-allow-headers')).toBe('authorization,content-type');
      expect(response.headers.get('access-control-allow-methods')).toBe('GET,POST');
      expect(response.headers.get('access-control-allow-credentials')).toBeNull();
    },
  );

  it('O1: lets the configured origins in, each by its name, and no other', async () => {
    for (const from of [origin, 'https://sandbox.example']) {
      const response = await open.call(discovery, null, { headers: { Origin: from } });
      expect(response.headers.get('access-control-allow-origin')).toBe(from);
      expect(response.headers.get('vary')).toContain('Origin');
    }
    for (const from of ['https://evil.example', 'null', 'http://ehr.example', 'https://ehr.example.evil.example']) {
      const responses = [await open.call(discovery, null, { headers: { Origin: from } }), await preflight(open, from)];
      for (const { headers } of responses) expect(headers.get('access-control-allow-origin'), from).toBeNull();
    }
  });

  it('O2: errors carry the headers too', async () => {
    const headers = { Origin: origin };
    const responses = [
      await closed.call(discovery, null, { headers }),
      await open.call(orderSignService, null, { headers, body: '{' }),
      await open.call(orderSignService, null, { headers, method: 'PUT' }),
      await open.call('/cds-services/other', null, { headers, body: {} }),
      await open.call('/cds-services/%E0%A4%A', null, { headers, body: {} }),
    ];
    expect(responses.map(({ status }) => status)).toEqual([401, 400, 405, 404, 400]);
    for (const response of responses) expect(response.headers.get('access-control-allow-origin')).toBe(origin);
  });
});

describe('open mode', () => {
  it('J1: answers this machine only, whatever name a page has made point to it', async () => {
    for (const host of ['127.0.0.1:4180', 'localhost:4180', '[::1]:4180', 'LOCALHOST']) {
      expect(await statusForHost(open, host), host).toBe(200);
    }
    for (const host of ['evil.example', 'evil.example:4180', '127.0.0.1.evil.example', '192.168.1.2:4180']) {
      expect(await statusForHost(open, host), host).toBe(400);
    }
  });
});

describe('too many requests', () => {
  const discover = async (issuer: string, address = '192.0.2.1') =>
    closed.call(discovery, await signToken(key, issuer, `${closed.url}${discovery}`), {
      headers: { 'X-Forwarded-For': address },
    });

  it('E: limits each issuer by its entry, with Retry-After', async () => {
    const statuses: number[] = [];
    for (let at = 0; at < 5; at++) statuses.push((await discover('busy')).status);
    expect(statuses).toEqual([200, 200, 200, 429, 429]);
    const refused = await discover('busy');
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
    expect(Number(refused.headers.get('retry-after'))).toBeLessThanOrEqual(60);
    expect(await outcomeOf(refused)).toEqual({ status: 429, code: 'HTTP_TOO_MANY_REQUESTS' });
    expect((await discover('calm')).status).toBe(200);
  });

  it('E: shuts out an address with many refused tokens, but not that of a known client', async () => {
    const refuse = async (address: string) => {
      const headers = { 'X-Forwarded-For': address };
      return (await closed.call(discovery, null, { headers })).status;
    };
    const addresses = ['192.0.2.7', '192.0.2.8'];
    expect((await discover('calm', '192.0.2.8')).status).toBe(200);
    for (const address of addresses) {
      const statuses: number[] = [];
      for (let at = 0; at < 302; at++) statuses.push(await refuse(address));
      expect(statuses.slice(0, 300).every((status) => status === 401)).toBe(true);
      expect(statuses.slice(300)).toEqual([429, 429]);
    }
    expect((await discover('calm', '192.0.2.7')).status).toBe(429);
    expect((await discover('calm', '192.0.2.8')).status).toBe(200);
    expect(await refuse('192.0.2.9')).toBe(401);
  });
});
