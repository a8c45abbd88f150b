/**
 * Times one extraction in a process of its own and prints the result as JSON.
 * Usage: radiomics-run.ts IMAGE MASK PARAMS REPEATS THREADS STAGES
 */
import { readFileSync } from 'node:fs';
import type { ExtractionResult } from '../../src/radiomics/extractor.ts';
import type { Parameters } from '../../src/radiomics/parameters.ts';
import type { Mask, Volume } from '../../src/radiomics/volume.ts';

// The build is what runs in production, and what a worker of Node 20 can load; sources through a loader are slower.
const built = new URL('../../dist/src/', import.meta.url);
const load = <T>(file: string): Promise<T> => import(new URL(file, built).href) as Promise<T>;
const { createExtractionPool } =
  await load<typeof import('../../src/jobs/extraction-pool.ts')>('jobs/extraction-pool.js');
const { readNrrdMask, readNrrdVolume } = await load<typeof import('../../src/nrrd/nrrd.ts')>('nrrd/nrrd.js');
const { featureClassOf } = await load<typeof import('../../src/radiomics/classes/registry.ts')>(
  'radiomics/classes/registry.js',
);
const { shareInputOf } = await load<typeof import('../../src/radiomics/extraction-shares.ts')>(
  'radiomics/extraction-shares.js',
);
const { extractFeatures } = await load<typeof import('../../src/radiomics/extractor.ts')>('radiomics/extractor.js');
const { imageTypeOf } = await load<typeof import('../../src/radiomics/filters/registry.ts')>(
  'radiomics/filters/registry.js',
);
const { parseParameters } = await load<typeof import('../../src/radiomics/parameters.ts')>('radiomics/parameters.js');
const { prepare } = await load<typeof import('../../src/radiomics/preprocess.ts')>('radiomics/preprocess.js');
const { regionOf } = await load<typeof import('../../src/radiomics/region.ts')>('radiomics/region.js');

/** What a run prints. */
export interface RunResult {
  /** Whole extractions, in order. */
  readonly seconds: readonly number[];
  /** Processor time of the same, all threads together: says more than the clock where others use the machine too. */
  readonly cpuSeconds: readonly number[];
  /** Parts of an extraction on one thread, when asked for: s, each over all images. */
  readonly stages: Readonly<Record<string, number>>;
  readonly readSeconds: number;
  readonly peakMiB: number;
  readonly imageVoxels: number;
  /** Voxels of the region after resampling, and images that features were computed on. */
  readonly regionVoxels: number;
  readonly images: number;
  readonly features: Readonly<Record<string, number | null>>;
}

async function timed<T>(work: () => T | Promise<T>): Promise<readonly [seconds: number, result: T]> {
  const start = performance.now();
  const result = await work();
  return [(performance.now() - start) / 1000, result];
}

/** Times the parts one after the other, each the second time that it runs: the first compiles. */
function timeStages(volume: Volume, mask: Mask, parameters: Parameters): Record<string, number> {
  const stages: Record<string, number> = {};
  const time = <T>(name: string, work: () => T): T => {
    const start = performance.now();
    const result = work();
    stages[name] = (stages[name] ?? 0) + (performance.now() - start) / 1000;
    return result;
  };
  for (const round of [1, 2]) {
    if (round === 2) for (const name of Object.keys(stages)) delete stages[name];
    const prepared = time('preparation', () => prepare(volume, mask, parameters.settings));
    const { shape, image } = shareInputOf(prepared, parameters.settings.label);
    const classes = parameters.featureClasses.map(({ name, features }) => ({
      of: featureClassOf(name)!,
      wanted: new Set(features),
    }));
    for (const { of, wanted } of classes) {
      if (of.appliesTo === 'mask') time(of.name, () => of.compute(shape, parameters.settings, wanted));
    }
    for (const { name, settings } of parameters.imageTypes) {
      const images = imageTypeOf(name)!.derive(image, settings)[Symbol.iterator]();
      for (;;) {
        const next = time(name, () => images.next());
        if (next.done === true) break;
        if (!('values' in next.value)) continue;
        const region = regionOf(next.value.values, image.inside, image.box.size, image.volume.spacingMm);
        for (const { of, wanted } of classes) {
          if (of.appliesTo === 'image') time(of.name, () => of.compute(region, settings, wanted));
        }
      }
    }
  }
  return stages;
}

const [imagePath, maskPath, params, repeats, threads, withStages] = process.argv.slice(2) as [
  string,
  string,
  string,
  string,
  string,
  string,
];
const [readSeconds, { volume, mask }] = await timed(() => ({
  volume: readNrrdVolume(readFileSync(imagePath), imagePath),
  mask: readNrrdMask(readFileSync(maskPath), maskPath),
}));
const parameters = parseParameters(readFileSync(params, 'utf8'), params);
const pool = threads === '1' ? null : createExtractionPool(Number(threads));
const seconds: number[] = [];
const cpuSeconds: number[] = [];
let result: ExtractionResult = { features: {}, diagnostics: {} };
for (let run = 0; run < Number(repeats); run++) {
  const before = process.cpuUsage();
  const [took, extraction] = await timed(() =>
    pool === null ? extractFeatures(volume, mask, parameters) : pool.extractDivided({ volume, mask, parameters }),
  );
  const { user, system } = process.cpuUsage(before);
  seconds.push(took);
  cpuSeconds.push((user + system) / 1e6);
  result = extraction;
}
await pool?.close();
const peakMiB = process.resourceUsage().maxRSS / 1024;
const stages = withStages === 'stages' ? timeStages(volume, mask, parameters) : {};
const prepared = prepare(volume, mask, parameters.settings);
const images = new Set(
  Object.keys(result.features).flatMap((key) => (key.includes('_shape_') ? [] : key.split('_')[0]!)),
);
const report: RunResult = {
  seconds,
  cpuSeconds,
  stages,
  readSeconds,
  peakMiB,
  imageVoxels: volume.voxels.length,
  regionVoxels: shareInputOf(prepared, parameters.settings.label).image.inside.filter((one) => one === 1).length,
  images: images.size,
  features: Object.fromEntries(
    Object.entries(result.features).map(([key, value]) => [key, Number.isFinite(value) ? value : null]),
  ),
};
process.stdout.write(JSON.stringify(report));
