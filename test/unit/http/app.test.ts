import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import type { HookServices } from '../../../cds-hooks/answer.ts';
import { loadClinicalContent } from '../../../src/assessment/clinical-content.ts';
import { packageRoot } from '../../../src/config.ts';
import { ConfigError, StoreError } from '../../../src/errors.ts';
import { type AppOptions, createApp } from '../../../src/http/app.ts';
import { createLogger } from '../../../src/log.ts';
import { createSigningKey, signToken } from '../../helpers/client-tokens.ts';

const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

const { mappings } = loadClinicalContent(path.join(packageRoot(), 'mappings'));
const unreachable = () => Promise.reject(new Error('the database is down: postgres://user:secret@db'));

function create(options: Partial<AppOptions> = {}) {
  return createApp({
    hooks: { logger: createLogger('silent'), mappings } as HookServices,
    trust: { clients: null, replay: { claimToken: unreachable }, publicUrl: () => 'http://127.0.0.1' },
    corsOrigins: [],
    trustedProxies: [],
    checkReadiness: () => Promise.resolve(),
    version: 'test',
    ...options,
  });
}

/** GET on the application; `Host` is what fetch sends, a loopback address. */
async function get(
  path: string,
  options: Partial<AppOptions> = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  const server = create(options).listen(0, '127.0.0.1');
  closers.push(() => server.close());
  await new Promise((resolve) => server.once('listening', resolve));
  return fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`, { headers });
}

describe('the HTTP application', () => {
  it('O3, G5: asks browsers to stay on HTTPS only where clients reach it by HTTPS', async () => {
    const over = async (publicUrl: string) => (await get('/health', { publicUrl })).headers;
    expect((await over('https://cds.example')).get('strict-transport-security')).toMatch(/^max-age=\d{7}/);
    expect((await over('https://cds.example')).get('content-security-policy')).toContain('upgrade-insecure-requests');
    expect((await over('http://127.0.0.1:4180')).get('strict-transport-security')).toBeNull();
    expect((await over('http://127.0.0.1:4180')).get('content-security-policy')).not.toContain('upgrade-insecure');
  });

  it.each(['/', '/cds-services/', '/cds-hooks', '/.env', '/health/x'])('E: answers %s in JSON', async (path) => {
    const response = await get(path);
    expect(response.status).toBe(path === '/cds-services/' ? 200 : 404);
    expect(response.headers.get('content-type')).toBe('application/json; charset=utf-8');
  });

  it('R6: says that it is not ready without saying what is inside', async () => {
    const response = await get('/health', { checkReadiness: unreachable });
    expect(response.status).toBe(500);
    expect(await response.text()).not.toMatch(/secret|postgres/);
  });

  it('J8: lets nobody in while the database can not say whether a token was used', async () => {
    const key = await createSigningKey('ES384', 'ec');
    const client = {
      issuer: 'ehr',
      name: 'EHR',
      keys: { keys: [key.publicJwk] },
      algorithms: ['ES384' as const],
      fhirServers: [],
      clockSkewSeconds: 60,
      maximumTokenLifetimeSeconds: 3600,
      requestsPerMinute: 100,
    };
    const down = () =>
      Promise.reject(new StoreError('STORE_UNREACHABLE', 'PostgreSQL', 'the database does not answer'));
    const trust = {
      clients: { clientOf: () => client, close: () => undefined },
      replay: { claimToken: down },
      publicUrl: () => 'https://cds.example',
    };
    const token = await signToken(key, 'ehr', 'https://cds.example/cds-services');
    const response = await get('/cds-services', { trust }, { Authorization: `Bearer ${token}` });
    expect(response.status).toBe(503);
    expect(await response.json()).toMatchObject({ issue: [{ details: { text: 'STORE_UNREACHABLE' } }] });
  });

  it('refuses to start with proxies that are no addresses', () => {
    expect(() => create({ trustedProxies: ['proxy.example'] })).toThrow(ConfigError);
    expect(() => create({ trustedProxies: ['10.0.0.0/8', 'loopback'] })).not.toThrow();
  });
});
