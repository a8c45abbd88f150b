import { UcumLhcUtils } from '@lhncbc/ucum-lhc';
import type { UnitAliases } from './mappings.ts';
import type { Quantity } from './resources.ts';

const ucum = UcumLhcUtils.getInstance();

export type Conversion =
  | { readonly value: number; readonly recordedUnit: string }
  | { readonly code: 'LAB_UNIT_UNKNOWN' | 'LAB_NOT_CONVERTIBLE'; readonly why: string };

/** UCUM codes are ASCII without blanks; the converter prints its complaint about others on standard output. */
const writtenAsUcum = /^[!-~]+$/;

/** Whether a string is a unit of UCUM (`G/L` is one, gauss per litre: valid is not the same as meant). */
export function isUcumUnit(unit: string): boolean {
  return writtenAsUcum.test(unit) && ucum.validateUnitString(unit).status === 'valid';
}

/**
 * Rounds to 12 significant digits, so that 6.099999999999999 from a factor of 10 is 6.1 again.
 *
 * @param value Any finite number.
 */
export function roundTo12Digits(value: number): number {
  return Number(value.toPrecision(12));
}

/**
 * Converts a recorded quantity to the internal unit.
 *
 * The alias table comes first: laboratories write `K/uL` for thousands, which is kelvin to UCUM, and `{/100}` for percent,
 * which is 1 to UCUM. A quantity without a unit, or with the unit 1, is never taken on trust.
 *
 * @param quantity A quantity with a value; the coded unit counts, else its printed form.
 * @param unit UCUM code of the internal unit.
 * @param aliases Spellings of this kind of quantity and the UCUM code that they mean.
 * @param molarMass g/mol, to convert an amount of substance to a mass; without it moles are refused.
 */
export function convertQuantity(
  quantity: Quantity,
  unit: string,
  aliases: UnitAliases,
  molarMass?: number,
): Conversion {
  const recordedUnit = quantity.code ?? quantity.unit ?? '';
  const { value } = quantity;
  if (value === undefined) return { code: 'LAB_UNIT_UNKNOWN', why: 'has no number' };
  const meant = aliases[recordedUnit] ?? recordedUnit;
  if (meant === '' || meant === '1') return { code: 'LAB_UNIT_UNKNOWN', why: 'has no unit' };
  if (!writtenAsUcum.test(meant)) return unknownUnit(recordedUnit);
  const options = molarMass === undefined ? {} : { molecularWeight: molarMass };
  const converted = ucum.convertUnitTo(meant, value, unit, options);
  // The converter guesses at units that it does not know and says so in its messages; a guess is not used.
  const guessed = converted.msg.some((message) => message.includes('We assumed'));
  if (converted.status === 'succeeded' && converted.toVal !== null && !guessed) {
    return { value: roundTo12Digits(converted.toVal), recordedUnit };
  }
  return isUcumUnit(meant)
    ? { code: 'LAB_NOT_CONVERTIBLE', why: `is recorded in ${recordedUnit}, which can't be converted to ${unit}` }
    : unknownUnit(recordedUnit);
}

function unknownUnit(recordedUnit: string): Conversion {
  return { code: 'LAB_UNIT_UNKNOWN', why: `is recorded in ${recordedUnit}, a unit that is not known` };
}
