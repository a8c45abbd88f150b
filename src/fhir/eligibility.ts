import type { Findings, Reading } from './chart.ts';
import { type CodeSet, indexInSet, isInSet } from './code-set.ts';
import { conditionStatus, isPast, type KnownCondition, knownConditions } from './condition-state.ts';
import type { Fact, KnownFactKey } from './facts.ts';
import { morphologyExtension } from './histology.ts';
import { isFinal, isKnownBy, observationMoment } from './observation-state.ts';
import { type CodeableConcept, referenceTo } from './resources.ts';

/**
 * What excludes a patient from the studies: active autoimmune disease, another active cancer, small-cell carcinoma combined with
 * another component.
 *
 * Each is a fact only where the record says it. Its absence is none: no list of conditions proves that there are no others.
 */
export function readEligibility(reading: Reading): Findings {
  const { autoimmuneDisease } = reading.mappings.eligibility;
  const active = knownConditions(reading.chart.conditions, reading.asOf).known.filter(
    ({ condition }) => !isPast(condition, reading.asOf),
  );
  return {
    facts: [
      ...active.flatMap((known) => named('autoimmuneDisease', known, autoimmuneDisease.include)),
      ...active.flatMap((known) => otherCancer(known, reading)),
      ...combinedHistology(reading),
    ],
    problems: [],
  };
}

function named(key: KnownFactKey, { condition, moment }: KnownCondition, set: CodeSet): Fact[] {
  const entry = set[indexInSet(set, condition.code)];
  if (entry === undefined) return [];
  const status = conditionStatus(condition);
  const sources = [referenceTo(condition)];
  return [{ key, value: true, unit: null, date: moment.text, sources, status, derivation: entry.display }];
}

/** Another primary cancer than that of the lung: by its code, or because the record says that it is a primary one (mCODE). */
function otherCancer(known: KnownCondition, { mappings }: Reading): Fact[] {
  const { lungCancer, metastases, metastasisOfUnknownSite } = mappings.conditions;
  const { include, primaryCancerProfile } = mappings.eligibility.otherCancer;
  const { condition, moment } = known;
  const ours = [
    ...Object.values(lungCancer).flat(),
    ...metastases.flatMap((organ) => organ.include),
    ...metastasisOfUnknownSite,
  ];
  if (isInSet(ours, condition.code)) return [];
  const coded = named('otherActiveCancer', known, include);
  if (coded.length > 0) return coded;
  if (!condition.meta?.profile?.some((url) => url.split('|')[0]?.endsWith(primaryCancerProfile))) return [];
  const sources = [referenceTo(condition)];
  const status = conditionStatus(condition);
  const derivation = 'recorded as a primary cancer other than of the lung';
  return [{ key: 'otherActiveCancer', value: true, unit: null, date: moment.text, sources, status, derivation }];
}

/** By the morphology of a lung cancer, or an Observation of histology. */
function combinedHistology(reading: Reading): Fact[] {
  const { lungCancer, morphology } = reading.mappings.conditions;
  const codes = reading.mappings.eligibility.combinedHistology;
  const key = 'combinedHistology';
  const isCombined = (concept: CodeableConcept | undefined) => isInSet(codes, concept);
  const lung = knownConditions(reading.chart.conditions, reading.asOf).known.filter(({ condition }) =>
    isInSet(Object.values(lungCancer).flat(), condition.code),
  );
  const fromConditions = lung.flatMap(({ condition, moment }): Fact[] => {
    if (!isCombined(condition.code) && !isCombined(morphologyExtension(condition))) return [];
    const sources = [referenceTo(condition)];
    return [{ key, value: true, unit: null, date: moment.text, sources, status: conditionStatus(condition) }];
  });
  const fromObservations = reading.chart.observations.flatMap((observation): Fact[] => {
    const moment = observationMoment(observation);
    if (!isInSet(morphology.observations, observation.code) || !isCombined(observation.valueCodeableConcept)) return [];
    if (lung.length === 0 || moment === undefined || !isKnownBy(observation, moment, reading.asOf)) return [];
    if (!isFinal(observation)) return [];
    const sources = [referenceTo(observation)];
    return [{ key, value: true, unit: null, date: moment.text, sources, status: observation.status }];
  });
  return [...fromConditions, ...fromObservations];
}
