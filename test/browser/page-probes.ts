import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';

/** Puts `in-page.js` into every document that the tab opens from now on. */
export async function installProbes(page: Page): Promise<void> {
  await page.addInitScript({ path: fileURLToPath(new URL('in-page.js', import.meta.url)) });
}

/** Calls a function of `in-page.js` by its name. */
export function probe<T>(page: Page, name: string): Promise<T> {
  return page.evaluate(`probes.${name}()`) as Promise<T>;
}

/** Opens the chart of the patient at a position of the list. */
export async function openChart(page: Page, position: number): Promise<void> {
  await page.locator('#patients button').nth(position).click();
}

/** Picks a drug by its name and places the draft order. */
export async function placeOrder(page: Page, drug: string): Promise<void> {
  await page.locator('#drug').fill(drug);
  await page.locator('#drug-options [aria-selected=true]', { hasText: drug }).waitFor();
  await page.keyboard.press('Enter');
  await page.locator('#place').click();
}
