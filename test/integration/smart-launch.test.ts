import { decodeJwt, generateKeyPair, SignJWT } from 'jose';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type CookieBrowser, createCookieBrowser } from '../helpers/cookie-browser.ts';
import type { TokenResponse } from '../helpers/ehr.ts';
import { postgresAvailable, postgresSkipReason, startPostgres } from '../helpers/postgres.ts';
import { type SmartService, startSmartService } from '../helpers/smart-service.ts';

const onPGlite = async () => ({ options: {}, close: async () => undefined });
const onPostgres = async () => {
  const { url, close } = await startPostgres();
  return { options: { databaseUrl: url }, close };
};

describe.each([
  ['PGlite', true, onPGlite],
  [`PostgreSQL (${postgresSkipReason})`, postgresAvailable, onPostgres],
] as const)('on %s', (_database, available, openDatabase) => {
  describe.skipIf(!available)('SMART App Launch', () => {
    let database: Awaited<ReturnType<typeof openDatabase>>;
    let service: SmartService;

    beforeAll(async () => {
      database = await openDatabase();
      service = await startSmartService({
        ...database.options,
        entry: { standalone: true },
        studies: { '1.2.3': 'p-1', '1.2.4': 'p-2' },
        chosenPatient: 'p-9',
      });
    }, 180_000);
    afterEach(() => service.ehr.alter((response) => response));
    afterAll(async () => {
      await service?.close();
      await database?.close();
    });

    const launchUrl = (launch?: string, iss = service.ehr.iss) => {
      const query = new URLSearchParams({ iss, ...(launch !== undefined && { launch }) });
      return `${service.url}/launch?${query}`;
    };
    const open = (browser: CookieBrowser, patient: string, context: TokenResponse = {}) =>
      browser.visit(launchUrl(service.ehr.launchOf(patient, context)));
    /** Address by which the EHR sends the browser back; it is not asked for. */
    async function callbackOf(browser: CookieBrowser, launch = service.ehr.launchOf('p-1')): Promise<URL> {
      const response = await browser.visit(launchUrl(launch), `${service.url}/callback`);
      return new URL(response.headers.get('location')!);
    }
    const lastOf = async (event: string) => (await service.audited()).filter((entry) => entry.event === event).at(-1);
    const hasSession = (browser: CookieBrowser) => /(^|; )deltascope=/.test(browser.cookieHeader(service.url));

    async function expectRefused(browser: CookieBrowser, response: Response, status: number, code: string) {
      const text = await response.text();
      expect([response.status, /Code (\w+)/.exec(text)?.[1]]).toEqual([status, code]);
      expect(response.headers.get('content-type')).toMatch(/^text\/html/);
      expect(response.headers.get('cache-control')).toBe('no-store');
      expect(hasSession(browser)).toBe(false);
      expect(await lastOf('launch')).toMatchObject({ outcome: code });
    }

    describe('a launch from a chart', () => {
      it("ends on the report of the token's patient", async () => {
        const browser = createCookieBrowser();
        const page = await browser.visit(`${launchUrl(service.ehr.launchOf('p-1', { encounter: 'e-7' }))}&patient=p-2`);
        expect([page.status, await page.text()]).toEqual([200, 'report of p-1']);
        expect(browser.visited.at(-1)).toBe(`${service.url}/report/patients/p-1`);
        const { launch, aud, scope, code_challenge_method, nonce, state } = service.ehr.authorizations.at(-1)!;
        expect(launch).toBeDefined();
        expect(aud).toBe(service.ehr.iss);
        expect(scope?.split(' ').sort()).toEqual(['fhirUser', 'launch', 'openid', 'patient/*.rs']);
        expect(code_challenge_method).toBe('S256');
        expect(nonce).toMatch(/^[\w-]{43}$/);
        expect(state).toMatch(/^[\w-]{43}$/);
        expect(await lastOf('launch')).toMatchObject({
          agent: { kind: 'viewer', issuer: service.ehr.iss, user: 'Practitioner/dr-who' },
          patient: 'Patient/p-1',
          outcome: 'success',
          details: { encounter: 'e-7' },
        });
      });

      it('has cookies that scripts do not see, each launch its own', async () => {
        const browser = createCookieBrowser();
        const addresses: string[] = [];
        for (const patient of ['p-1', 'p-2']) {
          const response = await browser.visit(
            launchUrl(service.ehr.launchOf(patient)),
            new URL(service.ehr.iss).origin,
          );
          addresses.push(response.headers.get('location')!);
        }
        const launches = browser.setCookies.filter((cookie) => cookie.startsWith('deltascope-launch-'));
        expect(new Set(launches.map((cookie) => cookie.split('=')[0])).size).toBe(2);
        for (const cookie of launches) expect(cookie).toMatch(/; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
        for (const address of addresses) expect((await browser.visit(address)).status).toBe(200);
        expect(browser.cookieHeader(service.url)).toMatch(/^deltascope=[\w-]{43}$/);
        expect(browser.setCookies.find((cookie) => cookie.startsWith('deltascope='))).toMatch(
          /HttpOnly; SameSite=Lax$/,
        );
      });

      it('leaves no token, code or patient in log, and no token in the audit trail', async () => {
        const browser = createCookieBrowser();
        const address = await callbackOf(
          browser,
          service.ehr.launchOf('p-1', { appContext: '{"StudyInstanceUIDs":["9"]}' }),
        );
        await browser.visit(address.href);
        const token = service.ehr.tokens.at(-1)!;
        const kept = service.log() + JSON.stringify(await service.audited());
        expect(service.log()).toContain('is left out');
        expect(kept).not.toContain(token);
        expect(kept).not.toContain(address.searchParams.get('code'));
        expect(service.log()).not.toMatch(/\bp-\d\b/);
      });
    });

    describe('a standalone launch', () => {
      it.each(['with iss', 'without'])('%s lets the user choose the patient at the EHR', async (how) => {
        const browser = createCookieBrowser();
        const page = await browser.visit(how === 'with iss' ? launchUrl() : `${service.url}/launch`);
        expect(await page.text()).toBe('report of p-9');
        const { launch, scope } = service.ehr.authorizations.at(-1)!;
        expect(launch).toBeUndefined();
        expect(scope?.split(' ')).toContain('launch/patient');
      });
    });

    describe('appContext', () => {
      it.each<[string, TokenResponse, string]>([
        [
          'text of a card',
          { appContext: '{"assessment":"a","StudyInstanceUIDs":["1.2.3"]}' },
          '?StudyInstanceUIDs=1.2.3',
        ],
        ['an object', { appContext: { StudyInstanceUIDs: ['1.2.3'] } }, '?StudyInstanceUIDs=1.2.3'],
        ['of somebody else', { appContext: 'tab=3' }, ''],
        ['with what is no UID', { appContext: '{"StudyInstanceUIDs":["1.2.3&patient=p-2"]}' }, ''],
        [
          'with a study that nobody knows',
          { appContext: '{"StudyInstanceUIDs":["1.2.9","1.2.3"]}' },
          '?StudyInstanceUIDs=1.2.3',
        ],
        [
          'and fhirContext',
          {
            fhirContext: [
              { reference: 'Observation/1' },
              { type: 'ImagingStudy', identifier: { system: 'urn:dicom:uid', value: 'urn:oid:1.2.3' } },
            ],
          },
          '?StudyInstanceUIDs=1.2.3',
        ],
      ])('%s', async (_, context, query) => {
        const browser = createCookieBrowser();
        expect((await open(browser, 'p-1', context)).status).toBe(200);
        expect(browser.visited.at(-1)).toBe(`${service.url}/report/patients/p-1${query}`);
      });

      it("with another patient's assessment is refused", async () => {
        const browser = createCookieBrowser();
        const page = await open(browser, 'p-1', { appContext: '{"assessment":"of-p-2"}' });
        await expectRefused(browser, page, 403, 'SMART_PATIENT_MISMATCH');
        expect((await open(browser, 'p-2', { appContext: '{"assessment":"of-p-2"}' })).status).toBe(200);
      });

      it("with another patient's study is refused", async () => {
        const browser = createCookieBrowser();
        const page = await open(browser, 'p-1', { appContext: '{"StudyInstanceUIDs":["1.2.3","1.2.4"]}' });
        await expectRefused(browser, page, 403, 'SMART_PATIENT_MISMATCH');
        expect(await lastOf('launch')).toMatchObject({
          patient: 'Patient/p-1',
          agent: { user: 'Practitioner/dr-who' },
        });
      });
    });

    describe('refused before the EHR is asked', () => {
      it.each([
        [
          'an issuer that is not registered',
          '/launch?iss=https://evil.example/fhir&launch=1',
          403,
          'SMART_ISSUER_UNKNOWN',
        ],
        ['a launch without iss', '/launch?launch=1', 400, 'SMART_LAUNCH_INVALID'],
        ['two issuers', '/launch?iss=a&iss=b', 400, 'SMART_LAUNCH_INVALID'],
        ['a state that nobody began', '/callback?code=c&state=s', 400, 'SMART_STATE_UNKNOWN'],
        ['no state', '/callback?code=c', 400, 'SMART_STATE_UNKNOWN'],
        ['two states', '/callback?code=c&state=s&state=t', 400, 'SMART_LAUNCH_INVALID'],
      ])('%s', async (_, address, status, code) => {
        const browser = createCookieBrowser();
        await expectRefused(browser, await browser.visit(`${service.url}${address}`), status, code);
      });

      it('a return in another browser than the launch', async () => {
        const address = await callbackOf(createCookieBrowser());
        const browser = createCookieBrowser();
        await expectRefused(browser, await browser.visit(address.href), 400, 'SMART_STATE_UNKNOWN');
      });

      it('a return with the secret of another launch in the place of its own', async () => {
        const [first, second] = [createCookieBrowser(), createCookieBrowser()];
        const address = await callbackOf(first);
        await callbackOf(second);
        const [name, secret] = first.cookieHeader(service.url).split('=');
        const otherSecret = second.cookieHeader(service.url).split('=')[1];
        const send = (value?: string) =>
          fetch(address, { headers: { cookie: `${name}=${value}` }, redirect: 'manual' });
        expect((await send(otherSecret)).status).toBe(400);
        // It was refused for its secret, and is not used up: nobody else can spoil a launch.
        expect((await send(secret)).status).toBe(303);
      });

      it('a second return with the same state, also at the same moment', async () => {
        const browser = createCookieBrowser();
        const address = await callbackOf(browser);
        const cookie = browser.cookieHeader(service.url);
        const both = await Promise.all(
          [1, 2].map(() => fetch(address, { headers: { cookie, accept: 'text/html' }, redirect: 'manual' })),
        );
        expect(both.map(({ status }) => status).sort()).toEqual([303, 400]);
        expect((await fetch(address, { headers: { cookie }, redirect: 'manual' })).status).toBe(400);
      });
    });

    describe('refused after the EHR has answered', () => {
      it("another user's code under one's own state (PKCE)", async () => {
        const stolen = await callbackOf(createCookieBrowser(), service.ehr.launchOf('p-2'));
        const browser = createCookieBrowser();
        const own = await callbackOf(browser);
        own.searchParams.set('code', stolen.searchParams.get('code')!);
        await expectRefused(browser, await browser.visit(own.href), 403, 'SMART_REFUSED');
        expect(await lastOf('launch')).toMatchObject({ details: { reason: 'invalid_grant' } });
      });

      it('an authorization response of another issuer (RFC 9207)', async () => {
        const browser = createCookieBrowser();
        const address = await callbackOf(browser);
        expect(address.searchParams.get('iss')).toBeTruthy();
        address.searchParams.set('iss', 'https://evil.example');
        await expectRefused(browser, await browser.visit(address.href), 502, 'SMART_ANSWER_INVALID');
      });

      it('a launch that the EHR does not know', async () => {
        const browser = createCookieBrowser();
        await expectRefused(browser, await browser.visit(launchUrl('made-up')), 403, 'SMART_REFUSED');
        expect(await lastOf('launch')).toMatchObject({ details: { reason: 'invalid_request' }, patient: null });
      });

      it.each<[string, Record<string, unknown>]>([
        ['for another client', { aud: 'somebody-else' }],
        ['of another issuer', { iss: 'https://evil.example' }],
        ['with another nonce', { nonce: 'another' }],
        ['without a nonce', { nonce: undefined }],
        ['that has expired', { iat: 1_700_000_000, exp: 1_700_000_600 }],
        ['without a subject', { sub: undefined }],
      ])('an id_token %s', async (_, changes) => {
        service.ehr.alter(async (response, sign) => {
          const claims = decodeJwt(String(response.id_token));
          return { ...response, id_token: await sign(JSON.parse(JSON.stringify({ ...claims, ...changes }))) };
        });
        const browser = createCookieBrowser();
        await expectRefused(browser, await open(browser, 'p-1'), 502, 'SMART_ANSWER_INVALID');
      });

      it('an id_token as it was, but signed again, is taken: the altered claims are what the cases above fail for', async () => {
        service.ehr.alter(async (response, sign) => ({
          ...response,
          id_token: await sign(decodeJwt(String(response.id_token)) as Record<string, unknown>),
        }));
        expect((await open(createCookieBrowser(), 'p-1')).status).toBe(200);
      });

      it('an id_token by another key under the same kid', async () => {
        const { privateKey } = await generateKeyPair('RS256');
        service.ehr.alter(async (response) => ({
          ...response,
          id_token: await new SignJWT(decodeJwt(String(response.id_token)))
            .setProtectedHeader({ alg: 'RS256', kid: 'ehr-1' })
            .sign(privateKey),
        }));
        const browser = createCookieBrowser();
        await expectRefused(browser, await open(browser, 'p-1'), 502, 'SMART_ANSWER_INVALID');
      });

      it.each<[string, TokenResponse, number, string]>([
        ['without an id_token', { id_token: undefined }, 502, 'SMART_ANSWER_INVALID'],
        ['without a patient', { patient: undefined }, 403, 'SMART_PATIENT_MISSING'],
        ['whose patient is no id', { patient: '../p-2' }, 403, 'SMART_PATIENT_MISSING'],
        ['that grants less than was asked', { scope: 'openid launch patient/Patient.rs' }, 403, 'SMART_SCOPE'],
      ])('a token response %s', async (_, changes, status, code) => {
        service.ehr.alter((response) => JSON.parse(JSON.stringify({ ...response, ...changes })));
        const browser = createCookieBrowser();
        await expectRefused(browser, await open(browser, 'p-1'), status, code);
      });
    });

    describe('a session', () => {
      const report = (patient: string) => `${service.url}/report/patients/${patient}`;

      it("shows no other patient's report", async () => {
        const browser = createCookieBrowser();
        await open(browser, 'p-1');
        const page = await browser.visit(report('p-2'));
        expect(page.status).toBe(403);
        expect(await page.text()).toContain('Session of another patient');
        expect((await browser.visit(report('p-1'))).status).toBe(200);
        const asked = await fetch(report('p-2'), {
          headers: { accept: 'application/fhir+json', cookie: browser.cookieHeader(service.url) },
        });
        expect(await asked.json()).toMatchObject({ issue: [{ details: { text: 'VIEWER_FORBIDDEN' } }] });
      });

      it('ends with the token, says so, and offers to launch again', async () => {
        service.ehr.alter((response) => ({ ...response, expires_in: 2 }));
        const browser = createCookieBrowser();
        const callback = await callbackOf(browser);
        const cookie = (
          await fetch(callback, { headers: { cookie: browser.cookieHeader(service.url) }, redirect: 'manual' })
        ).headers
          .getSetCookie()
          .find((each) => each.startsWith('deltascope='))!;
        const expires = Date.parse(/Expires=([^;]+)/.exec(cookie)![1]!);
        expect(expires - Date.now()).toBeLessThanOrEqual(2000);
        await new Promise((resolve) => setTimeout(resolve, 2500));
        const page = await fetch(report('p-1'), { headers: { accept: 'text/html', cookie: cookie.split(';')[0]! } });
        expect(page.status).toBe(401);
        const text = await page.text();
        expect(text).toContain('Your session has ended');
        const [, again] = /<a href="([^"]+)"/.exec(text)!;
        expect(await (await browser.visit(again!)).text()).toBe('report of p-9');
      });

      it('is needed: without one a page says how to get it, and no more', async () => {
        const page = await createCookieBrowser().visit(report('p-1'));
        expect([page.status, (await page.text()).includes('No session')]).toEqual([401, true]);
      });

      it('ends by log-out, from our own page only', async () => {
        const browser = createCookieBrowser();
        await open(browser, 'p-1');
        expect(await (await browser.visit(`${service.url}/logout`)).text()).toContain(
          `<form method="post" action="${service.url}/logout">`,
        );
        expect((await browser.post(`${service.url}/logout`, { 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
        expect((await browser.visit(report('p-1'))).status).toBe(200);
        const before = browser.cookieHeader(service.url);
        expect((await browser.post(`${service.url}/logout`, { 'Sec-Fetch-Site': 'same-origin' })).status).toBe(200);
        expect(hasSession(browser)).toBe(false);
        const page = await fetch(report('p-1'), { headers: { accept: 'text/html', cookie: before } });
        expect(page.status).toBe(401);
        expect(await lastOf('session-end')).toMatchObject({
          patient: 'Patient/p-1',
          agent: { user: 'Practitioner/dr-who' },
          outcome: 'success',
          details: { reason: 'log-out' },
        });
      });

      it('ends when another chart is launched in the same browser', async () => {
        const browser = createCookieBrowser();
        await open(browser, 'p-1');
        const before = browser.cookieHeader(service.url);
        expect(await (await open(browser, 'p-2')).text()).toBe('report of p-2');
        expect((await browser.visit(report('p-1'))).status).toBe(403);
        expect((await fetch(report('p-1'), { headers: { cookie: before } })).status).toBe(401);
        expect(await lastOf('session-end')).toMatchObject({
          patient: 'Patient/p-1',
          details: { reason: 'new launch' },
        });
      });
    });
  });
});
