import type { Code } from '../../dicomweb/dataset.ts';
import type { Algorithm, MeasuredValue, Statement } from '../../dicomweb/objects/measurement-report.ts';
import type { ResultCodes } from '../../dicomweb/objects/result-codes.ts';
import type { FeatureSeries, LesionOutline } from '../course-types.ts';
import type { FeatureCatalogue } from '../feature-catalogue.ts';

/** What is needed to say what a value is. */
export interface FeatureTerms {
  readonly codes: ResultCodes;
  readonly catalogue: FeatureCatalogue;
  /** Hash of the current settings by name of the parameter file. */
  readonly settingsHashes: Readonly<Record<string, string>>;
  readonly extractorVersion: string;
}

/** Units as they are written for persons, in UCUM. */
const ucumOf: Readonly<Record<string, string>> = { HU: "[hnsf'U]", HU2: "[hnsf'U]2" };

/**
 * Values of one region on one outline: those of the series of features that were taken from it, then its size.
 *
 * @param region `tumour`, or the ring's name.
 */
export function regionValues(
  features: readonly FeatureSeries[],
  outline: LesionOutline,
  region: string,
  terms: FeatureTerms,
): MeasuredValue[] {
  const values = features.flatMap((series) => {
    if (series.region !== region) return [];
    const value = valueAt(series, outline);
    return value === undefined ? [] : [featureValue(series, value, terms)];
  });
  return region === 'tumour' ? [...values, ...sizes(outline, terms)] : values;
}

/** The value that was taken from exactly this outline. */
export function valueAt(series: FeatureSeries, outline: LesionOutline): number | undefined {
  return series.points.find(
    ({ sources }) => sources.includes(outline.SeriesInstanceUID) && sources.includes(outline.segSOPInstanceUID),
  )?.value;
}

/**
 * A feature with its code: the IBSI term where the value is what that term defines, which a filtered image or a known difference
 * rules out; else a code of our own that names the term.
 */
function featureValue(series: FeatureSeries, value: number, terms: FeatureTerms): MeasuredValue {
  const { codes } = terms;
  const entry = terms.catalogue.features[withoutImage(series.feature)];
  const ibsi = ibsiCode(series.ibsiId, codes);
  const difference = entry?.differs ?? null;
  const exact = ibsi !== null && difference === null && series.feature.startsWith('original_');
  const own: Code = { scheme: codes.scheme.designator, value: series.feature, meaning: series.label };
  const modifiers: Statement[] = exact
    ? [{ concept: codes.own('featureDefinition'), value: own }]
    : [
        ...(ibsi === null ? [] : [{ concept: codes.own('featureDefinition'), value: ibsi }]),
        ...(difference === null ? [] : [{ concept: codes.own('difference'), value: difference }]),
      ];
  return {
    concept: exact ? ibsi : own,
    value,
    unit: unitOf(series.unit, entry?.unit),
    algorithm: extractor(terms, series.processing),
    modifiers,
  };
}

function withoutImage(key: string): string {
  return key.slice(key.indexOf('_') + 1);
}

function ibsiCode(id: string | null, { ibsi }: ResultCodes): Code | null {
  const meaning = id === null ? undefined : ibsi[id];
  return id === null || meaning === undefined ? null : { scheme: 'IBSI', value: id, meaning };
}

/** Intensities of a filtered or normalised image have no unit that UCUM knows: an annotation says what they are. */
function unitOf(unit: string | null, meaning: string | undefined): string {
  if (unit !== null) return ucumOf[unit] ?? unit;
  return meaning === undefined || !meaning.startsWith('intensity') ? '1' : `{${meaning.replaceAll(' ', '_')}}`;
}

/** What the values were made with. */
export function extractor({ extractorVersion, settingsHashes }: FeatureTerms, processing: string | null): Algorithm {
  const hash = processing === null ? undefined : settingsHashes[processing];
  const parameters = processing === null ? [] : [hash === undefined ? processing : `${processing} sha256 ${hash}`];
  return { name: 'Deltascope radiomics', version: extractorVersion, parameters };
}

function sizes({ volumeMl, axialDiameterMm }: LesionOutline, terms: FeatureTerms): MeasuredValue[] {
  const algorithm = extractor(terms, null);
  const { volume, longAxis } = terms.codes.measurements;
  return [
    ...(volumeMl === null ? [] : [{ concept: volume, value: volumeMl, unit: 'mL', algorithm, modifiers: [] }]),
    ...(axialDiameterMm === null
      ? []
      : [{ concept: longAxis, value: axialDiameterMm, unit: 'mm', algorithm, modifiers: [] }]),
  ];
}
