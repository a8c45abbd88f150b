/**
 * The border of a label in a slice as an SVG path along the edges of its pixels, holes included.
 *
 * The path runs in pixel indices with the pixel (0, 0) from -0.5 to 0.5, as DICOM places pixel centres.
 *
 * @param labels Labels of the slice, row by row, length `columns * rows`.
 * @returns Empty where the label is not in the slice.
 */
export function outlinePath(labels: ArrayLike<number>, columns: number, rows: number, label: number): string {
  const next = borderSteps(labels, columns, rows, label);
  const parts: string[] = [];
  for (const start of next.keys()) {
    while ((next.get(start)?.length ?? 0) > 0) parts.push(loop(next, start, columns + 1));
  }
  return parts.join('');
}

/** Steps along pixel edges with the label on the right: corner -> corners that follow it. Corner = column + row * (columns + 1). */
function borderSteps(labels: ArrayLike<number>, columns: number, rows: number, label: number): Map<number, number[]> {
  const next = new Map<number, number[]>();
  const width = columns + 1;
  const add = (from: number, to: number) => {
    const known = next.get(from);
    if (known === undefined) next.set(from, [to]);
    else known.push(to);
  };
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) {
      const at = x + y * columns;
      if (labels[at] !== label) continue;
      const corner = x + y * width;
      if (y === 0 || labels[at - columns] !== label) add(corner, corner + 1);
      if (x === columns - 1 || labels[at + 1] !== label) add(corner + 1, corner + 1 + width);
      if (y === rows - 1 || labels[at + columns] !== label) add(corner + 1 + width, corner + width);
      if (x === 0 || labels[at - 1] !== label) add(corner + width, corner);
    }
  }
  return next;
}

/** Takes one closed loop out of the steps; corners on a straight line are left out. */
function loop(next: Map<number, number[]>, start: number, width: number): string {
  const points: string[] = [];
  let at = start;
  let direction = 0;
  do {
    const to = next.get(at)?.pop();
    if (to === undefined) break;
    if (to - at !== direction) points.push(`${(at % width) - 0.5} ${Math.floor(at / width) - 0.5}`);
    direction = to - at;
    at = to;
  } while (at !== start);
  return `M${points.join('L')}Z`;
}
