/** State of a voxel that is thin enough for air and not visited yet. */
const open = 2;

/** Takes up a voxel into the part being followed if it is open. */
function visit(out: Uint8Array, at: number, room: Int32Array, length: number): number {
  if (out[at] !== open) return length;
  out[at] = 0;
  room[length] = at;
  return length + 1;
}

/**
 * Marks the air around a body in one slice: parts connected through faces that reach the slice's edge and of whose
 * voxels at least half are as thin as air. A lung that a cropped slice cuts reaches the edge too, but is denser.
 *
 * @param voxels Intensities of the slice (HU), length `nx*ny`, x fastest.
 * @param nx Voxels along x.
 * @param tissueHu Voxels above are never air.
 * @param airHu Voxels at or below are as thin as air.
 * @param out Receives 1 for outside air, 0 for all else; same length.
 * @param room Scratch of the same length.
 * @throws RangeError if lengths disagree.
 */
export function markOutsideAir(
  voxels: ArrayLike<number>,
  nx: number,
  tissueHu: number,
  airHu: number,
  out: Uint8Array,
  room: Int32Array,
): void {
  const n = voxels.length;
  if (n % nx !== 0) throw new RangeError(`voxels: ${n} elements are no rows of ${nx}`);
  if (out.length !== n || room.length !== n) throw new RangeError(`out, room: expected ${n} elements`);
  for (let at = 0; at < n; at++) out[at] = voxels[at]! > tissueHu ? 0 : open;
  for (let seed = 0; seed < n; seed++) {
    const x = seed % nx;
    const atEdge = x === 0 || x === nx - 1 || seed < nx || seed >= n - nx;
    if (!atEdge || out[seed] !== open) continue;
    let length = visit(out, seed, room, 0);
    let thin = 0;
    for (let next = 0; next < length; next++) {
      const at = room[next]!;
      if (voxels[at]! <= airHu) thin++;
      const column = at % nx;
      if (column > 0) length = visit(out, at - 1, room, length);
      if (column < nx - 1) length = visit(out, at + 1, room, length);
      if (at >= nx) length = visit(out, at - nx, room, length);
      if (at < n - nx) length = visit(out, at + nx, room, length);
    }
    if (2 * thin < length) continue;
    for (let k = 0; k < length; k++) out[room[k]!] = 1;
  }
  for (let at = 0; at < n; at++) if (out[at] === open) out[at] = 0;
}
