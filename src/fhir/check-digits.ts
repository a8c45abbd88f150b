import { codedScales, glucocorticoidSets, type NamedSet, namedSets, valueSets } from './mapping-sets.ts';
import type { ClinicalMappings } from './mappings.ts';
import { isUcumUnit } from './units.ts';

/**
 * Whether a LOINC code's last digit is right: modulus 10, digits doubled from the right as in the Luhn rule.
 *
 * @param code `nnnnn-d`.
 * @see LOINC Users' Guide, appendix on the check digit
 */
export function isLoincCode(code: string): boolean {
  const match = /^(\d{1,7})-(\d)$/.exec(code);
  if (match === null) return false;
  const [, digits = '', check = ''] = match;
  let sum = 0;
  [...digits].reverse().forEach((digit, position) => {
    const value = Number(digit) * (position % 2 === 0 ? 2 : 1);
    sum += value > 9 ? value - 9 : value;
  });
  return (10 - (sum % 10)) % 10 === Number(check);
}

/** Multiplication in the dihedral group of order 10: rotations 0-4, reflections 5-9. */
function multiply(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((a - b) % 5) : (a - b + 5) % 5;
}

/** Verhoeff's permutation of the digits; its powers are applied from the right. */
const permutation = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/**
 * Whether a SNOMED CT identifier's last digit is right: Verhoeff's check over the dihedral group of order 10.
 *
 * @param code 6 to 18 digits.
 * @see SNOMED CT Release File Specification, check-digit computation
 */
export function isSnomedCode(code: string): boolean {
  if (!/^[1-9]\d{5,17}$/.test(code)) return false;
  let check = 0;
  [...code].reverse().forEach((digit, position) => {
    let permuted = Number(digit);
    for (let power = 0; power < position % 8; power++) permuted = permutation[permuted] ?? 0;
    check = multiply(check, permuted);
  });
  return check === 0;
}

const checks: Readonly<Record<string, (code: string) => boolean>> = {
  // Answer codes of LOINC (LA...) are made by another rule.
  'http://loinc.org': (code) => code.startsWith('LA') || isLoincCode(code),
  'http://snomed.info/sct': isSnomedCode,
};

/**
 * Reviews the clinical tables beyond their schema: check digits, a code that means two things, units, drugs of the rules that no
 * table holds.
 *
 * @returns One line for each finding; empty when there is none.
 */
export function checkClinicalMappings(mappings: ClinicalMappings): string[] {
  return [
    ...namedSets(mappings).flatMap(findBadDigits),
    ...findAmbiguousCodes(mappings),
    ...findBadUnits(mappings),
    ...findUnknownDrugs(mappings),
  ];
}

function findBadDigits([name, set]: NamedSet): string[] {
  return set
    .filter(({ system, code }) => checks[system]?.(code) === false)
    .map(({ system, code }) => `${name}: ${code} has a wrong check digit for ${system}`);
}

/** Tables in which a code decides for one meaning against another. */
function findAmbiguousCodes({
  labs,
  stages,
  conditions,
  drugs,
  radiotherapy,
  surgery,
  eligibility,
}: ClinicalMappings): string[] {
  const { sclc, nsclc, unspecified } = conditions.lungCancer;
  const contests: readonly (readonly NamedSet[])[] = [
    [
      ...Object.entries(labs).flatMap(([key, lab]): NamedSet[] => [
        [`labs.${key}`, [...lab.include, ...lab.percent, ...lab.notConvertible, ...lab.exclude]],
        ...lab.sumOf.map(({ label, include }): NamedSet => [`labs.${key} (${label})`, include]),
      ]),
    ],
    [
      ['lungCancer.sclc', sclc],
      ['lungCancer.nsclc', nsclc],
      ['lungCancer.unspecified', unspecified],
    ],
    conditions.metastases.map(({ organ, include }): NamedSet => [`metastases.${organ}`, include]),
    conditions.metastases.map(({ organ, bodySites }): NamedSet => [`metastases.${organ}.bodySites`, bodySites]),
    drugs.map(({ inn, codes }): NamedSet => [`drugs.${inn}`, codes]),
    ...codedScales(stages).map(([key, { values }]) => valueSets(`stages.${key}`, values)),
    valueSets('stages.stageGroup.conditions', stages.stageGroup.conditions),
    valueSets('histologySubtypes', conditions.histologySubtypes),
    valueSets('smoking', conditions.smoking),
    [
      ['radiotherapy', radiotherapy],
      ['surgery', surgery],
    ],
    [
      ['autoimmuneDisease', eligibility.autoimmuneDisease.include],
      ['otherCancer', eligibility.otherCancer.include],
      ...Object.entries(conditions.lungCancer).map(([name, set]): NamedSet => [`lungCancer.${name}`, set]),
    ],
    [
      ...glucocorticoidSets(eligibility.glucocorticoids),
      ...drugs.map(({ inn, codes }): NamedSet => [`drugs.${inn}`, codes]),
    ],
  ];
  return contests.flatMap(findDuplicates);
}

function findDuplicates(sets: readonly NamedSet[]): string[] {
  const owners = new Map<string, string>();
  const findings: string[] = [];
  for (const [name, set] of sets) {
    for (const { system, code } of set) {
      const owner = owners.get(`${system}|${code}`);
      if (owner !== undefined) findings.push(`${name}: ${code} of ${system} stands in ${owner} as well`);
      else owners.set(`${system}|${code}`, name);
    }
  }
  return findings;
}

function findBadUnits({ labs, unitAliases }: ClinicalMappings): string[] {
  return [
    ...Object.entries(labs)
      .filter(([, { unit }]) => !isUcumUnit(unit))
      .map(([key, { unit }]) => `labs.${key}: ${unit} is no UCUM unit`),
    ...Object.entries(unitAliases).flatMap(([group, aliases]) =>
      Object.entries(aliases)
        .filter(([, unit]) => !isUcumUnit(unit))
        .map(([alias, unit]) => `unitAliases.${group}: ${alias} stands for ${unit}, which is no UCUM unit`),
    ),
  ];
}

/** The rules of lines name drugs by INN: one that no table holds would never match. */
function findUnknownDrugs({ drugs, lines }: ClinicalMappings): string[] {
  const known = new Set(drugs.map(({ inn }) => inn));
  return [...lines.substitutes.flat(), ...lines.maintenance]
    .filter((inn) => !known.has(inn))
    .map((inn) => `therapies.lines: ${inn} is not in drugs.json`);
}
