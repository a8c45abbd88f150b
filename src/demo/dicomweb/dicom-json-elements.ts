import type { DicomElement, DicomElements } from 'dcmjs';

/** One element of the DICOM JSON model. DICOM PS3.18 annex F. */
export interface JsonElement {
  readonly vr: string;
  readonly Value?: readonly unknown[];
  readonly BulkDataURI?: string;
  readonly InlineBinary?: string;
}
/** Elements by tag: eight hexadecimal digits, upper case. */
export type JsonDataset = Readonly<Record<string, JsonElement>>;

const binary: readonly string[] = ['OB', 'OD', 'OF', 'OL', 'OV', 'OW', 'UN'];
export const pixelDataTag = '7FE00010';

/**
 * Turns the elements of a file into the DICOM JSON model.
 *
 * @param pixelDataUri Address of PixelData, which is never inline.
 */
export function toDicomJson(elements: DicomElements, pixelDataUri: string): JsonDataset {
  return Object.fromEntries(
    Object.entries(elements)
      .filter(([tag]) => !tag.endsWith('0000'))
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([tag, element]) => [
        tag,
        tag === pixelDataTag ? { vr: element.vr, BulkDataURI: pixelDataUri } : toJsonElement(element, pixelDataUri),
      ]),
  );
}

function toJsonElement({ vr, Value = [] }: DicomElement, pixelDataUri: string): JsonElement {
  if (vr === 'SQ') {
    return withValue(
      vr,
      Value.map((item) => toDicomJson(item as DicomElements, pixelDataUri)),
    );
  }
  if (binary.includes(vr)) {
    const [bytes] = Value;
    if (!(bytes instanceof ArrayBuffer) || bytes.byteLength === 0) return { vr };
    return { vr, InlineBinary: Buffer.from(bytes).toString('base64') };
  }
  const values = Value.map((value) => (value === '' ? null : toJsonValue(vr, value)));
  return withValue(vr, values.every((value) => value === null) ? [] : values);
}

function toJsonValue(vr: string, value: unknown): unknown {
  if (typeof value === 'string') return value.replaceAll('\0', '').trimEnd();
  if (vr === 'AT' && typeof value === 'number') return value.toString(16).toUpperCase().padStart(8, '0');
  return value;
}

function withValue(vr: string, Value: readonly unknown[]): JsonElement {
  return Value.length === 0 ? { vr } : { vr, Value };
}
