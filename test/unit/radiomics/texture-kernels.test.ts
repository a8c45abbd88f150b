import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { markAlike } from '../../../src/radiomics/kernels/alike-neighbours.ts';
import { neighbourOffsets } from '../../../src/radiomics/kernels/angles.ts';
import { countComponents } from '../../../src/radiomics/kernels/components.ts';
import { addDependences, addEqualNeighbours } from '../../../src/radiomics/kernels/dependences.ts';
import { addNeighbourhoodDifferences } from '../../../src/radiomics/kernels/neighbourhood-differences.ts';
import { countRunLengths } from '../../../src/radiomics/kernels/runs.ts';
import { findZones } from '../../../src/radiomics/kernels/zones.ts';
import type { Dims, Vector } from '../../../src/radiomics/volume.ts';
import { levelsOf, samples, strideOf, voxelsOf, withMargin } from './random-regions.ts';

/** The 5 x 5 image of the worked examples in the PyRadiomics documentation. */
const documented = withMargin([5, 2, 5, 4, 4, 3, 3, 3, 1, 3, 2, 1, 1, 1, 3, 4, 2, 2, 2, 3, 3, 5, 3, 3, 2], [5, 5, 1]);
const inPlane = neighbourOffsets([5, 5, 1], [1], 2);

function strides(offsets: readonly Vector[], size: Dims): Int32Array {
  return Int32Array.from(offsets, (offset) => strideOf(offset, size));
}

function alikeOf(levels: Uint16Array, size: Dims, offsets: readonly Vector[]): Int32Array {
  const alike = new Int32Array(levels.length);
  markAlike(levels, voxelsOf(levels), strides(offsets, size), alike);
  return alike;
}

function runsOf(levels: Uint16Array, size: Dims, steps: readonly Vector[], n: number) {
  const longest = Math.max(...size);
  const out = new Uint32Array(steps.length * n * longest);
  const perLevel = Array.from({ length: n }, (_, i) => levels.filter((level) => level === i + 1).length);
  const counted = countRunLengths(
    ...([levels, size, voxelsOf(levels), alikeOf(levels, size, steps)] as const),
    steps.map((step, bit) => ({ step, bit })),
    ...([perLevel, longest, out] as const),
  );
  return steps.map((_, d) => ({
    counts: out.subarray(d * n * longest, (d + 1) * n * longest),
    counted: counted[d]!,
    longest,
  }));
}

type RunsOf = ReturnType<typeof runsOf>[number];

function zonesOf(levels: Uint16Array, size: Dims, offsets: readonly Vector[]): (readonly [number, number])[] {
  const voxels = voxelsOf(levels);
  const zoneLevels = new Uint16Array(voxels.length);
  const zoneSizes = new Int32Array(voxels.length);
  const zones = findZones(
    levels,
    voxels,
    alikeOf(levels, size, offsets),
    offsets,
    strides(offsets, size),
    new Int32Array(levels.length),
    zoneLevels,
    zoneSizes,
  );
  return Array.from({ length: zones }, (_, zone) => [zoneLevels[zone]!, zoneSizes[zone]!] as const);
}

describe('runs', () => {
  it('worked example in the PyRadiomics documentation, horizontal', () => {
    const [{ counts, counted, longest }] = runsOf(documented.levels, documented.size, [[1, 0, 0]], 5) as [RunsOf];
    const rows = [0, 1, 2, 3, 4].map((row) => [...counts.subarray(row * longest, row * longest + 5)]);
    expect(counted).toBe(true);
    expect(rows).toEqual([
      [1, 0, 1, 0, 0],
      [3, 0, 1, 0, 0],
      [4, 1, 1, 0, 0],
      [1, 1, 0, 0, 0],
      [3, 0, 0, 0, 0],
    ]);
  });

  it('are what walking along every line finds', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const levels = levelsOf(sample, 3);
        const offsets = neighbourOffsets(sample.dims, [1], null);
        runsOf(levels, sample.dims, offsets, 3).forEach(({ counts, longest }, direction) => {
          const stride = strideOf(offsets[direction]!, sample.dims);
          const expected = new Uint32Array(counts.length);
          for (const at of voxelsOf(levels)) {
            if (levels[at - stride] === levels[at]) continue;
            let length = 1;
            while (levels[at + length * stride] === levels[at]) length++;
            expected[(levels[at]! - 1) * longest + length - 1]! += 1;
          }
          expect(counts).toEqual(expected);
        });
      }),
    );
  });

  it('a direction counts when a line holds two voxels, even with a gap between them', () => {
    const { levels, size } = withMargin([1, 0, 1, 0, 0, 0], [3, 2, 1]);
    const steps: Vector[] = [
      [1, 0, 0],
      [0, 1, 0],
      [1, 1, 0],
    ];
    expect(runsOf(levels, size, steps, 1).map(({ counted }) => counted)).toEqual([true, false, false]);
  });

  it('refuses buffers of another size', () => {
    const { levels, size } = documented;
    const run = (dims: Dims, marks: number, cells: number) => () =>
      countRunLengths(
        ...([levels, dims, new Int32Array(0), new Int32Array(marks), [{ step: [1, 0, 0], bit: 0 }]] as const),
        ...([[0], 5, new Uint32Array(cells)] as const),
      );
    expect(run(size, levels.length, 5)).not.toThrow();
    expect(run([5, 5, 1], levels.length, 5)).toThrow(RangeError);
    expect(run(size, levels.length - 1, 5)).toThrow(RangeError);
    expect(run(size, levels.length, 6)).toThrow(RangeError);
  });
});

