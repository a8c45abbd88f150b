import { randomUUID } from 'node:crypto';
import { type CryptoKey, exportSPKI, importJWK } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  clientClaims,
  createSigningKey,
  rawToken,
  type SigningKey,
  signToken,
  type TokenChanges,
} from '../helpers/client-tokens.ts';
import { freePort } from '../helpers/loopback.ts';
import {
  discovery,
  feedbackService,
  orderSignService,
  startTrustedService,
  type TrustedService,
} from '../helpers/trusted-service.ts';

const issuer = 'https://ehr.example/fhir';
const other = 'https://other.example/fhir';
const closers: (() => Promise<unknown>)[] = [];
let service: TrustedService;
let es384: SigningKey;
let rs384: SigningKey;
let otherKey: SigningKey;

beforeAll(async () => {
  es384 = await createSigningKey('ES384', 'ec-1');
  rs384 = await createSigningKey('RS384', 'rsa-1');
  otherKey = await createSigningKey('ES384', 'other-1');
  service = await startTrustedService([
    { issuer, name: 'EHR', jwks: { keys: [es384.publicJwk, rs384.publicJwk] }, fhirServers: [`${issuer}/r4/`] },
    { issuer: other, name: 'Other EHR', jwks: { keys: [otherKey.publicJwk] }, tenants: ['north', 'south'] },
  ]);
  closers.push(service.close);
});
afterAll(async () => {
  for (const close of closers.reverse()) await close();
});

const url = (endpoint: string) => `${service.url}${endpoint}`;

/** Status of a discovery call with a token of the EHR, changed as told. */
async function discover(changes: TokenChanges = {}, key = es384, iss = issuer): Promise<number> {
  return (await service.call(discovery, await signToken(key, iss, url(discovery), changes))).status;
}

/** Sends a token that must be refused, and gives the reason that the log of the service names. */
async function refusalOf(token: string | null, endpoint = discovery): Promise<string> {
  const before = service.log().length;
  const response = await service.call(endpoint, token);
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe('Bearer');
  expect(await response.json()).toEqual({
    resourceType: 'OperationOutcome',
    issue: [
      {
        severity: 'error',
        code: 'login',
        details: { text: 'HTTP_UNAUTHORIZED' },
        diagnostics: 'a token of a registered client is needed',
      },
    ],
  });
  const { reason } = JSON.parse(service.log().slice(before)) as { reason: string };
  return reason;
}

const now = () => Math.floor(Date.now() / 1000);

describe('a registered client', () => {
  it.each([discovery, orderSignService, feedbackService])(
    'D11, J2, J5: calls %s with ES384 and with RS384',
    async (endpoint) => {
      for (const key of [es384, rs384]) {
        const response = await service.call(endpoint, await signToken(key, issuer, url(endpoint)));
        expect(response.status).toBe(200);
      }
    },
  );

  it.each([discovery, orderSignService, feedbackService])('J2: is refused at %s without a token', async (endpoint) => {
    expect(await refusalOf(null, endpoint)).toBe('TOKEN_MISSING');
  });

  it('J12: may write the scheme in any case, and send claims of its own', async () => {
    const token = await signToken(es384, issuer, url(discovery), { claims: { sub: issuer, nbf: now() - 300, azp: 1 } });
    for (const scheme of ['BEARER', 'bearer']) {
      const fresh = scheme === 'BEARER' ? token : await signToken(es384, issuer, url(discovery));
      const response = await service.call(discovery, null, { headers: { Authorization: `${scheme}  ${fresh}` } });
      expect(response.status).toBe(200);
    }
  });

  it('J12: is refused with another scheme', async () => {
    const before = service.log().length;
    const headers = { Authorization: `Basic ${await signToken(es384, issuer, url(discovery))}` };
    expect((await service.call(discovery, null, { headers })).status).toBe(401);
    expect(service.log().slice(before)).toContain('TOKEN_MISSING');
  });
});

