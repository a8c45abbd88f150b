import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { knownConditions } from './condition-state.ts';
import { conditionsAt, relatedConditions } from './disease-links.ts';
import type { Fact, FactProblem } from './facts.ts';
import { type Metastasis, organAt } from './metastasis-record.ts';
import { hasHappened, parseMoment } from './moment.ts';
import { type BodyStructure, referenceTo } from './resources.ts';

/** A count of organs is a lower bound of the lesions; below this it says too little to be used. */
const fewestOrgansThatCount = 3;

/**
 * Number of metastatic lesions: distinct identifiers of recorded tumours (mCODE BodyStructure), else the number of metastatic
 * organs where it is three or more, else unknown. No standard code holds the number itself.
 */
export function readLesions(reading: Reading, metastases: readonly Metastasis[]): Findings {
  return { facts: lesionCount(metastases, reading), problems: uncountedLesions(reading) };
}

function lesionCount(metastases: readonly Metastasis[], reading: Reading): Fact[] {
  // A count of a part is no count.
  if (reading.unread.has('BodyStructure')) return [];
  const common = { key: 'metastaticLesions', unit: '{lesions}', status: 'derived' } as const;
  const lesions = tumours(reading).filter(({ nature }) => nature === 'metastasis');
  const identified = new Map(lesions.flatMap(({ structure }) => identifierOf(structure).map((id) => [id, structure])));
  const newest = metastases.toSorted((a, b) => b.moment.at - a.moment.at)[0];
  const date = newest?.moment.text ?? reading.asOf.toISOString();
  if (identified.size > 0) {
    const sources = [...new Set([...identified.values()].map(referenceTo))];
    return [
      { ...common, value: identified.size, date, sources, derivation: 'distinct identifiers of recorded tumours' },
    ];
  }
  const organs = new Map(
    metastases.flatMap(({ organ, source }) => (organ === undefined || organ.regional ? [] : [[organ.organ, source]])),
  );
  if (organs.size < fewestOrgansThatCount) return [];
  const derivation = `at least one lesion in each of: ${[...organs.keys()].join(', ')}`;
  return [{ ...common, value: organs.size, date, sources: [...new Set(organs.values())], derivation }];
}

function identifierOf({ identifier = [] }: BodyStructure): string[] {
  const first = identifier.find(({ value }) => value !== undefined);
  return first === undefined ? [] : [`${first.system ?? ''}|${first.value}`];
}

interface Tumour {
  readonly structure: BodyStructure;
  readonly nature: 'primary' | 'metastasis' | 'unplaced';
}

/** Recorded tumours (mCODE) that were known by `asOf`, but for those of other diseases. */
function tumours(reading: Reading): Tumour[] {
  return reading.chart.bodyStructures
    .filter((structure) => isTumour(structure) && isKnown(structure, reading))
    .flatMap((structure) => {
      const nature = natureOf(structure, reading);
      return nature === 'other' ? [] : [{ structure, nature }];
    });
}

function isTumour({ active, meta }: BodyStructure): boolean {
  return active !== false && (meta?.profile?.some((url) => /\/mcode-tumor(\||$)/.test(url)) ?? false);
}

/** The clocks of two servers differ by less. */
const clockSkewMs = 300_000;

/** A BodyStructure has no date: it was known with its Condition, and whether before its last update nothing says. */
function isKnown(structure: BodyStructure, reading: Reading): boolean {
  const related = conditionsAt(relatedConditions(structure), reading.chart);
  if (wasUpdatedLater(structure, reading)) return false;
  return related.length === 0 || knownConditions(related, reading.asOf).known.length > 0;
}

function wasUpdatedLater({ meta }: BodyStructure, { asOf }: Reading): boolean {
  const updated = parseMoment(meta?.lastUpdated);
  return updated !== undefined && !hasHappened(updated, new Date(asOf.getTime() + clockSkewMs));
}

/** By the Condition that a tumour belongs to, else by morphology, else by its site. */
function natureOf(structure: BodyStructure, { chart, mappings }: Reading): Tumour['nature'] | 'other' {
  const { metastases, metastasisOfUnknownSite, lungCancer, tumourMorphology } = mappings.conditions;
  const secondary = [...metastases.flatMap(({ include }) => include), ...metastasisOfUnknownSite];
  const primary = [...lungCancer.sclc, ...lungCancer.nsclc, ...lungCancer.unspecified];
  const [related] = conditionsAt(relatedConditions(structure), chart);
  if (related !== undefined) {
    if (isInSet(secondary, related.code)) return 'metastasis';
    return isInSet(primary, related.code) ? 'primary' : 'other';
  }
  if (isInSet(tumourMorphology.secondary, structure.morphology)) return 'metastasis';
  if (isInSet(tumourMorphology.primary, structure.morphology)) return 'primary';
  const organ = organAt(structure.location, metastases);
  // In the lung it may be the primary tumour itself.
  return organ === undefined || organ.fact === 'lungMetastases' ? 'unplaced' : 'metastasis';
}

/** Whether something is about recorded tumours all of which are metastases, or of another disease. */
export function isOfAnotherTumour(
  focus: readonly { readonly reference?: string | undefined }[] | undefined,
  reading: Reading,
): boolean {
  const structures = (focus ?? [])
    .map(({ reference }) => (reference === undefined ? undefined : reading.chart.resolve(reference)))
    .filter((found) => found?.resourceType === 'BodyStructure');
  return structures.length > 0 && structures.every((each) => ['metastasis', 'other'].includes(natureOf(each, reading)));
}

function uncountedLesions(reading: Reading): FactProblem[] {
  const all = tumours(reading);
  const unplaced = all.filter(({ nature }) => nature === 'unplaced');
  const anonymous = all.filter(
    ({ nature, structure }) => nature === 'metastasis' && identifierOf(structure).length === 0,
  );
  const report = (lesions: readonly Tumour[], why: string): FactProblem[] => {
    const [first] = lesions;
    if (first === undefined) return [];
    const text = `${lesions.length} recorded tumour(s) ${why} and were not counted as metastatic lesions`;
    return [{ code: 'FACT_UNRECOGNISED', key: 'metastaticLesions', source: referenceTo(first.structure), text }];
  };
  const later = reading.chart.bodyStructures
    .filter((structure) => isTumour(structure) && wasUpdatedLater(structure, reading))
    .map((structure) => ({ structure, nature: natureOf(structure, reading) }))
    .filter((each): each is Tumour => each.nature === 'metastasis' || each.nature === 'unplaced');
  return [
    ...report(unplaced, "can't be told from the primary tumour"),
    ...report(anonymous, 'carry no identifier'),
    ...report(later, 'carry no date, were last updated after the date asked for'),
  ];
}