describe('zones', () => {
  it('worked example in the PyRadiomics documentation', () => {
    const zones = zonesOf(documented.levels, documented.size, inPlane);
    const matrix = [1, 2, 3, 4, 5].map((level) =>
      [1, 2, 3, 4, 5].map((size) => zones.filter((zone) => zone[0] === level && zone[1] === size).length),
    );
    expect(matrix).toEqual([
      [0, 0, 0, 1, 0],
      [1, 0, 0, 0, 1],
      [1, 0, 1, 0, 1],
      [1, 1, 0, 0, 0],
      [3, 0, 0, 0, 0],
    ]);
  });

  it('are the connected parts of each level, and cover every voxel once', () => {
    fc.assert(
      fc.property(samples, (sample) => {
        const levels = levelsOf(sample, 3);
        const zones = zonesOf(levels, sample.dims, neighbourOffsets(sample.dims, [1], null));
        expect(zones.reduce((sum, [, size]) => sum + size, 0)).toBe(voxelsOf(levels).length);
        for (const level of [1, 2, 3]) {
          const ofLevel = Uint8Array.from(levels, (at) => (at === level ? 1 : 0));
          expect(zones.filter((zone) => zone[0] === level).length).toBe(countComponents(ofLevel, sample.dims));
        }
      }),
    );
  });

  it('refuses outputs that are too short', () => {
    const voxels = new Int32Array(2);
    const run = (scratch: number, zones: number) => () =>
      findZones(
        ...([new Uint16Array(8), voxels, new Int32Array(8), [], voxels, new Int32Array(scratch)] as const),
        ...([new Uint16Array(zones), new Int32Array(2)] as const),
      );
    expect(run(8, 2)).not.toThrow();
    expect(run(8, 1)).toThrow(RangeError);
    expect(run(7, 2)).toThrow(RangeError);
  });
});

