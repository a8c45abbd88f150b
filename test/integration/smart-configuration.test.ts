import { None } from 'openid-client';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { createAuthorizationServers } from '../../src/http/smart/authorization-servers.ts';
import type { SmartIssuer } from '../../src/http/smart/smart-issuers.ts';
import { type KeyServer, sendJson, startKeyServer } from '../helpers/key-server.ts';

let metadata: Record<string, unknown>;
let asked = 0;
const server: KeyServer = await startKeyServer({
  '/fhir/.well-known/smart-configuration': sendJson(() => {
    asked += 1;
    return metadata;
  }),
});
afterAll(() => server.close());

const issuer = (origins: readonly string[] = []): SmartIssuer => ({
  iss: `${server.url}/fhir`,
  name: 'Test EHR',
  clientId: 'app',
  scope: 'openid',
  standalone: false,
  frameAncestors: [],
  origins: new Set([server.url, ...origins]),
  authentication: () => None(),
});
const complete = () => ({
  issuer: `${server.url}/auth`,
  jwks_uri: `${server.url}/jwks`,
  authorization_endpoint: `${server.url}/authorize`,
  token_endpoint: `${server.url}/token`,
  code_challenge_methods_supported: ['S256'],
});

beforeEach(() => {
  asked = 0;
  metadata = complete();
});

describe('.well-known/smart-configuration', () => {
  it('is asked for once for many launches', async () => {
    const servers = createAuthorizationServers();
    const found = await Promise.all([1, 2, 3].map(() => servers.of(issuer())));
    expect(found[0]?.serverMetadata()).toMatchObject({ token_endpoint: `${server.url}/token` });
    expect(asked).toBe(1);
  });

  it.each<[string, Record<string, unknown>, RegExp]>([
    ['without single sign-on', { issuer: undefined }, /sso-openid-connect/],
    ['without keys', { jwks_uri: undefined }, /jwks_uri/],
    ['without PKCE', { code_challenge_methods_supported: undefined }, /code_challenge_methods/],
    ['with plain PKCE only', { code_challenge_methods_supported: ['plain'] }, /needs S256/],
    ['whose token endpoint is elsewhere', { token_endpoint: 'https://evil.example/token' }, /authorizationOrigins/],
    ['whose log-in is elsewhere', { authorization_endpoint: 'https://evil.example/a' }, /authorizationOrigins/],
    ['whose keys are elsewhere', { jwks_uri: 'https://evil.example/jwks' }, /authorizationOrigins/],
  ])('%s is refused', async (_, changes, message) => {
    metadata = { ...metadata, ...changes };
    await expect(createAuthorizationServers().of(issuer())).rejects.toMatchObject({
      code: 'SMART_ANSWER_INVALID',
      message: expect.stringMatching(message),
    });
  });

  it('may lead to an origin that is configured', async () => {
    metadata = { ...metadata, token_endpoint: 'https://login.ehr.example/token' };
    const found = await createAuthorizationServers().of(issuer(['https://login.ehr.example']));
    expect(found.serverMetadata().token_endpoint).toBe('https://login.ehr.example/token');
  });

  it('that is none is a failure for the moment', async () => {
    metadata = { hello: 'world' };
    const servers = createAuthorizationServers();
    await expect(servers.of(issuer())).rejects.toMatchObject({ code: 'SMART_UNREACHABLE' });
    // No second request: whoever launches must not be able to make the service call out.
    await expect(servers.of(issuer())).rejects.toMatchObject({ code: 'SMART_UNREACHABLE' });
    expect(asked).toBe(1);
  });
});
