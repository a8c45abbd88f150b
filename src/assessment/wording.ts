import { endpointWords } from '../models/endpoint-words.ts';
import type { InputUsed, ObservedOutcome, Outcome } from '../models/model-result.ts';
import type { Standing } from '../models/model-schema.ts';

/** What stands before everything else when a result is not a clinical one. */
export function standingFirst(standing: Standing): string {
  return standing === 'synthetic-demo' ? 'SYNTHETIC DEMO MODEL: ' : standing === 'imported' ? 'Imported model: ' : '';
}

/** A probability without false digits: "about 70%", "under 5%", "over 95%". */
export function roundedPercent(probability: number): string {
  if (probability < 0.05) return 'under 5%';
  if (probability > 0.95) return 'over 95%';
  return `about ${Math.round(probability * 20) * 5}%`;
}

/** What an outcome is of: "High risk of progression", "Hazard of death", "PD-L1 expression: predicted PD-L1 positive". */
export function outcomeHeading({ endpoint, kind, group, classification }: Outcome): string {
  const what = endpointWords(endpoint);
  if (classification !== null) return capitalise(`${what}: ${classification}`);
  if (group !== null) return `${capitalise(group)} risk of ${what}`;
  const noun = { probability: 'risk', 'relative-hazard': 'hazard', 'relative-odds': 'odds', score: 'score' }[kind];
  return `${capitalise(noun)} of ${what}`;
}

/** The number of an outcome: "about 70%", "3.3 times the reference", "score 1.42". */
export function outcomeNumber({ kind, value }: Pick<Outcome, 'kind' | 'value'>): string {
  if (kind === 'probability') return roundedPercent(value);
  if (kind === 'score') return `score ${value.toPrecision(3)}`;
  return `${value.toPrecision(2)} times the reference`;
}

/** What the study saw in a part of its cohort: "with liver metastases: median 2.74 months (2.03-3.45), 18.3% at 6 months". */
export function observedWords({ label, cohort, medianMonths, ci95, survival }: ObservedOutcome): string {
  const interval = ci95 === undefined ? '' : ` (${ci95[0]}-${ci95[1]})`;
  const median =
    medianMonths === undefined
      ? []
      : [medianMonths === null ? 'median not reached' : `median ${medianMonths} months${interval}`];
  const shares = survival.map(({ months, percent }) => `${percent}% at ${months} months`);
  const numbers = [...median, ...shares].join(', ');
  return `${label} (${cohort})${numbers === '' ? '' : `: ${numbers}`}`;
}

const unitWords: Readonly<Record<string, string>> = {
  a: 'years',
  mo: 'months',
  '10*9/L': '10^9/L',
  '{lesions}': '',
  '1': '',
  "[hnsf'U]": 'HU',
  "[hnsf'U]2": 'HU^2',
  "[hnsf'U]2.mm3": 'HU^2 mm^3',
  'mm-1': 'mm^-1',
  'kg/m2': 'kg/m^2',
};

/** What a value is worded from. */
export type WordedValue = Pick<InputUsed, 'value' | 'unit' | 'words' | 'upperLimit'>;

/** A value as a clinician reads it, with its unit: "412 U/L (1.6 x upper limit)", "N3", "74 years". */
export function valueWords({ value, unit, words, upperLimit }: WordedValue): string {
  if (words !== null) return words;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const number = numberWords(value);
  return `${number}${afterNumber(unitText(unit))}${limitWords(value, upperLimit)}`;
}

/** A unit behind its number: a power of ten multiplies it, a percent sign follows it at once. */
function afterNumber(unit: string): string {
  if (unit === '' || unit === '%') return unit;
  return unit.startsWith('10^') ? ` x ${unit}` : ` ${unit}`;
}

/** A unit as a clinician reads it: `10^9/L`; empty for none. */
export function unitText(unit: string | null): string {
  return unit === null ? '' : (unitWords[unit] ?? unit);
}

/** Three digits; whole numbers from 1000, powers of ten from a million. */
function numberWords(value: number): string {
  if (Math.abs(value) >= 1_000_000) return value.toExponential(2).replace('e+', ' x 10^');
  return Math.abs(value) >= 1000 ? Math.round(value).toString() : String(Number(value.toPrecision(3)));
}

/** A ratio only where it says something: below the limit it would make low haemoglobin look like a finding of its own. */
function limitWords(value: number, upperLimit: number | null): string {
  if (upperLimit === null || upperLimit <= 0) return '';
  return value < upperLimit ? ` (upper limit ${upperLimit})` : ` (${(value / upperLimit).toFixed(1)} x upper limit)`;
}

/** Capital first letter. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
