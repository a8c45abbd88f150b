import fc from 'fast-check';
import { expect, it } from 'vitest';
import { longestSliceLine, measureDiameters } from '../../../src/radiomics/kernels/diameters.ts';
import type { Dims } from '../../../src/radiomics/volume.ts';
import { type Sample, samples } from './random-regions.ts';

const spacing = [0.7, 0.9, 2.5] as const;

/** Points half-way between an inside voxel and an outside neighbour, in half voxels. */
function meshVertices({ dims: [nx, ny, nz], inside }: Sample): number[][] {
  const points: number[][] = [];
  const at = (x: number, y: number, z: number) => inside[x + nx * (y + ny * z)];
  for (let z = 0; z < nz; z++) {
    for (let y = 0; y < ny; y++) {
      for (let x = 0; x < nx; x++) {
        if (x + 1 < nx && at(x, y, z) !== at(x + 1, y, z)) points.push([2 * x + 1, 2 * y, 2 * z]);
        if (y + 1 < ny && at(x, y, z) !== at(x, y + 1, z)) points.push([2 * x, 2 * y + 1, 2 * z]);
        if (z + 1 < nz && at(x, y, z) !== at(x, y, z + 1)) points.push([2 * x, 2 * y, 2 * z + 1]);
      }
    }
  }
  return points;
}

it('equals the comparison of all pairs of mesh vertices', () => {
  fc.assert(
    fc.property(samples, (sample) => {
      const points = meshVertices(sample);
      const longest = [0, 0, 0, 0];
      for (const a of points) {
        for (const b of points) {
          const distance = Math.hypot(...a.map((value, axis) => ((value - b[axis]!) * spacing[axis]!) / 2));
          for (let axis = 0; axis < 3; axis++) {
            if (a[axis] === b[axis]) longest[axis] = Math.max(longest[axis]!, distance);
          }
          longest[3] = Math.max(longest[3]!, distance);
        }
      }
      const out = new Float64Array(4);
      measureDiameters(sample.inside, sample.dims, spacing, out);
      longest.forEach((value, i) => {
        expect(out[i]).toBeCloseTo(value, 12);
      });
    }),
  );
});

it('a box of 4 x 3 x 2 voxels: farthest vertices lie on its faces', () => {
  const dims: Dims = [6, 5, 4];
  const inside = new Uint8Array(120);
  for (let z = 1; z < 3; z++) for (let y = 1; y < 4; y++) inside.fill(1, 1 + 6 * (y + 5 * z), 5 + 6 * (y + 5 * z));
  const out = new Float64Array(4);
  measureDiameters(inside, dims, [1, 1, 1], out);
  // Along x the outermost vertices are 4 apart, with the face's corner voxels 2 apart in y and 1 in z.
  expect(out[3]).toBeCloseTo(Math.sqrt(16 + 4 + 1), 12);
  expect(out[2]).toBeCloseTo(Math.sqrt(16 + 4), 12);
});

it('the longest line of a slice equals the comparison of all pairs of mesh vertices in one slice, and ends at two of them', () => {
  fc.assert(
    fc.property(samples, (sample) => {
      const points = meshVertices(sample).filter(([, , z]) => z! % 2 === 0);
      const distance = (a: readonly number[], b: readonly number[]) =>
        Math.hypot(((a[0]! - b[0]!) * spacing[0]) / 2, ((a[1]! - b[1]!) * spacing[1]) / 2);
      const longest = points.flatMap((a) => points.filter((b) => a[2] === b[2]).map((b) => distance(a, b)));
      const out = new Float64Array(5);
      const length = longestSliceLine(sample.inside, sample.dims, spacing, out);
      expect(length).toBeCloseTo(Math.max(0, ...longest), 12);
      if (length === 0) return;
      const [slice, x0, y0, x1, y1] = Array.from(out, (value) => 2 * value);
      expect(points).toContainEqual([x0, y0, slice]);
      expect(points).toContainEqual([x1, y1, slice]);
      expect(distance([x0!, y0!], [x1!, y1!])).toBeCloseTo(length, 12);
    }),
  );
});

it('a lesion that jumps aside between two slices is longer between them than in any', () => {
  const dims: Dims = [8, 3, 4];
  const inside = new Uint8Array(96);
  inside.fill(1, 1 + 8 * (1 + 3), 3 + 8 * (1 + 3));
  inside.fill(1, 5 + 8 * (1 + 6), 7 + 8 * (1 + 6));
  const [diameters, line] = [new Float64Array(4), new Float64Array(5)];
  measureDiameters(inside, dims, [1, 1, 1], diameters);
  // Between the slices: from the centre of the first voxel of one to that of the last of the other.
  expect(diameters[2]).toBe(5);
  expect(longestSliceLine(inside, dims, [1, 1, 1], line)).toBe(2);
  expect([...line]).toEqual([1, 2.5, 1, 0.5, 1]);
});
