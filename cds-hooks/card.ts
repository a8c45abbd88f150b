import { randomUUID } from 'node:crypto';
import type { Assessment } from '../src/assessment/assessment.ts';
import { capitalise, outcomeNumber, standingFirst } from '../src/assessment/wording.ts';
import { formatDate } from '../src/models/calendar.ts';
import { endpointWords } from '../src/models/endpoint-words.ts';
import type { ModelResult, ModelWarning } from '../src/models/model-result.ts';
import { assessedDetail, notAssessableDetail } from './card-detail.ts';

/** A CDS Hooks 2.0.1 card. */
export interface Card {
  readonly uuid: string;
  readonly summary: string;
  readonly indicator: 'info' | 'warning' | 'critical';
  readonly detail: string;
  readonly source: {
    readonly label: string;
    readonly url?: string;
    readonly topic: { readonly system: string; readonly code: string; readonly display: string };
  };
  readonly extension: Readonly<Record<string, unknown>>;
}

/** The order that a card is about: the drug's INN in lower case, and `Type/id` of the draft. */
export interface JudgedOrder {
  readonly drug: string;
  readonly reference: string | null;
}

const topicSystem = 'https://deltascope.example/fhir/CodeSystem/card-topic';
const longestSummary = 139;
/** More cards than these nobody reads. */
const mostCards = 3;

/** What takes a patient or the images out of the model's population: then the card itself is a warning. */
const outsidePopulation = new Set<ModelWarning['code']>([
  'OUTSIDE_RANGE',
  'OTHER_PHASE',
  'OTHER_SLICE_THICKNESS',
  'POPULATION_OTHER',
]);

/**
 * The cards of an Assessment: one for each model that was assessed (three at most, clinical ones first); else one that says what is missing; else,
 * for an order, one that says why no model applies.
 *
 * @param order The draft that is judged, or null when the chart was opened: then a chart that no model applies to gets none.
 */
export function cardsOf(assessment: Assessment, order: JudgedOrder | null): Card[] {
  const assessed = assessment.models.filter(({ status }) => status === 'assessed');
  if (assessed.length > 0) {
    const clinicalFirst = assessed.toSorted((a, b) => Number(isDemonstration(a)) - Number(isDemonstration(b)));
    return clinicalFirst.slice(0, mostCards).map((result) => assessedCard(assessment, result, order));
  }
  const open = assessment.models.find(({ status }) => status === 'not-assessable');
  if (open !== undefined && (order !== null || assessment.histology !== null))
    return [notAssessableCard(assessment, open, order)];
  return order === null ? [] : [notApplicableCard(assessment, order)];
}

function isDemonstration({ model }: ModelResult): boolean {
  return model.standing === 'synthetic-demo';
}

/** Card for a failure that leaves nothing to assess: what could not be read, and what to do. */
export function unavailableCard(what: string, code: string, order: JudgedOrder | null): Card {
  const prefix = order === null ? '' : `${capitalise(order.drug)}: `;
  return {
    uuid: randomUUID(),
    summary: shorten(`${prefix}risk not assessable: ${what}`),
    indicator: 'info',
    detail: `**Risk not assessable.** ${capitalise(what)} (${code}). No result is shown, because none could be computed. Try again, or tell the service's administrator the code.`,
    source: source('unavailable', 'Risk not assessable', undefined),
    extension: extension({ code }, order),
  };
}

function assessedCard(assessment: Assessment, result: ModelResult, order: JudgedOrder | null): Card {
  return {
    uuid: randomUUID(),
    summary: shorten(
      `${standingFirst(result.model.standing)}${headline(result)}${order === null ? '' : ` on ${order.drug}`}${dates(assessment, result)}`,
    ),
    indicator: result.warnings.some(({ code }) => outsidePopulation.has(code)) ? 'warning' : 'info',
    detail: assessedDetail(assessment, result),
    source: source(result.model.id, result.model.title, result.model.source.doi),
    extension: extension(summaryOf(assessment, result), order),
  };
}

