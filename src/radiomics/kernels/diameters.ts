import { requireVoxels, type Triple } from './grid.ts';

/** Scratch of one set of parallel planes: outermost points per line and the hull they leave, in half voxels. */
interface PlaneScan {
  readonly low: Int32Array;
  readonly high: Int32Array;
  readonly hullU: Int32Array;
  readonly hullV: Int32Array;
  /** `[u, v, u, v]`: ends of the longest line of the plane that was measured last. */
  readonly ends: Int32Array;
}

function createScan(lines: number): PlaneScan {
  return {
    low: new Int32Array(lines),
    high: new Int32Array(lines),
    hullU: new Int32Array(2 * lines),
    hullV: new Int32Array(2 * lines),
    ends: new Int32Array(4),
  };
}

/**
 * Marks the outermost mesh vertices of every line of one plane.
 *
 * Mesh vertices lie half-way between an inside and an outside voxel, so in half voxels they have one odd coordinate: in
 * an odd plane they come from pairs across the plane, in an even one from pairs within it.
 */
function scanPlane(inside: Uint8Array, strides: Triple, counts: Triple, plane: number, scan: PlaneScan): void {
  const { low, high } = scan;
  const [nu, nv] = counts;
  const [su, sv, sw] = strides;
  low.fill(-1);
  high.fill(-1);
  const across = plane % 2 === 1;
  const base = Math.trunc(plane / 2) * sw;
  for (let v = 0; v < nv; v++) {
    for (let u = 0; u < nu; u++) {
      const at = base + u * su + v * sv;
      const here = inside[at]!;
      if (across) {
        if (here !== inside[at + sw]!) {
          if (low[2 * v]! < 0) low[2 * v] = 2 * u;
          high[2 * v] = 2 * u;
        }
        continue;
      }
      if (u + 1 < nu && here !== inside[at + su]!) {
        if (low[2 * v]! < 0) low[2 * v] = 2 * u + 1;
        high[2 * v] = 2 * u + 1;
      }
      if (v + 1 < nv && here !== inside[at + sv]!) {
        if (low[2 * v + 1]! < 0) low[2 * v + 1] = 2 * u;
        high[2 * v + 1] = 2 * u;
      }
    }
  }
}

/** Appends one side of the plane's convex hull (monotone chain over integers, so exact) and returns the new length. */
function appendChain(edge: Int32Array, side: 1 | -1, start: number, { hullU, hullV }: PlaneScan): number {
  let top = start;
  for (let v = 0; v < edge.length; v++) {
    const u = edge[v]!;
    if (u < 0) continue;
    while (top - start >= 2) {
      const [au, av] = [hullU[top - 2]!, hullV[top - 2]!];
      const turn = (hullU[top - 1]! - au) * (v - av) - (u - au) * (hullV[top - 1]! - av);
      if (side * turn < 0) break;
      top--;
    }
    hullU[top] = u;
    hullV[top] = v;
    top++;
  }
  return top;
}

/** Longest squared distance (mm^2) between two of the first `count` hull points, which become the scan's `ends`. */
function longestInPlane({ hullU, hullV, ends }: PlaneScan, count: number, stepU: number, stepV: number): number {
  let longest = 0;
  for (let a = 1; a < count; a++) {
    for (let b = 0; b < a; b++) {
      const du = (hullU[a]! - hullU[b]!) * stepU;
      const dv = (hullV[a]! - hullV[b]!) * stepV;
      const squared = du * du + dv * dv;
      if (squared <= longest) continue;
      longest = squared;
      ends[0] = hullU[a]!;
      ends[1] = hullV[a]!;
      ends[2] = hullU[b]!;
      ends[3] = hullV[b]!;
    }
  }
  return longest;
}

/** Longest squared distance (mm^2) among points coded as `x + wx * (y + wy * z)` in half voxels. */
function longestInSpace(codes: readonly number[], [wx, wy]: Triple, step: Triple): number {
  const points = new Float64Array(3 * codes.length);
  codes.forEach((code, i) => {
    points[3 * i] = (code % wx) * step[0];
    points[3 * i + 1] = (Math.floor(code / wx) % wy) * step[1];
    points[3 * i + 2] = Math.floor(code / (wx * wy)) * step[2];
  });
  let longest = 0;
  for (let a = 3; a < points.length; a += 3) {
    for (let b = 0; b < a; b += 3) {
      const dx = points[a]! - points[b]!;
      const dy = points[a + 1]! - points[b + 1]!;
      const dz = points[a + 2]! - points[b + 2]!;
      longest = Math.max(longest, dx * dx + dy * dy + dz * dz);
    }
  }
  return longest;
}

