import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { conditionStatus, isPast, type KnownCondition, knownConditions } from './condition-state.ts';
import type { Fact, FactKey, FactProblem } from './facts.ts';
import { isFinal, isKnownBy, observationMoment } from './observation-state.ts';
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
  const active = all.filter(({ condition }) => !isPast(condition, asOf));
  return active.length > 0 ? active : all;
}

/**
 * Histology of the lung cancer, `sclc` or `nsclc`, the subtype of a non-small-cell cancer, and extensive stage where a code
 * says it.
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
    const subtype = subtypeOf(condition.code, reading) ?? subtypeOf(morphologyExtension(condition), reading);
    if (subtype !== undefined) facts.push({ key: 'histologySubtype', value: subtype, ...common });
    if (isInSet(extensive, condition.code)) facts.push({ key: 'extent', value: 'extensive', ...common });
  }
  const recorded = new Set(facts.map(({ key }) => key));
  facts.push(...histologyObservations(reading).filter(({ key }) => !recorded.has(key)));
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
  return morphologyOf(morphologyExtension(condition), morphology);
}

/** The morphology that a Condition itself carries (mCODE). */
export function morphologyExtension({ extension = [] }: Condition): CodeableConcept | undefined {
  return extension.find(({ url }) => url.endsWith('/mcode-histology-morphology-behavior'))?.valueCodeableConcept;
}

function subtypeOf(concept: CodeableConcept | undefined, { mappings }: Reading): string | undefined {
  return Object.entries(mappings.conditions.histologySubtypes).find(([, set]) => isInSet(set, concept))?.[0];
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
    if (value === undefined || moment === undefined || !isKnownBy(observation, moment, reading.asOf)) return [];
    if (!isInSet(morphology.observations, observation.code)) return [];
    if (!isFinal(observation)) return [];
    const sources = [referenceTo(observation), ...lungCancers.map(({ condition }) => referenceTo(condition))];
    const common = { unit: null, date: moment.text, sources, status: observation.status };
    const subtype = subtypeOf(observation.valueCodeableConcept, reading);
    const histology: Fact = { key: 'histology', value, ...common };
    return subtype === undefined ? [histology] : [histology, { key: 'histologySubtype', value: subtype, ...common }];
  });
}

/** Contradicting histologies or subtypes: the newest stands, with a warning; of one day, neither. */
function withoutContradiction(facts: readonly Fact[], problems: readonly FactProblem[]): Findings {
  const histology = settle(facts, 'histology', 'small-cell and non-small-cell lung cancer');
  const [newest] = histology.facts;
  const subtypes = newest?.value === 'nsclc' ? facts : [];
  const subtype = settle(subtypes, 'histologySubtype', 'different subtypes of non-small-cell lung cancer');
  const others = facts.filter(({ key }) => key !== 'histology' && key !== 'histologySubtype');
  return {
    facts: [...others, ...histology.facts, ...subtype.facts],
    problems: [...problems, ...histology.problems, ...subtype.problems],
  };
}

function settle(facts: readonly Fact[], key: FactKey, both: string): Findings {
  const own = facts.filter((fact) => fact.key === key).toSorted((a, b) => b.date.localeCompare(a.date));
  const [newest] = own;
  const other = own.find(({ value }) => value !== newest?.value);
  if (newest === undefined || other === undefined) return { facts: own, problems: [] };
  const source = other.sources[0] ?? null;
  const problem = (outcome: string): FactProblem => ({
    ...{ code: 'FACT_UNRECOGNISED', key, source },
    text: `The record holds ${both}${outcome}`,
  });
  return other.date === newest.date
    ? { facts: [], problems: [problem(' of the same date: neither was used')] }
    : { facts: own, problems: [problem(': the newer one was used')] };
}

function withoutDate(condition: Condition): FactProblem {
  const text = 'The lung cancer carries no date and was not used';
  return { code: 'FACT_UNRECOGNISED', key: 'histology', source: referenceTo(condition), text };
}
