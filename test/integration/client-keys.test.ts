import { rename, writeFile } from 'node:fs/promises';
import type { ServerResponse } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { exportJWK } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createSigningKey, type SigningKey, signToken, type TokenChanges } from '../helpers/client-tokens.ts';
import { type KeyServer, sendJson, startKeyServer } from '../helpers/key-server.ts';
import { discovery, startTrustedService, type TrustedService } from '../helpers/trusted-service.ts';

const seconds = (count: number) => count * 1000;
const closers: (() => Promise<unknown>)[] = [];
let keys: KeyServer;
let service: TrustedService;
let key: SigningKey;
let next: SigningKey;
let slow: ServerResponse | undefined;
let published: unknown;
let flaky: unknown;
let sent = 0;

/** Sends more than any key set until the receiver goes away. */
function sendEndlessly(response: ServerResponse): void {
  response.writeHead(200, { 'Content-Type': 'application/json' });
  response.write('{"keys":[],"padding":"');
  const more = () => {
    while (!response.destroyed && sent < 64 << 20) {
      sent += 65_536;
      if (!response.write('x'.repeat(65_536))) return response.once('drain', more);
    }
    return response.end('"}');
  };
  more();
}

beforeAll(async () => {
  key = await createSigningKey('ES384', 'first');
  next = await createSigningKey('RS384', 'second');
  const secret = { ...(await exportJWK(key.privateKey)), kid: key.kid, alg: 'ES384' };
  const good = { keys: [key.publicJwk] };
  keys = await startKeyServer({
    '/rotating': sendJson(() => published),
    '/other': sendJson(() => good),
    '/redirecting': (response) => response.writeHead(302, { Location: '/target' }).end(),
    '/target': sendJson(() => good),
    '/slow': (response) => {
      slow = response;
    },
    '/huge': sendEndlessly,
    '/flaky': (response) => (flaky === null ? response.writeHead(500).end('{}') : sendJson(() => flaky)(response)),
    '/broken': (response) => response.writeHead(200).end('{"keys": ['),
    '/no-key-set': sendJson(() => [key.publicJwk]),
    '/secret': sendJson(() => ({ keys: [secret] })),
    '/twice': sendJson(() => ({ keys: [key.publicJwk, key.publicJwk] })),
    '/both': sendJson(() => ({ keys: [next.publicJwk] })),
  });
  closers.push(keys.close);
  const paths = [
    'rotating',
    'other',
    'redirecting',
    'slow',
    'huge',
    'flaky',
    'broken',
    'no-key-set',
    'secret',
    'twice',
  ];
  service = await startTrustedService([
    ...paths.map((path) => ({ issuer: path, name: path, jku: `${keys.url}/${path}` })),
    { issuer: 'both', name: 'both', jku: `${keys.url}/both`, jwks: { keys: [key.publicJwk] } },
  ]);
  closers.push(service.close);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});
afterEach(() => {
  vi.useRealTimers();
});

async function statusOf(issuer: string, changes: TokenChanges = {}, by = key): Promise<number> {
  return (await service.call(discovery, await signToken(by, issuer, `${service.url}${discovery}`, changes))).status;
}

const requests = (path: string) => keys.requests.get(path) ?? 0;
/** The clock only: timers and the network go on as they are. */
function advance(ms: number): void {
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + ms });
}

