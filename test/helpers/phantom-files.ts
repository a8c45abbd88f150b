import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { createPhantom, type Phantom } from '../../src/demo/phantom/phantom.ts';
import type { Volume } from '../../src/radiomics/volume.ts';

/** A small chest CT with a tumour. */
export function smallPhantom(noiseSeed = 1): Phantom {
  return createPhantom({
    anatomySeed: 5,
    tumour: {
      centreMm: [-70, 5, 0],
      radiusMm: 16,
      irregularity: 0.2,
      heterogeneity: 0.8,
      necrosis: 0.3,
      enhancementHu: 40,
      seed: 9,
    },
    phase: 'venous',
    noiseSeed,
    dims: [96, 96, 20],
    spacingMm: [3.6, 3.6, 4],
  });
}

/** Writes an image or a label map as NRRD. */
export function writeNrrd(file: string, { dims, spacingMm, originMm, voxels }: Volume): void {
  const directions = spacingMm.map((size, axis) => `(${[0, 1, 2].map((at) => (at === axis ? size : 0)).join(',')})`);
  const header = [
    'NRRD0004',
    `type: ${voxels instanceof Uint8Array ? 'uchar' : 'short'}`,
    'dimension: 3',
    'space: left-posterior-superior',
    `sizes: ${dims.join(' ')}`,
    `space directions: ${directions.join(' ')}`,
    `space origin: (${originMm.join(',')})`,
    'endian: little',
    'encoding: raw',
    '',
    '',
  ].join('\n');
  const bytes = new Uint8Array(voxels.buffer, voxels.byteOffset, voxels.byteLength);
  writeFileSync(file, Buffer.concat([Buffer.from(header), bytes]));
}

/** Writes image and mask of a phantom into a folder. */
export function writePhantom(folder: string, name: string, { volume, mask }: Phantom): { image: string; mask: string } {
  const files = { image: path.join(folder, `${name}.nrrd`), mask: path.join(folder, `${name}-mask.nrrd`) };
  writeNrrd(files.image, volume);
  writeNrrd(files.mask, mask);
  return files;
}
