import { describe, expect, test } from 'vitest';
import { convertQuantity, isUcumUnit, roundTo12Digits } from '../../../src/fhir/units.ts';
import { mappings } from '../../helpers/fhir-resources.ts';

const { count, enzyme, mass, percent } = mappings.unitAliases;

function converted(value: number, unit: string, to: string, aliases: Readonly<Record<string, string>>): unknown {
  const result = convertQuantity({ value, code: unit }, to, aliases);
  return 'value' in result ? result.value : result.code;
}

describe('units: factors of the UCUM table and of laboratory spellings', () => {
  test.each([
    '10*9/L',
    '10*3/uL',
    '/nL',
    '10*3/mm3',
    '10*3.{cells}/uL',
    '10^3/uL',
    '10^9/L',
    'K/uL',
    'G/L',
    'GPt/L',
    'thou/uL',
    'x10E3/uL',
    'x10*9/L',
    '10e3/uL',
    '10E9/L',
    'Thousand/uL',
    '10*3/mcL',
  ])('6.1 %s is 6.1 10*9/L', (unit) => {
    expect(converted(6.1, unit, '10*9/L', count)).toBe(6.1);
  });

  test.each(['/uL', '{cells}/uL', '/mm3', '10*6/L', 'cells/uL'])('6100 %s is 6.1 10*9/L', (unit) => {
    expect(converted(6100, unit, '10*9/L', count)).toBe(6.1);
  });

  test.each([
    [5, 'ukat/L', 300],
    [5, 'µkat/L', 300],
    [5000, 'nkat/L', 300],
    [412, 'IU/L', 412],
    [412, '[IU]/L', 412],
    [412, 'U/L', 412],
  ])('LDH %d %s is %d U/L', (value, unit, expected) => {
    expect(converted(value, unit, 'U/L', enzyme)).toBe(expected);
  });

  test.each(['ug/L', 'µg/L', 'μg/L', 'mcg/L', 'ng/mL'])('NSE 62.7 %s is 62.7 ng/mL', (unit) => {
    expect(converted(62.7, unit, 'ng/mL', mass)).toBe(62.7);
  });

  test('ProGRP 921 ng/L is 921 pg/mL', () => {
    expect(converted(921, 'ng/L', 'pg/mL', mass)).toBe(921);
  });

  test('80 with the code {/100} is 80 %, not 8000 %', () => {
    expect(converted(80, '{/100}', '%', percent)).toBe(80);
  });

  test.each([
    ['pmol/L', 'pg/mL', mass],
    ['U/L', 'ng/mL', mass],
    ['u/L', 'U/L', enzyme],
    ['mmol/L', 'U/L', enzyme],
    ['10*3', '10*9/L', count],
  ])('%s to %s is refused as not convertible', (unit, to, aliases) => {
    expect(converted(6.1, unit, to, aliases)).toBe('LAB_NOT_CONVERTIBLE');
  });

  test.each(['IU/L', 'squids/L', 'cells per microlitre'])('%s of a mass is a unit that is not known', (unit) => {
    expect(converted(6.1, unit, 'ng/mL', mass)).toBe('LAB_UNIT_UNKNOWN');
  });

  test('no unit, and the unit 1, are never taken on trust', () => {
    expect(convertQuantity({ value: 412 }, 'U/L', enzyme)).toMatchObject({ code: 'LAB_UNIT_UNKNOWN' });
    expect(converted(412, '1', 'U/L', enzyme)).toBe('LAB_UNIT_UNKNOWN');
  });

  test('the printed unit counts where no code is given', () => {
    expect(convertQuantity({ value: 412, unit: 'IU/L' }, 'U/L', enzyme)).toMatchObject({ value: 412 });
  });

  test('K/uL is valid UCUM (kelvin) and must go through the alias table', () => {
    expect(isUcumUnit('K/uL')).toBe(true);
    expect(converted(6.1, 'K/uL', '10*9/L', {})).toBe('LAB_NOT_CONVERTIBLE');
  });

  test('rounding keeps 12 significant digits', () => {
    expect(roundTo12Digits(6.099999999999999)).toBe(6.1);
    expect(roundTo12Digits(0.006099999999999999)).toBe(0.0061);
    expect(roundTo12Digits(123456.789012)).toBe(123456.789012);
  });
});
