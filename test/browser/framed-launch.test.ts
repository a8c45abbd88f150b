import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Frame } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { startFhirServer } from '../../src/demo/fhir-server.ts';
import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { createSigningKey } from '../helpers/client-tokens.ts';
import { type Ehr, ehrClientId, startEhr } from '../helpers/ehr.ts';
import { type HttpsFront, startHttpsFront } from '../helpers/https-front.ts';
import { freePort } from '../helpers/loopback.ts';
import { startTestService } from '../helpers/test-service.ts';

const patientId = 'synthetic-elm';
const other = 'synthetic-aster';
const hosts = ['ehr.example', 'deltascope.example', 'elsewhere.example'];
const frameCookies = 'SameSite=None; Secure; Path=/';

/** A page of any of the hosts with another page in a frame: `/frame?src=...`. */
function framePage(request: IncomingMessage, response: ServerResponse): boolean {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://host');
  if (pathname !== '/frame') return false;
  const src = searchParams.get('src')?.replaceAll('&', '&amp;');
  response.writeHead(200, { 'content-type': 'text/html' });
  response.end(`<!doctype html><title>Chart</title><iframe src="${src}" width="1180" height="760"></iframe>`);
  return true;
}

/** What a browser does with cookies in a frame: `/set-cookies` sets one of each kind, `/cookies` says what came back. */
function cookieProbe(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.url === '/set-cookies') {
    const cookies = [`plain=1; ${frameCookies}`, `own=1; ${frameCookies}; Partitioned`];
    response.writeHead(303, { location: '/cookies', 'set-cookie': cookies }).end();
    return true;
  }
  if (request.url !== '/cookies') return false;
  response.writeHead(200, { 'content-type': 'text/plain' }).end(`cookies: ${request.headers.cookie ?? 'none'}`);
  return true;
}

