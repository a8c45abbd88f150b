import type { Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type BrowserTab, chromiumAvailable, chromiumSkipReason, openTab } from '../helpers/chromium.ts';
import { type FakeCdsService, startFakeCdsService } from '../helpers/fake-cds-service.ts';
import { installProbes, openChart, placeOrder, probe } from './page-probes.ts';

const detail =
  '**High risk.**\n\n| What drives it | Value |\n|---|---|\n| N stage | N3 |\n\n[Study](https://doi.org/1)';
const cards = ['info', 'warning', 'critical'].map((indicator) => ({
  summary: `A card of ${indicator}`,
  indicator,
  detail,
  source: { label: 'Deltascope', url: 'https://doi.org/1' },
  suggestions: [{ label: `Do it (${indicator})`, isRecommended: true, actions: [] }],
  selectionBehavior: 'any',
  links: [{ label: 'Viewer', url: 'https://viewer.example/launch', type: 'smart' }],
}));

/** No text below WCAG 2.1 AA, and enough texts seen that the probe can't have looked at an empty page. */
async function expectContrast(page: Page, leastTexts: number): Promise<void> {
  const { texts, low } = await probe<{ texts: number; low: string[] }>(page, 'contrast');
  expect(low).toEqual([]);
  expect(texts).toBeGreaterThan(leastTexts);
}

describe.skipIf(!chromiumAvailable())(`the demonstration page for everybody (${chromiumSkipReason})`, () => {
  let tab: BrowserTab;
  let service: FakeCdsService;

  beforeAll(async () => {
    service = await startFakeCdsService(({ body }) => ({ body: { cards: body.hook === 'order-select' ? cards : [] } }));
    tab = await openTab({ width: 1280, height: 800 }, { reducedMotion: 'reduce' });
    await installProbes(tab.page);
  });
  afterAll(async () => {
    await tab?.close();
    await service?.close();
  });

  it('an order can be placed and signed with the keyboard alone', async () => {
    const { page } = tab;
    const press = (...keys: string[]) =>
      keys.reduce((done, key) => done.then(() => page.keyboard.press(key)), Promise.resolve());
    const focused = () => probe<string>(page, 'focused');
    await page.goto(service.url);
    await page.locator('#patients button').first().waitFor();
    await press('Tab');
    expect(await focused()).toBe('Skip to order entry');
    await press('Tab');
    expect(await focused()).toContain('Synthetic-Aster');
    await press('Enter');
    await page.locator('#orders').waitFor();
    await press('Tab', 'Tab');
    expect(await focused()).toBe('All models with figures and inputs');
    await press('Tab', 'Tab', 'Tab');
    expect(await focused()).toBe('drug');
    await page.keyboard.type('mab');
    await page.locator('#drug-options [role=option]').nth(1).waitFor();
    await press('ArrowDown', 'ArrowDown', 'ArrowUp');
    expect(await page.locator('#drug').getAttribute('aria-activedescendant')).toBe('drug-option-1');
    await press('Escape');
    expect(await page.locator('#drug').getAttribute('aria-expanded')).toBe('false');
    await press('ArrowDown');
    await page.locator('#drug-options [role=option]').nth(1).waitFor();
    await press('ArrowDown', 'Enter');
    expect(await page.locator('#drug').inputValue()).toBe('durvalumab');
    expect(await page.locator('#dose').inputValue()).toBe('1500');
    await press('Enter');
    await page.locator('.card').nth(2).waitFor();
    while ((await focused()) !== 'sign') await press('Tab');
    await press('Space');
    await page.locator('.status.signed').waitFor();
    expect(service.calls.map(({ body }) => body.hook)).toEqual(['patient-view', 'order-select', 'order-sign']);
  });

  it('focus is visible on every kind of control', async () => {
    const { page } = tab;
    for (const selector of ['.patient', '#drug', '#unit', '#place', '#drawer-toggle']) {
      await page.locator(selector).first().focus();
      await page.keyboard.press('Shift');
      expect(await probe(page, 'focusOutline'), selector).toBe('solid 2px');
    }
  });

  it('every text reaches 4.5:1, every control has a name', async () => {
    const { page } = tab;
    await openChart(page, 1);
    await page.locator('#cards', { hasText: 'Nothing to say' }).waitFor();
    await expectContrast(page, 25);
    await placeOrder(page, 'atezolizumab');
    await page.locator('.card').nth(2).waitFor();
    await page.locator('.suggestions button').first().click();
    await page.locator('#drawer-toggle').click();
    await page.locator('#drug').click();
    await page.locator('#drug-options [role=option]').nth(1).waitFor();
    await expectContrast(page, 150);
    expect(await probe(page, 'unnamedControls')).toEqual([]);
  });

  it('an indicator is a word and an icon, not only a colour', async () => {
    const marks = tab.page.locator('.card-indicator');
    expect(await marks.allInnerTexts()).toEqual(['Information', 'Warning', 'Critical']);
    expect(await marks.locator('svg').count()).toBe(3);
  });

  it('landmarks, one h1, and cards that are announced politely', async () => {
    const { page } = tab;
    for (const role of ['banner', 'navigation', 'main', 'complementary'] as const) {
      expect(await page.getByRole(role).count(), role).toBe(1);
    }
    expect(await page.locator('h1').count()).toBe(1);
    expect(await page.locator('#announcement[aria-live=polite]').textContent()).toBe(
      '3 cards. info: A card of info. warning: A card of warning. critical: A card of critical',
    );
  });

  it('nothing moves for readers who asked for less motion', async () => {
    expect(await probe(tab.page, 'spinnerAnimation')).toBe('none');
  });

  it.each([
    [1280, 800],
    [1440, 900],
    [1024, 768],
  ])('fits %i x %i without scrolling sideways', async (width, height) => {
    await tab.page.setViewportSize({ width, height });
    expect(await probe(tab.page, 'sidewaysOverflow')).toBe(0);
  });

  it('a narrow window brings an answer into view', async () => {
    await tab.page.setViewportSize({ width: 1024, height: 600 });
    await openChart(tab.page, 0);
    await placeOrder(tab.page, 'carboplatin');
    await tab.page.locator('.card').nth(2).waitFor();
    const box = await tab.page.locator('#advice-title').boundingBox();
    expect(box?.y).toBeLessThan(600);
  });

  it('ran without an error on the console and without a request to anywhere else', () => {
    expect(tab.errors).toEqual([]);
    expect(tab.externalRequests).toEqual([]);
  });
});
