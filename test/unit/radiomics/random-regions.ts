import fc from 'fast-check';
import type { Dims, Mask, Vector, Volume } from '../../../src/radiomics/volume.ts';

const direction = [
  [1, 0, 0],
  [0, 1, 0],
  [0, 0, 1],
] as const;

/** A grid at the origin. */
export function gridOf(dims: Dims, spacingMm: Vector = [1, 1, 1]) {
  return { dims, spacingMm, originMm: [0, 0, 0] as Vector, direction };
}

/** A mask and an image of it, with the outermost voxels free. */
export interface Sample {
  readonly dims: Dims;
  readonly inside: Uint8Array;
  readonly values: Int16Array;
}

/** Random regions of up to 7 voxels a side, anything from scattered voxels to nearly full boxes, never a single voxel. */
export const samples: fc.Arbitrary<Sample> = fc
  .tuple(fc.integer({ min: 3, max: 7 }), fc.integer({ min: 3, max: 7 }), fc.integer({ min: 3, max: 6 }))
  .chain(([nx, ny, nz]) =>
    fc.record({
      cells: fc.array(fc.nat(9), { minLength: nx * ny * nz, maxLength: nx * ny * nz }),
      values: fc.array(fc.integer({ min: -900, max: 900 }), { minLength: nx * ny * nz, maxLength: nx * ny * nz }),
      fill: fc.integer({ min: 1, max: 9 }),
      dims: fc.constant<Dims>([nx, ny, nz]),
    }),
  )
  .map(({ cells, values, fill, dims: [nx, ny, nz] }) => {
    const inside = Uint8Array.from(cells, (cell, at) => {
      const [x, y, z] = [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
      const free = x === 0 || y === 0 || z === 0 || x === nx - 1 || y === ny - 1 || z === nz - 1;
      return free || cell >= fill ? 0 : 1;
    });
    return { dims: [nx, ny, nz] as Dims, inside, values: Int16Array.from(values) };
  });

/** Image and mask of a sample, its region carrying a label. */
export function imageOf({ dims, inside, values }: Sample, label = 1): { volume: Volume; mask: Mask } {
  const grid = gridOf(dims, [0.7, 0.9, 2.5]);
  return { volume: { ...grid, voxels: values }, mask: { ...grid, voxels: inside.map((one) => one * label) } };
}

/** Level indices of a sample, `1..n` inside its region; its outermost voxels are free. */
export function levelsOf({ inside, values }: Sample, n: number): Uint16Array {
  return Uint16Array.from(inside, (one, at) => one * (1 + (Math.abs(values[at]!) % n)));
}

/** Positions of the voxels inside the region. */
export function voxelsOf(levels: Uint16Array): Int32Array {
  return Int32Array.from(levels.keys()).filter((at) => levels[at]! > 0);
}

/** Position of a neighbour relative to a voxel. */
export function strideOf([dx, dy, dz]: Vector, [nx, ny]: Dims): number {
  return dx + nx * (dy + ny * dz);
}

/** An image in one free voxel all around. */
export function withMargin(image: readonly number[], [nx, ny, nz]: Dims): { levels: Uint16Array; size: Dims } {
  const size: Dims = [nx + 2, ny + 2, nz + 2];
  const levels = new Uint16Array(size[0] * size[1] * size[2]);
  image.forEach((level, at) => {
    const [x, y, z] = [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
    levels[x + 1 + size[0] * (y + 1 + size[1] * (z + 1))] = level;
  });
  return { levels, size };
}
