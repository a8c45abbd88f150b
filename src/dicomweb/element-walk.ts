/** How the elements of a data set are written. */
export interface ElementEncoding {
  /** True where each element names its value representation. */
  readonly explicit: boolean;
  readonly littleEndian: boolean;
}

/** Header of an element found in the bytes of a data set. */
export interface FoundElement {
  /** Offset of the tag. */
  readonly start: number;
  /** Offset of the value. */
  readonly valueStart: number;
  /** Bytes of the value; null for undefined length. */
  readonly length: number | null;
  /** Value representation, empty where it is implicit. */
  readonly vr: string;
}

/** Value representations with a 32-bit length. DICOM PS3.5 section 7.1.2. */
const longForms: ReadonlySet<string> = new Set('OB OD OF OL OV OW SQ SV UC UN UR UT UV'.split(' '));
const undefinedLength = 0xffffffff;
const item = 0xfffee000;
const itemEnd = 0xfffee00d;
const sequenceEnd = 0xfffee0dd;

/**
 * Finds an element at the top level of a data set by walking over the headers before it.
 *
 * Every step goes forward and no value is looked at, so that damaged bytes end the walk in time that is bounded by their
 * number.
 *
 * @param tag `0xggggeeee`.
 * @param start Offset of the first element.
 * @returns The element, or null where the data set ends without it.
 * @throws RangeError if a header or a value reaches beyond the end, or a header can't be one.
 * @see DICOM PS3.5 sections 7.1 and 7.5
 */
export function findElement(
  bytes: Uint8Array,
  tag: number,
  start: number,
  encoding: ElementEncoding,
): FoundElement | null {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  /** For each open sequence or item of undefined length, whether its elements are explicit. */
  const open: boolean[] = [];
  let at = start;
  while (at < bytes.length) {
    const explicit = open.at(-1) ?? encoding.explicit;
    const header = readHeader(view, at, { ...encoding, explicit });
    if (header.tag === tag && open.length === 0) return { start: at, ...header };
    if (header.tag === itemEnd || header.tag === sequenceEnd) {
      if (open.pop() === undefined) throw new RangeError(`a sequence ends at ${at} that has not begun`);
      at = header.valueStart;
    } else if (header.length === null) {
      // What is UN here was implicit where it came from. DICOM PS3.5 section 6.2.2, note 2.
      open.push(header.vr === 'UN' ? false : explicit);
      at = header.valueStart;
    } else {
      at = header.valueStart + header.length;
    }
  }
  if (at > bytes.length || open.length > 0) throw new RangeError('the data set breaks off');
  return null;
}

function readHeader(view: DataView, at: number, { explicit, littleEndian }: ElementEncoding) {
  const tag = view.getUint16(at, littleEndian) * 0x10000 + view.getUint16(at + 2, littleEndian);
  // Delimiters have no value representation.
  if (!explicit || tag === item || tag === itemEnd || tag === sequenceEnd) {
    return { tag, vr: '', valueStart: at + 8, length: definedLength(view.getUint32(at + 4, littleEndian)) };
  }
  const vr = String.fromCharCode(view.getUint8(at + 4), view.getUint8(at + 5));
  if (!/^[A-Z]{2}$/.test(vr)) throw new RangeError(`no value representation at ${at + 4}`);
  if (!longForms.has(vr)) return { tag, vr, valueStart: at + 8, length: view.getUint16(at + 6, littleEndian) };
  return { tag, vr, valueStart: at + 12, length: definedLength(view.getUint32(at + 8, littleEndian)) };
}

function definedLength(length: number): number | null {
  return length === undefinedLength ? null : length;
}

/**
 * Items of an encapsulated PixelData: the offset table, which may be empty, and the fragments.
 *
 * @param start Offset of the value of PixelData.
 * @throws RangeError if an item reaches beyond the end, or no delimiter ends them.
 * @see DICOM PS3.5 annex A.4
 */
export function readFragments(bytes: Uint8Array, start: number): { table: Uint8Array; fragments: Uint8Array[] } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const items: Uint8Array[] = [];
  for (let at = start; ; ) {
    const { tag, valueStart, length } = readHeader(view, at, { explicit: true, littleEndian: true });
    if (tag === sequenceEnd) break;
    if (tag !== item || length === null) throw new RangeError(`no item of PixelData at ${at}`);
    at = valueStart + length;
    if (at > bytes.length) throw new RangeError('PixelData breaks off');
    items.push(bytes.subarray(valueStart, at));
  }
  const [table = new Uint8Array(), ...fragments] = items;
  return { table, fragments };
}
