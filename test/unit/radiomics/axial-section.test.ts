import { describe, expect, it } from 'vitest';
import { axialSection, longestAxialLine } from '../../../src/radiomics/axial-section.ts';
import { measureOutline } from '../../../src/radiomics/kernels/marching-squares.ts';
import type { Mask } from '../../../src/radiomics/volume.ts';
import { gridOf } from './random-regions.ts';

/** An ellipse of 12 x 6 voxels at its largest, whose middle slice is 2, in a grid that it does not fill. */
function ellipsoid(): Mask {
  const grid = gridOf([20, 16, 5], [0.7, 0.9, 2.5]);
  const voxels = new Uint8Array(20 * 16 * 5);
  for (let z = 1; z < 4; z++) {
    for (let y = 0; y < 16; y++) {
      for (let x = 0; x < 20; x++) {
        const [dx, dy] = [(x - 11.5) / (z === 2 ? 6 : 4), (y - 7.5) / 3];
        if (dx * dx + dy * dy <= 1) voxels[x + 20 * (y + 16 * z)] = 1;
      }
    }
  }
  return { ...grid, voxels };
}

describe('a region in a slice', () => {
  it('the longest line lies in the largest slice, and its ends on the edges of its first and last pixel', () => {
    const { slice, ends, lengthMm } = longestAxialLine(ellipsoid());
    expect(slice).toBe(2);
    const xs = ends.map(([x]) => x);
    // Pixels 6 to 17 are inside in the middle rows; a coordinate counts from the corner of pixel 0.
    expect(xs.toSorted((a, b) => a - b)).toEqual([6, 18]);
    const [[x0, y0], [x1, y1]] = ends;
    expect(Math.hypot((x1 - x0) * 0.7, (y1 - y0) * 0.9)).toBe(lengthMm);
  });

  it('a region at the border of the grid is measured too', () => {
    const mask: Mask = { ...gridOf([3, 1, 1]), voxels: Uint8Array.of(1, 1, 1) };
    expect(longestAxialLine(mask)).toMatchObject({ slice: 0, lengthMm: 3 });
  });

  it('refuses an empty mask by name', () => {
    const mask: Mask = { ...gridOf([2, 2, 1]), voxels: new Uint8Array(4) };
    expect(() => longestAxialLine(mask)).toThrow(expect.objectContaining({ code: 'MASK_LABEL_MISSING' }));
  });

  it('its area is that of the outline which PyRadiomics measures in two dimensions', () => {
    const mask = ellipsoid();
    for (const slice of [1, 2, 3]) {
      const area = new Float64Array(2);
      measureOutline(mask.voxels.subarray(slice * 320, (slice + 1) * 320), [20, 16], [0.7, 0.9], area);
      expect(axialSection(mask, slice).areaMm2).toBeCloseTo(area[0]!, 12);
    }
  });

  it('the ends of the longest line are points of the outline', () => {
    const mask = ellipsoid();
    const { ends, slice } = longestAxialLine(mask);
    const [outline] = axialSection(mask, slice).outlines;
    for (const end of ends) {
      const distances = (outline ?? []).map(([x, y]) => Math.hypot(x - end[0], y - end[1]));
      expect(Math.min(...distances)).toBe(0);
    }
  });

  it('a hole is not part of the area, and its line comes after the outer one', () => {
    const mask: Mask = { ...gridOf([5, 5, 1]), voxels: new Uint8Array(25).fill(1) };
    mask.voxels[12] = 0;
    const { outlines, areaMm2 } = axialSection(mask, 0);
    expect(outlines).toHaveLength(2);
    expect(outlines[0]!.length).toBeGreaterThan(outlines[1]!.length);
    // Each of the four outer corners is cut by an eighth; the hole is a diamond of half a pixel.
    expect(areaMm2).toBe(25 - 4 / 8 - 1 / 2);
  });

  it('a slice without the region, or beyond the grid, is empty', () => {
    for (const slice of [-1, 0, 5]) expect(axialSection(ellipsoid(), slice)).toEqual({ outlines: [], areaMm2: 0 });
  });
});
