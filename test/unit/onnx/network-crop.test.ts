import { describe, expect, it } from 'vitest';
import { prepareNetworkInput } from '../../../src/onnx/network-crop.ts';
import type { NetworkDeclaration } from '../../../src/onnx/network-schema.ts';
import type { Dims, Grid, Mask, Vector, Volume } from '../../../src/radiomics/volume.ts';

/** Square brackets as in the paper: 47 x 47 voxels of a 10 x 10 cm square, 5 slices as they are. */
const declaration: NetworkDeclaration = {
  type: 'onnx',
  about: 'test',
  notice: 'TEST NETWORK',
  file: 'test.onnx',
  sha256: '0'.repeat(64),
  crop: { centre: 'mask-centroid', sizeMm: [100, 100, null], sizeVoxels: [47, 47, 5], outsideHu: -1000 },
  interpolation: 'linear',
  clip: [-1000, 3050],
  normalise: { mean: 0, sd: 1 },
  input: { name: 'x', layout: 'NDHW' },
  outputs: [{ name: 'y', prefix: 'deep_' }],
};

function image(dims: Dims, spacingMm: Vector, value: (x: number, y: number, z: number) => number): Volume {
  const voxels = new Int16Array(dims[0] * dims[1] * dims[2]);
  for (let i = 0; i < voxels.length; i++) {
    const y = Math.trunc(i / dims[0]) % dims[1];
    voxels[i] = value(i % dims[0], y, Math.trunc(i / (dims[0] * dims[1])));
  }
  const direction: Grid['direction'] = [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ];
  return { dims, spacingMm, originMm: [-31, 7, 100], direction, voxels };
}
function maskOf({ voxels, ...grid }: Volume, inside: readonly Vector[]): Mask {
  const labels = new Uint8Array(voxels.length);
  for (const [x, y, z] of inside) labels[x + grid.dims[0] * (y + grid.dims[1] * z)] = 1;
  return { ...grid, voxels: labels };
}

describe('47 x 47 x 5 voxels of 10 x 10 cm around the centroid', () => {
  // Columns 1.25 mm apart, rows 2 mm: a ramp is what linear interpolation gives back exactly.
  const ramp = image([120, 80, 12], [1.25, 2, 3], (x, y, z) => 3 * x - 2 * y + 40 * z);
  // Centroid at column 60, row 40, slice 5.5, so the middle slice is the 6th or the one before.
  const mask = maskOf(ramp, [
    [59, 40, 5],
    [61, 40, 6],
  ]);
  const { data, dims } = prepareNetworkInput(ramp, mask, declaration);

  it('has the axes of the layout', () => {
    expect(dims).toEqual([1, 5, 47, 47]);
    expect(data).toHaveLength(5 * 47 * 47);
  });

  it('samples lie 100/47 mm apart, the middle one on the centroid, slices as they were scanned', () => {
    const middle = data[2 * 47 * 47 + 23 * 47 + 23]!;
    // Halfway between two slices the later one is the middle.
    expect(middle).toBeCloseTo(3 * 60 - 2 * 40 + 40 * 6, 3);
    for (const [d, h, w] of [
      [0, 0, 0],
      [4, 46, 46],
      [1, 5, 40],
    ] as const) {
      const column = 60 + ((w - 23) * (100 / 47)) / 1.25;
      const row = 40 + ((h - 23) * (100 / 47)) / 2;
      expect(data[(d * 47 + h) * 47 + w]!).toBeCloseTo(3 * column - 2 * row + 40 * (d + 4), 3);
    }
  });

  it('other layouts hold the same values', () => {
    const at = (layout: string) => prepareNetworkInput(ramp, mask, { ...declaration, input: { name: 'x', layout } });
    const channelsLast = at('NHWDC');
    expect(channelsLast.dims).toEqual([1, 47, 47, 5, 1]);
    expect(channelsLast.data[(10 * 47 + 30) * 5 + 3]).toBe(data[(3 * 47 + 10) * 47 + 30]);
    expect(at('NCDHW')).toEqual({ dims: [1, 1, 5, 47, 47], data });
  });
});

describe('values', () => {
  const flat = image([60, 60, 9], [1, 1, 2], () => 50);
  const corner = maskOf(flat, [[0, 0, 0]]);
  const small = { ...declaration.crop, sizeMm: [4, 4, null] as [number, number, null] };
  const crop = { ...small, sizeVoxels: [4, 4, 3] as [number, number, number] };

  it('what lies outside the scan is air, inside the scan nothing is mixed with it', () => {
    const { data } = prepareNetworkInput(flat, corner, { ...declaration, crop });
    // Columns and rows at -1.5, -0.5, 0.5, 1.5; the outer half of a voxel still belongs to it. Slices at -1, 0, 1.
    const row = [-1000, 50, 50, 50];
    const outside = Array<number>(4).fill(-1000);
    expect([...data]).toEqual([
      ...Array<number>(16).fill(-1000),
      ...outside,
      ...row,
      ...row,
      ...row,
      ...outside,
      ...row,
      ...row,
      ...row,
    ]);
  });

  it('are clipped, then normalised', () => {
    const steps = image([4, 1, 1], [1, 1, 1], (x) => [-2000, -1000, 1025, 4000][x] ?? 0);
    const whole = maskOf(
      steps,
      [0, 1, 2, 3].map((x): Vector => [x, 0, 0]),
    );
    const at = (normalise: NetworkDeclaration['normalise']) => [
      ...prepareNetworkInput(steps, whole, {
        ...declaration,
        crop: { ...crop, sizeMm: [4, 1, 1], sizeVoxels: [4, 1, 1] },
        normalise,
      }).data,
    ];
    expect(at({ minimum: -1000, maximum: 3050 })).toEqual([0, 0, 0.5, 1]);
    expect(at({ mean: 25, sd: 1000 })).toEqual([-1.025, -1.025, 1, 3.025].map(Math.fround));
  });

  it('nearest takes a voxel as it is, bspline goes through the voxels', () => {
    const noise = image([30, 30, 9], [1, 1, 1], (x, y, z) => ((x * 37 + y * 91 + z * 53) % 200) - 100);
    const centre = maskOf(noise, [[15, 14, 4]]);
    for (const interpolation of ['nearest', 'linear', 'bspline'] as const) {
      const odd = {
        ...crop,
        sizeMm: [5, 5, 5] as [number, number, number],
        sizeVoxels: [5, 5, 5] as [number, number, number],
      };
      const { data } = prepareNetworkInput(noise, centre, { ...declaration, crop: odd, interpolation });
      data.forEach((value, i) => {
        const [x, y, z] = [13 + (i % 5), 12 + (Math.trunc(i / 5) % 5), 2 + Math.trunc(i / 25)];
        expect(value).toBeCloseTo(noise.voxels[x + 30 * (y + 30 * z)]!, 2);
      });
    }
  });

  it('a mask without a voxel: NETWORK_FAILED', () => {
    expect(() => prepareNetworkInput(flat, maskOf(flat, []), declaration)).toThrow(
      expect.objectContaining({ code: 'NETWORK_FAILED' }),
    );
  });
});
