import { createHash } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDicomwebClient } from '../../src/dicomweb/client.ts';
import { numberOf, textOf } from '../../src/dicomweb/dataset.ts';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { orthancAvailable, orthancSkipReason } from '../helpers/orthanc.ts';
import { until } from '../helpers/until.ts';
import { installViewerProbes, openViewerPage, type ViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerService } from './ohif/viewer-service.ts';

const patientId = 'synthetic-aster';
const agent = { kind: 'command', issuer: null, tenant: null, user: null } as const;
const patienceMs = 60_000;

describe.skipIf(!chromiumAvailable() || !orthancAvailable())(
  `what was published, in OHIF (${chromiumSkipReason}; ${orthancSkipReason})`,
  { timeout: 180_000 },
  () => {
    let service: ViewerService;
    let tab: BrowserTab;
    let viewer: ViewerPage;
    /** SOPInstanceUIDs of what was stored. */
    let stored: readonly string[];

    beforeAll(async () => {
      service = await startViewerService([syntheticPatient(patientId)]);
      stored = (await service.engine.publications.publish(patientId, ['dicom'], agent)).instances;
      tab = await openTab({ width: 1600, height: 900 });
      await installViewerProbes(tab.page);
      viewer = await openViewerPage(tab.page, service.url, service.studies(patientId).slice(-1), 'viewer');
      await viewer.imagesThere(1);
    }, 420_000);
    afterAll(async () => {
      await tab?.close();
      await service?.close();
    });

    const thumbnail = (text: RegExp) =>
      tab.page.locator('[data-cy^="study-browser-thumbnail"]').filter({ hasText: text });
    /** The display sets of results as OHIF has read them. */
    const displaySets = () =>
      tab.page.evaluate(`services.displaySetService.getActiveDisplaySets()
        .filter(({ SeriesNumber }) => SeriesNumber >= 9700)
        .map(({ Modality, SOPInstanceUID, instance, unsupported, isLoaded, measurements }) => ({
          Modality,
          SOPInstanceUID: SOPInstanceUID ?? instance?.SOPInstanceUID,
          unsupported: unsupported === true,
          isLoaded,
          measurements: measurements?.map(({ TrackingIdentifier }) => TrackingIdentifier) ?? null,
        }))`) as Promise<
        {
          Modality: string;
          SOPInstanceUID: string;
          unsupported: boolean;
          isLoaded: boolean;
          measurements: string[] | null;
        }[]
      >;

    it('report, page and ring are listed with the study, each as something that OHIF knows', async () => {
      for (const text of [/measurements and risk/, /tumour board report/, /ring-2-2/]) {
        await thumbnail(text).waitFor({ timeout: patienceMs });
      }
      const sets = await displaySets();
      expect(sets.map(({ Modality }) => Modality).toSorted()).toEqual(['DOC', 'SEG', 'SR']);
      expect(sets.map(({ SOPInstanceUID }) => SOPInstanceUID).toSorted()).toEqual([...stored].sort());
      expect(sets.some(({ unsupported }) => unsupported)).toBe(false);
    });

    it('the report opens on the slice of the lesion, outlined there and named with its size', async () => {
      await thumbnail(/measurements and risk/).dblclick();
      await until(async () => (await drawnOn(tab)).texts.length > 0, 'what the report draws', patienceMs);
      const report = (await displaySets()).find(({ Modality }) => Modality === 'SR');
      expect(report?.measurements).toEqual(['Primary tumour', 'Primary tumour, ring-2-2']);
      const [pane] = await viewer.panes();
      // The pixels of a CT, not a black pane.
      await viewer.ctVisible(pane!.viewportId);
      const course = await service.engine.course(patientId);
      const outline = course.lesions[0]?.outlines.findLast(({ phase }) => phase === 'venous');
      const { texts, lengthMm, polylines } = await drawnOn(tab);
      // This tumour's longest line lies in a slice, so that it is PyRadiomics' diameter. The viewer has its places on the screen in single
      // precision: of some hundred pixels, less than a ten-thousandth.
      expect(lengthMm).toBeCloseTo(outline?.axialDiameterMm ?? 0, 4);
      expect(texts.map((text) => text.trim())).toEqual([
        'Primary tumour, Baseline, venous phase:',
        `Long axis: ${outline?.axialDiameterMm?.toFixed(2)} mm`,
        expect.stringMatching(/^Area: \d+\.\d\d mm2$/),
      ]);
      expect(polylines).toBe(1);
      expect(await tab.page.getByText('Something went wrong').count()).toBe(0);
      await saveScreenshot(tab.page, 'published-report');
      // The next one is on a slice of its own, so that no label lies over another.
      await tab.page.locator('[data-cy="viewport-action-arrows-right"]').first().click();
      const ring = async () => (await drawnOn(tab)).texts.map((text) => text.trim());
      await until(async () => (await ring())[0]?.includes('ring-2-2') === true, 'the ring', patienceMs);
      expect(await ring()).toEqual([
        'Primary tumour, ring-2-2, Baseline, venous phase:',
        expect.stringMatching(/^Area: /),
      ]);
      await saveScreenshot(tab.page, 'published-report-ring');
    });

    it('the page opens in a pane, byte for byte as it was stored', async () => {
      await thumbnail(/tumour board report/).dblclick();
      const selector = 'object[type="application/pdf"][data^="blob:"]';
      await tab.page.locator(selector).waitFor({ timeout: patienceMs });
      // The browser's viewer of PDFs is a page of its own; what stands inside the object shows only where there is none.
      const viewers = () => tab.page.frames().filter((frame) => frame.url().startsWith('chrome-extension://'));
      await until(() => viewers().length > 0, 'the PDF in its viewer', patienceMs);
      expect(await tab.page.getByText('No online PDF viewer').isVisible()).toBe(false);
      const shown = (await tab.page.evaluate(
        `fetch(document.querySelector('${selector}').data).then((answer) => answer.arrayBuffer())
          .then((bytes) => [...new Uint8Array(bytes)])`,
      )) as number[];
      const page = await storedPage(service);
      expect(sha256(Uint8Array.from(shown.slice(0, page.length)))).toBe(sha256(page));
      // At most the byte that makes the length of the element even.
      expect(shown.length - page.length).toBeLessThan(2);
      await tab.page.waitForTimeout(3000);
      await saveScreenshot(tab.page, 'published-page');
    });

    it('no console error, and nothing left this machine', () => {
      expect(tab.errors).toEqual([]);
      expect(tab.externalRequests).toEqual([]);
    });
  },
);