describe('what a token must be', () => {
  it.each(['alg', 'kid', 'typ'])('J3: refuses a header without %s', async (field) => {
    const header = { alg: 'ES384', kid: es384.kid, typ: 'JWT', [field]: undefined };
    expect(await refusalOf(rawToken(header, clientClaims(issuer, url(discovery)), 'AAAA'))).toBe('TOKEN_MALFORMED');
  });

  it('J3: refuses another typ', async () => {
    const token = await signToken(es384, issuer, url(discovery), { header: { typ: 'at+jwt' } });
    expect(await refusalOf(token)).toBe('TOKEN_MALFORMED');
  });

  it.each(['iss', 'aud', 'exp', 'iat', 'jti'])('J4: refuses a token without %s', async (claim) => {
    const token = await signToken(es384, issuer, url(discovery), { claims: { [claim]: undefined } });
    expect(await refusalOf(token)).toBe('TOKEN_MALFORMED');
  });

  it.each([
    ['a jti of 257 characters', { jti: 'x'.repeat(257) }],
    ['an empty jti', { jti: '' }],
    ['a jti with NUL', { jti: 'a\u0000b' }],
    ['a numeric jti', { jti: 7 }],
    ['an empty list of aud', { aud: [] }],
    ['a tenant that is no text', { tenant: 7 }],
    ['exp as text', { exp: '9999999999' }],
  ])('J4: refuses %s', async (_title, claims) => {
    const token = await signToken(es384, issuer, url(discovery), { claims });
    expect(['TOKEN_MALFORMED', 'AUDIENCE_WRONG']).toContain(await refusalOf(token));
  });

  it.each([
    ['text', 'no-token'],
    ['two parts', 'e30.e30'],
    ['parts that are no JSON', 'AAAA.BBBB.CCCC'],
    ['an encrypted token (five parts)', 'e30.e30.e30.e30.e30'],
    ['JSON that is no object', rawToken([], 'text', 'AAAA')],
  ])('J4: refuses %s', async (_title, token) => {
    expect(await refusalOf(token)).toBe('TOKEN_MALFORMED');
  });

  it('J3: refuses a critical header extension that it does not know', async () => {
    const header = {
      alg: 'ES384',
      kid: es384.kid,
      typ: 'JWT',
      crit: ['http://example.org/x'],
      'http://example.org/x': 1,
    };
    const token = rawToken(header, clientClaims(issuer, url(discovery)), 'AAAA');
    expect(await refusalOf(token)).toBe('TOKEN_MALFORMED');
  });
});

describe('signatures', () => {
  it('J5: refuses alg none', async () => {
    for (const alg of ['none', 'None', 'NONE']) {
      const header = { alg, kid: es384.kid, typ: 'JWT' };
      expect(await refusalOf(rawToken(header, clientClaims(issuer, url(discovery))))).toBe('ALGORITHM_NOT_ALLOWED');
    }
  });

  it('J5: refuses HS256 and HS384 with the public key as the secret', async () => {
    for (const alg of ['HS256', 'HS384']) {
      const publicKey = await importJWK(rs384.publicJwk, 'RS384', { extractable: true });
      const secret = new TextEncoder().encode(await exportSPKI(publicKey as CryptoKey));
      const header = { alg, kid: rs384.kid };
      const token = await signToken(es384, issuer, url(discovery), { header, signWith: secret });
      expect(await refusalOf(token)).toBe('ALGORITHM_NOT_ALLOWED');
    }
  });

  it('J5: refuses an algorithm that the client is not registered with', async () => {
    const key = await createSigningKey('ES256', 'es256');
    expect(await refusalOf(await signToken(key, issuer, url(discovery)))).toBe('ALGORITHM_NOT_ALLOWED');
  });

  it('J8: refuses a signature by another key under a registered kid', async () => {
    const token = await signToken(es384, issuer, url(discovery), { signWith: otherKey.privateKey });
    expect(await refusalOf(token)).toBe('SIGNATURE_WRONG');
  });

  it('J8: refuses a token that was changed after it was signed', async () => {
    const [header, , signature] = (await signToken(es384, issuer, url(discovery))).split('.');
    const claims = Buffer.from(JSON.stringify(clientClaims(issuer, url(discovery)))).toString('base64url');
    expect(await refusalOf(`${header}.${claims}.${signature}`)).toBe('SIGNATURE_WRONG');
  });

  it('J12: refuses an unknown kid, and a kid whose key is of another type', async () => {
    for (const kid of ['unknown', rs384.kid]) {
      expect(await refusalOf(await signToken(es384, issuer, url(discovery), { header: { kid } }))).toBe('KEY_UNKNOWN');
    }
  });

  it('J7: refuses a key that the token itself brings', async () => {
    const stranger = await createSigningKey('ES384', 'ec-stranger');
    const header = { jwk: stranger.publicJwk };
    expect(await refusalOf(await signToken(stranger, issuer, url(discovery), { header }))).toBe('KEY_UNKNOWN');
  });

  it('J7: refuses an unknown issuer, and the key of another issuer', async () => {
    expect(await refusalOf(await signToken(es384, 'https://unknown.example', url(discovery)))).toBe('ISSUER_UNKNOWN');
    expect(await refusalOf(await signToken(otherKey, issuer, url(discovery)))).toBe('KEY_UNKNOWN');
    expect(await refusalOf(await signToken(es384, `${issuer}/`, url(discovery)))).toBe('ISSUER_UNKNOWN');
  });
});

