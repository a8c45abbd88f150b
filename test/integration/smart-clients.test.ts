import { exportJWK, generateKeyPair } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createCookieBrowser } from '../helpers/cookie-browser.ts';
import { type SmartService, type SmartServiceOptions, startSmartService } from '../helpers/smart-service.ts';

const publicUrl = 'https://deltascope.example';
const ehrPages = 'https://pages.ehr.example';

const keys = await generateKeyPair('ES384', { extractable: true });
const publicJwk = { ...(await exportJWK(keys.publicKey)), kid: 'app-1', alg: 'ES384' };
const privateJwk = { ...(await exportJWK(keys.privateKey)), kid: 'app-1', alg: 'ES384' };
const otherKey = await exportJWK((await generateKeyPair('ES384', { extractable: true })).privateKey);

const launchUrl = ({ url, ehr }: SmartService) =>
  `${url}/launch?${new URLSearchParams({ iss: `${ehr.iss}/`, launch: ehr.launchOf('p-1') })}`;

describe.each<[string, SmartServiceOptions, number]>([
  [
    'a confidential client with its key',
    { publicJwk, entry: { keyFile: 'key.json' }, files: { 'key.json': JSON.stringify(privateJwk) } },
    303,
  ],
  [
    'a confidential client with another key',
    { publicJwk, entry: { keyFile: 'key.json' }, files: { 'key.json': JSON.stringify({ ...otherKey, kid: 'app-1' }) } },
    403,
  ],
  [
    'a confidential client with its secret',
    { secret: 'secret/of the:test', entry: { secretFile: 'secret' }, files: { secret: 'secret/of the:test\n' } },
    303,
  ],
])('%s, over HTTPS and in a frame of the EHR', (_, options, status) => {
  let service: SmartService;
  beforeAll(async () => {
    const entry = { ...options.entry, frameAncestors: [ehrPages] };
    service = await startSmartService({ ...options, entry, publicUrl });
  }, 180_000);
  afterAll(async () => {
    await service?.close();
  });

  it(`ends with ${status}`, async () => {
    const browser = createCookieBrowser();
    // The EHR's slash at the end of iss goes back to it as aud: what it sends is what it expects.
    const begun = await browser.visit(launchUrl(service), 'http://127.0.0.1');
    const authorization = new URL(begun.headers.get('location')!);
    expect(authorization.searchParams.get('aud')).toBe(`${service.ehr.iss}/`);
    expect(authorization.searchParams.get('redirect_uri')).toBe(`${publicUrl}/callback`);
    expect(begun.headers.get('content-security-policy')).toContain(`;frame-ancestors 'self' ${ehrPages}`);
    expect(begun.headers.get('x-frame-options')).toBeNull();
    const [launchCookie] = begun.headers.getSetCookie();
    expect(launchCookie).toMatch(
      /^__Host-deltascope-launch-[0-9a-f]{16}=[\w-]{43}; Max-Age=600; Path=\/; HttpOnly; Secure; Partitioned; SameSite=None$/,
    );

    authorization.searchParams.set('aud', service.ehr.iss);
    const returned = await browser.visit(authorization.href, publicUrl);
    const callback = new URL(returned.headers.get('location')!);
    const cookie = launchCookie!.split(';')[0]!;
    const finished = await fetch(`${service.url}/callback${callback.search}`, {
      headers: { cookie },
      redirect: 'manual',
    });
    expect(finished.status).toBe(status);
    const session = finished.headers.getSetCookie().find((each) => each.startsWith('__Host-deltascope='));
    if (status !== 303) {
      expect(session).toBeUndefined();
      return;
    }
    expect(finished.headers.get('location')).toBe(`${publicUrl}/report/patients/p-1`);
    expect(session).toMatch(/Path=\/; Expires=[^;]+; HttpOnly; Secure; Partitioned; SameSite=None$/);
    const page = await fetch(`${service.url}/report/patients/p-1`, { headers: { cookie: session!.split(';')[0]! } });
    expect(await page.text()).toBe('report of p-1');
    expect(page.headers.get('content-security-policy')).toBe(`default-src 'none';frame-ancestors 'self' ${ehrPages}`);
  });
});