describe.skipIf(!chromiumAvailable())(
  `the report in a frame of the EHR, over HTTPS (${chromiumSkipReason})`,
  { timeout: 120_000 },
  () => {
    const closers: (() => Promise<unknown>)[] = [];
    let ehr: Ehr;
    let ehrOrigin: string;
    let deltascope: string;
    let tab: BrowserTab | undefined;

    async function front(answer: Parameters<typeof startHttpsFront>[0]): Promise<HttpsFront> {
      const started = await startHttpsFront(answer);
      closers.push(started.close);
      return started;
    }

    beforeAll(async () => {
      const folder = await mkdtemp(path.join(tmpdir(), 'deltascope-framed-'));
      closers.push(() => rm(folder, { recursive: true, force: true }));
      const fhir = await startFhirServer();
      closers.push(fhir.close);
      const today = new Date().toISOString().slice(0, 10);
      for (const patient of syntheticPatients.filter(({ id }) => id === patientId || id === other)) {
        await fhir.load(createPatient(patient, today).bundle);
      }
      const [ehrFront, ownFront] = [await front(framePage), await front(cookieProbe)];
      ehrOrigin = `https://ehr.example:${ehrFront.port}`;
      deltascope = `https://deltascope.example:${ownFront.port}`;
      ehr = await startEhr({ redirectUri: `${deltascope}/callback`, browserOrigin: ehrOrigin });
      closers.push(ehr.close);
      ehrFront.target = new URL(ehr.iss).origin;
      const issuer = {
        ...{ iss: ehr.iss, name: 'Test EHR', clientId: ehrClientId, fhirServer: fhir.url },
        ...{ authorizationOrigins: [ehrOrigin], frameAncestors: [ehrOrigin] },
      };
      const key = await createSigningKey('ES384', 'key');
      const client = { issuer: 'ehr', name: 'EHR', jwks: { keys: [key.publicJwk] } };
      const files = { issuers: path.join(folder, 'issuers.json'), clients: path.join(folder, 'clients.json') };
      await writeFile(files.issuers, JSON.stringify({ issuers: [issuer] }));
      await writeFile(files.clients, JSON.stringify({ clients: [client] }));
      const port = await freePort();
      ownFront.target = `http://127.0.0.1:${port}`;
      const environment = {
        DELTASCOPE_PORT: String(port),
        DELTASCOPE_PUBLIC_URL: deltascope,
        DELTASCOPE_SMART_ISSUERS: files.issuers,
        DELTASCOPE_CLIENTS_FILE: files.clients,
      };
      const service = await startTestService(fhir.url, 'http://127.0.0.1:9', undefined, environment, 0);
      closers.push(service.close);
    }, 180_000);
    afterEach(async () => {
      await tab?.close();
      tab = undefined;
    });
    afterAll(async () => {
      for (const close of closers.toReversed()) await close();
    });

    /** Opens a page of a host with an address in its frame, and waits until the frame stands at `end`. */
    async function openFrame(opened: BrowserTab, origin: string, src: string, end: string): Promise<Frame> {
      await opened.page.goto(`${origin}/frame?${new URLSearchParams({ src })}`);
      const handle = await opened.page.waitForSelector('iframe');
      const frame = await handle.contentFrame();
      if (frame === null) throw new Error('no frame');
      await expect.poll(() => frame.url(), { timeout: 30_000 }).toContain(end);
      await frame.waitForLoadState();
      return frame;
    }
    const launch = (patient: string) =>
      `${deltascope}/launch?${new URLSearchParams({ iss: ehr.iss, launch: ehr.launchOf(patient) })}`;

    describe.each([
      // Only partitioned cookies come back in a frame of another site.
      ['as it is', undefined, 'cookies: own=1'],
      ['that lets cookies of other sites through', 'allow', 'cookies: plain=1; own=1'],
      ['that blocks cookies of other sites', 'block', 'cookies: own=1'],
    ] as const)('in a browser %s', (_name, thirdPartyCookies, cookies) => {
      const open = async () => {
        tab = await openTab({ width: 1280, height: 900 }, { hosts, thirdPartyCookies });
        return tab;
      };

      it('cookies in a frame come back as this test takes it', async () => {
        const frame = await openFrame(await open(), ehrOrigin, `${deltascope}/set-cookies`, '/cookies');
        expect(await frame.textContent('body')).toBe(cookies);
      });

      it("a launch ends on the report of the chart's patient, and of nobody else", async () => {
        const opened = await open();
        const frame = await openFrame(opened, ehrOrigin, launch(patientId), '/report/');
        expect(frame.url()).toBe(`${deltascope}/report/patients/${patientId}`);
        const patient = syntheticPatients.find(({ id }) => id === patientId);
        expect(await frame.textContent('body')).toContain(patient?.family ?? 'a name');
        await saveScreenshot(opened.page, `framed-launch-${thirdPartyCookies ?? 'usual'}`);
        expect((await frame.goto(`${deltascope}/report/patients/${other}`))?.status()).toBe(403);
        expect((await frame.goto(`${deltascope}/report/patients/${patientId}`))?.status()).toBe(200);
        expect(opened.externalRequests).toEqual([]);
        // The session is one of frames in the EHR: a tab of its own, or a frame elsewhere, has none.
        const answer = await opened.page.goto(`${deltascope}/report/patients/${patientId}`);
        expect(answer?.status()).toBe(401);
      });
    });

    it('no page of another origin may show it in a frame', async () => {
      tab = await openTab({ width: 1280, height: 900 }, { hosts });
      const elsewhere = ehrOrigin.replace('ehr.example', 'elsewhere.example');
      const shown = await openFrame(tab, ehrOrigin, `${deltascope}/logout`, '/logout');
      expect(await shown.textContent('body')).toContain('Deltascope');
      const refused = await openFrame(tab, elsewhere, `${deltascope}/logout`, 'chrome-error:');
      expect(await refused.textContent('body')).not.toContain('Deltascope');
      expect(tab.errors.join()).toContain(`frame-ancestors 'self' ${ehrOrigin}`);
    });
  },
);
