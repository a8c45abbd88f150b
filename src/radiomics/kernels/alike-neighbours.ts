/**
 * Marks for every voxel of a region which of its earlier neighbours have its level.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside. Every neighbour must be inside the buffer.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param strides Positions of the later neighbours relative to a voxel, at most 16: an earlier neighbour is as far before it.
 * @param out Receives bit `s` at a voxel when the one `strides[s]` before it has its level; as long as `levels`, 0 outside
 *   the region before and after.
 * @throws RangeError if a length disagrees or there are too many neighbours. The levels themselves are not checked here.
 */
export function markAlike(levels: Uint16Array, voxels: Int32Array, strides: Int32Array, out: Uint16Array): void {
  if (out.length !== levels.length) throw new RangeError(`out: ${out.length} voxels, expected ${levels.length}`);
  if (strides.length > 16) throw new RangeError(`strides: ${strides.length}, at most 16`);
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const level = levels[at]!;
    let alike = 0;
    // Bits without a branch: in noise it would be a coin toss.
    for (let s = 0; s < strides.length; s++) alike |= (((levels[at - strides[s]!]! ^ level) - 1) >>> 31) << s;
    out[at] = alike;
  }
}
