import fc from 'fast-check';
import { expect, it } from 'vitest';
import { measureDiameters } from '../../../src/radiomics/kernels/diameters.ts';
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
