import { type Grid, type Vector, voxelCount } from '../../radiomics/volume.ts';

/** A body part: where it can be at most, and whether a point (mm, patient coordinates) belongs to it. */
export interface Shape {
  readonly lowMm: Vector;
  readonly highMm: Vector;
  contains(x: number, y: number, z: number): boolean;
}

/** Hounsfield units being painted on a grid whose axes are the patient's. */
export interface Canvas {
  readonly grid: Grid;
  /** Length `nx*ny*nz`, x fastest. */
  readonly hu: Float32Array;
}

/** A canvas of air. */
export function createCanvas(grid: Grid): Canvas {
  return { grid, hu: new Float32Array(voxelCount(grid.dims)).fill(-1000) };
}

/** An ellipsoid with its axes along the patient's. */
export function ellipsoid([cx, cy, cz]: Vector, [rx, ry, rz]: Vector): Shape {
  return {
    lowMm: [cx - rx, cy - ry, cz - rz],
    highMm: [cx + rx, cy + ry, cz + rz],
    contains: (x, y, z) => ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 + ((z - cz) / rz) ** 2 <= 1,
  };
}

/** An upright cylinder of elliptic section between two heights. */
export function column(cx: number, cy: number, rx: number, ry: number, zLow: number, zHigh: number): Shape {
  return {
    lowMm: [cx - rx, cy - ry, zLow],
    highMm: [cx + rx, cy + ry, zHigh],
    contains: (x, y, z) => z >= zLow && z <= zHigh && ((x - cx) / rx) ** 2 + ((y - cy) / ry) ** 2 <= 1,
  };
}

/** A tube from `a` to `b` with round ends, its radius going from `radiusA` to `radiusB` (mm). */
export function tube(a: Vector, b: Vector, radiusA: number, radiusB: number): Shape {
  const widest = Math.max(radiusA, radiusB);
  const [dx, dy, dz] = [b[0] - a[0], b[1] - a[1], b[2] - a[2]];
  const lengthSquared = dx * dx + dy * dy + dz * dz;
  return {
    lowMm: [Math.min(a[0], b[0]) - widest, Math.min(a[1], b[1]) - widest, Math.min(a[2], b[2]) - widest],
    highMm: [Math.max(a[0], b[0]) + widest, Math.max(a[1], b[1]) + widest, Math.max(a[2], b[2]) + widest],
    contains: (x, y, z) => {
      const along = ((x - a[0]) * dx + (y - a[1]) * dy + (z - a[2]) * dz) / lengthSquared;
      const t = Math.min(1, Math.max(0, along));
      const radius = radiusA + t * (radiusB - radiusA);
      return (x - a[0] - t * dx) ** 2 + (y - a[1] - t * dy) ** 2 + (z - a[2] - t * dz) ** 2 <= radius * radius;
    },
  };
}

/**
 * Calls `visit` for every voxel centre inside a box.
 *
 * @param low Corner with the smallest coordinates (mm); a box beyond the grid is clipped.
 * @param high Opposite corner.
 * @param visit Gets the voxel's index and its centre (mm).
 */
export function visitBox(
  { dims, spacingMm, originMm }: Grid,
  low: Vector,
  high: Vector,
  visit: (index: number, x: number, y: number, z: number) => void,
): void {
  const first = (axis: 0 | 1 | 2) => Math.max(0, Math.ceil((low[axis] - originMm[axis]) / spacingMm[axis]));
  const last = (axis: 0 | 1 | 2) =>
    Math.min(dims[axis] - 1, Math.floor((high[axis] - originMm[axis]) / spacingMm[axis]));
  const [xFirst, yFirst, zFirst] = [first(0), first(1), first(2)];
  const [xLast, yLast, zLast] = [last(0), last(1), last(2)];
  for (let k = zFirst; k <= zLast; k++) {
    const z = originMm[2] + k * spacingMm[2];
    for (let j = yFirst; j <= yLast; j++) {
      const y = originMm[1] + j * spacingMm[1];
      const row = dims[0] * (j + dims[1] * k);
      for (let i = xFirst; i <= xLast; i++) visit(row + i, originMm[0] + i * spacingMm[0], y, z);
    }
  }
}

/**
 * Fills a shape with one density.
 *
 * @param hu Hounsfield units.
 * @param onlyAir Paint only where lung or air (below -500) is now: vessels don't leave the lung.
 */
export function paint(canvas: Canvas, shape: Shape, hu: number, onlyAir = false): void {
  const target = canvas.hu;
  visitBox(canvas.grid, shape.lowMm, shape.highMm, (index, x, y, z) => {
    if (shape.contains(x, y, z) && !(onlyAir && target[index]! > -500)) target[index] = hu;
  });
}
