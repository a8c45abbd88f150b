import type { PointMm } from './key-slice-types.ts';

/**
 * The border of a mask in one slice as closed lines, through the middles of the pixels' edges, so that it lies where the mask ends.
 *
 * @param mask Length `columns * rows`, column fastest; not 0 inside.
 * @param columns Pixels a row.
 * @param pixelMm Width and height of a pixel (mm).
 * @returns One line a border, without the first point again at the end; mm from the upper left corner of the first pixel.
 */
export function maskOutline(mask: Uint8Array, columns: number, pixelMm: PointMm): PointMm[][] {
  const rows = mask.length / columns;
  const inside = (x: number, y: number) =>
    x >= 0 && y >= 0 && x < columns && y < rows && (mask[x + columns * y] ?? 0) !== 0;
  // Edges of pixels with the mask on their right, by the corner where they begin.
  const edges = new Map<number, number[]>();
  const width = columns + 1;
  const add = (x: number, y: number, toX: number, toY: number) => {
    const from = x + width * y;
    edges.set(from, [...(edges.get(from) ?? []), toX + width * toY]);
  };
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      if (!inside(x, y)) continue;
      if (!inside(x, y - 1)) add(x, y, x + 1, y);
      if (!inside(x + 1, y)) add(x + 1, y, x + 1, y + 1);
      if (!inside(x, y + 1)) add(x + 1, y + 1, x, y + 1);
      if (!inside(x - 1, y)) add(x, y + 1, x, y);
    }
  }
  const lines: PointMm[][] = [];
  for (const start of edges.keys()) {
    while ((edges.get(start)?.length ?? 0) > 0) lines.push(walk(edges, start, width, pixelMm));
  }
  return lines;
}

/** Follows edges until the first corner comes again, and takes them away. */
function walk(edges: Map<number, number[]>, start: number, width: number, [mmX, mmY]: PointMm): PointMm[] {
  const corners = [start];
  for (let at = start; ; ) {
    const next = edges.get(at)?.shift();
    if (next === undefined || next === start) break;
    corners.push(next);
    at = next;
  }
  const middles = corners.map((corner, at): PointMm => {
    const next = corners[(at + 1) % corners.length] ?? corner;
    const [x, y] = [corner % width, Math.floor(corner / width)];
    const [toX, toY] = [next % width, Math.floor(next / width)];
    return [((x + toX) / 2) * mmX, ((y + toY) / 2) * mmY];
  });
  return middles.filter((point, at) => !isBetween(middles.at(at - 1), point, middles[(at + 1) % middles.length]));
}

function isBetween(before: PointMm | undefined, [x, y]: PointMm, after: PointMm | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return Math.abs((x - before[0]) * (after[1] - y) - (y - before[1]) * (after[0] - x)) < 1e-9;
}
