import { describe, expect, test } from 'vitest';
import { createPhantom, type Phantom, type PhantomParameters } from '../../../src/demo/phantom/phantom.ts';
import { tumourOfAggressiveness } from '../../../src/demo/phantom/phantom-aggressiveness.ts';
import { peripheralRing } from '../../../src/radiomics/regions.ts';

const ball = {
  centreMm: [-58, 6, 4],
  radiusMm: 24,
  irregularity: 0,
  heterogeneity: 0,
  necrosis: 0,
  enhancementHu: 50,
  seed: 9,
} as const;
const base: PhantomParameters = { anatomySeed: 4, tumour: ball, phase: 'venous', noiseSeed: 1 };

function sameBytes(a: ArrayBufferView, b: ArrayBufferView): boolean {
  return Buffer.from(a.buffer).equals(Buffer.from(b.buffer));
}

function inside({ volume, mask }: Phantom): number[] {
  return Array.from(volume.voxels).filter((_, i) => mask.voxels[i] === 1);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function sd(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(mean(values.map((value) => (value - centre) ** 2)));
}

/** Mean HU in a ball of 4 mm around a point (mm). */
function densityAt({ volume }: Phantom, point: readonly [number, number, number]): number {
  const [nx, ny] = volume.dims;
  const values = Array.from(volume.voxels).filter((_, index) => {
    const at = [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))];
    return Math.hypot(...at.map((i, axis) => volume.originMm[axis]! + i * volume.spacingMm[axis]! - point[axis]!)) < 4;
  });
  return mean(values);
}

function centroid({ mask }: Phantom): number[] {
  const [nx, ny] = mask.dims;
  const sum = [0, 0, 0];
  let count = 0;
  mask.voxels.forEach((label, index) => {
    if (label === 0) return;
    count++;
    [index % nx, Math.floor(index / nx) % ny, Math.floor(index / (nx * ny))].forEach((i, axis) => {
      sum[axis]! += mask.originMm[axis]! + i * mask.spacingMm[axis]!;
    });
  });
  return sum.map((value) => value / count);
}

