import { execFileSync } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { build } from 'esbuild';
import { extract, list } from 'tar';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { viewerConfiguration } from '../../src/http/viewer/viewer-configuration.ts';
import { type BrowserTab, chromiumAvailable, chromiumSkipReason, openTab } from '../helpers/chromium.ts';
import { orthancAvailable, orthancSkipReason } from '../helpers/orthanc.ts';
import { installViewerProbes, openViewerPage } from './ohif/viewer-page.ts';
import { startViewerService, syntheticPatient, type ViewerService } from './ohif/viewer-service.ts';

const patient = 'synthetic-cedar';
const source = path.join(packageRoot(), 'ohif-extension');
const possible = chromiumAvailable() && orthancAvailable();

/** Names as an administrator writes them into OHIF's pluginConfig.json. */
interface PluginConfig {
  readonly extensions: readonly { readonly packageName: string }[];
  readonly modes: readonly { readonly packageName: string }[];
}

let folder: string;
let archive: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), 'deltascope-package-'));
  const packed = execFileSync('npm', ['pack', '--offline', '--ignore-scripts', '--pack-destination', folder], {
    cwd: source,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  archive = path.join(folder, packed.trim().split('\n').at(-1) ?? '');
  const installed = path.join(folder, 'node_modules/@deltascope/ohif-extension');
  await mkdir(installed, { recursive: true });
  await extract({ file: archive, cwd: installed, strip: 1 });
});
afterAll(async () => {
  await rm(folder, { recursive: true, force: true });
});

/** The example of the README. */
async function pluginConfig(): Promise<PluginConfig> {
  const readme = await readFile(path.join(source, 'README.md'), 'utf8');
  return JSON.parse(/```json\n([\s\S]*?)```/.exec(readme)?.[1] ?? '') as PluginConfig;
}

/** What the plugins of a viewer are, imported by their package names, as a script that puts them into its configuration. */
async function bundlePlugins({ extensions, modes }: PluginConfig): Promise<string> {
  const all = [...extensions, ...modes].map(({ packageName }) => packageName);
  const name = (at: number) => `plugin${at}`;
  const entry = path.join(folder, 'plugins.js');
  await writeFile(
    entry,
    [
      ...all.map((packageName, at) => `import ${name(at)} from '${packageName}';`),
      `window.config.extensions = [${extensions.map((_, at) => name(at)).join()}];`,
      `window.config.modes = [${modes.map((_, at) => name(extensions.length + at)).join()}];`,
    ].join('\n'),
  );
  const { outputFiles } = await build({ entryPoints: [entry], bundle: true, format: 'iife', write: false });
  return outputFiles[0]?.text ?? '';
}

describe('the packed extension', () => {
  it('holds the bundles and no sources', async () => {
    const files: string[] = [];
    await list({ file: archive, onReadEntry: (each) => files.push(each.path) });
    expect(files.filter((file) => !file.endsWith('.LEGAL.txt')).sort()).toEqual([
      'package/README.md',
      'package/dist/extension.mjs',
      'package/dist/mode.mjs',
      'package/package.json',
    ]);
  });

  it('is imported by both names without any loader', async () => {
    expect(await bundlePlugins(await pluginConfig())).toContain('@deltascope/ohif-mode');
  });
});

describe.skipIf(!possible)(
  `the packed extension in OHIF (${chromiumSkipReason}; ${orthancSkipReason})`,
  { timeout: 120_000 },
  () => {
    let service: ViewerService;
    let tab: BrowserTab;

    beforeAll(async () => {
      service = await startViewerService([syntheticPatient(patient)]);
      tab = await openTab({ width: 1600, height: 900 });
      await installViewerProbes(tab.page);
    }, 420_000);
    afterAll(async () => {
      await tab?.close();
      await service?.close();
    });

    it('given as objects, draws the lesion and shows the panel', async () => {
      const { page } = tab;
      const body = `${viewerConfiguration()}${await bundlePlugins(await pluginConfig())}`;
      const byAddress: string[] = [];
      await page.route('**/app-config.js', (route) => route.fulfill({ contentType: 'text/javascript', body }));
      await page.route('**/deltascope/*.mjs', async (route) => {
        byAddress.push(route.request().url());
        await route.continue();
      });
      const viewer = await openViewerPage(page, service.url, service.studies(patient));
      await viewer.lesionsThere(1);
      await page.getByText('Synthetic data: no real patient').first().waitFor();
      expect(byAddress).toEqual([]);
      expect(tab.errors).toEqual([]);
    });
  },
);