describe('audience', () => {
  it('J6: takes a list with the endpoint in it', async () => {
    expect(await discover({ claims: { aud: ['https://elsewhere.example', url(discovery)] } })).toBe(200);
  });

  const endpoints = [discovery, orderSignService, feedbackService, '/cds-services/deltascope-patient-view', '', '/'];
  it.each([discovery, orderSignService, feedbackService])(
    'J6: refuses at %s what is for another endpoint',
    async (endpoint) => {
      for (const aud of endpoints.filter((each) => each !== endpoint)) {
        expect(await refusalOf(await signToken(es384, issuer, url(aud)), endpoint)).toBe('AUDIENCE_WRONG');
      }
    },
  );

  it.each([
    ['another host', 'https://elsewhere.example/cds-services'],
    ['a path that goes on', '/cds-services/x'],
    ['a query', '/cds-services?x=1'],
    ['no address', 'cds-services'],
    ['another case of the path', '/CDS-services'],
  ])('J6: refuses %s', async (_title, aud) => {
    const token = await signToken(es384, issuer, aud.startsWith('/') ? url(aud) : aud);
    expect(await refusalOf(token)).toBe('AUDIENCE_WRONG');
  });

  it('J6: the endpoint is the one under the public address, whatever Host says', async () => {
    const port = await freePort();
    const elsewhere = await startTrustedService([{ issuer, name: 'EHR', jwks: { keys: [es384.publicJwk] } }], {
      DELTASCOPE_PUBLIC_URL: 'https://CDS.example.org:443/lung/',
      DELTASCOPE_PORT: String(port),
    });
    closers.push(elsewhere.close);
    const here = `http://127.0.0.1:${port}${discovery}`;
    const status = async (aud: string) => {
      const headers = { Authorization: `Bearer ${await signToken(es384, issuer, aud)}` };
      return (await fetch(here, { headers })).status;
    };
    expect(await status('https://cds.example.org/lung/cds-services')).toBe(200);
    expect(await status('https://cds.example.org/lung/cds-services/')).toBe(200);
    expect(await status(here)).toBe(401);
    expect(await status('https://cds.example.org/cds-services')).toBe(401);
  });
});

describe('time', () => {
  it.each([
    ['an expired token', { iat: -400, exp: -61 }, 'TOKEN_EXPIRED'],
    ['a token from the future', { iat: 90, exp: 300 }, 'TOKEN_NOT_YET_VALID'],
    ['a token that is not valid yet', { iat: 0, nbf: 90, exp: 300 }, 'TOKEN_NOT_YET_VALID'],
    ['a token that lives longer than an hour', { iat: 0, exp: 3601 }, 'LIFETIME_TOO_LONG'],
    ['a token without an end', { iat: 0, exp: 1e300 }, 'LIFETIME_TOO_LONG'],
  ])('J8: refuses %s', async (_title, offsets, reason) => {
    const claims = Object.fromEntries(Object.entries(offsets).map(([name, offset]) => [name, now() + offset]));
    expect(await refusalOf(await signToken(es384, issuer, url(discovery), { claims }))).toBe(reason);
  });

  it('J8: allows for a clock that differs by less than a minute', async () => {
    expect(await discover({ claims: { iat: now() - 300, exp: now() - 50 } })).toBe(200);
    expect(await discover({ claims: { iat: now() + 50, exp: now() + 350 } })).toBe(200);
  });
});

describe('tenants', () => {
  it('J8: takes those of the list, and refuses others and none', async () => {
    expect(await discover({ claims: { tenant: 'north' } }, otherKey, other)).toBe(200);
    for (const tenant of ['east', undefined]) {
      const token = await signToken(otherKey, other, url(discovery), { claims: { tenant } });
      expect(await refusalOf(token)).toBe('TENANT_UNKNOWN');
    }
  });
});

describe('the log', () => {
  it('J10: holds issuer, jti and reason of a refusal, and no token', async () => {
    const jti = randomUUID();
    const token = await signToken(es384, issuer, url(discovery), { claims: { jti, exp: now() - 100 } });
    await refusalOf(token);
    const log = service.log();
    expect(log).toContain(`"reason":"TOKEN_EXPIRED","issuer":"${issuer}","jti":"${jti}"`);
    expect(log).not.toMatch(/eyJ/);
  });
});
