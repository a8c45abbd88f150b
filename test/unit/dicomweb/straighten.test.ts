import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readInstance } from '../../../src/dicomweb/instance.ts';
import { readRoi } from '../../../src/dicomweb/rtstruct.ts';
import { buildVolume } from '../../../src/dicomweb/series-volume.ts';
import {
  type AcquiredStack,
  straightenMask,
  straightenVolume,
  straightGrid,
} from '../../../src/dicomweb/straighten.ts';
import type { Vector } from '../../../src/radiomics/volume.ts';
import { readInstances, smallCt, smallSeries, writeDicom } from '../../helpers/dicom-objects.ts';
import { smallRtstruct } from '../../helpers/dicom-rtstruct.ts';

const angle = Math.PI / 9;
const [c, s] = [Math.cos(angle), Math.sin(angle)];
/** A gantry tilted by 20 degrees over a table that moves along z. */
const direction = [
  [1, 0, 0],
  [0, c, s],
  [0, -s, c],
] as const satisfies readonly [Vector, Vector, Vector];
const dims = [8, 9, 6] as const;

function stackAt(tablePositions: readonly number[], usual: number): AcquiredStack {
  const positions = tablePositions.map((z): Vector => [-10, 5, z]);
  return {
    grid: { dims, spacingMm: [0.8, 0.7, usual * c], originMm: positions[0]!, direction },
    positions,
    description: 'tilted',
  };
}

const places: Record<string, readonly number[]> = {
  'even distances': [0, 2, 4, 6, 8, 10],
  'uneven distances': [0, 2, 3.5, 5.5, 8.5, 10.5],
};

/** Where pixel (x, y) of a slice lies. */
const pixelPosition = ({ grid, positions }: AcquiredStack, x: number, y: number, slice: number): Vector => {
  const at = (axis: 0 | 1 | 2) =>
    positions[slice]![axis] + x * grid.spacingMm[0] * direction[0][axis] + y * grid.spacingMm[1] * direction[1][axis];
  return [at(0), at(1), at(2)];
};

describe.each(Object.entries(places))('a tilted stack at %s', (_, tablePositions) => {
  const stack = stackAt(tablePositions, 2);
  const to = straightGrid(stack);
  const voxelPosition = (x: number, y: number, z: number): Vector => {
    const at = (axis: 0 | 1 | 2) =>
      to.originMm[axis] + [x, y, z].reduce((sum, n, i) => sum + n * to.spacingMm[i]! * direction[i]![axis], 0);
    return [at(0), at(1), at(2)];
  };

  it('the grid holds every pixel of every slice', () => {
    for (let slice = 0; slice < dims[2]; slice++) {
      for (const [x, y] of [
        [0, 0],
        [7, 0],
        [0, 8],
        [7, 8],
      ] as const) {
        const position = pixelPosition(stack, x, y, slice);
        for (const axis of [0, 1, 2] as const) {
          const offset = position.map((value, i) => value - to.originMm[i]!);
          const index = offset.reduce((sum, value, i) => sum + value * direction[axis][i]!, 0) / to.spacingMm[axis];
          expect(index).toBeGreaterThan(-0.01);
          expect(index).toBeLessThan(to.dims[axis] - 1 + 0.01);
        }
      }
    }
  });

  it('an image that is linear in the patient stays so: each voxel has the value of its place', () => {
    const coefficient = fc.double({ min: -5, max: 5, noNaN: true });
    fc.assert(
      fc.property(coefficient, coefficient, coefficient, (a, b, k) => {
        const value = ([x, y, z]: Vector) => a * x + b * y + k * z;
        const voxels = Float64Array.from({ length: 8 * 9 * 6 }, (_, i) =>
          value(pixelPosition(stack, i % 8, Math.floor(i / 8) % 9, Math.floor(i / 72))),
        );
        const { voxels: out } = straightenVolume(voxels, stack, to);
        let compared = 0;
        for (let z = 0; z < to.dims[2]; z++) {
          // In the middle of the grid all slices have pixels on every side.
          for (const y of [6, 7]) {
            for (const x of [1, 3, 6]) {
              const found = out[x + to.dims[0] * (y + to.dims[1] * z)]!;
              expect(Math.abs(found - value(voxelPosition(x, y, z)))).toBeLessThan(1e-9);
              compared += 1;
            }
          }
        }
        expect(compared).toBe(6 * to.dims[2]);
      }),
      { seed: 20260724, numRuns: 20 },
    );
  });

  it('a labelled pixel labels the voxels that are nearest to it, and no other', () => {
    const [px, py, slice] = [3, 4, 3];
    const mask = { ...stack.grid, voxels: new Uint8Array(8 * 9 * 6) };
    mask.voxels[px + 8 * (py + 9 * slice)] = 7;
    const { voxels } = straightenMask(mask, stack, to);
    const pixel = pixelPosition(stack, px, py, slice);
    const along = (position: Vector, axis: 0 | 1 | 2) =>
      position.reduce((sum, value, i) => sum + value * direction[axis][i]!, 0);
    let labelled = 0;
    for (let at = 0; at < voxels.length; at++) {
      const place = voxelPosition(
        at % to.dims[0],
        Math.floor(at / to.dims[0]) % to.dims[1],
        Math.floor(at / (to.dims[0] * to.dims[1])),
      );
      const off = ([0, 1] as const).map(
        (axis) => Math.abs(along(place, axis) - along(pixel, axis)) / to.spacingMm[axis],
      );
      const distances = stack.positions.map((position) => Math.abs(along(place, 2) - along(position, 2)));
      const others = distances.filter((_, other) => other !== slice);
      const margin = Math.min(0.5 - Math.max(...off), Math.min(...others) - distances[slice]!);
      // On the border between two pixels either may be taken.
      if (Math.abs(margin) < 0.01) continue;
      expect(voxels[at]).toBe(margin > 0 ? 7 : 0);
      if (margin > 0) labelled += 1;
    }
    expect(labelled).toBeGreaterThan(0);
  });
});

