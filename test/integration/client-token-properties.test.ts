import { request } from 'node:http';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { clientClaims, createSigningKey, rawToken, type SigningKey, signToken } from '../helpers/client-tokens.ts';
import { discovery, startTrustedService, type TrustedService } from '../helpers/trusted-service.ts';

const issuer = 'https://ehr.example/fhir';
let service: TrustedService;
let key: SigningKey;

beforeAll(async () => {
  key = await createSigningKey('ES384', 'ec');
  service = await startTrustedService([{ issuer, name: 'EHR', jwks: { keys: [key.publicJwk] } }], {
    DELTASCOPE_TRUSTED_PROXIES: 'loopback',
  });
});
afterAll(() => service.close());

let calls = 0;
/** Status of a discovery call; each comes from an address of its own, so that none is shut out. */
async function statusOf(authorization: string): Promise<number> {
  calls++;
  const headers = { Authorization: authorization, 'X-Forwarded-For': `10.0.${calls >> 8}.${calls & 255}` };
  const { status, body } = await get(`${service.url}${discovery}`, headers);
  if (status !== 200) expect(JSON.parse(body)).toMatchObject({ resourceType: 'OperationOutcome' });
  return status;
}

/** Sends headers that fetch does not let one send. */
function get(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    request(url, { headers }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (chunk: string) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    })
      .on('error', reject)
      .end();
  });
}

const runs = { numRuns: 300, seed: 20_261_121 };
/** What may stand in a header (RFC 9110, section 5.5): printable ASCII and the bytes above it. */
const headerText = fc.string({
  unit: fc
    .oneof(fc.integer({ min: 0x20, max: 0x7e }), fc.integer({ min: 0x80, max: 0xff }))
    .map((code) => String.fromCharCode(code)),
});

describe('no header opens the service but a token that a client signed', () => {
  it('J11: any text as Authorization', async () => {
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('', 'Bearer ', 'Bearer', 'bearer  '), headerText, async (scheme, text) => {
        expect(await statusOf(`${scheme}${text}`)).toBe(401);
      }),
      runs,
    );
  });

  it('J3, J4: any JSON as header and claims', async () => {
    const aud = `${service.url}${discovery}`;
    const header = fc.oneof(
      fc.jsonValue(),
      fc.record({
        alg: fc.constantFrom('ES384', 'none', 'HS384', '', 1, null),
        kid: fc.jsonValue(),
        typ: fc.jsonValue(),
      }),
      fc.record(
        {
          alg: fc.constant('ES384'),
          kid: fc.constant('ec'),
          typ: fc.constant('JWT'),
          jku: fc.webUrl(),
          crit: fc.jsonValue(),
        },
        { requiredKeys: ['alg', 'kid', 'typ'] },
      ),
    );
    const claims = fc.oneof(
      fc.jsonValue(),
      fc
        .record(
          { exp: fc.jsonValue(), iat: fc.double(), jti: fc.jsonValue(), nbf: fc.jsonValue() },
          { requiredKeys: [] },
        )
        .map((change) => ({ ...clientClaims(issuer, aud), ...change })),
      fc.constantFrom(clientClaims(issuer, aud)),
    );
    const signature = fc.uint8Array({ maxLength: 100 }).map((bytes) => Buffer.from(bytes).toString('base64url'));
    await fc.assert(
      fc.asyncProperty(header, claims, signature, async (one, two, three) => {
        expect(await statusOf(`Bearer ${rawToken(one, two, three)}`)).toBe(401);
      }),
      runs,
    );
  });

  it('J8: any single changed character of a good token; the token itself is still good after it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.constantFrom(...'ABCxyz019-_.=+/ '), async (at, character) => {
        const token = await signToken(key, issuer, `${service.url}${discovery}`);
        const position = at % token.length;
        fc.pre(token[position] !== character);
        const changed = `${token.slice(0, position)}${character}${token.slice(position + 1)}`;
        expect(await statusOf(`Bearer ${changed}`)).toBe(401);
        expect(await statusOf(`Bearer ${token}`)).toBe(200);
      }),
      runs,
    );
  });
});
