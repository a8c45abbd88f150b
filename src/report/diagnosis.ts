import type { ClinicalFacts, Fact, FactKey } from '../fhir/facts.ts';
import { newest } from '../fhir/facts.ts';

/** A line about the disease with where it comes from. */
export interface DatedText {
  readonly text: string;
  /** ISO date or date-time of the newest fact in it. */
  readonly date: string;
  readonly sources: readonly string[];
}

/** What the record says about the disease. A null is nothing that was found. */
export interface BoardDiagnosis {
  /** "Small-cell lung cancer, extensive stage". */
  readonly diagnosis: DatedText | null;
  /** "T4 N3 M1, stage IVB". */
  readonly stage: DatedText | null;
  /** "liver, bone". */
  readonly metastases: DatedText | null;
  /** "ECOG 1". */
  readonly performance: DatedText | null;
}

const histologies: Readonly<Record<string, string>> = {
  sclc: 'Small-cell lung cancer',
  nsclc: 'Non-small-cell lung cancer',
};

const sites: readonly (readonly [FactKey, string])[] = [
  ['liverMetastases', 'liver'],
  ['brainMetastases', 'brain'],
  ['boneMetastases', 'bone'],
  ['lungMetastases', 'lung'],
  ['adrenalMetastases', 'adrenal gland'],
  ['pleuralMetastases', 'pleura'],
];

/** Diagnosis, stage, sites of metastases and performance status, each from the newest facts. */
export function boardDiagnosis(facts: ClinicalFacts): BoardDiagnosis {
  const known = (key: FactKey, text: (fact: Fact) => string) => {
    const fact = newest(facts, key);
    return fact === undefined ? [] : [{ fact, text: text(fact) }];
  };
  return {
    diagnosis: dated(
      [
        ...known('histology', ({ value }) => histologies[String(value)] ?? String(value)),
        ...known('histologySubtype', ({ value }) => String(value)),
        ...known('extent', ({ value }) => `${value} stage`),
      ],
      ', ',
    ),
    stage: dated(
      [
        ...known('tStage', ({ value }) => `T${value}`),
        ...known('nStage', ({ value }) => `N${value}`),
        ...known('mStage', ({ value }) => `M${value}`),
        ...known('stageGroup', ({ value }) => `stage ${value}`),
      ],
      ' ',
    ),
    metastases: dated(
      sites.flatMap(([key, site]) => known(key, () => site).filter(({ fact }) => fact.value === true)),
      ', ',
    ),
    performance: dated(
      [...known('ecog', ({ value }) => `ECOG ${value}`), ...known('karnofsky', ({ value }) => `Karnofsky ${value}%`)],
      ', ',
    ),
  };
}

function dated(parts: readonly { readonly fact: Fact; readonly text: string }[], glue: string): DatedText | null {
  const dates = parts.map(({ fact }) => fact.date).sort();
  const date = dates.at(-1);
  if (date === undefined) return null;
  return {
    text: parts.map(({ text }) => text).join(glue),
    date,
    sources: [...new Set(parts.flatMap(({ fact }) => fact.sources))],
  };
}