describe('dependences', () => {
  const greyLevels = Uint16Array.of(1, 2, 3, 4, 5);

  it('worked example in the PyRadiomics documentation, alpha 0', () => {
    const { levels, size } = documented;
    const counts = new Float64Array(5 * 9);
    addDependences(
      levels,
      voxelsOf(levels),
      strides(inPlane, size),
      greyLevels,
      0,
      new Int32Array(levels.length),
      counts,
    );
    const rows = [0, 1, 2, 3, 4].map((row) => [...counts.subarray(row * 9, row * 9 + 4)]);
    expect(rows).toEqual([
      [0, 1, 2, 1],
      [1, 2, 3, 0],
      [1, 4, 4, 0],
      [1, 2, 0, 0],
      [3, 0, 0, 0],
    ]);
  });

  it('are the neighbours that differ by at most alpha, one by one', () => {
    const distances = fc.uniqueArray(fc.integer({ min: 1, max: 3 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, distances, fc.nat(9), (sample, wanted, alpha) => {
        const levels = levelsOf(sample, 5);
        // Level indices are not grey levels: between these lie 2, 3, 4 and 5.
        const spread = Uint16Array.of(1, 3, 6, 10, 15);
        const { padded, size } = pad(levels, sample.dims, 3);
        const offsets = neighbourOffsets(sample.dims, wanted, null);
        const counts = new Float64Array(5 * (2 * offsets.length + 1));
        const leftovers = new Int32Array(padded.length).fill(7);
        addDependences(padded, voxelsOf(padded), strides(offsets, size), spread, alpha, leftovers, counts);
        const expected = new Float64Array(counts.length);
        for (const at of voxelsOf(levels)) {
          const here = levels[at]!;
          const near = neighboursOf(levels, sample.dims, at, wanted);
          const dependent = near.filter((level) => Math.abs(spread[level - 1]! - spread[here - 1]!) <= alpha).length;
          expected[(here - 1) * (2 * offsets.length + 1) + dependent]! += 1;
        }
        expect(counts).toEqual(expected);
        if (alpha > 0 || wanted.length !== 1 || wanted[0] !== 1) return;
        const equal = new Float64Array(counts.length);
        const alike = alikeOf(padded, size, offsets);
        addEqualNeighbours(padded, voxelsOf(padded), alike, 2 * offsets.length + 1, equal);
        expect(equal).toEqual(expected);
      }),
    );
  });

  it('refuses a matrix of another size', () => {
    const none = new Int32Array(0);
    const run = (scratch: number, cells: number) => () =>
      addDependences(
        ...([new Uint16Array(8), none, none, greyLevels, 0, new Int32Array(scratch)] as const),
        new Float64Array(cells),
      );
    expect(run(8, 5)).not.toThrow();
    expect(run(8, 4)).toThrow(RangeError);
    expect(run(7, 5)).toThrow(RangeError);
  });
});

/** The levels in `margin` free voxels all around. */
function pad(levels: Uint16Array, dims: Dims, margin: number): { padded: Uint16Array; size: Dims } {
  const [nx, ny] = dims;
  const size: Dims = [nx + 2 * margin, ny + 2 * margin, dims[2] + 2 * margin];
  const padded = new Uint16Array(size[0] * size[1] * size[2]);
  levels.forEach((level, at) => {
    const [x, y, z] = [at % nx, Math.trunc(at / nx) % ny, Math.trunc(at / (nx * ny))];
    padded[x + margin + size[0] * (y + margin + size[1] * (z + margin))] = level;
  });
  return { padded, size };
}

/** Levels of the voxels of the region whose largest offset from a voxel is one of the distances. */
function neighboursOf(levels: Uint16Array, [nx, ny]: Dims, at: number, distances: readonly number[]): number[] {
  const place = (i: number) => [i % nx, Math.trunc(i / nx) % ny, Math.trunc(i / (nx * ny))] as const;
  const [x, y, z] = place(at);
  return [...voxelsOf(levels)]
    .filter((other) => {
      const [u, v, w] = place(other);
      return distances.includes(Math.max(Math.abs(u - x), Math.abs(v - y), Math.abs(w - z)));
    })
    .map((other) => levels[other]!);
}

describe('neighbourhood differences', () => {
  it('worked example in the PyRadiomics documentation', () => {
    const { levels, size } = withMargin([1, 2, 5, 2, 3, 5, 1, 3, 1, 3, 5, 5, 3, 1, 1, 1], [4, 4, 1]);
    const counts = new Float64Array(10);
    const greyLevels = Uint16Array.of(1, 2, 3, 4, 5);
    addNeighbourhoodDifferences(levels, size, voxelsOf(levels), greyLevels, [1], [1, 1, 0], counts);
    // The documentation gives 13.35, 2, 3.03 and 10.075; the first and the third are rounded.
    const [n, s] = [0, 1].map((column) => [0, 1, 2, 3, 4].map((row) => counts[2 * row + column]!)) as [
      number[],
      number[],
    ];
    expect(n).toEqual([6, 2, 4, 0, 4]);
    expect(Math.abs(s[0]! - 13.35)).toBeLessThan(0.005);
    expect(s[1]).toBe(2);
    expect(Math.abs(s[2]! - 3.03)).toBeLessThan(0.005);
    expect(s[3]).toBe(0);
    expect(s[4]).toBeCloseTo(10.075, 12);
  });

  it('are taken from the mean of the neighbours at the wanted distances, voxel by voxel', () => {
    const distances = fc.uniqueArray(fc.integer({ min: 1, max: 4 }), { minLength: 1 });
    fc.assert(
      fc.property(samples, distances, (sample, wanted) => {
        const levels = levelsOf(sample, 5);
        const greyLevels = Uint16Array.of(1, 3, 6, 10, 15);
        const { padded, size } = pad(levels, sample.dims, 4);
        const counts = new Float64Array(10);
        addNeighbourhoodDifferences(padded, size, voxelsOf(padded), greyLevels, wanted, [4, 4, 4], counts);
        const expected = new Float64Array(10);
        for (const at of voxelsOf(levels)) {
          const here = greyLevels[levels[at]! - 1]!;
          const near = neighboursOf(levels, sample.dims, at, wanted).map((level) => greyLevels[level - 1]!);
          const mean = near.reduce((sum, level) => sum + level, 0) / near.length;
          expected[2 * levels[at]! - 2]! += 1;
          if (near.length > 0) expected[2 * levels[at]! - 1]! += Math.abs(here - mean);
        }
        expect(counts).toEqual(expected);
      }),
    );
  });

  it('refuses buffers of another size and distances that are too large', () => {
    const run = (levels: number, out: number, distance: number) => () =>
      addNeighbourhoodDifferences(
        new Uint16Array(levels),
        [2, 2, 2],
        new Int32Array(0),
        Uint16Array.of(1),
        [distance],
        [1, 1, 1],
        new Float64Array(out),
      );
    expect(run(7, 2, 1)).toThrow(RangeError);
    expect(run(8, 3, 1)).toThrow(RangeError);
    expect(run(8, 2, 21)).toThrow(RangeError);
  });
});
