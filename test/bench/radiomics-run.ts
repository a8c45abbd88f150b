/**
 * Times one extraction in a process of its own and prints the result as JSON.
 * Usage: radiomics-run.ts IMAGE MASK PARAMS REPEATS THREADS STAGES
 */
import { readFileSync } from 'node:fs';
import { createExtractionPool } from '../../src/jobs/extraction-pool.ts';
import { readNrrdMask, readNrrdVolume } from '../../src/nrrd/nrrd.ts';
import { featureClassOf } from '../../src/radiomics/classes/registry.ts';
import { shareInputOf } from '../../src/radiomics/extraction-shares.ts';
import { type ExtractionResult, extractFeatures } from '../../src/radiomics/extractor.ts';
import { imageTypeOf } from '../../src/radiomics/filters/registry.ts';
import { type Parameters, parseParameters } from '../../src/radiomics/parameters.ts';
import { prepare } from '../../src/radiomics/preprocess.ts';
import { regionOf } from '../../src/radiomics/region.ts';
import type { Mask, Volume } from '../../src/radiomics/volume.ts';

/** What a run prints. */
export interface RunResult {
  /** Whole extractions, in order. */
  readonly seconds: readonly number[];
  /** Processor time of the same, all threads together: says more than the clock where others use the machine too. */
  readonly cpuSeconds: readonly number[];
  /** Parts of an extraction on one thread, when asked for; classes on the original image. */
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
async function timeStages(volume: Volume, mask: Mask, parameters: Parameters): Promise<Record<string, number>> {
  const stages: Record<string, number> = {};
  const time = async <T>(name: string, work: () => T): Promise<T> => {
    const [seconds, result] = await timed(work);
    stages[name] = (stages[name] ?? 0) + seconds;
    return result;
  };
  for (const round of [1, 2]) {
    if (round === 2) for (const name of Object.keys(stages)) delete stages[name];
    const prepared = await time('prepare', () => prepare(volume, mask, parameters.settings));
    const { shape, image } = shareInputOf(prepared, parameters.settings.label);
    let values: Float64Array | undefined;
    for (const { name, settings } of parameters.imageTypes) {
      const derived = await time(name, () => [...(imageTypeOf(name)?.derive(image, settings) ?? [])]);
      const [first] = derived;
      if (name === 'Original' && first !== undefined && 'values' in first) values = first.values;
    }
    for (const { name, features } of parameters.featureClasses) {
      const featureClass = featureClassOf(name)!;
      // A fresh region each time: classes keep what they have worked out for the latest.
      const region = regionOf(values!, image.inside, image.box.size, image.volume.spacingMm);
      const of = featureClass.appliesTo === 'mask' ? shape : region;
      await time(name, () => featureClass.compute(of, parameters.settings, new Set(features)));
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
const stages = withStages === 'stages' ? await timeStages(volume, mask, parameters) : {};
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
