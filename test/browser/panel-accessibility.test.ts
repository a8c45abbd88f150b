import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type axe from 'axe-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { chromiumAvailable, chromiumSkipReason, saveScreenshot } from '../helpers/chromium.ts';
import { studies } from './panel/course-fixture.ts';
import { fullView } from './panel/panel-fixture.ts';
import { pending } from './panel/panel-server.ts';
import { openPanelTab, type PanelTab } from './panel/panel-tab.ts';

const axeSource = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** Violations of WCAG 2.2 A and AA that axe finds, as "rule: element". */
async function violations({ page }: PanelTab): Promise<string[]> {
  await page.evaluate(axeSource);
  const results = (await page.evaluate(
    "axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })",
  )) as axe.AxeResults;
  // An empty page has no violation either.
  expect(results.passes.length).toBeGreaterThan(10);
  return results.violations.flatMap(({ id, nodes }) => nodes.map(({ html }) => `${id}: ${html.slice(0, 160)}`));
}

describe.skipIf(!chromiumAvailable()).each([320, 420])(
  `the panel for everybody, %i px (${chromiumSkipReason})`,
  (width) => {
    let tab: PanelTab;
    beforeAll(async () => {
      tab = await openPanelTab(width);
      tab.server.view = fullView;
      await tab.open();
      await tab.page.getByText('High risk of progression within 6 months').first().waitFor();
    });
    afterAll(() => tab.close());

    it('nothing is wider than the panel, and a picture of it is kept', async () => {
      await tab.page.getByTestId('ds-chart-ldh').locator('svg').waitFor();
      const over = await tab.page.evaluate(`(() => {
      const panel = document.querySelector('.ds-island');
      return [...panel.querySelectorAll('*')].filter((element) => !element.closest('dialog, .ds-hidden, svg')
        && element.getBoundingClientRect().right > panel.clientWidth + 0.5).map((element) => element.className);
    })()`);
      expect(over).toEqual([]);
      await saveScreenshot(tab.page, `panel-${width}`);
    });

    it('axe finds nothing in the whole panel, closed and opened', async () => {
      expect(await violations(tab)).toEqual([]);
      const drawing = {
        segmentationId: 'drawn',
        label: 'Segmentation 1',
        StudyInstanceUID: studies.second,
        studyDate: null,
        segments: [{ index: 1, label: '' }],
      };
      await tab.page.evaluate(`panelPage.draw(${JSON.stringify(drawing)})`);
      for (const summary of await tab.page.locator('.ds-panel summary').all()) await summary.click();
      for (const button of await tab.page.getByText('Show as table').all()) await button.click();
      await tab.page.locator('.ds-card table').waitFor();
      expect(await violations(tab)).toEqual([]);
    });

    it('axe finds nothing while computing, and without an answer', async () => {
      tab.server.view = {
        ...fullView,
        analysis: { ...pending, state: 'running', share: 0.4 },
        stale: 'new CT not yet included',
      };
      await tab.open();
      await tab.page.getByRole('progressbar').waitFor();
      expect(await violations(tab)).toEqual([]);
      tab.server.view = 503;
      await tab.open();
      await tab.page.getByRole('alert').waitFor();
      expect(await violations(tab)).toEqual([]);
      tab.server.view = fullView;
    });

    it('everything that acts is at least 24 px high or wide apart, and shows its focus', async () => {
      await tab.open();
      await tab.page.getByText('High risk of progression within 6 months').first().waitFor();
      const seen: string[] = [];
      for (let press = 0; press < 60; press += 1) {
        await tab.page.keyboard.press('Tab');
        const focused = (await tab.page.evaluate(`(() => {
        const element = document.activeElement;
        if (element === document.body) return null;
        const shown = [element, element.closest('.ds-lesion')].filter(Boolean).map((each) => getComputedStyle(each));
        const { top, bottom } = element.getBoundingClientRect();
        return { name: element.textContent || element.id || element.type, outlined: shown.some(({ outlineStyle, outlineWidth }) =>
          outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2), visible: top >= 0 && bottom <= innerHeight };
      })()`)) as { name: string; outlined: boolean; visible: boolean } | null;
        if (focused === null) break;
        expect(focused, focused.name).toMatchObject({ outlined: true, visible: true });
        seen.push(focused.name);
      }
      expect(seen.length).toBeGreaterThan(20);
      expect(seen.slice(0, 5)).toEqual(['Risk', 'Lesions', 'Trends', 'Why', 'More']);
    });
  },
);
