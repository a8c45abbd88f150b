import type { Fact } from './facts.ts';
import type { Lab } from './mappings.ts';
import { roundTo12Digits } from './units.ts';

/** Above this dNLR counts as a factor of the LIPI. */
const lipiDnlr = 3;

/**
 * Lung immune prognostic index: 0 good, 1 intermediate, 2 poor; one point for dNLR > 3 and one for LDH above its upper limit.
 *
 * @param values Facts of one collection with its ratios. The limit is that of the LDH's own observation, because it depends on
 *   the method; without one the laboratory's flag decides, and without either there is no LIPI.
 * @see Mezquita et al., JAMA Oncol 2018, 10.1001/jamaoncol.2017.4771
 */
export function lungImmunePrognosticIndex(values: readonly Fact[]): Fact[] {
  const dnlr = values.find(({ key }) => key === 'dnlr');
  const ldh = values.find(({ key }) => key === 'ldh');
  if (dnlr === undefined || ldh === undefined) return [];
  const high = ldh.upperLimit === undefined ? ldh.flaggedHigh : Number(ldh.value) > ldh.upperLimit;
  if (high === undefined) return [];
  const value = Number(Number(dnlr.value) > lipiDnlr) + Number(high);
  const sources = [...new Set([...dnlr.sources, ...ldh.sources])];
  const limit = ldh.upperLimit === undefined ? 'flagged high' : '> upper limit of normal';
  const derivation = `number of: dNLR > ${lipiDnlr}, LDH ${limit}`;
  return [{ key: 'lipi', value, unit: null, date: dnlr.date, sources, status: 'derived', derivation }];
}

/**
 * Body mass index from weight (kg) and height (cm) of one time, where none is recorded.
 *
 * @param plausible Range of the body mass index, kg/m2; a value outside means that one of the two is wrong.
 */
export function bodyMassIndex(values: readonly Fact[], { unit, plausible: [low, high] }: Lab): Fact[] {
  const weight = values.find(({ key }) => key === 'bodyWeight');
  const height = values.find(({ key }) => key === 'bodyHeight');
  if (weight === undefined || height === undefined || values.some(({ key }) => key === 'bmi')) return [];
  const value = roundTo12Digits(Number(weight.value) / (Number(height.value) / 100) ** 2);
  if (value < low || value > high) return [];
  const sources = [...weight.sources, ...height.sources];
  return [
    { key: 'bmi', value, unit, date: weight.date, sources, status: 'derived', derivation: 'weight / height squared' },
  ];
}
