import type { ModelInput } from './model-schema.ts';

/** Three significant digits: enough to recognise a value by. */
export function roundedNumber(value: number): number {
  return Number(value.toPrecision(3));
}

/**
 * An input's number as a reader knows it: the words of an indicator, `N2`, or number and unit.
 *
 * @param number Before transformations; 0 or 1 for an indicator.
 */
export function inputWords({ indicator, words, format, unit }: ModelInput, number: number): string {
  if (indicator !== undefined && words !== undefined && (number === 0 || number === 1))
    return number === 1 ? words.yes : words.no;
  const shown = String(roundedNumber(number));
  if (format !== undefined) return format.replace('{}', shown);
  return `${shown}${unitSuffix(unit)}`;
}

/** A unit after its number. Years of age and UCUM annotations such as `{lesions}` are said by the label. */
export function unitSuffix(unit: string | null): string {
  if (unit === null || unit === 'a' || unit === '1' || unit.startsWith('{')) return '';
  return unit === 'mo' ? ' months' : ` ${unit}`;
}
