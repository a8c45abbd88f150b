import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readNrrdMask, readNrrdVolume } from '../../../src/nrrd/nrrd.ts';
import { squaredDistances } from '../../../src/radiomics/kernels/distance-transform.ts';
import { peripheralRing } from '../../../src/radiomics/regions.ts';
import type { Dims, Vector } from '../../../src/radiomics/volume.ts';
import { hasOracles, oracleBytes, oracleSkipReason } from '../../helpers/oracles.ts';

/** Made by distances.py. */
interface Reference {
  readonly random: readonly {
    readonly dims: Dims;
    readonly spacingMm: Vector;
    readonly inside: readonly number[];
    readonly distancesMm: readonly number[];
  }[];
  readonly rings: readonly {
    readonly name: string;
    readonly label: string;
    readonly rings: readonly { outsideMm: number; insideMm: number; voxels: number; sha1: string }[];
  }[];
}

const reference = JSON.parse(readFileSync(new URL('distances.json', import.meta.url), 'utf8')) as Reference;

describe("SciPy's Euclidean distance transform", () => {
  it.each(reference.random)('voxels of $spacingMm mm', ({ dims, spacingMm, inside, distancesMm }) => {
    const squared = new Float64Array(inside.length);
    squaredDistances(Uint8Array.from(inside), 1, dims, spacingMm, squared);
    squared.forEach((value, at) => {
      expect(Math.abs(Math.sqrt(value) - distancesMm[at]!)).toBeLessThanOrEqual(1e-12 * distancesMm[at]!);
    });
  });
});

const title = hasOracles ? 'rings from SciPy, voxel by voxel' : `rings from SciPy: ${oracleSkipReason}`;

describe.skipIf(!hasOracles)(title, () => {
  describe.each(reference.rings)('$name', ({ label, rings }) => {
    it.each(rings)('$outsideMm mm outwards, $insideMm mm inwards', ({ outsideMm, insideMm, voxels, sha1 }) => {
      const mask = readNrrdMask(oracleBytes(`radiomics/${label}`), label);
      const ring = peripheralRing(mask, 1, { outsideMm, insideMm }).voxels;
      expect(ring.filter((one) => one === 1).length).toBe(voxels);
      expect(createHash('sha1').update(ring).digest('hex')).toBe(sha1);
    });
  });

  it.each([
    ['lung-pat1', 'lung1', 'a crop through both lungs'],
    ['sts001-ct', 'sts001ct', 'soft tissue up to the edge'],
  ])('%s: clipping to the body takes no lung and no muscle (%s, %s)', (folder, name) => {
    const volume = readNrrdVolume(oracleBytes(`radiomics/${folder}/${name}_image.nrrd`), name);
    const mask = readNrrdMask(oracleBytes(`radiomics/${folder}/${name}_label.nrrd`), name);
    const whole = peripheralRing(mask, 1);
    const clipped = peripheralRing(mask, 1, undefined, volume);
    const lost = whole.voxels.filter((one, at) => one === 1 && clipped.voxels[at] === 0);
    expect(lost.length).toBe(0);
  });
});
