/** A point of a slice, to the right of and below the upper left corner of its first pixel. */
export type SlicePoint = readonly [x: number, y: number];

/**
 * The border of a mask in one slice as closed lines, through the middles of the pixels' edges, so that it lies where the mask ends.
 *
 * @param mask Length `columns * rows`, column fastest; not 0 inside.
 * @param columns Pixels a row.
 * @param pixel Width and height of a pixel (mm), or `[1, 1]` for lines in pixels.
 * @returns One line a border, without the first point again at the end, from the upper left corner of the first pixel. The border of a hole
 *   runs the other way round.
 */
export function maskOutline(mask: Uint8Array, columns: number, pixel: SlicePoint): SlicePoint[][] {
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
  const lines: SlicePoint[][] = [];
  for (const start of edges.keys()) {
    while ((edges.get(start)?.length ?? 0) > 0) lines.push(walk(edges, start, width, pixel));
  }
  return lines;
}

/** Follows edges until the first corner comes again, and takes them away. */
function walk(edges: Map<number, number[]>, start: number, width: number, [mmX, mmY]: SlicePoint): SlicePoint[] {
  const corners = [start];
  for (let at = start; ; ) {
    const next = edges.get(at)?.shift();
    if (next === undefined || next === start) break;
    corners.push(next);
    at = next;
  }
  const middles = corners.map((corner, at): SlicePoint => {
    const next = corners[(at + 1) % corners.length] ?? corner;
    const [x, y] = [corner % width, Math.floor(corner / width)];
    const [toX, toY] = [next % width, Math.floor(next / width)];
    return [((x + toX) / 2) * mmX, ((y + toY) / 2) * mmY];
  });
  return middles.filter((point, at) => !isBetween(middles.at(at - 1), point, middles[(at + 1) % middles.length]));
}

function isBetween(before: SlicePoint | undefined, [x, y]: SlicePoint, after: SlicePoint | undefined): boolean {
  if (before === undefined || after === undefined) return false;
  return Math.abs((x - before[0]) * (after[1] - y) - (y - before[1]) * (after[0] - x)) < 1e-9;
}

/**
 * Area that the lines around a region enclose, without the holes in it.
 *
 * @param lines As {@link maskOutline} gives them: around holes the other way round.
 * @returns In the square of the lines' unit.
 */
export function enclosedArea(lines: readonly (readonly SlicePoint[])[]): number {
  const twice = lines.flatMap((line) =>
    line.map(([x, y], at) => {
      const [nextX, nextY] = line[(at + 1) % line.length] ?? [x, y];
      return x * nextY - nextX * y;
    }),
  );
  return Math.abs(twice.reduce((sum, one) => sum + one, 0)) / 2;
}
