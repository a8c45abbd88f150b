import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { conditionStatus, isPast, type KnownCondition, knownConditions } from './condition-state.ts';
import type { Fact, FactProblem } from './facts.ts';
import { hasHappened } from './moment.ts';
import { isFinal, observationMoment } from './observation-state.ts';
import { type CodeableConcept, type Condition, referenceTo } from './resources.ts';

type Histology = 'sclc' | 'nsclc';

/**
 * Verified lung cancers of the record by `asOf`, whatever their histology; those that are over only where no other is left.
 */
export function knownLungCancers({ chart, mappings, asOf }: Reading): KnownCondition[] {
  const { sclc, nsclc, unspecified } = mappings.conditions.lungCancer;
  const all = knownConditions(chart.conditions, asOf).known.filter(({ condition }) =>
    isInSet([...sclc, ...nsclc, ...unspecified], condition.code),
  );
  const active = all.filter(({ condition }) => !isPast(condition));
  return active.length > 0 ? active : all;
}

/**
 * Histology of the lung cancer, `sclc` or `nsclc`, and extensive stage where a code says it.
 *
 * A lung cancer whose code leaves the histology open takes it from its morphology: the mCODE extension, or an Observation of
 * histology. Morphology alone proves nothing, because small-cell carcinoma grows elsewhere too.
 */
export function readHistology(reading: Reading): Findings {
  const { lungCancer, extensive } = reading.mappings.conditions;
  const facts: Fact[] = [];
  for (const { condition, moment } of knownLungCancers(reading)) {
    const common = {
      unit: null,
      date: moment.text,
      sources: [referenceTo(condition)],
      status: conditionStatus(condition),
    };
    const value = histologyOf(condition, reading);
    if (value !== undefined) facts.push({ key: 'histology', value, ...common });
    if (isInSet(extensive, condition.code)) facts.push({ key: 'extent', value: 'extensive', ...common });
  }
  if (!facts.some(({ key }) => key === 'histology')) facts.push(...histologyObservations(reading));
  const anyLungCancer = [...lungCancer.sclc, ...lungCancer.nsclc, ...lungCancer.unspecified];
  const undated = knownConditions(reading.chart.conditions, reading.asOf).undated.filter(({ code }) =>
    isInSet(anyLungCancer, code),
  );
  return withoutContradiction(facts, undated.map(withoutDate));
}

function histologyOf(condition: Condition, { mappings }: Reading): Histology | undefined {
  const { lungCancer, morphology } = mappings.conditions;
  if (isInSet(lungCancer.sclc, condition.code)) return 'sclc';
  if (isInSet(lungCancer.nsclc, condition.code)) return 'nsclc';
  const extension = condition.extension?.find(({ url }) => url.endsWith('/mcode-histology-morphology-behavior'));
  return morphologyOf(extension?.valueCodeableConcept, morphology);
}

function morphologyOf(
  concept: CodeableConcept | undefined,
  { sclc, nsclc }: Reading['mappings']['conditions']['morphology'],
): Histology | undefined {
  if (isInSet(sclc, concept)) return 'sclc';
  return isInSet(nsclc, concept) ? 'nsclc' : undefined;
}

function histologyObservations(reading: Reading): Fact[] {
  const { morphology } = reading.mappings.conditions;
  const lungCancers = knownLungCancers(reading);
  if (lungCancers.length === 0) return [];
  return reading.chart.observations.flatMap((observation): Fact[] => {
    const value = morphologyOf(observation.valueCodeableConcept, morphology);
    const moment = observationMoment(observation);
    if (value === undefined || moment === undefined || !hasHappened(moment, reading.asOf)) return [];
    if (!isInSet(morphology.observations, observation.code)) return [];
    if (!isFinal(observation)) return [];
    const sources = [referenceTo(observation), ...lungCancers.map(({ condition }) => referenceTo(condition))];
    return [{ key: 'histology', value, unit: null, date: moment.text, sources, status: observation.status }];
  });
}

/** Small-cell and non-small-cell cancer at once: the newest stands, with a warning; of one day, neither. */
function withoutContradiction(facts: readonly Fact[], problems: readonly FactProblem[]): Findings {
  const histologies = facts.filter(({ key }) => key === 'histology').toSorted((a, b) => b.date.localeCompare(a.date));
  const [newest] = histologies;
  const other = histologies.find(({ value }) => value !== newest?.value);
  if (newest === undefined || other === undefined) return { facts, problems };
  const source = other.sources[0] ?? null;
  const common = { code: 'FACT_UNRECOGNISED', key: 'histology', source } as const;
  const text = 'The record holds small-cell and non-small-cell lung cancer';
  if (other.date === newest.date) {
    const rest = facts.filter(({ key }) => key !== 'histology');
    return { facts: rest, problems: [...problems, { ...common, text: `${text} of the same date: neither was used` }] };
  }
  return { facts, problems: [...problems, { ...common, text: `${text}: the newer one was used` }] };
}

function withoutDate(condition: Condition): FactProblem {
  const text = 'The lung cancer carries no date and was not used';
  return { code: 'FACT_UNRECOGNISED', key: 'histology', source: referenceTo(condition), text };
}
