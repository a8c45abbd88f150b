import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import type { AxeResults } from 'axe-core';
import express from 'express';
import type { Page } from 'playwright-core';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FhirError, RequestError } from '../../src/errors.ts';
import { errorHandler } from '../../src/http/operation-outcome.ts';
import { createReportRouter } from '../../src/http/report-routes.ts';
import { createLogger } from '../../src/log.ts';
import { readBoardList } from '../../src/report/board-list.ts';
import { renderBoardPdf } from '../../src/report/pdf-board.ts';
import { type BrowserTab, chromiumAvailable, chromiumSkipReason, openTab } from '../helpers/chromium.ts';
import { hasPoppler, overlaps, popplerSkipReason, seePdf } from './pdf-probes.ts';
import { reportPatients } from './report-patients.ts';
import { boardDate, type ReportWorld, startReportWorld } from './report-world.ts';

const ids = ['synthetic-aster', 'synthetic-elm'];
const patients = reportPatients.filter(({ id }) => ids.includes(id));
/** Whom the caller of the stand-in for the access check may not see. */
const hidden = 'synthetic-birch';

let world: ReportWorld;
let server: Server;
let url: string;

beforeAll(async () => {
  world = await startReportWorld(patients);
  const app = express();
  app.use(
    createReportRouter({
      requireAccess: [
        (incoming, _response, next) => {
          if (incoming.headers.authorization === 'Bearer wrong')
            throw new RequestError('HTTP_UNAUTHORIZED', 'Authorization', 'who is it');
          next();
        },
      ],
      checkPatient: (_response, id) => {
        if (id === hidden) throw new RequestError('HTTP_NOT_FOUND', id, 'not for this user');
      },
      logOut: '/logout',
      report: (_response, id, how) => world.engine.report(id, how),
      boardPatients: (date) => world.engine.boardPatients({ kind: 'appointments', date }),
    }),
  );
  app.use(errorHandler(createLogger('silent')));
  server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}, 600_000);
afterAll(async () => {
  server?.close();
  await world?.close();
});

describe('the pages over HTTP', () => {
  it.each([
    ['/report/patients/synthetic-aster', 200, /^text\/html/],
    ['/report/patients/synthetic-aster.pdf', 200, /^application\/pdf/],
    ['/report/patients/synthetic-aster.pdf?paper=letter', 200, /^application\/pdf/],
    ['/report/patients/synthetic-aster.pdf?paper=a5', 400, /^application\/json/],
    [`/report/patients/${hidden}`, 404, /^application\/json/],
    [`/report/patients/${hidden}.pdf`, 404, /^application\/json/],
    ['/report/patients/nobody', 412, /^application\/json/],
    [`/report/board?date=${boardDate}`, 200, /^text\/html/],
    ['/report/board?date=tomorrow', 400, /^application\/json/],
    ['/report/board.pdf', 400, /^application\/json/],
  ])(
    '%s answers %i',
    async (path, status, type) => {
      const answer = await request(url).get(path);
      expect(answer.status).toBe(status);
      expect(answer.headers['content-type']).toMatch(type);
      expect(answer.headers['cache-control']).toBe('no-store');
    },
    120_000,
  );

  it('asks who it is before anything else', async () => {
    const answer = await request(url).get('/report/patients/synthetic-aster').set('Authorization', 'Bearer wrong');
    expect(answer.status).toBe(401);
    expect(answer.text).not.toContain('Aster');
  });

  it('takes nothing but reading', async () => {
    expect((await request(url).post('/report/patients/synthetic-aster')).status).toBe(405);
  });
});