function notAssessableCard(assessment: Assessment, result: ModelResult, order: JudgedOrder | null): Card {
  const about = order === null ? '' : ` on ${order.drug}`;
  return {
    uuid: randomUUID(),
    summary: shorten(
      `${standingFirst(result.model.standing)}risk${about} not assessable: ${whatLacks(assessment, result)}`,
    ),
    indicator: 'info',
    detail: notAssessableDetail(assessment, result),
    source: source(result.model.id, result.model.title, result.model.source.doi),
    extension: extension(summaryOf(assessment, result), order),
  };
}

/** The inputs that are missing, in a few words; context that is missing besides does not stop a result. */
function whatLacks({ imaging }: Assessment, { missing, reasons }: ModelResult): string {
  const required = missing.filter(({ kind }) => kind !== 'context');
  if (imaging.state === 'pending' && required.some(({ kind }) => kind === 'signature' || kind === 'feature'))
    return 'image analysis is pending';
  if (required.length === 0) return reasons[0] ?? 'data are missing';
  return `${required.map(({ label }) => label).join(', ')} missing`;
}

function notApplicableCard(assessment: Assessment, order: JudgedOrder): Card {
  const lines = assessment.models.map(({ model, reasons }) => `- ${model.title}: ${reasons.join('; ')}`);
  return {
    uuid: randomUUID(),
    summary: shorten(`${capitalise(order.drug)}: no risk model applies to this patient`),
    indicator: 'info',
    detail: `**No model applies.**\n\n${lines.join('\n')}`,
    source: source('not-applicable', 'No model applies', undefined),
    extension: extension({ assessment: assessment.id }, order),
  };
}

function headline({ group, outcomes }: ModelResult): string {
  const [outcome] = outcomes;
  if (outcome === undefined) return 'risk';
  const what = endpointWords(outcome.endpoint);
  if (outcome.classification !== null) return `${outcome.classification} (${outcomeNumber(outcome)})`;
  if (outcome.kind === 'relative-hazard' && group === null) return `${outcomeNumber(outcome)} hazard of ${what}`;
  if (outcome.kind === 'relative-odds' && group === null) return `${outcomeNumber(outcome)} odds of ${what}`;
  return `${group === null ? 'risk' : `${group} risk`} of ${what} (${outcomeNumber(outcome)})`;
}

function dates({ asOf }: Assessment, { imaging, used, context }: ModelResult): string {
  const labs = [...used, ...context].flatMap(({ date, upperLimit, unit }) =>
    date !== null && (upperLimit !== null || unit?.includes('/L') === true) ? [date] : [],
  );
  const newestLab = labs.sort().at(-1);
  const newestStudy = imaging
    .flatMap(({ studyDate }) => studyDate ?? [])
    .sort()
    .at(-1);
  const parts = [
    ...(newestStudy === undefined ? [] : [`CT ${shortDate(newestStudy, asOf)}`]),
    ...(newestLab === undefined ? [] : [`labs ${shortDate(newestLab, asOf)}`]),
  ];
  return parts.length === 0 ? '' : `; ${parts.join(', ')}`;
}

/** Without the year where it is the present one: a summary has 140 characters, the detail has the whole date. */
function shortDate(iso: string, asOf: string): string {
  const date = formatDate(iso);
  return iso.slice(0, 4) === asOf.slice(0, 4) ? date.replace(/ \d{4}$/, '') : date;
}

function summaryOf(assessment: Assessment, { model, status, group, outcomes }: ModelResult) {
  const { id, version, standing, hash } = model;
  return {
    assessment: assessment.id,
    asOf: assessment.asOf,
    model: { id, version, standing, hash },
    status,
    imaging: assessment.imaging.state,
    group: group ?? 'not assessable',
    outcomes: outcomes.map(({ endpoint, kind, value }) => ({ ...endpoint, kind, value })),
  };
}

function extension(content: Readonly<Record<string, unknown>>, order: JudgedOrder | null) {
  const judged = order?.reference == null ? {} : { judgedOrder: order.reference };
  return { 'org.deltascope.result': { ...content, ...judged } };
}

function source(topic: string, display: string, doi: string | undefined): Card['source'] {
  return {
    label: 'Deltascope',
    ...(doi !== undefined && { url: `https://doi.org/${doi}` }),
    topic: { system: topicSystem, code: topic, display },
  };
}

function shorten(sentence: string): string {
  const text = capitalise(sentence);
  return text.length <= longestSummary ? text : `${text.slice(0, longestSummary - 3).trimEnd()}...`;
}
