import type { Page } from 'playwright-core';
import { openTab } from '../../helpers/chromium.ts';
import { studies } from './course-fixture.ts';
import { type PanelServer, startPanelServer } from './panel-server.ts';

/** The panel in a real Chromium, with a made-up service behind it. */
export interface PanelTab {
  readonly page: Page;
  readonly server: PanelServer;
  readonly errors: readonly string[];
  readonly externalRequests: readonly string[];
  /** Loads the page anew and opens the studies; the viewports show the first and the last of them. */
  open(): Promise<void>;
  close(): Promise<void>;
}

/** Opens the panel's page at a width in CSS pixels; nothing is asked of the service yet. */
export async function openPanelTab(width: number): Promise<PanelTab> {
  const server = await startPanelServer();
  const tab = await openTab({ width, height: 900 }, { reducedMotion: 'reduce' });
  return {
    page: tab.page,
    server,
    errors: tab.errors,
    externalRequests: tab.externalRequests,
    async open() {
      server.requests.length = 0;
      await tab.page.goto(server.url);
      const script = `panelPage.shown = ${JSON.stringify([studies.baseline, studies.second])}; panelPage.state.set({ shownStudies: panelPage.shown }); panelPage.open(${JSON.stringify(Object.values(studies))})`;
      await tab.page.evaluate(script);
    },
    async close() {
      await tab.close();
      await server.close();
    },
  };
}

/** What the page's viewer was asked for, and forgets it. */
export async function takeMoves(page: Page): Promise<string[]> {
  return page.evaluate('panelPage.moves.splice(0)');
}

/** Where something is in the window, in CSS pixels. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** An element of a page, as far as tests without the browser's types ask. */
export interface Drawn {
  getBoundingClientRect(): Place & { readonly width: number; readonly height: number };
}

/** Centres of the points of a trend's chart, left to right. */
export async function chartPoints(page: Page, key: string): Promise<Place[]> {
  const chart = page.getByTestId(`ds-chart-${key}`);
  await chart.scrollIntoViewIfNeeded();
  // The point under the pointer is drawn larger.
  await page.mouse.move(0, 0);
  await page.locator('.ds-tooltip').first().waitFor({ state: 'hidden' });
  // ECharts draws each point as a path of its own; lines, bands and axes have no fill of a lesion's or the laboratory's colour.
  const boxes = await chart.locator('svg path').evaluateAll((paths) =>
    (paths as unknown as readonly Drawn[]).flatMap((path) => {
      const { x, y, width, height } = path.getBoundingClientRect();
      return Math.abs(width - 9) < 2 && Math.abs(height - 9) < 2 ? [{ x: x + width / 2, y: y + height / 2 }] : [];
    }),
  );
  return boxes.sort((a, b) => a.x - b.x);
}
