import type { Fact, FactKey } from './facts.ts';
import { roundTo12Digits } from './units.ts';

type Count = 'neutrophils' | 'lymphocytes' | 'leukocytes' | 'platelets';

interface Ratio {
  readonly key: FactKey;
  readonly unit: string | null;
  readonly counts: readonly Count[];
  readonly derivation: string;
  readonly numerator: (counts: Readonly<Record<Count, number>>) => number;
  readonly denominator: (counts: Readonly<Record<Count, number>>) => number;
}

/** Counts are in 10*9/L, so NLR, dNLR and PLR have no unit and SII has theirs. */
const ratios: readonly Ratio[] = [
  {
    key: 'nlr',
    unit: null,
    counts: ['neutrophils', 'lymphocytes'],
    derivation: 'neutrophils / lymphocytes',
    numerator: ({ neutrophils }) => neutrophils,
    denominator: ({ lymphocytes }) => lymphocytes,
  },
  {
    key: 'dnlr',
    unit: null,
    counts: ['neutrophils', 'leukocytes'],
    derivation: 'neutrophils / (leukocytes - neutrophils)',
    numerator: ({ neutrophils }) => neutrophils,
    denominator: ({ leukocytes, neutrophils }) => leukocytes - neutrophils,
  },
  {
    key: 'sii',
    unit: '10*9/L',
    counts: ['platelets', 'neutrophils', 'lymphocytes'],
    derivation: 'platelets x neutrophils / lymphocytes',
    numerator: ({ platelets, neutrophils }) => platelets * neutrophils,
    denominator: ({ lymphocytes }) => lymphocytes,
  },
  {
    key: 'plr',
    unit: null,
    counts: ['platelets', 'lymphocytes'],
    derivation: 'platelets / lymphocytes',
    numerator: ({ platelets }) => platelets,
    denominator: ({ lymphocytes }) => lymphocytes,
  },
];

/**
 * Neutrophil-to-lymphocyte ratio (NLR), derived NLR, systemic immune-inflammation index (SII) and platelet-to-lymphocyte
 * ratio (PLR) of one blood sample.
 *
 * @param values Facts of one collection; counts in 10*9/L. A ratio with a missing count, or whose denominator is not above
 *   zero (more neutrophils than leukocytes: two analysers disagree), is left out.
 * @see Mezquita et al., JAMA Oncol 2018, 10.1001/jamaoncol.2017.4771 (dNLR); Hu et al., Clin Cancer Res 2014,
 *   10.1158/1078-0432.CCR-14-0442 (SII)
 */
export function bloodCountRatios(values: readonly Fact[]): Fact[] {
  return ratios.flatMap(({ key, unit, counts, derivation, numerator, denominator }) => {
    const facts = counts.map((count) => values.find((fact) => fact.key === count)).filter((fact) => fact !== undefined);
    const [first] = facts;
    if (first === undefined || facts.length !== counts.length) return [];
    const numbers = Object.fromEntries(facts.map((fact) => [fact.key, Number(fact.value)])) as Record<Count, number>;
    if (denominator(numbers) <= 0) return [];
    const value = roundTo12Digits(numerator(numbers) / denominator(numbers));
    const sources = [...new Set(facts.flatMap((fact) => fact.sources))];
    return [{ key, value, unit, date: first.date, sources, status: 'derived', derivation }];
  });
}
