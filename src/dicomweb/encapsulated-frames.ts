/**
 * Joins the fragments of encapsulated pixel data into frames.
 *
 * One frame takes all fragments; as many frames as fragments take one each. Otherwise the basic offset table says where
 * frames begin, and without it a fragment that begins with a JPEG or JPEG 2000 marker.
 *
 * @param offsetTable Value of the basic offset table item: 32-bit offsets of the first fragment of each frame, counted
 *   from the tag of the first fragment. May be empty.
 * @param frames NumberOfFrames.
 * @returns One codestream a frame.
 * @throws RangeError if the fragments are not that many frames.
 * @see DICOM PS3.5 annex A.4
 */
export function joinFragments(
  offsetTable: Uint8Array,
  fragments: readonly Uint8Array[],
  frames: number,
): readonly Uint8Array[] {
  if (fragments.length < frames) throw new RangeError(`${fragments.length} fragments for ${frames} frames`);
  if (fragments.length === frames) return fragments;
  if (frames === 1) return [Buffer.concat(fragments)];
  const starts = offsetTable.length === 4 * frames ? tableStarts(offsetTable) : null;
  const groups: Uint8Array[][] = [];
  let offset = 0;
  for (const fragment of fragments) {
    const begins = starts === null ? beginsCodestream(fragment) : starts.has(offset);
    if (begins) groups.push([]);
    const group = groups.at(-1);
    if (group === undefined) throw new RangeError('no frame begins at the first fragment');
    group.push(fragment);
    // The tag and the length of the item count.
    offset += 8 + fragment.length;
  }
  if (groups.length !== frames) throw new RangeError(`fragments of ${groups.length} frames, not ${frames}`);
  return groups.map((group) => Buffer.concat(group));
}

function tableStarts(offsetTable: Uint8Array): ReadonlySet<number> {
  const view = new DataView(offsetTable.buffer, offsetTable.byteOffset, offsetTable.byteLength);
  return new Set(Array.from({ length: offsetTable.length / 4 }, (_, i) => view.getUint32(4 * i, true)));
}

/** SOI of JPEG and JPEG-LS, SOC of JPEG 2000. */
function beginsCodestream(fragment: Uint8Array): boolean {
  return fragment[0] === 0xff && (fragment[1] === 0xd8 || fragment[1] === 0x4f);
}
