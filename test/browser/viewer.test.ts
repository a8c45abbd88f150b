import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rgba, riskStyle } from '../../ohif-extension/src/overlay/risk-style.ts';
import type { MeasuredRegion, PanelView } from '../../src/http/api/panel-types.ts';
import type { RiskGroup } from '../../src/models/model-result.ts';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { orthancAvailable, orthancSkipReason } from '../helpers/orthanc.ts';
import { until } from '../helpers/until.ts';
import { installViewerProbes, openViewerPage, type ShownOutline, type ViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerService } from './ohif/viewer-service.ts';

/** Three visits, a tumour that grows, a second lesion. */
const followed = 'synthetic-gorse';
/** One visit. */
const single = 'synthetic-cedar';

const possible = chromiumAvailable() && orthancAvailable();
const baseline = 'deltascope-baseline';
const newest = 'deltascope-newest';

describe.skipIf(!possible)(
  `risk on the lesion in OHIF (${chromiumSkipReason}; ${orthancSkipReason})`,
  { timeout: 120_000 },
  () => {
    let service: ViewerService;
    let tab: BrowserTab;
    let viewer: ViewerPage;
    let view: PanelView;

    beforeAll(async () => {
      service = await startViewerService([followed, single].map(syntheticPatient));
      tab = await openTab({ width: 1600, height: 900 });
      await installViewerProbes(tab.page);
      viewer = await openViewerPage(tab.page, service.url, service.studies(followed));
      await viewer.lesionsThere(2, 2);
      const answer = await fetch(`${service.url}/api/panel?StudyInstanceUIDs=${service.studies(followed).join(',')}`);
      view = (await answer.json()) as PanelView;
    }, 420_000);
    afterAll(async () => {
      await tab?.close();
      await service?.close();
    });

    const primary = () => view.course.lesions.find((lesion) => lesion.primary);
    const outlineOf = async (pane: string, lesion = primary()?.key) =>
      (await viewer.outlines(pane)).find((outline) => outline.lesion === lesion);

    /** Colour of the canvas in the middle of a lesion, with the overlay and without it. */
    async function coloursInside(pane: string, lesion?: string): Promise<[number[], number[]]> {
      const { inside } = (await outlineOf(pane, lesion)) as ShownOutline;
      if (inside === null) throw new Error('no point inside');
      const look = () => viewer.pixel(pane, inside.x, inside.y);
      await until(async () => !isGrey(await look()), 'the filling', 60_000);
      const painted = await look();
      await tab.page.getByLabel('Risk overlay').uncheck();
      await until(async () => isGrey(await look()), 'the image without overlay');
      const bare = await look();
      await tab.page.getByLabel('Risk overlay').check();
      await until(async () => String(await look()) === String(painted), 'the overlay again');
      return [painted, bare];
    }

    /** The shares of a colour over a grey at an opacity: what the canvas must hold. */
    function blended(grey: number[], group: RiskGroup | null, opacity: number): number[] {
      const colour = rgba(riskStyle(group));
      return grey.map((value, at) => value * (1 - opacity) + (colour[at] ?? 0) * opacity);
    }

    function expectColour(found: number[], expected: number[]): void {
      const differences = found.map((value, at) => Math.abs(value - (expected[at] ?? 0)));
      expect(Math.max(...differences), `${found} for ${expected}`).toBeLessThan(4);
    }

    it('three studies: baseline and newest side by side, each with its image, and nobody else', async () => {
      const [first, , last] = service.studies(followed);
      const panes = await viewer.panes();
      expect(panes.map(({ viewportId, study }) => [viewportId, study])).toEqual([
        [baseline, first],
        [newest, last],
      ]);
      for (const { viewportId } of panes) expect(await viewer.greys(viewportId)).toBeGreaterThan(30);
    });

    it('both panes at the slice where the tumour is largest, in the window of the lung', async () => {
      const outlines = primary()?.outlines.filter(({ current }) => current) ?? [];
      const keyImages = [outlines.at(0)?.keySOPInstanceUID, outlines.at(-1)?.keySOPInstanceUID];
      await until(
        async () => String((await viewer.panes()).map(({ image }) => image)) === String(keyImages),
        'both panes at the key slice',
      );
      for (const pane of await viewer.panes()) expect(pane.window).toEqual({ lower: -1350, upper: 149 });
    });

    it('the time from the first image to the risk on the lesion: outline and label, then the filling', async () => {
      const at = async (name: string) =>
        (await viewer.marks()).filter((mark) => mark.name === name).map(({ startTime }) => startTime);
      await until(async () => (await at('deltascope-risk-filled')).length >= 2, 'both panes filled', 60_000);
      const first = Math.min(...(await at('test-image-rendered')));
      expect(first).toBeGreaterThan(0);
      const both = async (name: string) => Math.round(Math.max(...(await at(name)).slice(0, 2)) - first);
      console.log(
        `first image ${Math.round(first)} ms after navigation; risk outlined and said on both panes ${await both('deltascope-risk-visible')} ms later, filled ${await both('deltascope-risk-filled')} ms later`,
      );
    });

    it('the canvas holds the colour of the risk group over the image, and only inside', async () => {
      const group = view.lesionRisks.find(({ lesion }) => lesion === primary()?.key)?.group ?? null;
      expect(group).toBe('high');
      for (const pane of [baseline, newest]) {
        const [painted, bare] = await coloursInside(pane);
        expect(isGrey(bare)).toBe(true);
        expectColour(painted, blended(bare, 'high', 0.35));
      }
      expect(isGrey(await viewer.pixel(newest, 10, 300))).toBe(true);
    });

    it('a lesion that no model is about is grey and dotted, and says so', async () => {
      const node = view.course.lesions.find((lesion) => !lesion.primary);
      const outline = (await outlineOf(newest, node?.key)) as ShownOutline;
      expect(outline).toMatchObject({
        group: 'not assessable',
        colour: riskStyle(null).colour,
        dashes: riskStyle(null).dashes,
      });
      expect((await viewer.labels(newest)).join('\n')).toMatch(/Lymph node[\s\S]*not assessable/);
    });

    it('labels: name, risk and main change at the newest outline, sizes at the baseline; none hides a lesion', async () => {
      const risk = view.lesionRisks.find(({ lesion }) => lesion === primary()?.key);
      const now = (await viewer.labels(newest)).find((label) => label.includes('Primary tumour'));
      expect(now).toMatch(/^H\s*Primary tumour/);
      expect(now).toContain(risk?.text);
      // Beside the baseline "+37%" would be taken for the change since then.
      expect(risk?.change).toMatch(/^volume \+\d+% since \d{1,2} [A-Z][a-z]{2} \d{4}$/);
      expect(risk?.changeSinceBaseline).toMatch(/^volume \+\d+% since baseline$/);
      expect(now).toContain(risk?.changeSinceBaseline);
      expect(now).not.toContain(risk?.change);
      const then = (await viewer.labels(baseline)).find((label) => label.includes('Primary tumour'));
      expect(then).toMatch(/\d+(\.\d+)? mm, \d+(\.\d+)? mL/);
      expect(then).not.toContain('risk');
      for (const pane of [baseline, newest]) expect(await viewer.misplacedLabels(pane)).toBe(0);
      const layer = await tab.page.getByTestId(`deltascope-layer-${newest}`).innerText();
      expect(layer).toContain('Synthetic data');
      for (const word of ['high', 'intermediate', 'low', 'not assessable']) expect(layer).toContain(word);
      await saveScreenshot(tab.page, 'viewer-side-by-side');
    });

    it('opacity: the canvas follows the slider', async () => {
      const { inside } = (await outlineOf(newest)) as ShownOutline;
      const [painted, bare] = await coloursInside(newest);
      await tab.page.getByLabel('Opacity').fill('70');
      const strong = blended(bare, 'high', 0.7);
      await until(async () => {
        const now = await viewer.pixel(newest, inside?.x ?? 0, inside?.y ?? 0);
        return now.every((value, at) => Math.abs(value - (strong[at] ?? 0)) < 4);
      }, 'the stronger colour');
      await tab.page.getByLabel('Opacity').fill('35');
      await until(
        async () => String(await viewer.pixel(newest, inside?.x ?? 0, inside?.y ?? 0)) === String(painted),
        'the colour as before',
      );
    });

    it('scrolling one study scrolls the other by as many millimetres; switched off, it stays', async () => {
      const slice = async (at: number) => (await viewer.panes())[at]?.image;
      const [, other] = [await slice(0), await slice(1)];
      await tab.page.getByTestId(`deltascope-layer-${baseline}`).evaluate('(layer) => layer.parentElement.focus()');
      const { inside } = (await outlineOf(baseline)) as ShownOutline;
      const scroll = async (by: number) => {
        await viewer.hover(baseline, inside?.x ?? 0, inside?.y ?? 0);
        await tab.page.mouse.wheel(0, by);
      };
      await scroll(100);
      await until(async () => (await slice(1)) !== other, 'the other pane scrolled');
      await scroll(-100);
      await until(async () => (await slice(1)) === other, 'the other pane back');
      await tab.page.getByLabel('Scroll both studies together').uncheck();
      const here = await slice(0);
      await scroll(100);
      await until(async () => (await slice(0)) !== here, 'this pane scrolled');
      expect(await slice(1)).toBe(other);
      await tab.page.getByLabel('Scroll both studies together').check();
      await scroll(-100);
      await until(async () => (await slice(0)) === here, 'this pane back');
    });

    it('a lesion that is clicked in the image is selected in the panel, and the other way round', async () => {
      const node = view.course.lesions.find((lesion) => !lesion.primary);
      const outline = (await outlineOf(newest, node?.key)) as ShownOutline;
      await viewer.click(newest, outline.inside?.x ?? 0, outline.inside?.y ?? 0);
      const choice = (name: string) => tab.page.getByRole('radio', { name: new RegExp(name) });
      await until(() => choice('Lymph node 7').isChecked(), 'the lymph node selected');
      await choice('Primary tumour').check();
      const label = tab.page.getByTestId(`deltascope-layer-${newest}`).locator('[data-selected=true]');
      await until(async () => (await label.innerText()).includes('Primary tumour'), 'the tumour selected');
    });

    it.each(['low', 'intermediate', 'high', null] as const)(
      'risk group %s: colour in the canvas, pattern, mark',
      async (group) => {
        const page = tab.page;
        await page.route('**/api/panel?**', async (route) => {
          const response = await route.fetch();
          const answer = (await response.json()) as PanelView;
          const lesionRisks = answer.lesionRisks.map((risk) => ({ ...risk, group, text: `${group ?? 'no'} risk` }));
          await route.fulfill({ response, json: { ...answer, lesionRisks } });
        });
        const one = await openViewerPage(page, service.url, service.studies(single));
        await one.lesionsThere(1);
        const [outline] = await one.outlines(newest);
        const style = riskStyle(group);
        expect(outline).toMatchObject({
          group: style.word,
          colour: style.colour,
          dashes: style.dashes,
          width: style.width,
        });
        expect((await one.labels(newest))[0]).toMatch(new RegExp(`^\\${style.letter}`));
        const { x, y } = outline?.inside ?? { x: 0, y: 0 };
        // Soft tissue is white in the window of the lung, so what must be there is known without switching the overlay off.
        const expected = blended([255, 255, 255], group, 0.35);
        await until(async () => {
          const found = await one.pixel(newest, x, y);
          return found.every((value, at) => Math.abs(value - (expected[at] ?? 0)) < 25);
        }, `the colour of ${style.word}`);
        await page.unroute('**/api/panel?**');
      },
    );

    it('the ring that features are taken from, on demand', async () => {
      const { page } = tab;
      const asked: string[] = [];
      let goOn: () => void = () => undefined;
      const held = new Promise<void>((resolve) => {
        goOn = resolve;
      });
      await page.route('**/api/regions?**', async (route) => {
        asked.push(route.request().url());
        await held;
        await route.continue();
      });
      const one = await openViewerPage(page, service.url, service.studies(single));
      await one.lesionsThere(1);
      const ring = page.locator('.deltascope-ring');
      expect([await ring.count(), asked]).toEqual([0, []]);
      await page.getByLabel('Ring region').check();
      const progress = page.getByText('the ring region is being read from the service');
      await progress.first().waitFor();
      expect([await ring.count(), asked.length]).toEqual([0, 1]);
      goOn();
      await ring.first().waitFor({ state: 'attached' });
      await until(async () => (await progress.count()) === 0, 'no more said of progress');
      const answer = (await (await fetch(asked.at(-1) ?? '')).json()) as MeasuredRegion;
      const [pane] = await one.panes();
      const runs = answer.images.find(({ SOPInstanceUID }) => SOPInstanceUID === pane?.image)?.runs ?? [];
      const pixels = runs.filter((_, at) => at % 2 === 1).reduce((sum, length) => sum + length, 0);
      expect(pixels).toBeGreaterThan(0);
      // The pixels of the answer, counted by the area that the drawn border encloses.
      expect(enclosedArea((await ring.first().getAttribute('d')) ?? '')).toBe(pixels);
      await page.getByLabel('Ring region').uncheck();
      await until(async () => (await ring.count()) === 0, 'no ring');
      await page.unroute('**/api/regions?**');
    });

    it('one study: one pane, at the tumour', async () => {
      const one = await openViewerPage(tab.page, service.url, service.studies(single));
      await one.imagesThere(1);
      expect((await one.panes()).map(({ viewportId }) => viewportId)).toEqual([newest]);
      await one.lesionsThere(1);
      await saveScreenshot(tab.page, 'viewer-one-study');
    });

    it('the stock viewer has the panel too, and draws only when it is opened', async () => {
      const stock = await openViewerPage(tab.page, service.url, service.studies(single), 'viewer');
      await stock.imagesThere(1);
      const [pane] = await stock.panes();
      await tab.page.waitForTimeout(1000);
      expect(await stock.outlines(pane?.viewportId ?? '')).toEqual([]);
      await tab.page.locator('[data-cy="risk-btn"]').click();
      await tab.page.getByText('SYNTHETIC DEMO MODEL').first().waitFor();
      await saveScreenshot(tab.page, 'viewer-stock');
    });

    it('no console error, and nothing left this machine', () => {
      expect(tab.errors).toEqual([]);
      expect(tab.externalRequests).toEqual([]);
    });
  },
);

function isGrey(colour: number[]): boolean {
  return Math.max(...colour) - Math.min(...colour) < 4;
}

/** Area within closed paths of straight lines; a hole runs the other way round. */
function enclosedArea(path: string): number {
  const twice = [...path.matchAll(/M([^Z]*)Z/g)].map(([, loop = '']) => {
    const points = loop.split('L').map((point) => point.split(' ').map(Number));
    return points.reduce((sum, [x = 0, y = 0], at) => {
      const [nextX = 0, nextY = 0] = points[(at + 1) % points.length] ?? [];
      return sum + x * nextY - nextX * y;
    }, 0);
  });
  return Math.abs(twice.reduce((sum, area) => sum + area, 0)) / 2;
}
