import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskRuns } from '../../../src/radiomics/mask-runs.ts';
import type { Mask } from '../../../src/radiomics/volume.ts';

const maskOf = (dims: Mask['dims'], voxels: readonly number[]): Mask => ({
  dims,
  spacingMm: [1, 1, 1],
  originMm: [0, 0, 0],
  direction: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  voxels: Uint8Array.from(voxels),
});

describe('runs of a mask', () => {
  it('start and length by slice, from one row into the next', () => {
    const slices = [
      [0, 1, 1, 1, 0, 0],
      [0, 0, 0, 0, 0, 0],
      [7, 0, 7, 0, 7, 7],
    ];
    expect(maskRuns(maskOf([3, 2, 3], slices.flat()))).toEqual([[1, 3], [], [0, 1, 2, 1, 4, 2]]);
  });

  it('hold every voxel inside and no other, and never touch', () => {
    const shape = fc.tuple(
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 6 }),
      fc.integer({ min: 1, max: 4 }),
    );
    const masks = shape.chain(([nx, ny, nz]) =>
      fc
        .array(fc.constantFrom(0, 0, 1, 3), { minLength: nx * ny * nz, maxLength: nx * ny * nz })
        .map((voxels) => maskOf([nx, ny, nz], voxels)),
    );
    fc.assert(
      fc.property(masks, (mask) => {
        const [nx, ny, nz] = mask.dims;
        const back = new Uint8Array(nx * ny * nz);
        for (const [z, runs] of maskRuns(mask).entries()) {
          for (let at = 0; at < runs.length; at += 2) {
            const [start, length] = [runs[at]!, runs[at + 1]!];
            if (at > 0) expect(start).toBeGreaterThan(runs[at - 2]! + runs[at - 1]!);
            back.fill(1, nx * ny * z + start, nx * ny * z + start + length);
          }
        }
        expect(back).toEqual(mask.voxels.map((label) => (label === 0 ? 0 : 1)));
      }),
    );
  });
});