describe('key sets at the registered jku', () => {
  it('J9: fetches the key set once for many calls, and takes jku in the header', async () => {
    published = { keys: [key.publicJwk] };
    const header = { jku: `${keys.url}/rotating` };
    const statuses = await Promise.all(Array.from({ length: 10 }, () => statusOf('rotating', { header })));
    expect(new Set(statuses)).toEqual(new Set([200]));
    expect(requests('/rotating')).toBe(1);
  });

  it('J9: fetches it again for a key that it does not know, once in half a minute', async () => {
    published = { keys: [next.publicJwk] };
    const before = requests('/rotating');
    for (let at = 0; at < 5; at++) expect(await statusOf('rotating', {}, next)).toBe(401);
    expect(requests('/rotating')).toBe(before);
    advance(seconds(31));
    expect(await statusOf('rotating', {}, next)).toBe(200);
    for (let at = 0; at < 5; at++) expect(await statusOf('rotating', { header: { kid: `no-${at}` } }, next)).toBe(401);
    expect(requests('/rotating')).toBe(before + 1);
    // The key that was rotated out no longer opens anything.
    expect(await statusOf('rotating')).toBe(401);
  });

  it('J9: fetches it again after ten minutes', async () => {
    const before = requests('/rotating');
    advance(seconds(631));
    expect(await statusOf('rotating', {}, next)).toBe(200);
    expect(requests('/rotating')).toBe(before + 1);
  });

  it('J9: asks for it only when the registered keys do not hold the kid', async () => {
    expect(await statusOf('both')).toBe(200);
    expect(requests('/both')).toBe(0);
    expect(await statusOf('both', {}, next)).toBe(200);
    expect(requests('/both')).toBe(1);
  });

  it('J7: refuses the jku of another issuer and one that nobody registered, and fetches neither', async () => {
    const [other, target] = [requests('/other'), requests('/target')];
    for (const jku of [`${keys.url}/other`, `${keys.url}/target`, `${keys.url}/both?`, 'file:///etc/passwd', '']) {
      expect(await statusOf('both', { header: { jku } }), jku).toBe(401);
    }
    expect([requests('/other'), requests('/target')]).toEqual([other, target]);
    expect(service.log()).toContain('JKU_NOT_REGISTERED');
  });

  it('J8: fetches nothing for a token that is wrong without its signature', async () => {
    const past = Math.floor(Date.now() / 1000) - 1000;
    expect(await statusOf('other', { claims: { iat: past, exp: past + 300 } })).toBe(401);
    expect(await statusOf('other', { claims: { aud: 'https://elsewhere.example/cds-services' } })).toBe(401);
    expect(
      await statusOf('other', {
        header: { alg: 'ES256' },
        signWith: (await createSigningKey('ES256', 'x')).privateKey,
      }),
    ).toBe(401);
    expect(requests('/other')).toBe(0);
  });
});

describe('key sets that are not what they should be', () => {
  it('J7: does not follow a redirect', async () => {
    expect(await statusOf('redirecting')).toBe(401);
    expect([requests('/redirecting'), requests('/target')]).toEqual([1, 0]);
  });

  it('J9: gives up on a slow one', async () => {
    const started = performance.now();
    expect(await statusOf('slow')).toBe(401);
    expect(performance.now() - started).toBeLessThan(5000);
    slow?.destroy();
  });

  it('J9: gives up on one that does not end', async () => {
    expect(await statusOf('huge')).toBe(401);
    await wait(50);
    // What the sockets buffer comes on top of the 256 KiB that are read.
    expect(sent).toBeLessThan(16 << 20);
  });

  it('J9: leaves one alone for five seconds after a failure, and then takes it', async () => {
    flaky = null;
    for (let at = 0; at < 5; at++) expect(await statusOf('flaky')).toBe(401);
    expect(requests('/flaky')).toBe(1);
    flaky = { keys: [key.publicJwk] };
    advance(seconds(6));
    expect(await statusOf('flaky')).toBe(200);
    expect(requests('/flaky')).toBe(2);
  });

  it.each(['broken', 'no-key-set', 'secret', 'twice'])('J9: refuses with the one at /%s', async (issuer) => {
    expect([await statusOf(issuer), await statusOf(issuer)]).toEqual([401, 401]);
    expect(requests(`/${issuer}`)).toBe(1);
  });
});

describe('a clients file that changes', () => {
  it('J9: is read again; one that can not be used leaves the last one in force', async () => {
    const clients = [{ issuer: 'a', name: 'A', jwks: { keys: [key.publicJwk] } }];
    const changing = await startTrustedService(clients);
    closers.push(changing.close);
    const replace = async (text: string) => {
      await writeFile(`${changing.clientsFile}.new`, text);
      await rename(`${changing.clientsFile}.new`, changing.clientsFile);
    };
    const status = async (issuer: string) =>
      (await changing.call(discovery, await signToken(key, issuer, `${changing.url}${discovery}`))).status;
    const logged = (text: string) =>
      vi.waitFor(() => expect(changing.log()).toContain(text), { timeout: 8000, interval: 100 });

    expect([await status('a'), await status('b')]).toEqual([200, 401]);
    await replace('{ "clients": [ { "issuer": "b" } ] }');
    await logged('changed clients file not usable');
    expect([await status('a'), await status('b')]).toEqual([200, 401]);
    await replace(JSON.stringify({ clients: [{ ...clients[0], issuer: 'b' }] }));
    await logged('clients file read again');
    expect([await status('a'), await status('b')]).toEqual([401, 200]);
  });
});