describe('thorax phantom', () => {
  const venous = createPhantom(base);
  const plain = createPhantom({ ...base, phase: 'plain' });

  test('same parameters, same voxels; another noise seed, other voxels on the same mask', () => {
    const again = createPhantom(base);
    const other = createPhantom({ ...base, noiseSeed: 2 });
    expect(sameBytes(again.volume.voxels, venous.volume.voxels)).toBe(true);
    expect(sameBytes(other.volume.voxels, venous.volume.voxels)).toBe(false);
    expect(sameBytes(other.mask.voxels, venous.mask.voxels)).toBe(true);
  });

  test('tissues have the densities of their kind, and vessels and tumour enhance', () => {
    const aorta = [22, 44, -20] as const;
    const muscle = [0, 92, 50] as const;
    expect(densityAt(venous, [70, 30, 20])).toBeLessThan(-650);
    expect(densityAt(plain, aorta)).toBeGreaterThan(30);
    expect(densityAt(plain, aorta)).toBeLessThan(55);
    expect(densityAt(venous, aorta)).toBeGreaterThan(125);
    expect(densityAt(plain, muscle)).toBeGreaterThan(20);
    expect(densityAt(venous, [0, -160, 0])).toBeLessThan(-950);
    expect(mean(inside(venous)) - mean(inside(plain))).toBeGreaterThan(35);
    expect(mean(inside(venous)) - mean(inside(plain))).toBeLessThan(55);
  });

  test('a smooth tumour has the volume of its ball', () => {
    const mL = inside(venous).length * 1.8 * 1.8 * 3;
    expect(Math.abs(mL / ((4 / 3) * Math.PI * 24 ** 3) - 1)).toBeLessThan(0.02);
  });

  test('the centre of the tumour is where it was asked for, moved by the way the person lies', () => {
    const moved = createPhantom({ ...base, shiftMm: [5, -4, 9] });
    const expected = [-58 + 5, 6 - 4, 4 + 9];
    centroid(moved).forEach((value, axis) => {
      expect(Math.abs(value - expected[axis]!)).toBeLessThan(0.3);
    });
  });

  test('heterogeneity spreads the densities, necrosis lowers them', () => {
    const coarse = createPhantom({ ...base, tumour: { ...ball, heterogeneity: 1 } });
    const necrotic = createPhantom({ ...base, tumour: { ...ball, necrosis: 0.6 } });
    expect(sd(inside(coarse))).toBeGreaterThan(sd(inside(venous)) + 5);
    expect(mean(inside(necrotic))).toBeLessThan(mean(inside(venous)) - 8);
  });

  test('the density of the plain scan moves both phases alike', () => {
    const dense = { ...base, tumour: { ...ball, plainHu: 50 } };
    expect(mean(inside(createPhantom(dense))) - mean(inside(venous))).toBeGreaterThan(9);
    expect(mean(inside(createPhantom({ ...dense, phase: 'plain' }))) - mean(inside(plain))).toBeGreaterThan(9);
  });

  test('strands make the lung around the tumour denser, within a few millimetres, and leave the mask as it is', () => {
    const strands = createPhantom({ ...base, tumour: { ...ball, infiltration: 1 } });
    const shell = (phantom: Phantom, outsideMm: number) => {
      const ring = peripheralRing(phantom.mask, 1, { outsideMm, insideMm: 0 });
      return Array.from(phantom.volume.voxels).filter((_, i) => ring.voxels[i] === 1);
    };
    expect(mean(shell(strands, 2)) - mean(shell(venous, 2))).toBeGreaterThan(40);
    expect(densityAt(strands, [-58, 6, 4])).toBe(densityAt(venous, [-58, 6, 4]));
    expect(sameBytes(strands.mask.voxels, venous.mask.voxels)).toBe(true);
    expect(densityAt(strands, [70, 30, 20])).toBe(densityAt(venous, [70, 30, 20]));
  });

  test("another reader's outline strays by a part of a voxel, and leaves the image as it is", () => {
    const reread = createPhantom({ ...base, outlineSeed: 5 });
    expect(sameBytes(reread.volume.voxels, venous.volume.voxels)).toBe(true);
    const both = reread.mask.voxels.filter((one, i) => one === 1 && venous.mask.voxels[i] === 1).length;
    const dice = (2 * both) / (inside(reread).length + inside(venous).length);
    expect(dice).toBeGreaterThan(0.95);
    expect(dice).toBeLessThan(1);
  });

  test('both phases and a shifted follow-up show the same texture', () => {
    const quiet = { ...base, tumour: { ...ball, heterogeneity: 1 }, noiseSdHu: 0 };
    const a = inside(createPhantom(quiet));
    const b = inside(createPhantom({ ...quiet, phase: 'plain' }));
    const c = inside(createPhantom({ ...quiet, shiftMm: [3.6, -5.4, 6] }));
    const correlation = (x: number[], y: number[]) =>
      mean(x.map((value, i) => (value - mean(x)) * (y[i]! - mean(y)))) / (sd(x) * sd(y));
    expect(a.length).toBe(c.length);
    expect(correlation(a.slice(0, 3000), b.slice(0, 3000))).toBeGreaterThan(0.8);
    expect(correlation(a.slice(0, 3000), c.slice(0, 3000))).toBeGreaterThan(0.98);
  });

  test('values fit 12 bits with intercept -1024', () => {
    expect(venous.volume.voxels.every((value) => value >= -1024 && value <= 3071)).toBe(true);
  });

  test('a tumour outside the grid is refused', () => {
    expect(() => createPhantom({ ...base, tumour: { ...ball, centreMm: [0, 0, 400] } })).toThrow(RangeError);
  });
});

test('aggressiveness makes the typical tumour larger, rougher, coarser, more necrotic and more infiltrating', () => {
  const [low, high] = [tumourOfAggressiveness(-1.5, [0, 0, 0], 1), tumourOfAggressiveness(1.5, [0, 0, 0], 1)];
  expect(high.radiusMm).toBeGreaterThan(low.radiusMm);
  expect(high.irregularity).toBeGreaterThan(low.irregularity);
  expect(high.heterogeneity).toBeGreaterThan(low.heterogeneity);
  expect(high.necrosis).toBeGreaterThan(low.necrosis);
  expect(high.infiltration ?? 0).toBeGreaterThan(low.infiltration ?? 0);
  expect(high.enhancementHu).toBe(low.enhancementHu);
});
