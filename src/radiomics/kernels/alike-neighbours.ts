/** Where the bits of the later neighbours begin: below are those of the earlier ones. */
export const laterBits = 16;

/** 1 where a voxel has a level, else 0: without a branch, which in noise would be a coin toss. */
function same(levels: Uint16Array, at: number, level: number): number {
  return ((levels[at]! ^ level) - 1) >>> 31;
}

/**
 * Marks for every voxel of a region which of its neighbours have its level.
 *
 * @param levels Level indices, x fastest; `1..n` inside the region, 0 outside. Every neighbour must be inside the buffer.
 * @param voxels Positions in `levels` of the region's voxels.
 * @param strides Positions of the later neighbours relative to a voxel, at most 13: an earlier neighbour is as far before it.
 * @param out Receives, at a voxel of the region, bit `s` when the one `strides[s]` before it has its level, and bit
 *   `laterBits + s` when the one `strides[s]` after it has; as long as `levels`. Other elements are left as they are.
 * @throws RangeError if a length disagrees or there are too many neighbours. The levels themselves are not checked here.
 */
export function markAlike(levels: Uint16Array, voxels: Int32Array, strides: Int32Array, out: Int32Array): void {
  if (out.length !== levels.length) throw new RangeError(`out: ${out.length} voxels, expected ${levels.length}`);
  if (strides.length > 13) throw new RangeError(`strides: ${strides.length}, at most 13`);
  // A loop over the neighbours takes half as long again. Those that there aren't are the voxel itself, and masked.
  const all = new Int32Array(13);
  all.set(strides);
  const [a, b, c, d, e, f] = [all[0]!, all[1]!, all[2]!, all[3]!, all[4]!, all[5]!];
  const [g, h, i, j, k, l, m] = [all[6]!, all[7]!, all[8]!, all[9]!, all[10]!, all[11]!, all[12]!];
  const there = (1 << strides.length) - 1;
  const mask = there | (there << laterBits);
  for (let v = 0; v < voxels.length; v++) {
    const at = voxels[v]!;
    const level = levels[at]!;
    const earlier =
      same(levels, at - a, level) |
      (same(levels, at - b, level) << 1) |
      (same(levels, at - c, level) << 2) |
      (same(levels, at - d, level) << 3) |
      (same(levels, at - e, level) << 4) |
      (same(levels, at - f, level) << 5) |
      (same(levels, at - g, level) << 6) |
      (same(levels, at - h, level) << 7) |
      (same(levels, at - i, level) << 8) |
      (same(levels, at - j, level) << 9) |
      (same(levels, at - k, level) << 10) |
      (same(levels, at - l, level) << 11) |
      (same(levels, at - m, level) << 12);
    const later =
      same(levels, at + a, level) |
      (same(levels, at + b, level) << 1) |
      (same(levels, at + c, level) << 2) |
      (same(levels, at + d, level) << 3) |
      (same(levels, at + e, level) << 4) |
      (same(levels, at + f, level) << 5) |
      (same(levels, at + g, level) << 6) |
      (same(levels, at + h, level) << 7) |
      (same(levels, at + i, level) << 8) |
      (same(levels, at + j, level) << 9) |
      (same(levels, at + k, level) << 10) |
      (same(levels, at + l, level) << 11) |
      (same(levels, at + m, level) << 12);
    out[at] = (earlier | (later << laterBits)) & mask;
  }
}

/** How many bits are set, 0 to 32. */
export function countBits(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}