/** What the report draws in the first pane, which opens anew for it: texts, length of the straight line in the patient, outlines. */
function drawnOn({ page }: BrowserTab): Promise<{ texts: string[]; lengthMm: number; polylines: number }> {
  return page.evaluate(`(() => {
    const [viewport] = services.cornerstoneViewportService.getRenderingEngine().getViewports();
    if (viewport === undefined) return { texts: [], lengthMm: Number.NaN, polylines: 0 };
    const { element } = viewport;
    const line = element.querySelector('svg.svg-layer > line[stroke-width="1.5"]');
    const world = (x, y) => viewport.canvasToWorld([x, y].map((name) => Number(line.getAttribute(name))));
    const [from, to] = line === null ? [[0], [0]] : [world('x1', 'y1'), world('x2', 'y2')];
    return {
      texts: [...element.querySelectorAll('svg.svg-layer tspan')].map(({ textContent }) => textContent),
      lengthMm: Math.hypot(...from.map((value, axis) => value - to[axis])),
      polylines: element.querySelectorAll('svg.svg-layer polyline').length,
    };
  })()`) as Promise<{ texts: string[]; lengthMm: number; polylines: number }>;
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** The PDF that the archive holds, without the byte that makes its length even. */
async function storedPage({ orthanc, studies }: ViewerService): Promise<Uint8Array> {
  const client = createDicomwebClient({ url: orthanc.url });
  const StudyInstanceUID = studies(patientId).at(-1) ?? '';
  const series = (await client.searchSeries(StudyInstanceUID)).find((row) => textOf(row, 'Modality') === 'DOC');
  const SeriesInstanceUID = textOf(series ?? {}, 'SeriesInstanceUID') ?? '';
  const [instance] = await client.searchInstances(StudyInstanceUID, SeriesInstanceUID);
  const { dataset } = await client.retrieveInstance({
    StudyInstanceUID,
    SeriesInstanceUID,
    SOPInstanceUID: textOf(instance ?? {}, 'SOPInstanceUID') ?? '',
  });
  const [bytes] = [dataset.EncapsulatedDocument].flat() as ArrayBuffer[];
  return Buffer.from(bytes as ArrayBuffer, 0, numberOf(dataset, 'EncapsulatedDocumentLength') ?? 0);
}
