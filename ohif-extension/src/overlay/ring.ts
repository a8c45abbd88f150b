/** Labels of a series, slices in order along the normal. */
export interface LabelStack {
  readonly columns: number;
  readonly rows: number;
  /** mm between columns, rows and slices. */
  readonly spacingMm: readonly [number, number, number];
  /** Row by row, length `columns * rows` each. */
  readonly slices: readonly ArrayLike<number>[];
}

/** How far a ring reaches to either side of a lesion's border (mm). */
export interface RingWidth {
  readonly outsideMm: number;
  readonly insideMm: number;
}

type Step = readonly [x: number, y: number, z: number];

/** A voxel at exactly the wanted distance belongs to the ring; rounding must not decide. */
const tolerance = 1 + 1e-9;

/**
 * The widths in the name of a region, such as `ring-2-2`.
 *
 * @returns Null for a region that is no ring.
 */
export function ringWidth(region: string): RingWidth | null {
  const [, outside, inside] = /^ring-(\d+(?:\.\d+)?)-(\d+(?:\.\d+)?)$/.exec(region) ?? [];
  return outside === undefined || inside === undefined
    ? null
    : { outsideMm: Number(outside), insideMm: Number(inside) };
}

/**
 * The ring around a lesion's border, as the service's features are taken from it: a voxel outside belongs to it when its centre
 * is within `outsideMm` of the centre of a voxel inside, and the other way round. Unlike there it is not clipped to the body.
 *
 * @param label Of the lesion; other labels count as outside.
 * @returns By index of the slice, 1 in the ring and 0 elsewhere, row by row; slices without ring are left out.
 */
export function ringSlices(stack: LabelStack, label: number, width: RingWidth): Map<number, Uint8Array> {
  const { columns, rows, slices } = stack;
  const outwards = stepsWithin(width.outsideMm, stack.spacingMm);
  const inwards = stepsWithin(width.insideMm, stack.spacingMm);
  const found = new Map<number, Uint8Array>();
  const at = (x: number, y: number, z: number) => slices[z]?.[x + y * columns] === label;
  const mark = (x: number, y: number, z: number) => {
    const mask = found.get(z) ?? new Uint8Array(columns * rows);
    mask[x + y * columns] = 1;
    found.set(z, mask);
  };
  for (const [z, labels] of slices.entries()) {
    for (let index = 0; index < labels.length; index++) {
      if (labels[index] !== label) continue;
      const x = index % columns;
      const y = (index - x) / columns;
      if (inwards.some((step) => isOutside(stack, at, x, y, z, step))) mark(x, y, z);
      if (!isAtBorder(stack, at, x, y, z)) continue;
      // Whatever is near the lesion is nearest to a voxel of its border.
      for (const step of outwards) {
        if (isOutside(stack, at, x, y, z, step)) mark(x + step[0], y + step[1], z + step[2]);
      }
    }
  }
  return found;
}

type Inside = (x: number, y: number, z: number) => boolean;

/** Where the image ends there is no border, so what lies beyond it is not outside. */
function isOutside(
  { columns, rows, slices }: LabelStack,
  inside: Inside,
  x: number,
  y: number,
  z: number,
  step: Step,
): boolean {
  const [nx, ny, nz] = [x + step[0], y + step[1], z + step[2]];
  if (nx < 0 || ny < 0 || nz < 0 || nx >= columns || ny >= rows || nz >= slices.length) return false;
  return !inside(nx, ny, nz);
}

const faces: readonly Step[] = [
  [-1, 0, 0],
  [1, 0, 0],
  [0, -1, 0],
  [0, 1, 0],
  [0, 0, -1],
  [0, 0, 1],
];

function isAtBorder(stack: LabelStack, inside: Inside, x: number, y: number, z: number): boolean {
  return faces.some((step) => isOutside(stack, inside, x, y, z, step));
}

/** Steps to the voxels whose centres are within a distance. */
function stepsWithin(distanceMm: number, [dx, dy, dz]: LabelStack['spacingMm']): Step[] {
  const limit = distanceMm ** 2 * tolerance;
  const reach = (spacing: number) => Math.floor((distanceMm * tolerance) / spacing);
  const steps: Step[] = [];
  for (let z = -reach(dz); z <= reach(dz); z++) {
    for (let y = -reach(dy); y <= reach(dy); y++) {
      for (let x = -reach(dx); x <= reach(dx); x++) {
        if ((x || y || z) && (x * dx) ** 2 + (y * dy) ** 2 + (z * dz) ** 2 <= limit) steps.push([x, y, z]);
      }
    }
  }
  return steps;
}
