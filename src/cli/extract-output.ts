import { type FeatureCatalogue, ibsiNotes, meaningOf } from '../assessment/feature-catalogue.ts';
import type { ExtractionResult } from '../radiomics/extractor.ts';
import type { Parameters } from '../radiomics/parameters.ts';
import { csvLine } from './csv.ts';
import type { ExtractionFiles } from './extract-files.ts';
import { describeRegion } from './extract-region.ts';

/** What to say of each feature besides its value. */
export interface Explanation {
  readonly catalogue: FeatureCatalogue;
  readonly parameters: Parameters;
}

/** What features were extracted from, and what the reader of the result should know of it. */
export interface ExtractionSource extends ExtractionFiles {
  readonly warnings?: readonly string[];
}

function headOf({ image, mask, region, warnings = [] }: ExtractionSource): Record<string, string> {
  const name = region === undefined ? undefined : describeRegion(region);
  return {
    Image: image,
    Mask: mask,
    ...(name === undefined ? {} : { Region: name }),
    ...(warnings.length === 0 ? {} : { Notes: warnings.join('; ') }),
  };
}

/**
 * Writes a result as PyRadiomics' command line does: image, mask, diagnostics, features; `Notes` where there are
 * warnings.
 *
 * @param format `json`: one object, undefined features are null. `csv`: a row of keys and a row of values.
 */
export function formatExtraction(source: ExtractionSource, result: ExtractionResult, format: 'json' | 'csv'): string {
  const row = { ...headOf(source), ...result.diagnostics, ...result.features };
  if (format === 'json') return `${JSON.stringify(row, null, 2)}\n`;
  return csvLine(Object.keys(row)) + csvLine(Object.values(row));
}

/** Rows that follow the values in CSV: title in the first column, a part of each feature's meaning in its own. */
const explainingRows = [
  ['IBSI id', 'ibsi'],
  ['IBSI tag', 'tag'],
  ['Unit', 'unit'],
  ['Known difference from IBSI', 'difference'],
] as const;

/**
 * Writes a result with what each feature is: IBSI identifier and tag, unit, known difference from IBSI.
 *
 * @param format `json`: an object per feature, and the notes as `ibsi_Notes`. `csv`: after the row of values a row per
 *   part of the meaning; the notes are a column of the row of values.
 */
export function explainExtraction(
  source: ExtractionSource,
  result: ExtractionResult,
  format: 'json' | 'csv',
  { catalogue, parameters }: Explanation,
): string {
  const head = { ...headOf(source), ...result.diagnostics, ibsi_Notes: ibsiNotes(catalogue, parameters) };
  const meanings = Object.keys(result.features).map((key) => meaningOf(catalogue, key, settingsFor(key, parameters)));
  if (format === 'json') {
    const features = Object.entries(result.features).map(([key, value], at) => [key, { value, ...meanings[at] }]);
    return `${JSON.stringify({ ...head, ...Object.fromEntries(features) }, null, 2)}\n`;
  }
  const row = { ...head, ...result.features };
  const blank = Object.keys(head)
    .slice(1)
    .map(() => '');
  const rows = explainingRows.map(([title, part]) =>
    csvLine([title, ...blank, ...meanings.map((meaning) => meaning?.[part] ?? '')]),
  );
  return csvLine(Object.keys(row)) + csvLine(Object.values(row)) + rows.join('');
}

/** Settings of the image type that a feature is computed on: PyRadiomics' keys begin with the image type's name. */
function settingsFor(key: string, { settings, imageTypes }: Parameters): Parameters['settings'] {
  const image = key.slice(0, key.indexOf('_')).toLowerCase().replaceAll('-', '');
  // `square` also begins `squareroot`: the longest name counts.
  const [type] = imageTypes
    .filter(({ name }) => image.startsWith(name.toLowerCase()))
    .toSorted((a, b) => b.name.length - a.name.length);
  return type?.settings ?? settings;
}
