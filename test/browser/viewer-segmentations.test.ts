import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type BrowserTab,
  chromiumAvailable,
  chromiumSkipReason,
  openTab,
  saveScreenshot,
} from '../helpers/chromium.ts';
import { hasOracles, oracleSkipReason } from '../helpers/oracles.ts';
import { orthancAvailable, orthancSkipReason } from '../helpers/orthanc.ts';
import { until } from '../helpers/until.ts';
import { lung1Outline, lung1Patient } from './ohif/lung1-patient.ts';
import { overlapShift, withOverlappingSegments } from './ohif/overlapping-patient.ts';
import { blended, expectColour, withAndWithoutOverlay } from './ohif/seen-colour.ts';
import { installViewerProbes, openViewerPage, type ViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerPatient, type ViewerService } from './ohif/viewer-service.ts';

const possible = chromiumAvailable() && orthancAvailable();
const baseline = 'deltascope-baseline';
const newest = 'deltascope-newest';
/** A primary tumour of high risk and a lymph node. */
const overlapping = 'synthetic-gorse';

let service: ViewerService | undefined;
let tab: BrowserTab;

async function start(patients: readonly ViewerPatient[]): Promise<ViewerService> {
  service = await startViewerService(patients);
  tab = await openTab({ width: 1600, height: 900 });
  await installViewerProbes(tab.page);
  return service;
}

async function stop(): Promise<void> {
  await tab?.close();
  await service?.close();
}

const panelText = () => tab.page.locator('.ds-island').innerText();

describe.skipIf(!possible || !hasOracles)(
  `the CT of a person, outlined by a reader (${chromiumSkipReason}; ${orthancSkipReason}; ${oracleSkipReason})`,
  { timeout: 120_000 },
  () => {
    let viewer: ViewerPage;

    beforeAll(async () => {
      const patient = await lung1Patient();
      const { url } = await start([patient]);
      viewer = await openViewerPage(tab.page, url, [patient.StudyInstanceUID]);
      await viewer.lesionsThere(1);
    }, 420_000);
    afterAll(stop);

    it('the image is there, and the outline encloses the pixels of the NRRD mask in the slice where it is largest', async () => {
      await viewer.ctVisible(newest);
      const { box } = lung1Outline();
      await until(
        async () => String(Object.values((await viewer.outlines(newest))[0]?.box ?? {})) === String(Object.values(box)),
        'the outline of the slice where the mask is largest',
        60_000,
      );
    });

    it('the panel has the volume of the NRRD mask, says whose outline it is, and what is not known', async () => {
      const { volumeMl } = lung1Outline();
      await until(async () => (await panelText()).includes(`${Number(volumeMl.toPrecision(3))} mL`), 'the volume');
      const text = await panelText();
      expect(text).toContain('GTV-1');
      expect(text).toMatch(/not assessable|risk of/i);
      await saveScreenshot(tab.page, 'viewer-lung1');
    });

    it('no console error', () => expect(tab.errors).toEqual([]));
  },
);

describe.skipIf(!possible)(
  `segments that overlap (${chromiumSkipReason}; ${orthancSkipReason})`,
  { timeout: 120_000 },
  () => {
    let viewer: ViewerPage;

    beforeAll(async () => {
      const { url, studies } = await start([withOverlappingSegments(syntheticPatient(overlapping))]);
      viewer = await openViewerPage(tab.page, url, studies(overlapping));
      await viewer.lesionsThere(2, 2);
    }, 420_000);
    afterAll(stop);

    it('the panel says so', async () => {
      await tab.page
        .locator('.ds-island')
        .getByText(/segments overlap/)
        .first()
        .waitFor();
    });

    it('each is outlined where it is: the second one is the first one, moved to the right', async () => {
      for (const pane of [baseline, newest]) {
        const [tumour, node] = (await viewer.outlines(pane)).map(({ box }) => box);
        expect(node).toEqual({
          ...tumour,
          left: (tumour?.left ?? 0) + overlapShift,
          right: (tumour?.right ?? 0) + overlapShift,
        });
      }
    });

    it('each is filled where it is alone, and both colours are there where they overlap', async () => {
      for (const pane of [baseline, newest]) {
        const outlines = await viewer.outlines(pane);
        const lesions = outlines.map(({ lesion }) => lesion);
        const [tumour = '', node = ''] = lesions;
        const points = [[tumour], [node], lesions, []].map((inside) => viewer.pointIn(pane, inside));
        const seen = await withAndWithoutOverlay(viewer, await Promise.all(points));
        const [a = '', b = ''] = outlines.map(({ colour }) => colour);
        const expected = [
          (bare: number[]) => blended(bare, a),
          (bare: number[]) => blended(bare, b),
          (bare: number[]) => blended(blended(bare, a), b),
          (bare: number[]) => bare,
        ];
        seen.forEach(({ painted, bare }, at) => {
          expectColour(painted, expected[at]?.(bare) ?? []);
        });
      }
      await saveScreenshot(tab.page, 'viewer-overlapping-segments');
    });

    it('no console error', () => expect(tab.errors).toEqual([]));
  },
);