/**
 * Longest distances between the vertices of the mesh around a region: within a plane of each kind, and overall.
 *
 * The farthest two points of a plane are corners of its convex hull, and the farthest two of all are corners of the hull
 * in all three planes through each of them. Only those are compared, so the result is exact without looking at all pairs.
 *
 * @param inside 1 inside, 0 outside; length `nx*ny*nz`, x fastest. The outermost voxels must be 0.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param spacingMm Voxel size `[x, y, z]` (mm).
 * @param out Receives, in mm, the longest distance at equal x, at equal y, at equal z, and of all.
 * @throws RangeError if a length disagrees with `size`.
 * @see PyRadiomics, cshape.c `calculate_meshDiameter`
 */
export function measureDiameters(inside: Uint8Array, size: Triple, spacingMm: Triple, out: Float64Array): void {
  requireVoxels('inside', inside.length, size);
  const strides: Triple = [1, size[0], size[0] * size[1]];
  const step: Triple = [spacingMm[0] / 2, spacingMm[1] / 2, spacingMm[2] / 2];
  const width: Triple = [2 * size[0], 2 * size[1], 2 * size[2]];
  const codeStep: Triple = [1, width[0], width[0] * width[1]];
  let corners: Set<number> | null = null;
  for (const w of [0, 1, 2] as const) {
    const [u, v] = w === 0 ? ([1, 2] as const) : w === 1 ? ([0, 2] as const) : ([0, 1] as const);
    const scan = createScan(2 * size[v]);
    const found = new Set<number>();
    let longest = 0;
    for (let plane = 0; plane < 2 * size[w] - 1; plane++) {
      scanPlane(inside, [strides[u], strides[v], strides[w]], [size[u], size[v], size[w]], plane, scan);
      const count = appendChain(scan.high, -1, appendChain(scan.low, 1, 0, scan), scan);
      longest = Math.max(longest, longestInPlane(scan, count, step[u], step[v]));
      for (let i = 0; i < count; i++) {
        const code = scan.hullU[i]! * codeStep[u] + scan.hullV[i]! * codeStep[v] + plane * codeStep[w];
        if (corners === null || corners.has(code)) found.add(code);
      }
    }
    out[w] = Math.sqrt(longest);
    corners = found;
  }
  out[3] = Math.sqrt(longestInSpace([...(corners ?? [])], width, step));
}

/**
 * The longest line between two vertices of the mesh around a region that lies in a slice: what the longest distance at equal z is, but
 * for vertices half-way between two slices, which lie on no image.
 *
 * @param inside 1 inside, 0 outside; length `nx*ny*nz`, x fastest. The outermost voxels must be 0.
 * @param size Voxel counts `[nx, ny, nz]`.
 * @param spacingMm Voxel size `[x, y, z]` (mm).
 * @param out Receives `[slice, x, y, x, y]`: the first slice with such a line and its ends, in voxels, multiples of a half.
 * @returns Its length (mm); 0, and `out` as it was, where nothing is inside.
 * @throws RangeError if a length disagrees with `size`.
 */
export function longestSliceLine(inside: Uint8Array, size: Triple, spacingMm: Triple, out: Float64Array): number {
  requireVoxels('inside', inside.length, size);
  const scan = createScan(2 * size[1]);
  let longest = 0;
  for (let slice = 0; slice < size[2]; slice++) {
    scanPlane(inside, [1, size[0], size[0] * size[1]], size, 2 * slice, scan);
    const count = appendChain(scan.high, -1, appendChain(scan.low, 1, 0, scan), scan);
    const squared = longestInPlane(scan, count, spacingMm[0] / 2, spacingMm[1] / 2);
    if (squared <= longest) continue;
    longest = squared;
    out[0] = slice;
    for (let i = 0; i < 4; i++) out[i + 1] = scan.ends[i]! / 2;
  }
  return Math.sqrt(longest);
}
