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

    it('the report opens as an imaging measurement report, with the group of every lesion and model', async () => {
      await thumbnail(/measurements and risk/).dblclick();
      const report = async () => (await displaySets()).find(({ Modality }) => Modality === 'SR');
      await until(async () => (await report())?.isLoaded === true, 'the report read', patienceMs);
      const groups = (await report())?.measurements ?? [];
      expect(groups).toContain('Primary tumour');
      expect(groups.length).toBeGreaterThan(1);
      await saveScreenshot(tab.page, 'published-report');
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
