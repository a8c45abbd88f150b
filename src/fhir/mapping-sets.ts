import type { CodeSet } from './code-set.ts';
import type { ClinicalMappings } from './mappings.ts';
import type { Glucocorticoids } from './therapy-schema.ts';

/** A code set and the place where it stands. */
export type NamedSet = readonly [name: string, set: CodeSet];

/** Every code set of the clinical tables with the place it stands in. */
export function namedSets(mappings: ClinicalMappings): NamedSet[] {
  const { labs, conditions, stages, drugs, radiotherapy, surgery, systemicTherapyProcedures, eligibility } = mappings;
  const { lungCancer, morphology, histologySubtypes, metastases, tumourMorphology, diseaseStatus, smoking, ...others } =
    conditions;
  const grouped = { lungCancer, morphology, histologySubtypes, tumourMorphology, diseaseStatus, smoking };
  return [
    ...Object.entries(labs).flatMap(([key, lab]): NamedSet[] => [
      [`labs.${key}`, [...lab.include, ...lab.exclude, ...lab.percent, ...lab.notConvertible]],
      ...lab.sumOf.map(({ label, include }): NamedSet => [`labs.${key} (${label})`, include]),
    ]),
    ...Object.entries(grouped).flatMap(([group, sets]) =>
      Object.entries(sets).map(([name, set]): NamedSet => [`${group}.${name}`, set]),
    ),
    ...metastases.map(({ organ, include, bodySites }): NamedSet => [`metastases.${organ}`, [...include, ...bodySites]]),
    ...Object.entries(others).map(([name, set]): NamedSet => [name, set]),
    ...codedScales(stages).flatMap(([key, stage]): NamedSet[] => [
      [`stages.${key}`, stage.include],
      ...valueSets(`stages.${key}`, stage.values),
    ]),
    ...valueSets('stages.stageGroup.conditions', stages.stageGroup.conditions),
    ['radiotherapy', radiotherapy],
    ['surgery', surgery],
    ['systemicTherapyProcedures', systemicTherapyProcedures],
    ['autoimmuneDisease', eligibility.autoimmuneDisease.include],
    ['otherCancer', eligibility.otherCancer.include],
    ['combinedHistology', eligibility.combinedHistology],
    ['systemicRoutes', eligibility.glucocorticoids.systemicRoutes],
    ...glucocorticoidSets(eligibility.glucocorticoids),
    ['tumourBoard', mappings.tumourBoard],
    ...mappings.advice.labOrders.map(({ label, code = [] }): NamedSet => [`advice.labOrders (${label})`, code]),
    ['advice.followUpCt', mappings.advice.followUpCt.code],
    ...drugs.map(({ inn, codes }): NamedSet => [`drugs.${inn}`, codes]),
  ];
}

interface CodedScale {
  readonly include: CodeSet;
  readonly values: Readonly<Record<string, CodeSet>>;
}

/** The stages and scores, by key. */
export function codedScales({
  categories,
  ecog,
  karnofsky,
  stageGroup,
}: ClinicalMappings['stages']): [string, CodedScale][] {
  return Object.entries({ ...categories, ecog, karnofsky, stageGroup });
}

/** The code sets of a record, each named after its key. */
export function valueSets(name: string, values: Readonly<Record<string, CodeSet>>): NamedSet[] {
  return Object.entries(values).map(([value, set]): NamedSet => [`${name}.${value}`, set]);
}

/** Codes of each glucocorticoid. */
export function glucocorticoidSets({ drugs, systems }: Glucocorticoids): NamedSet[] {
  return drugs.map(
    ({ inn, ...codes }): NamedSet => [
      `glucocorticoids.${inn}`,
      (['atc', 'rxnorm'] as const).flatMap((kind) =>
        codes[kind].flatMap((code) => systems[kind].map((system) => ({ system, code, display: inn, prefix: false }))),
      ),
    ],
  );
}
