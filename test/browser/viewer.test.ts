import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { riskStyle } from '../../ohif-extension/src/overlay/risk-style.ts';
import type { Lesion } from '../../src/assessment/course-types.ts';
import type { LesionRisk, MeasuredRegion, PanelView } from '../../src/http/api/panel-types.ts';
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
import { blended, expectColour, isGrey, type Seen, withAndWithoutOverlay } from './ohif/seen-colour.ts';
import { installViewerProbes, openViewerPage, type ShownOutline, type ViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerService } from './ohif/viewer-service.ts';

/** Three visits, a tumour that grows, a second lesion. */
const followed = 'synthetic-gorse';
/** One visit. */
const single = 'synthetic-cedar';

const possible = chromiumAvailable() && orthancAvailable();
const baseline = 'deltascope-baseline';
const newest = 'deltascope-newest';
/** By how much the images of one study come after those of the other (ms). */
const lateMs = 1000;

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

    const node = () => view.course.lesions.find((lesion) => !lesion.primary);
    const keyOf = (lesion: Lesion | undefined) => lesion?.key ?? '';

    /** A lesion is filled with the shares of its group's colour and of the image's grey; beside the lesions there is the image alone. */
    async function expectFilled(
      pane: string,
      groups: Readonly<Record<string, RiskGroup | null>>,
      opacity = 0.35,
    ): Promise<void> {
      const points = await Promise.all(
        [[], ...Object.keys(groups).map((key) => [key])].map((at) => viewer.pointIn(pane, at)),
      );
      const [beside, ...inside] = await withAndWithoutOverlay(viewer, points);
      expect(beside?.painted).toEqual(beside?.bare);
      Object.values(groups).forEach((group, at) => {
        const { painted, bare } = inside[at] as Seen;
        expect(isGrey(bare)).toBe(true);
        expectColour(painted, blended(bare, riskStyle(group).colour, opacity));
      });
    }

    /** Both panes at the slice where the tumour is largest, and in the window of the lung: 1500 HU around -600 HU, by DICOM PS3.3 C.11.2.1.2. */
    async function expectFirstLook(page: ViewerPage): Promise<void> {
      const outlines = primary()?.outlines.filter(({ current }) => current) ?? [];
      const keyImages = [outlines.at(0)?.keySOPInstanceUID, outlines.at(-1)?.keySOPInstanceUID];
      await until(
        async () => String((await page.panes()).map(({ image }) => image)) === String(keyImages),
        'both panes at the key slice',
      );
      for (const pane of await page.panes()) expect(pane.window).toEqual({ lower: -1350, upper: 149 });
    }

    it('three studies: baseline and newest side by side, each with its image, and nobody else', async () => {
      const [first, , last] = service.studies(followed);
      const panes = await viewer.panes();
      expect(panes.map(({ viewportId, study }) => [viewportId, study])).toEqual([
        [baseline, first],
        [newest, last],
      ]);
      for (const { viewportId } of panes) await viewer.ctVisible(viewportId);
    });

    it('both panes at the slice where the tumour is largest, in the window of the lung', () => expectFirstLook(viewer));

    it('the time from the first image to the risk on the lesion: outline, filling and label, in both panes', async () => {
      const at = async (name: string) =>
        (await viewer.marks()).filter((mark) => mark.name === name).map(({ startTime }) => startTime);
      const visible = await at('deltascope-risk-visible');
      expect(visible).toHaveLength(2);
      const first = Math.min(...(await at('test-image-rendered')));
      expect(first).toBeGreaterThan(0);
      console.log(
        `first image ${Math.round(first)} ms after navigation; risk visible on both panes ${Math.round(Math.max(...visible) - first)} ms later`,
      );
    });

    it('a lesion has the colour of its risk group over the image, and only the lesion', async () => {
      const group = view.lesionRisks.find(({ lesion }) => lesion === primary()?.key)?.group;
      expect(group).toBe('high');
      for (const pane of [baseline, newest]) {
        await expectFilled(pane, { [keyOf(primary())]: 'high', [keyOf(node())]: null });
      }
    });

    it('a lesion that no model is about is grey and dotted, and says so', async () => {
      const outline = (await outlineOf(newest, keyOf(node()))) as ShownOutline;
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

    it('opacity: the filling follows the slider', async () => {
      for (const percent of [70, 0, 35]) {
        await tab.page.getByLabel('Opacity').fill(String(percent));
        await expectFilled(newest, { [keyOf(primary())]: 'high' }, percent / 100);
      }
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
      const outline = (await outlineOf(newest, keyOf(node()))) as ShownOutline;
      await viewer.click(newest, outline.inside?.x ?? 0, outline.inside?.y ?? 0);
      const choice = (name: string) => tab.page.getByRole('radio', { name: new RegExp(name) });
      await until(() => choice('Lymph node 7').isChecked(), 'the lymph node selected');
      await choice('Primary tumour').check();
      const label = tab.page.getByTestId(`deltascope-layer-${newest}`).locator('[data-selected=true]');
      await until(async () => (await label.innerText()).includes('Primary tumour'), 'the tumour selected');
    });

    it('low and intermediate: colour, pattern and mark', async () => {
      const { page } = tab;
      const groups = { [keyOf(primary())]: 'low', [keyOf(node())]: 'intermediate' } as const;
      await page.route('**/api/panel?**', async (route) => {
        const response = await route.fetch();
        const answer = (await response.json()) as PanelView;
        const lesionRisks = Object.entries(groups).map(([lesion, group]) => ({
          ...(answer.lesionRisks[0] as LesionRisk),
          lesion,
          group,
          text: `${group} risk`,
        }));
        await route.fulfill({ response, json: { ...answer, lesionRisks } });
      });
      viewer = await openViewerPage(page, service.url, service.studies(followed));
      await viewer.lesionsThere(2, 2);
      await until(async () => (await viewer.labels(newest)).join().includes('low risk'), 'the risks');
      for (const [lesion, group] of Object.entries(groups)) {
        const { word, colour, dashes, width, letter } = riskStyle(group);
        expect(await outlineOf(newest, lesion)).toMatchObject({ group: word, colour, dashes, width });
        const label = (await viewer.labels(newest)).find((text) => text.includes(`${group} risk`));
        expect(label).toMatch(new RegExp(`^${letter}`));
      }
      await expectFilled(newest, groups);
      await page.unroute('**/api/panel?**');
    });

    it('images of the baseline come late: both panes at the tumour, in the window of the lung', async () => {
      const { page } = tab;
      const [first = ''] = service.studies(followed);
      await page.route(`**/studies/${first}/**/frames/**`, async (route) => {
        await new Promise((resolve) => setTimeout(resolve, lateMs));
        await route.continue();
      });
      await expectFirstLook(await openViewerPage(page, service.url, service.studies(followed)));
      await page.unrouteAll({ behavior: 'ignoreErrors' });
    });

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
