import type { Findings } from './chart.ts';
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
  const limit = ldh.upperLimit === undefined ? 'flagged high' : `> upper limit of normal ${ldh.upperLimit}`;
  const ratio = Number(Number(dnlr.value).toPrecision(3));
  const derivation = `number of: dNLR > ${lipiDnlr} (is ${ratio}), LDH ${limit} (is ${ldh.value} ${ldh.unit})`;
  return [{ key: 'lipi', value, unit: null, date: dnlr.date, sources, status: 'derived', derivation }];
}

/**
 * Body mass index from weight (kg) and height (cm) of one time, where none is recorded.
 *
 * @param plausible Range of the body mass index, kg/m2; a value outside means that one of the two is wrong, and is a problem.
 */
export function bodyMassIndex(values: readonly Fact[], { label, unit, plausible: [low, high] }: Lab): Findings {
  const weight = values.find(({ key }) => key === 'bodyWeight');
  const height = values.find(({ key }) => key === 'bodyHeight');
  if (weight === undefined || height === undefined || values.some(({ key }) => key === 'bmi'))
    return { facts: [], problems: [] };
  const value = roundTo12Digits(Number(weight.value) / (Number(height.value) / 100) ** 2);
  const sources = [...weight.sources, ...height.sources];
  if (value < low || value > high) {
    const from = `${weight.value} kg and ${height.value} cm`;
    const text = `${label} ${value.toFixed(1)} ${unit} from ${from} is outside the plausible range ${low}-${high} ${unit} and was set aside`;
    return { facts: [], problems: [{ code: 'LAB_IMPLAUSIBLE', key: 'bmi', source: weight.sources[0] ?? null, text }] };
  }
  const derivation = 'weight / height squared';
  return {
    facts: [{ key: 'bmi', value, unit, date: weight.date, sources, status: 'derived', derivation }],
    problems: [],
  };
}

/** Cigarettes in a pack. */
const packSize = 20;

/** Smoking index (Brinkman index), cigarettes a day times years, from pack-years. */
export function smokingIndex(values: readonly Fact[]): Fact[] {
  const packYears = values.find(({ key }) => key === 'packYears');
  if (packYears === undefined) return [];
  const { date, sources } = packYears;
  const value = roundTo12Digits(Number(packYears.value) * packSize);
  const derivation = `pack-years x ${packSize} cigarettes`;
  return [{ key: 'smokingIndex', value, unit: '{cigarettes}.a/d', date, sources, status: 'derived', derivation }];
}