describe.skipIf(!chromiumAvailable())(`the pages in a browser (${chromiumSkipReason})`, () => {
  let tab: BrowserTab;
  beforeAll(async () => {
    tab = await openTab({ width: 1280, height: 900 });
  });
  afterAll(() => tab?.close());

  /** Axe comes in through the debugger, because the page's policy lets no script run. */
  async function violations(page: Page): Promise<string[]> {
    await page.evaluate(readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8'));
    const found = (await page.evaluate('axe.run()')) as AxeResults;
    return found.violations.map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 120)).join(' | ')}`);
  }

  it.each(['/report/patients/synthetic-aster', '/report/patients/synthetic-elm', `/report/board?date=${boardDate}`])(
    '%s breaks no rule of axe-core and fits the window',
    async (path) => {
      const { page } = tab;
      await page.goto(`${url}${path}`, { timeout: 60_000 });
      expect(await page.evaluate('document.documentElement.scrollWidth - window.innerWidth')).toBeLessThanOrEqual(0);
      expect(await violations(page)).toEqual([]);
    },
    180_000,
  );

  it('is drawn whole under its own policy: no error on the console, no request to anywhere', async () => {
    const { page } = tab;
    await page.goto(`${url}/report/patients/synthetic-aster`, { timeout: 60_000 });
    expect(await page.locator('main h2').count()).toBeGreaterThan(6);
    expect(await page.locator('nav a', { hasText: 'Log out' }).getAttribute('href')).toBe('/logout');
    expect(await page.evaluate('getComputedStyle(document.querySelector("header")).display')).toBe('block');
    expect(await page.evaluate('getComputedStyle(document.querySelector(".band")).display')).toBe('grid');
    expect(await page.locator('figure image').count()).toBe(2);
    expect(tab.errors).toEqual([]);
    expect(tab.externalRequests).toEqual([]);
  }, 120_000);
});

describe('a whole board', () => {
  it('finds its patients by appointment, Group, List and Encounter, each once', async () => {
    const reference = (id: string) => ({ reference: `Patient/${id}` });
    await world.fhir.load({
      resourceType: 'Bundle',
      type: 'batch',
      entry: [
        {
          resourceType: 'Group',
          id: 'board',
          type: 'person',
          actual: true,
          member: [
            { entity: reference('synthetic-elm') },
            { entity: reference('synthetic-aster') },
            { entity: reference('synthetic-aster') },
            { entity: reference(hidden), inactive: true },
          ],
        },
        {
          resourceType: 'List',
          id: 'board',
          status: 'current',
          mode: 'working',
          entry: [{ item: reference('synthetic-elm') }, { item: reference(hidden), deleted: true }],
        },
        {
          resourceType: 'Encounter',
          id: 'board',
          status: 'planned',
          class: { code: 'AMB' },
          subject: reference('synthetic-aster'),
          reasonCode: [{ text: 'Second opinion' }],
        },
      ].map((resource) => ({ resource, request: { method: 'PUT', url: `${resource.resourceType}/${resource.id}` } })),
    } as Parameters<typeof world.fhir.load>[0]);
    const of = async (query: Parameters<typeof world.engine.boardPatients>[0]) =>
      (await world.engine.boardPatients(query)).map(({ patientId, question }) => [patientId, question]);
    expect(await of({ kind: 'appointments', date: boardDate })).toEqual([
      ['synthetic-aster', 'Which first-line therapy?'],
      ['synthetic-elm', 'Is the present therapy still the right one?'],
    ]);
    expect(await of({ kind: 'appointments', date: '2026-11-25' })).toEqual([]);
    expect(await of({ kind: 'Group', id: 'board' })).toEqual([
      ['synthetic-elm', null],
      ['synthetic-aster', null],
    ]);
    expect(await of({ kind: 'List', id: 'board' })).toEqual([['synthetic-elm', null]]);
    expect(await of({ kind: 'Encounter', id: 'board' })).toEqual([['synthetic-aster', 'Second opinion']]);
  }, 60_000);

  it.skipIf(!hasPoppler)(
    `is a cover page and one page a patient; who fails is listed with the reason (${popplerSkipReason})`,
    async () => {
      const found = [...ids, 'synthetic-nobody'].map((patientId) => ({ patientId, question: null, start: null }));
      const shares: number[] = [];
      const list = await readBoardList(
        found,
        ({ patientId }) => world.engine.report(patientId, { boardDate }),
        { date: boardDate, createdAt: '2026-11-20T12:00:00Z' },
        (share) => shares.push(share),
      );
      expect(shares).toEqual([1 / 3, 2 / 3, 1]);
      const { pages, words } = seePdf(await renderBoardPdf(list));
      expect(pages).toHaveLength(3);
      expect(pages[0]).toContain('SYNTHETIC PATIENTS: no real persons');
      expect(pages[0]).toContain('Tumour board: list of patients, 24 Nov 2026');
      expect(pages[0]).toContain('Anton Synthetic-Aster');
      expect(pages[0]).toContain('Patient/synthetic-nobody FHIR_PATIENT_NOT_FOUND');
      expect(pages[1]).toContain('Anton Synthetic-Aster, ID SYN-0001 Page 2 of 3');
      expect(pages[2]).toContain('Emil Synthetic-Elm, ID SYN-0005 Page 3 of 3');
      expect(pages[1]).toContain('SYNTHETIC DEMO MODELS');
      expect(pages[2]).not.toContain('SYNTHETIC DEMO MODELS');
      expect(overlaps(words)).toEqual([]);
    },
    180_000,
  );

  it('goes on after a failure of any kind, without its text where it has no code', async () => {
    const failures = [new FhirError('FHIR_UNREACHABLE', 'Patient/a', 'no answer'), new Error('secret')];
    const list = await readBoardList(
      ['a', 'b'].map((patientId) => ({ patientId, question: null, start: null })),
      () => Promise.reject(failures.shift()),
      { date: null, createdAt: '2026-11-20T12:00:00Z' },
    );
    expect(list.entries.map((entry) => ('failure' in entry ? entry.failure : ''))).toEqual([
      'FHIR_UNREACHABLE (Patient/a): no answer',
      'the report failed; the log says why',
    ]);
  });
});
