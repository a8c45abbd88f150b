import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Locator, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/config.ts';
import { type Demonstration, startDemonstration } from '../../src/demo/demonstration.ts';
import { createLogger } from '../../src/log.ts';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { cachedViewer } from './ohif/viewer-service.ts';
import { installProbes, openChart, placeOrder, probe } from './page-probes.ts';

const clinicalDate = /\d{1,2} (Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) 20\d\d/;

/** Positions in the patient list. */
const highRisk = 0;
const lowRisk = 1;
const noCt = 3;

describe.skipIf(!chromiumAvailable())(`the demonstration in Chromium (${chromiumSkipReason})`, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-demonstration-'));
  let demonstration: Demonstration;
  let tab: BrowserTab;

  beforeAll(async () => {
    demonstration = await startDemonstration({
      config: readConfig({ DELTASCOPE_DATA_DIR: folder, DELTASCOPE_PORT: '0' }),
      version: 'test',
      logger: createLogger('silent'),
      viewer: await cachedViewer(),
    });
    await demonstration.featuresReady;
    tab = await openTab({ width: 1280, height: 800 });
    await installProbes(tab.page);
    await tab.page.goto(demonstration.url);
    await tab.page.locator('#patients button').nth(noCt).waitFor();
    // Nine patients' images are made, stored and analysed: minutes where other tests take the processors.
  }, 420_000);
  afterAll(async () => {
    await tab?.close();
    await demonstration?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const cards = () => tab.page.locator('#cards[aria-busy=false] .card');

  /** The page that a link opens beside this one. */
  async function openedBy(link: Locator): Promise<Page> {
    const [page] = await Promise.all([tab.page.context().waitForEvent('page'), link.click()]);
    await page.waitForLoadState();
    return page;
  }

  async function orderFor(position: number): Promise<string> {
    await openChart(tab.page, position);
    await placeOrder(tab.page, 'atezolizumab');
    await tab.page.locator('#occasion', { hasText: 'On the draft order: atezolizumab' }).waitFor();
    await cards().first().waitFor();
    return (await cards().allInnerTexts()).join('\n');
  }

  it('says that the data are synthetic, and lists the synthetic patients', async () => {
    expect(await tab.page.locator('.banner').textContent()).toContain('Synthetic data: no real patients');
    const names = await tab.page.locator('.patient-name').allTextContents();
    expect(names.length).toBeGreaterThanOrEqual(4);
    for (const name of names) expect(name).toMatch(/synthetic/i);
  });

  it('high-risk patient, draft atezolizumab: group, standing, inputs with unit and date', async () => {
    const text = await orderFor(highRisk);
    await saveScreenshot(tab.page, 'demo-order-1280');
    expect(text).toMatch(/high risk of death/i);
    expect(text).toContain('SYNTHETIC DEMO MODEL, not a clinical result');
    expect(text).toMatch(/LDH[\s\S]*U\/L/);
    expect(text).toMatch(clinicalDate);
    await tab.page.setViewportSize({ width: 1440, height: 900 });
    await saveScreenshot(tab.page, 'demo-order-1440');
    await tab.page.setViewportSize({ width: 1280, height: 800 });
    const { low } = await probe<{ low: string[] }>(tab.page, 'contrast');
    expect(low).toEqual([]);
  });

  it('request, response and timing are one click away', async () => {
    await tab.page.locator('#drawer-toggle').click();
    const request = JSON.parse(String(await tab.page.locator('#request-json').textContent()));
    const response = JSON.parse(String(await tab.page.locator('#response-json').textContent()));
    await saveScreenshot(tab.page, 'demo-drawer-1280');
    expect(request).toMatchObject({ hook: 'order-select', context: { selections: ['MedicationRequest/draft-1'] } });
    expect(response.cards.length).toBeGreaterThan(0);
    expect(await tab.page.locator('#response-line').textContent()).toMatch(/^200, \d+ ms$/);
    await tab.page.locator('#drawer-toggle').click();
  });

  it('the order can be signed after the card was read', async () => {
    await tab.page.locator('#sign').click();
    const anyway = tab.page.locator('#confirm-sign');
    await anyway.or(tab.page.locator('.status.signed')).first().waitFor();
    if (await anyway.isVisible()) await anyway.click();
    await tab.page.locator('.status.signed').waitFor();
    expect(await tab.page.locator('#occasion').textContent()).toBe('On signing');
  });

  it('from the chart to the viewer, to the risk on the lesion, to the report of the tumour board', async () => {
    await openChart(tab.page, highRisk);
    const name = await tab.page.locator('#chart-name').innerText();
    const viewer = await openedBy(tab.page.locator('.chart-links').getByRole('link', { name: /^CT in the viewer/ }));
    const errors: string[] = [];
    viewer.on('pageerror', (error) => errors.push(String(error)));
    const lesion = viewer.locator('.deltascope-outline[data-group=high]').first();
    await lesion.waitFor({ state: 'attached', timeout: 90_000 });
    expect(await viewer.locator('.deltascope-label').allInnerTexts()).toContainEqual(
      expect.stringMatching(/^H\s*Primary tumour[\s\S]*high risk of death/),
    );
    const report = await openedBy(viewer.getByRole('link', { name: 'Tumour-board report' }));
    expect(new URL(report.url()).pathname).toMatch(/^\/report\/patients\/synthetic-/);
    const text = await report.locator('body').innerText();
    expect(text).toContain(name.split(', ').reverse().join(' '));
    expect(text).toMatch(/high risk of death/i);
    expect(text).toContain('SYNTHETIC DEMO MODEL');
    expect(errors).toEqual([]);
    await report.close();
    await viewer.close();
  }, 180_000);

  it('low-risk patient: low', async () => {
    expect(await orderFor(lowRisk)).toMatch(/low risk of death/i);
  });

  it('patient without CT: not assessable, and what would mend it', async () => {
    const text = await orderFor(noCt);
    await saveScreenshot(tab.page, 'demo-no-ct-1280');
    expect(text).toMatch(/not assessable/i);
    expect(text).toMatch(/CT/);
  });

  it('runs without an error on the console and without a request to anywhere else', () => {
    expect(tab.errors).toEqual([]);
    expect(tab.externalRequests).toEqual([]);
  });
});
