import type { InputUsed } from '../models/model-result.ts';
import type { Endpoint, Standing } from '../models/model-schema.ts';

/** What stands before everything else when a result is not a clinical one. */
export function standingFirst(standing: Standing): string {
  return standing === 'synthetic-demo' ? 'SYNTHETIC DEMO MODEL: ' : standing === 'imported' ? 'Imported model: ' : '';
}

/** Of what and by when: "death within 24 months". */
export function endpointPhrase({ event, horizonMonths }: Endpoint): string {
  return horizonMonths === undefined ? event : `${event} within ${horizonMonths} months`;
}

/** A probability without false digits: "about 70%", "under 5%", "over 95%". */
export function roundedPercent(probability: number): string {
  if (probability < 0.05) return 'under 5%';
  if (probability > 0.95) return 'over 95%';
  return `about ${Math.round(probability * 20) * 5}%`;
}

/** A hazard against the study's reference patient: "3.3 times the reference". */
export function relativeHazard(value: number): string {
  return `${value.toPrecision(2)} times the reference`;
}

const unitWords: Readonly<Record<string, string>> = {
  a: 'years',
  mo: 'months',
  '10*9/L': '10^9/L',
  '{lesions}': '',
  '1': '',
};

/** A value as a clinician reads it, with its unit: "412 U/L (1.6 x upper limit)", "N3", "74 years". */
export function valueWords({ value, unit, words, upperLimit }: InputUsed): string {
  if (words !== null) return words;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'string') return value;
  const number = Math.abs(value) >= 1000 ? Math.round(value).toString() : String(Number(value.toPrecision(3)));
  const unitText = unit === null ? '' : (unitWords[unit] ?? unit);
  const ratio = upperLimit === null || upperLimit <= 0 ? '' : ` (${(value / upperLimit).toFixed(1)} x upper limit)`;
  return `${number}${unitText === '' ? '' : ` ${unitText}`}${ratio}`;
}

/** Capital first letter. */
export function capitalise(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
