/**
 * Marks where the rows of a slice enter and leave a polygon, for `fillFromCrossings`.
 *
 * A pixel is inside where its centre is, by the even-odd rule. A centre on an edge belongs to the polygon that lies to its
 * right or below, so that two polygons with a common edge share no pixel. An edge that is walked both ways, as the bridge
 * of a keyhole contour is, cancels itself.
 *
 * @param points Corners `[x, y, x, y, ...]` in pixels of the slice; whole numbers are pixel centres. Closed by itself.
 * @param nx Columns.
 * @param ny Rows.
 * @param crossings Shape `(ny, nx + 1)`, row by row: 1 where an odd number of edges lies between a pixel and the one
 *   before it. Toggled, so that contours of one slice can be merged: their exclusive or; never cleared.
 * @throws RangeError if a length disagrees.
 */
export function addCrossings(points: Float64Array, nx: number, ny: number, crossings: Uint8Array): void {
  if (crossings.length !== ny * (nx + 1)) throw new RangeError(`crossings: ${crossings.length} places`);
  if (points.length % 2 !== 0) throw new RangeError(`points: ${points.length} numbers`);
  const last = points.length - 2;
  for (let i = 0, j = last; i <= last; j = i, i += 2) {
    // Upper end first, so that an edge gives the same crossings in both directions, to the last bit.
    const upper = (points[i + 1] ?? 0) <= (points[j + 1] ?? 0) ? i : j;
    const lower = upper === i ? j : i;
    const [x1, y1] = [points[upper] ?? 0, points[upper + 1] ?? 0];
    const [x2, y2] = [points[lower] ?? 0, points[lower + 1] ?? 0];
    const end = Math.min(ny, Math.ceil(y2));
    for (let y = Math.max(0, Math.ceil(y1)); y < end; y++) {
      const x = x1 + ((y - y1) / (y2 - y1)) * (x2 - x1);
      const at = y * (nx + 1) + Math.min(nx, Math.max(0, Math.ceil(x)));
      crossings[at] = (crossings[at] ?? 0) ^ 1;
    }
  }
}

/**
 * Writes 1 for every pixel of a slice that the crossings put inside.
 *
 * @param crossings Shape `(ny, nx + 1)`, as `addCrossings` leaves them.
 * @param out Pixels of the slice, x fastest, `ny * nx`; those outside are left as they are.
 */
export function fillFromCrossings(crossings: Uint8Array, nx: number, ny: number, out: Uint8Array): void {
  if (crossings.length !== ny * (nx + 1)) throw new RangeError(`crossings: ${crossings.length} places`);
  if (out.length !== nx * ny) throw new RangeError(`out: ${out.length} pixels`);
  for (let y = 0; y < ny; y++) {
    let inside = 0;
    for (let x = 0; x < nx; x++) {
      inside ^= crossings[y * (nx + 1) + x] ?? 0;
      if (inside === 1) out[y * nx + x] = 1;
    }
  }
}
