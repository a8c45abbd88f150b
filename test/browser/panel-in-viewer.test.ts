import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PanelView } from '../../src/http/api/panel-types.ts';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { orthancAvailable, orthancSkipReason } from '../helpers/orthanc.ts';
import { until } from '../helpers/until.ts';
import { blended, expectColour, isGrey, withAndWithoutOverlay } from './ohif/seen-colour.ts';
import { installViewerProbes, openViewerPage, type ViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerService } from './ohif/viewer-service.ts';
import { chartPoints } from './panel/panel-tab.ts';

const patient = 'synthetic-gorse';
const baseline = 'deltascope-baseline';
const possible = chromiumAvailable() && orthancAvailable();

/** Where the middle one of three numbers lies between the outer two. */
const share = ([a = 0, b = 0, c = 0]: readonly number[]) => (b - a) / (c - a);

describe.skipIf(!possible)(
  `the panel in OHIF (${chromiumSkipReason}; ${orthancSkipReason})`,
  { timeout: 180_000 },
  () => {
    let service: ViewerService;
    let tab: BrowserTab;
    let viewer: ViewerPage;

    beforeAll(async () => {
      service = await startViewerService([syntheticPatient(patient)]);
      tab = await openTab({ width: 1600, height: 900 });
      await installViewerProbes(tab.page);
      viewer = await openViewerPage(tab.page, service.url, service.studies(patient));
      await viewer.lesionsThere(2, 2);
    }, 420_000);
    afterAll(async () => {
      expect(tab?.errors).toEqual([]);
      await tab?.close();
      await service?.close();
    });

    /** What the service says, asked by the test itself. */
    async function view(): Promise<PanelView> {
      const answer = await fetch(
        `${service.url}/api/panel?StudyInstanceUIDs=${service.studies(patient).join(',')}&fresh=1`,
      );
      return (await answer.json()) as PanelView;
    }
    const primaryOf = ({ course }: PanelView) => course.lesions.find(({ primary }) => primary)!;
    const volumeKey = 'lesion-size.yaml|venous|tumour|original_shape_VoxelVolume';
    const radio = (name: RegExp) => tab.page.getByRole('radio', { name });

    it('trends stand at the numbers that were measured on the three visits', async () => {
      const records = await service.engine.store.featureSetsOf(`Patient/${patient}`);
      const sizes = records
        .filter(({ processing, lesion }) => processing === 'lesion-size.yaml' && lesion?.primary === true)
        .sort((a, b) => ((a.studyDate ?? '') < (b.studyDate ?? '') ? -1 : 1));
      const volumesMm3 = sizes.map(({ features }) => features.original_shape_VoxelVolume ?? Number.NaN);
      expect(volumesMm3).toHaveLength(3);
      const points = await chartPoints(tab.page, volumeKey);
      expect(points).toHaveLength(3);
      expect(share(points.map(({ y }) => y))).toBeCloseTo(share(volumesMm3), 1);
      expect(share(points.map(({ x }) => x))).toBeCloseTo(
        share(sizes.map(({ studyDate }) => Date.parse(studyDate ?? ''))),
        1,
      );
      const text = await tab.page.locator('.ds-trend', { hasText: 'Volume' }).first().innerText();
      const [first = 0, , last = 0] = volumesMm3;
      expect(text).toContain(`${Number((last / 1000).toPrecision(3))} mL`);
      expect(text).toContain(`(+${Math.round((100 * (last - first)) / first)}%)`);
    });

    it('a click on a point shows the slice of that visit in its pane', async () => {
      const { outlines } = primaryOf(await view());
      const [first] = outlines;
      const away = (await viewer.panes())[0]!;
      await tab.page.locator('canvas.cornerstone-canvas').first().hover();
      await tab.page.mouse.wheel(0, 600);
      await until(async () => (await viewer.panes())[0]!.image !== first!.keySOPInstanceUID, 'another slice', 60_000);
      const [point] = await chartPoints(tab.page, volumeKey);
      await tab.page.mouse.click(point!.x, point!.y);
      await until(async () => (await viewer.panes())[0]!.image === first!.keySOPInstanceUID, 'the key slice', 60_000);
      expect((await viewer.panes())[0]!.study).toBe(away.study);
    });

    it('a lesion that is pressed in a pane is the selected one in the panel, and the other way round', async () => {
      const { lesions } = (await view()).course;
      const node = lesions.find(({ primary }) => !primary)!;
      await radio(/Lymph node 7/).click();
      await until(
        async () => (await viewer.outlines(baseline)).some(({ lesion }) => lesion === node.key),
        'the lymph node in the pane',
        60_000,
      );
      const label = (name: string) => tab.page.locator('.deltascope-label', { hasText: name }).first();
      expect(await label('Lymph node 7').getAttribute('data-selected')).toBe('true');
      const tumour = (await viewer.outlines(baseline)).find(({ lesion }) => lesion !== node.key);
      await viewer.click(baseline, tumour!.inside!.x, tumour!.inside!.y);
      await until(() => radio(/Primary tumour/).isChecked(), 'the tumour selected in the panel');
      await until(
        async () => (await label('Primary tumour').getAttribute('data-selected')) === 'true',
        'the tumour stressed in the pane',
      );
      await saveScreenshot(tab.page, 'panel-in-viewer');
    });

    it('the drawing tools, opened and left without a change: the lesion is filled as before, and nothing is offered to be sent', async () => {
      const { page } = tab;
      const { key } = primaryOf(await view());
      const point = await viewer.pointIn(baseline, [key]);
      const before = await viewer.pixel(...point);
      await page.locator('[data-cy="drawing-btn"]').click();
      await page.getByText('Add Segment').waitFor();
      await until(async () => String(await viewer.pixel(...point)) !== String(before), "the viewer's own filling");
      await page.locator('[data-cy="risk-btn"]').click();
      await until(async () => String(await viewer.pixel(...point)) === String(before), 'the filling as before');
      await page.getByText('Send to Deltascope').click();
      await page.getByText(/What you drew then appears here/).waitFor();
    });

    it('a corrected outline goes to the archive and comes back as a new result; the old one stays in the history', async () => {
      const { page } = tab;
      const before = await view();
      const old = primaryOf(before).outlines[0]!;
      const tumour = (await viewer.outlines(baseline)).find(({ lesion }) => lesion === primaryOf(before).key);
      // The first press on a pane only makes it the active one.
      await viewer.click(baseline, tumour!.inside!.x, tumour!.inside!.y);
      await until(() => radio(/Primary tumour/).isChecked(), 'the tumour selected');
      const { x, y } = tumour!.inside!;
      await page.locator('[data-cy="drawing-btn"]').click();
      await page.locator('[data-cy="Brush-btn"]').click();
      await viewer.hover(baseline, x, y);
      await page.mouse.down();
      for (let step = 1; step <= 15; step++) await viewer.hover(baseline, x - 4 * step, y + 2 * step);
      await until(
        async () => !isGrey(await viewer.pixel(baseline, x - 60, y + 30)),
        'what the brush draws, as it moves',
      );
      await saveScreenshot(page, 'viewer-drawing');
      await page.mouse.up();
      await page.locator('[data-cy="risk-btn"]').click();
      await page.getByText('Send to Deltascope').click();
      await page.getByLabel(/Your name/).fill('Reader^Rita');
      expect(await page.getByRole('combobox', { name: 'Primary tumour' }).inputValue()).toBe(
        `lesion:${primaryOf(before).key}`,
      );
      await page.getByRole('button', { name: 'Store and assess' }).click();
      await page.getByText(/Image (analysis is waiting|features are being computed)/).waitFor({ timeout: 60_000 });
      await page.getByRole('progressbar').waitFor({ state: 'detached', timeout: 120_000 });

      const after = await view();
      const [corrected, ...others] = primaryOf(after)
        .outlines.filter(({ StudyInstanceUID }) => StudyInstanceUID === old.StudyInstanceUID)
        .toSorted((a, b) => Number(b.current) - Number(a.current));
      expect(corrected!.segSOPInstanceUID).not.toBe(old.segSOPInstanceUID);
      expect(corrected!.volumeMl!).toBeGreaterThan(old.volumeMl!);
      expect(corrected!.mask).toMatchObject({ type: 'MANUAL', author: expect.stringContaining('Reader') });
      expect(others.map(({ segSOPInstanceUID, current }) => [segSOPInstanceUID, current])).toContainEqual([
        old.segSOPInstanceUID,
        false,
      ]);

      const table = page.locator('.ds-trends', { hasText: 'Size, for orientation' });
      await table.getByText('Show as table').click();
      const firstRow = table.getByRole('table', { name: 'Volume' }).getByRole('row').nth(1);
      await until(
        async () => (await firstRow.innerText()).includes(`${Number(corrected!.volumeMl!.toPrecision(3))} mL`),
        'the new volume in the panel',
      );
      await page.getByText('History of assessments').click();
      await page
        .getByText(/superseded or not used now/)
        .first()
        .waitFor();
      await viewer.lesionsThere(2, 2);
      const shown = (await viewer.outlines(baseline)).find(({ lesion }) => lesion === primaryOf(after).key);
      const inside = await viewer.pointIn(baseline, [primaryOf(after).key]);
      for (const { painted, bare } of await withAndWithoutOverlay(viewer, [inside])) {
        expectColour(painted, blended(bare, shown!.colour));
      }
    });

    it('the stored SEG says what it is, where, of which lesion and by whom', async () => {
      const { restUrl } = service.orthanc;
      const found = await fetch(`${restUrl}/tools/find`, {
        method: 'POST',
        body: JSON.stringify({
          Level: 'Instance',
          Query: { Modality: 'SEG', SeriesDescription: 'Deltascope outline*' },
        }),
      });
      const [id] = (await found.json()) as string[];
      const answer = await fetch(`${restUrl}/instances/${id}/tags?simplify`);
      const tags = (await answer.json()) as Record<string, unknown>;
      const { key } = primaryOf(await view());
      expect(tags).toMatchObject({
        SOPClassUID: '1.2.840.10008.5.1.4.1.1.66.4',
        SegmentationType: 'BINARY',
        ContentCreatorName: 'Reader^Rita',
        SegmentSequence: [
          {
            SegmentNumber: '1',
            SegmentLabel: 'Primary tumour',
            SegmentAlgorithmType: 'MANUAL',
            TrackingUID: key,
            SegmentedPropertyCategoryCodeSequence: [{ CodeValue: '49755003', CodingSchemeDesignator: 'SCT' }],
            SegmentedPropertyTypeCodeSequence: [{ CodeValue: '86049000', CodingSchemeDesignator: 'SCT' }],
            AnatomicRegionSequence: [{ CodeValue: '39607008', CodingSchemeDesignator: 'SCT' }],
          },
          { SegmentNumber: '2', SegmentLabel: 'Lymph node 7' },
        ],
      });
    });

    it('a visit that no pane shows is offered, and opened in the active pane', async () => {
      const [, middle] = primaryOf(await view()).outlines.filter(({ current }) => current);
      await tab.page.locator('.ds-trends', { hasText: 'Size, for orientation' }).getByText('Show as table').click();
      const [, point] = await chartPoints(tab.page, volumeKey);
      await tab.page.mouse.click(point!.x, point!.y);
      await tab.page.getByRole('button', { name: 'Open it in the active viewport' }).click();
      await until(
        async () => (await viewer.panes()).some(({ image }) => image === middle!.keySOPInstanceUID),
        'the middle visit in a pane',
        60_000,
      );
    });
  },
);
