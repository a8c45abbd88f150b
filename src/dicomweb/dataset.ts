import { DicomError } from '../errors.ts';

/** A data set by attribute keyword, as dcmjs naturalises it: from a file or from DICOM JSON. */
export type DicomDataset = Readonly<Record<string, unknown>>;

/** A coded concept; equal when value and scheme are equal. */
export interface Code {
  readonly value: string;
  readonly scheme: string;
  readonly meaning: string;
}

function valuesOf(dataset: DicomDataset, keyword: string): readonly unknown[] {
  const value = dataset[keyword];
  if (value === undefined || value === null) return [];
  return Array.isArray(value) ? value : [value];
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for.
const controlCharacters = /[\x00-\x1f\x7f-\x9f]+/g;

/**
 * Values of a short text attribute without padding and control characters, which none may have: they end up in messages
 * of one line. Empty where it is absent or empty.
 */
export function textsOf(dataset: DicomDataset, keyword: string): string[] {
  return (
    valuesOf(dataset, keyword)
      .filter((value) => typeof value === 'string' || typeof value === 'number')
      // Values are padded to even length with a space, UIDs with NUL.
      .map((value) => String(value).replaceAll(controlCharacters, ' ').trim())
      .filter((value) => value !== '')
  );
}

/** First value of a text attribute, null where it is absent or empty. */
export function textOf(dataset: DicomDataset, keyword: string): string | null {
  return textsOf(dataset, keyword)[0] ?? null;
}

/** First name of a person attribute as a reader writes it, `Anna Muster`; null where it is absent or empty. */
export function personOf(dataset: DicomDataset, keyword: string): string | null {
  const [person] = valuesOf(dataset, keyword);
  const name =
    typeof person === 'object' && person !== null
      ? (textOf(person as DicomDataset, 'Alphabetic') ?? textOf(person as DicomDataset, 'Ideographic'))
      : textOf(dataset, keyword);
  if (name === null) return null;
  // Family^given^middle^prefix^suffix.
  const [family = '', given = '', middle = '', prefix = '', suffix = ''] = name.split('=')[0]?.split('^') ?? [];
  const written = [prefix, given, middle, family, suffix].map((part) => part.trim()).filter((part) => part !== '');
  return written.length === 0 ? null : written.join(' ');
}

/** `20261121`, or the older `2026.11.21`, as `2026-11-21`; null for what is no date. */
export function isoDate(date: string | null): string | null {
  const parts = /^(\d{4})\.?(\d\d)\.?(\d\d)$/.exec(date ?? '');
  return parts === null ? null : `${parts[1]}-${parts[2]}-${parts[3]}`;
}

/** Values of a numeric attribute; what is not a finite number is left out. */
export function numbersOf(dataset: DicomDataset, keyword: string): number[] {
  return textsOf(dataset, keyword)
    .map(Number)
    .filter((value) => Number.isFinite(value));
}

/** First value of a numeric attribute, null where there is none. */
export function numberOf(dataset: DicomDataset, keyword: string): number | null {
  return numbersOf(dataset, keyword)[0] ?? null;
}

/** Items of a sequence; empty where it is absent or empty. */
export function itemsOf(dataset: DicomDataset, keyword: string): DicomDataset[] {
  return valuesOf(dataset, keyword).filter((item): item is DicomDataset => typeof item === 'object' && item !== null);
}

/** First item of a code sequence, null where there is none. */
export function codeOf(dataset: DicomDataset, keyword: string): Code | null {
  const [item] = itemsOf(dataset, keyword);
  const value = item === undefined ? null : (textOf(item, 'CodeValue') ?? textOf(item, 'LongCodeValue'));
  if (item === undefined || value === null) return null;
  return {
    value,
    scheme: textOf(item, 'CodingSchemeDesignator') ?? '',
    meaning: textOf(item, 'CodeMeaning') ?? '',
  };
}

/**
 * A text attribute that the object can't do without.
 *
 * @param subject What the data set is: a file name or UID.
 * @throws DicomError `DICOM_INVALID` if it is absent or empty.
 */
export function requireText(dataset: DicomDataset, keyword: string, subject: string): string {
  const value = textOf(dataset, keyword);
  if (value === null) throw new DicomError('DICOM_INVALID', subject, `${keyword} is missing: export the object again`);
  return value;
}

/**
 * A numeric attribute of exactly `count` values.
 *
 * @param subject What the data set is: a file name or UID.
 * @throws DicomError `DICOM_INVALID` if it is absent or has another number of values.
 */
export function requireNumbers(dataset: DicomDataset, keyword: string, count: number, subject: string): number[] {
  const values = numbersOf(dataset, keyword);
  if (values.length !== count) {
    const text = `${keyword} has ${values.length} numbers, not ${count}: export the object again`;
    throw new DicomError('DICOM_INVALID', subject, text);
  }
  return values;
}

/**
 * A numeric attribute of one value.
 *
 * @throws DicomError `DICOM_INVALID` if it is absent.
 */
export function requireNumber(dataset: DicomDataset, keyword: string, subject: string): number {
  const [value] = requireNumbers(dataset, keyword, 1, subject);
  return value ?? Number.NaN;
}
