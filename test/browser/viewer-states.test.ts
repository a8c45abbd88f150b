import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { orthancAvailable, orthancSkipReason } from '../helpers/orthanc.ts';
import { withRtstructOnly } from './ohif/rtstruct-patient.ts';
import { installViewerProbes, openViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerService } from './ohif/viewer-service.ts';

const noSegmentation = 'synthetic-ginkgo';
const rtstructOnly = 'synthetic-hazel';
const outlined = 'synthetic-cedar';

const possible = chromiumAvailable() && orthancAvailable();
const newest = 'deltascope-newest';

describe.skipIf(!possible)(
  `the viewer where something is missing (${chromiumSkipReason}; ${orthancSkipReason})`,
  { timeout: 120_000 },
  () => {
    let service: ViewerService;
    let tab: BrowserTab;

    beforeAll(async () => {
      const patients = [
        syntheticPatient(noSegmentation),
        withRtstructOnly(syntheticPatient(rtstructOnly)),
        syntheticPatient(outlined),
      ];
      service = await startViewerService(patients, [noSegmentation, rtstructOnly]);
      tab = await openTab({ width: 1280, height: 800 });
      await installViewerProbes(tab.page);
    }, 420_000);
    afterAll(async () => {
      await tab?.close();
      await service?.close();
    });

    const panel = () => tab.page.locator('.ds-island');

    it('no SEG: the CT is there, nothing is drawn, the panel says so', async () => {
      const viewer = await openViewerPage(tab.page, service.url, service.studies(noSegmentation));
      await viewer.imagesThere(1);
      await panel()
        .getByText(/no segmentation of the tumour/i)
        .first()
        .waitFor();
      expect(await viewer.outlines(newest)).toEqual([]);
      await saveScreenshot(tab.page, 'viewer-no-segmentation');
    });

    it('RTSTRUCT only: said, and not taken for "no lesion"', async () => {
      const viewer = await openViewerPage(tab.page, service.url, service.studies(rtstructOnly));
      await viewer.imagesThere(1);
      await panel()
        .getByText(/RTSTRUCT/)
        .first()
        .waitFor();
      expect(await viewer.outlines(newest)).toEqual([]);
    });

    it('the service does not answer: the viewer works on and outlines the lesion without a risk', async () => {
      await tab.page.route('**/api/**', (route) => route.abort());
      const viewer = await openViewerPage(tab.page, service.url, service.studies(outlined));
      await viewer.lesionsThere(1);
      await panel()
        .getByText(/can not be reached|cannot be reached|not reach/i)
        .first()
        .waitFor();
      const [outline] = await viewer.outlines(newest);
      expect(outline?.group).toBe('not assessable');
      expect((await viewer.labels(newest))[0]).toMatch(/^\?\s*Primary tumour$/);
      await saveScreenshot(tab.page, 'viewer-service-down');
      await tab.page.unroute('**/api/**');
    });

    it('studies of two patients: refused, and nothing of either is said', async () => {
      const studies = [...service.studies(outlined), ...service.studies(noSegmentation)];
      const viewer = await openViewerPage(tab.page, service.url, studies);
      await viewer.imagesThere(2);
      await panel()
        .getByText(/patient/i)
        .first()
        .waitFor();
      expect(await panel().innerText()).not.toMatch(/risk of|Synthetic-/);
      for (const label of (
        await Promise.all((await viewer.panes()).map((pane) => viewer.labels(pane.viewportId)))
      ).flat()) {
        expect(label).not.toContain('risk');
      }
      await saveScreenshot(tab.page, 'viewer-two-patients');
    });

    it('no console error but those of requests that were refused', () => {
      expect(tab.errors.filter((text) => !text.startsWith('Failed to load resource'))).toEqual([]);
      expect(tab.externalRequests).toEqual([]);
    });
  },
);