describe('a tilted series', () => {
  const { origin } = smallCt;
  // One pixel of 0.75 mm a slice: everything falls on pixels.
  const position = (z: number): Vector => [origin[0], origin[1] + 0.75 * z, origin[2] + 2 * z];
  const read = async () => {
    const instances = await readInstances(smallSeries((z) => ({ ImagePositionPatient: [...position(z)] })));
    return buildVolume(instances, { straighten: true });
  };

  it('is moved by whole pixels where it can be; what no slice covers is the lowest value', async () => {
    const { volume, acquired } = await read();
    expect(acquired?.description).toMatch(/2\.25 mm \(tilted gantry\)/);
    expect(volume.dims).toEqual([5, 6, 4]);
    expect(volume.voxels).toBeInstanceOf(Int16Array);
    for (let z = 0; z < 4; z++) {
      for (let y = 0; y < 6; y++) {
        const drawn = y - z;
        const expected = drawn < 0 || drawn > 2 ? -1024 : 2 + 10 * drawn + 100 * z - 1024;
        expect(volume.voxels[2 + 5 * (y + 6 * z)]).toBe(expected);
      }
    }
  });

  it('contours are filled on the slices that they were drawn on', async () => {
    const series = await read();
    const z = 2;
    const corners = [
      [0.6, -0.4],
      [2.4, -0.4],
      [2.4, 1.4],
      [0.6, 1.4],
    ] as const;
    const [x0, y0, z0] = position(z);
    const ContourData = corners.flatMap(([x, y]) => [x0 + 0.5 * x, y0 + 0.75 * y, z0]);
    const file = smallRtstruct([
      { number: 1, name: 'GTV', contours: [{ z, points: corners, changes: { ContourData } }] },
    ]);
    const { mask } = readRoi(await readInstance(writeDicom(file), 'rt.dcm'), series);
    const inside = [...mask.voxels.keys()].filter((at) => mask.voxels[at] === 1);
    expect(inside).toEqual([1, 2].flatMap((y) => [1, 2].map((x) => x + 5 * (y + 1 + 6 * z))));
  });

  it('slices shifted by more than an image is wide are no tilt', async () => {
    const far = smallSeries((z) => ({ ImagePositionPatient: [-10, -20 + 10 * z, 30 + 2 * z] }));
    const instances = await readInstances(far);
    expect(() => buildVolume(instances, { straighten: true })).toThrow(
      expect.objectContaining({ code: 'SERIES_GANTRY_TILT' }),
    );
  });

  it('a gap of more than two distances is not bridged', async () => {
    const wide = await readInstances(smallSeries((z) => ({ ImagePositionPatient: [-10, -20, [0, 1, 3.5, 4.6][z]!] })));
    expect(() => buildVolume(wide, { straighten: true })).toThrow(
      expect.objectContaining({ code: 'SERIES_UNEVEN_SPACING' }),
    );
  });
});
