import { z } from 'zod';
import type { Code } from './dataset.ts';
import { loadMapping, pattern } from './mapping-file.ts';

const code = z.strictObject({ scheme: z.string(), code: z.string(), meaning: z.string() });

const segmentTableSchema = z.strictObject({
  about: z.string(),
  /** In order of preference. */
  primaryTumourTypes: z.array(code).min(1),
  anatomicRegions: z.strictObject({ codes: z.array(code), meaningPattern: pattern }),
  /** Other lesions that are measured beside it. */
  otherLesions: z
    .array(
      z.strictObject({
        kind: z.string().regex(/^[a-z][a-z-]*$/),
        label: z.string().min(1),
        types: z.array(code).min(1),
      }),
    )
    .min(1),
});

/** Which coded segments are the primary lung tumour, and which are other lesions. */
export type SegmentTable = z.output<typeof segmentTableSchema>;

/**
 * Reads `segments.json`.
 *
 * @throws ConfigError `FILE_UNREADABLE` or `CONFIG_INVALID`.
 */
export function loadSegmentTable(mappingsFolder: string): SegmentTable {
  return loadMapping(mappingsFolder, 'segments.json', segmentTableSchema);
}

/** Place of a property type in the table, 0 first; null where it is none of a primary tumour. */
export function primaryTumourRank(table: SegmentTable, type: Code | null): number | null {
  const rank = table.primaryTumourTypes.findIndex((entry) => isCode(entry, type));
  return rank < 0 ? null : rank;
}

/** The kind of lesion, other than the primary tumour, that a property type is; null where it is none. */
export function otherLesionKind(table: SegmentTable, type: Code | null): string | null {
  return table.otherLesions.find(({ types }) => types.some((entry) => isCode(entry, type)))?.kind ?? null;
}

/** True for a region of the chest, and where no region is named. */
export function isThoracic({ anatomicRegions }: SegmentTable, region: Code | null): boolean {
  if (region === null) return true;
  return (
    anatomicRegions.codes.some((entry) => isCode(entry, region)) || anatomicRegions.meaningPattern.test(region.meaning)
  );
}

function isCode(entry: { readonly scheme: string; readonly code: string }, found: Code | null): boolean {
  return entry.scheme === found?.scheme && entry.code === found.value;
}
