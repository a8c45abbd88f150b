import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../src/config.ts';
import { type BrowserTab, openTab } from '../helpers/chromium.ts';
import { installViewerProbes, openViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient } from './ohif/viewer-service.ts';

/** Takes the pictures of the viewer under `docs/images`, of synthetic patients in the real viewer. */
const folder = path.join(packageRoot(), 'docs/images');
/** After the last lesion is drawn: charts and thumbnails come to rest. */
const restMs = 4000;

/** Three visits and a tumour that grows; two visits in both phases; one visit. */
const growing = 'synthetic-gorse';
const shrinking = 'synthetic-fern';
const single = 'synthetic-aster';

async function take(tab: BrowserTab, name: string): Promise<void> {
  await tab.page.waitForTimeout(restMs);
  await tab.page.screenshot({ path: path.join(folder, `${name}.png`) });
  console.log(`docs/images/${name}.png`);
}

mkdirSync(folder, { recursive: true });
const service = await startViewerService([growing, shrinking, single].map(syntheticPatient));
const tab = await openTab({ width: 1600, height: 900 });
try {
  await installViewerProbes(tab.page);
  const side = await openViewerPage(tab.page, service.url, service.studies(growing));
  await side.lesionsThere(2, 2);
  await take(tab, 'viewer-risk-and-change');
  await tab.page.locator('.ds-island').getByText('Trends', { exact: true }).click();
  await take(tab, 'viewer-trends');
  const response = await openViewerPage(tab.page, service.url, service.studies(shrinking));
  await response.lesionsThere(1, 1);
  await take(tab, 'viewer-response');
  const one = await openViewerPage(tab.page, service.url, service.studies(single));
  await one.lesionsThere(1);
  await take(tab, 'viewer-one-study');
} finally {
  await tab.close();
  await service.close();
}
