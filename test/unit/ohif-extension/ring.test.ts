import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ringSlices, ringWidth } from '../../../ohif-extension/src/overlay/ring.ts';
import { peripheralRing } from '../../../src/radiomics/regions.ts';
import type { Mask } from '../../../src/radiomics/volume.ts';

const dims = [9, 8, 6] as const;
const [nx, ny, nz] = dims;

const blobs = fc.record({
  spacingMm: fc.constantFrom([0.7, 0.7, 3] as const, [1, 1, 1] as const, [0.9, 0.8, 1.25] as const),
  voxels: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: nx * ny * nz, maxLength: nx * ny * nz }),
  outsideMm: fc.constantFrom(1, 2, 3),
  insideMm: fc.constantFrom(1, 2),
});

describe('ring region in the viewer', () => {
  it("is the ring that the service's features are taken from", () => {
    fc.assert(
      fc.property(blobs, ({ spacingMm, voxels, outsideMm, insideMm }) => {
        voxels[nx * ny * 2 + nx * 4 + 4] = 1;
        voxels[nx * ny * 2 + nx * 4 + 5] = 0;
        const mask: Mask = {
          dims,
          spacingMm,
          originMm: [0, 0, 0],
          direction: [
            [1, 0, 0],
            [0, 1, 0],
            [0, 0, 1],
          ],
          voxels: Uint8Array.from(voxels),
        };
        const expected = peripheralRing(mask, 1, { outsideMm, insideMm });
        const slices = Array.from({ length: nz }, (_, z) => mask.voxels.subarray(nx * ny * z, nx * ny * (z + 1)));
        const found = ringSlices({ columns: nx, rows: ny, spacingMm, slices }, 1, { outsideMm, insideMm });
        const all = slices.flatMap((slice, z) => [...(found.get(z) ?? new Uint8Array(slice.length))]);
        expect(all).toEqual([...expected.voxels]);
      }),
    );
  });

  it('has its widths in its name', () => {
    expect(ringWidth('ring-2-2')).toEqual({ outsideMm: 2, insideMm: 2 });
    expect(ringWidth('ring-3-1.5')).toEqual({ outsideMm: 3, insideMm: 1.5 });
    expect(ringWidth('tumour')).toBeNull();
  });
});
