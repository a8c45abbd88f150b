import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { chromium, type Page } from 'playwright-core';

const executablePath = '/usr/bin/chromium';

export const chromiumSkipReason = 'needs Chromium: apt-get install chromium';

export function chromiumAvailable(): boolean {
  return existsSync(executablePath);
}

/** A tab of a real Chromium with an empty profile, and everything that a test must be able to complain about. */
export interface BrowserTab {
  readonly page: Page;
  /** Console errors and uncaught exceptions. */
  readonly errors: readonly string[];
  /** Requests to anything but `data:`, `blob:`, the browser itself (its viewer of PDFs) and the loopback address. */
  readonly externalRequests: readonly string[];
  close(): Promise<void>;
}

const flags = [
  '--headless=new',
  '--no-sandbox',
  '--use-angle=swiftshader',
  '--enable-unsafe-swiftshader',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  // A request that tries to leave the machine fails at the name, whatever the page's policy says.
  '--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1',
];

/** Opens Chromium at a window size in CSS pixels. */
export async function openTab(
  viewport: { width: number; height: number },
  options: { reducedMotion?: 'reduce' } = {},
): Promise<BrowserTab> {
  const profile = mkdtempSync(path.join(tmpdir(), 'deltascope-chromium-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: false,
    serviceWorkers: 'block',
    args: flags,
    viewport,
    ...options,
  });
  const page = context.pages()[0] ?? (await context.newPage());
  const errors: string[] = [];
  const externalRequests: string[] = [];
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text());
  });
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('request', (request) => {
    if (!/^(data:|blob:|chrome:|chrome-extension:|http:\/\/127\.0\.0\.1[:/])/.test(request.url()))
      externalRequests.push(request.url());
  });
  return {
    page,
    errors,
    externalRequests,
    async close() {
      await context.close();
      rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Saves what the tab shows under `test-output/`, for people to look at. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync('test-output', { recursive: true });
  await page.screenshot({ path: `test-output/${name}.png` });
}
