/**
 * Times the feature classes on a seeded volume with a textured ellipsoid of about 125 000 voxels, the size of the region
 * in IBSI's CT phantom. Run: npx tsx test/bench/radiomics.ts
 */
import { extractFeatures } from '../../src/radiomics/extractor.ts';
import { parseParameters } from '../../src/radiomics/parameters.ts';
import type { Dims, Mask, Volume } from '../../src/radiomics/volume.ts';

const dims: Dims = [200, 200, 60];
const repeats = 5;

/** Mulberry32: a 32-bit state, values in [0, 1). */
function seededRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function makeSample(): { volume: Volume; mask: Mask; count: number } {
  const random = seededRandom(20261121);
  const [nx, ny, nz] = dims;
  const voxels = new Int16Array(nx * ny * nz);
  const labels = new Uint8Array(voxels.length);
  let count = 0;
  for (let at = 0; at < voxels.length; at++) {
    const [x, y, z] = [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
    voxels[at] = 40 + 60 * Math.sin(x / 7) * Math.cos(y / 9) + 80 * (random() + random() - 1);
    const border = 1 + 0.1 * (random() - 0.5);
    if (((x - 100) / 50) ** 2 + ((y - 100) / 49) ** 2 + ((z - 30) / 12.5) ** 2 > border) continue;
    labels[at] = 1;
    count++;
  }
  const direction = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ] as const;
  const grid = { dims, spacingMm: [0.977, 0.977, 3], originMm: [0, 0, 0], direction } as const;
  return { volume: { ...grid, voxels }, mask: { ...grid, voxels: labels }, count };
}

const { volume, mask, count } = makeSample();
console.log(`${count} voxels in the region, best and mean of ${repeats}`);
for (const [name, yaml, key] of [
  ['shape', 'featureClass: { shape: [] }', 'original_shape_VoxelVolume'],
  ['firstorder', 'featureClass: { firstorder: [] }', 'original_firstorder_Mean'],
  ['glcm, binWidth 25', 'featureClass: { glcm: [] }', 'original_glcm_MCC'],
  ['glcm, binWidth 2', '{ setting: { binWidth: 2 }, featureClass: { glcm: [] } }', 'original_glcm_MCC'],
  ['glcm, binWidth 2, without MCC', '{ setting: { binWidth: 2 }, featureClass: { glcm: [Idm] } }', 'original_glcm_Idm'],
  ['all, with diagnostics', '', 'original_glcm_Contrast'],
] as const) {
  const parameters = parseParameters(yaml, name);
  const silent =
    yaml === '' ? parameters : { ...parameters, settings: { ...parameters.settings, additionalInfo: false } };
  const times: number[] = [];
  for (let run = 0; run < repeats; run++) {
    const start = performance.now();
    const { features } = extractFeatures(volume, mask, silent);
    times.push(performance.now() - start);
    if (!Number.isFinite(features[key])) throw new Error(`${name}: ${key} is ${features[key]}`);
  }
  const mean = times.reduce((sum, time) => sum + time, 0) / repeats;
  console.log(`${name}: ${Math.min(...times).toFixed(1)} ms, ${mean.toFixed(1)} ms`);
}
