import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
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
  /** Requests to anything but `data:`, `blob:`, the browser itself (its viewer of PDFs), the loopback address and `hosts`. */
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
];

export interface TabOptions {
  readonly reducedMotion?: 'reduce';
  /** Host names that lead to this machine, with whatever certificate. */
  readonly hosts?: readonly string[];
  /** What the user has set about cookies of other sites; without it as the browser does by itself. */
  readonly thirdPartyCookies?: 'allow' | 'block' | undefined;
}

/** Opens Chromium at a window size in CSS pixels. */
export async function openTab(
  viewport: { width: number; height: number },
  { hosts = [], thirdPartyCookies, ...options }: TabOptions = {},
): Promise<BrowserTab> {
  const profile = mkdtempSync(path.join(tmpdir(), 'deltascope-chromium-'));
  if (thirdPartyCookies !== undefined) {
    const blocks = thirdPartyCookies === 'block';
    mkdirSync(path.join(profile, 'Default'));
    const preferences = { profile: { cookie_controls_mode: Number(blocks), block_third_party_cookies: blocks } };
    writeFileSync(path.join(profile, 'Default', 'Preferences'), JSON.stringify(preferences));
  }
  // A request that tries to leave the machine fails at the name, whatever the page's policy says.
  const rules = [...hosts.map((host) => `MAP ${host} 127.0.0.1`), 'MAP * ~NOTFOUND', 'EXCLUDE 127.0.0.1'];
  const own = new RegExp(`^https://(${hosts.join('|')})[:/]`);
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: false,
    serviceWorkers: 'block',
    args: [...flags, `--host-resolver-rules=${rules.join(' , ')}`],
    ignoreHTTPSErrors: hosts.length > 0,
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
    const url = request.url();
    const isLocal = /^(data:|blob:|chrome:|chrome-extension:|http:\/\/127\.0\.0\.1[:/])/.test(url);
    if (!isLocal && !(hosts.length > 0 && own.test(url))) externalRequests.push(url);
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
