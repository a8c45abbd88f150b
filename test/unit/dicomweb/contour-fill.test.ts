import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { addCrossings, fillFromCrossings } from '../../../src/dicomweb/contour-fill.ts';

const [nx, ny] = [12, 9];

function fill(...contours: readonly (readonly number[])[]): Uint8Array {
  const crossings = new Uint8Array(ny * (nx + 1));
  for (const points of contours) addCrossings(Float64Array.from(points), nx, ny, crossings);
  const out = new Uint8Array(nx * ny);
  fillFromCrossings(crossings, nx, ny, out);
  return out;
}
const rectangle = (left: number, top: number, right: number, bottom: number) => [
  ...[left, top, right, top],
  ...[right, bottom, left, bottom],
];
const box = (left: number, top: number, right: number, bottom: number) =>
  Uint8Array.from({ length: nx * ny }, (_, i) => {
    const [x, y] = [i % nx, Math.floor(i / nx)];
    return x >= left && x <= right && y >= top && y <= bottom ? 1 : 0;
  });
const subtract = (a: Uint8Array, b: Uint8Array) => a.map((value, i) => (b[i] === 1 ? 0 : value));
const reversed = (points: readonly number[]) =>
  Array.from({ length: points.length / 2 }, (_, i) => points.slice(points.length - 2 * i - 2, points.length - 2 * i));

describe('contours to pixels', () => {
  it('a pixel is inside where its centre is', () => {
    expect(fill(rectangle(1.6, 2.4, 5.4, 4.6))).toEqual(box(2, 3, 5, 4));
    expect(fill(rectangle(1.5, 2.5, 5.5, 4.5))).toEqual(box(2, 3, 5, 4));
  });

  it('a contour within another one is a hole, and one within that hole is inside again', () => {
    const [outer, hole, island] = [
      rectangle(0.5, 0.5, 10.5, 7.5),
      rectangle(2.5, 1.5, 8.5, 6.5),
      rectangle(4.5, 3.5, 5.5, 4.5),
    ];
    expect(fill(outer, hole)).toEqual(subtract(box(1, 1, 10, 7), box(3, 2, 8, 6)));
    expect(fill(island, hole, outer)[5 + nx * 4]).toBe(1);
  });

  it('a keyhole: the bridge is walked both ways and leaves no trace, wherever it runs', () => {
    const inner = [3.5, 2.5, 3.5, 5.5, 7.5, 5.5, 7.5, 2.5];
    for (const [x, y] of [
      [0.5, 0.5],
      [0.5, 2.5],
      [0.5, 4],
      [0.5, 7.5],
    ] as const) {
      // From a point of the outer contour to the inner one, round it, and back.
      const keyhole = [x, y, ...inner, 3.5, 2.5, x, y, 0.5, 7.5, 10.5, 7.5, 10.5, 0.5, 0.5, 0.5];
      expect(fill(keyhole)).toEqual(subtract(box(1, 1, 10, 7), box(4, 3, 7, 5)));
    }
  });

  it('what reaches beyond the slice is cut off', () => {
    expect(fill(rectangle(-5, -5, 100, 100))).toEqual(box(0, 0, nx - 1, ny - 1));
    expect(fill(rectangle(-9, 2.5, -3, 4.5))).toEqual(new Uint8Array(nx * ny));
  });

  it('points and lines enclose nothing', () => {
    expect(fill([3, 3], [1, 1, 8, 8], [])).toEqual(new Uint8Array(nx * ny));
  });

  it('lengths are checked', () => {
    expect(() => addCrossings(new Float64Array(3), nx, ny, new Uint8Array(ny * (nx + 1)))).toThrow(RangeError);
    expect(() => addCrossings(new Float64Array(4), nx, ny, new Uint8Array(5))).toThrow(RangeError);
    expect(() => fillFromCrossings(new Uint8Array(ny * (nx + 1)), nx, ny, new Uint8Array(5))).toThrow(RangeError);
  });

  // On a grid of quarters many corners lie on pixel centres and edges run through them.
  const coordinate = (most: number) => fc.integer({ min: -4, max: 4 * most + 4 }).map((value) => value / 4);
  const polygon = fc
    .array(fc.tuple(coordinate(nx), coordinate(ny)), { minLength: 3, maxLength: 9 })
    .map((points) => points.flat());

  it('which way round a contour is drawn, and where it begins, makes no difference', () => {
    fc.assert(
      fc.property(polygon, fc.nat(8), (points, turn) => {
        const at = 2 * (turn % (points.length / 2));
        expect(fill([...points.slice(at), ...points.slice(0, at)])).toEqual(fill(points));
        expect(fill(reversed(points).flat())).toEqual(fill(points));
      }),
      { seed: 3, numRuns: 300 },
    );
  });

  it('two polygons on either side of a line share no pixel and leave none out', () => {
    fc.assert(
      fc.property(coordinate(nx), coordinate(nx), (above, below) => {
        const left = [-5, -5, above, -5, below, 20, -5, 20];
        const right = [above, -5, 40, -5, 40, 20, below, 20];
        const [a, b] = [fill(left), fill(right)];
        expect(a.map((value, i) => value + b[i]!)).toEqual(new Uint8Array(nx * ny).fill(1));
      }),
      { seed: 4, numRuns: 300 },
    );
  });

  it('a contour twice is nothing', () => {
    fc.assert(
      fc.property(polygon, (points) => {
        expect(fill(points, points)).toEqual(new Uint8Array(nx * ny));
      }),
      { seed: 5, numRuns: 100 },
    );
  });
});
