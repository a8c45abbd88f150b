import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSigningKey, type SigningKey, signToken, type TokenChanges } from '../helpers/client-tokens.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { discovery, orderSignService, startTrustedService, type TrustedService } from '../helpers/trusted-service.ts';

let service: TrustedService;
let key: SigningKey;
let otherKey: SigningKey;

const clientsOf = () => [
  { issuer: 'ehr', name: 'EHR', jwks: { keys: [key.publicJwk] } },
  { issuer: 'other', name: 'Other EHR', jwks: { keys: [otherKey.publicJwk] } },
];

beforeAll(async () => {
  key = await createSigningKey('ES384', 'key');
  otherKey = await createSigningKey('RS384', 'other');
  service = await startTrustedService(clientsOf());
});
afterAll(() => service.close());

const tokenFor = (changes: TokenChanges = {}, by = key, issuer = 'ehr', endpoint = discovery) =>
  signToken(by, issuer, `${service.url}${endpoint}`, changes);
const statusOf = async (token: string, endpoint = discovery) => (await service.call(endpoint, token)).status;
const replays = () => service.log().split('TOKEN_REPLAYED').length - 1;

describe('a token is used once', () => {
  it('J8: refuses it the second time, also when calls come at once', async () => {
    const token = await tokenFor();
    const before = replays();
    const statuses = await Promise.all(Array.from({ length: 8 }, () => statusOf(token)));
    expect(statuses.sort()).toEqual([200, ...Array(7).fill(401)]);
    expect(replays() - before).toBe(7);
  });

  it('J8: refuses a second token of the issuer with the same jti, for any endpoint', async () => {
    const changes = { claims: { jti: randomUUID() } };
    expect(await statusOf(await tokenFor(changes))).toBe(200);
    expect(await statusOf(await tokenFor(changes))).toBe(401);
    expect(await statusOf(await tokenFor(changes, key, 'ehr', orderSignService), orderSignService)).toBe(401);
  });

  it('J8: two issuers may use one jti', async () => {
    const changes = { claims: { jti: randomUUID() } };
    expect(await statusOf(await tokenFor(changes))).toBe(200);
    expect(await statusOf(await tokenFor(changes, otherKey, 'other'))).toBe(200);
  });

  it('J8: a forged token does not use up the jti of the true one', async () => {
    const claims = { jti: randomUUID() };
    const stranger = await createSigningKey('ES384', 'stranger');
    expect(await statusOf(await tokenFor({ claims, signWith: stranger.privateKey }))).toBe(401);
    expect(await statusOf(await tokenFor({ claims }))).toBe(200);
  });

  it.skipIf(!postgresAvailable)(`J8: on all instances of one PostgreSQL (${postgresSkipReason})`, async () => {
    const postgres = await startPostgres();
    const instances: TrustedService[] = [];
    try {
      for (let at = 0; at < 2; at++) {
        instances.push(await startTrustedService(clientsOf(), { DELTASCOPE_DATABASE_URL: postgres.url }));
      }
      for (let round = 0; round < 5; round++) {
        const token = await signToken(
          key,
          'ehr',
          instances.map(({ url }) => `${url}${discovery}`),
        );
        const calls = [...instances, ...instances].map(async (each) => (await each.call(discovery, token)).status);
        expect((await Promise.all(calls)).sort()).toEqual([200, 401, 401, 401]);
      }
    } finally {
      for (const instance of instances) await instance.close();
      await postgres.close();
    }
  });
});
