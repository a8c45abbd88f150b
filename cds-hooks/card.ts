import { randomUUID } from 'node:crypto';
import type { Assessment } from '../src/assessment/assessment.ts';
import { capitalise } from '../src/assessment/wording.ts';
import type { BoardOrders } from '../src/fhir/board-orders.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import type { ModelResult } from '../src/models/model-result.ts';
import { assessedDetail, noLungCancerDetail, notApplicableDetail, notAssessableDetail } from './card-detail.ts';
import { decideIndicator, type Indicator, isOutsideEveryPopulation, type ModelPopulation } from './card-indicator.ts';
import { type CardLink, cardLinks, type LinkTargets } from './card-links.ts';
import { assessedSummary, fitted, notAssessableSummary } from './card-summary.ts';
import { drugWords, type JudgedOrders } from './orders.ts';
import {
  followUpCtSuggestion,
  isTumourBoard,
  labSuggestions,
  type OrderedCodes,
  type Suggestion,
  tumourBoardSuggestion,
} from './suggestions.ts';

/** A CDS Hooks 2.0.1 card. */
export interface Card {
  readonly uuid: string;
  readonly summary: string;
  readonly indicator: Indicator;
  readonly detail: string;
  readonly source: {
    readonly label: string;
    readonly url?: string;
    readonly topic: { readonly system: string; readonly code: string; readonly display: string };
  };
  readonly suggestions?: readonly Suggestion[];
  readonly selectionBehavior?: 'any';
  readonly overrideReasons?: readonly { readonly system: string; readonly code: string; readonly display: string }[];
  readonly links?: readonly CardLink[];
  readonly extension: Readonly<Record<string, unknown>>;
}

/** What cards are made of besides the Assessment. */
export interface CardOptions {
  /** The orders that are judged, or null when the chart was opened. */
  readonly orders: JudgedOrders | null;
  readonly mappings: Pick<ClinicalMappings, 'advice' | 'labs' | 'tumourBoard'>;
  /** The registered models. */
  readonly models: readonly ModelPopulation[];
  readonly links: LinkTargets;
  readonly ordered: OrderedCodes;
  /** Referrals to the tumour board that the record holds; left out where it was not asked. */
  readonly board?: BoardOrders;
}

const topicSystem = 'https://deltascope.example/fhir/CodeSystem/card-topic';
/** More cards than these nobody reads. */
const mostCards = 3;

/**
 * The cards of an Assessment: one for each model that was assessed (three at most, clinical ones before
 * demonstrations, a warning before the others); else one that says what
 * is missing; else, for an order, one that says why no model applies. A chart that no model applies to gets none.
 */
export function cardsOf(assessment: Assessment, options: CardOptions): Card[] {
  const { orders } = options;
  const assessed = assessment.models.filter(({ status }) => status === 'assessed');
  if (assessed.length > 0) {
    const clinicalFirst = assessed.toSorted((a, b) => Number(isDemonstration(a)) - Number(isDemonstration(b)));
    const cards = clinicalFirst.slice(0, mostCards).map((result) => assessedCard(assessment, result, options));
    return withSuggestionsOnce(
      cards.toSorted((a, b) => Number(a.indicator === 'info') - Number(b.indicator === 'info')),
    );
  }
  const [open] = mendableFirst(assessment.models.filter(({ status }) => status === 'not-assessable'));
  if (assessment.histology === null) return orders === null ? [] : [noLungCancerCard(assessment, orders, options)];
  if (open !== undefined) return [notAssessableCard(assessment, open, options)];
  return orders === null ? [] : [notApplicableCard(assessment, orders, options)];
}

/** The same cards with uuids of their own: each answer gives new cards, so that feedback is about one of them. */
export function withFreshUuids(cards: readonly Card[]): Card[] {
  return cards.map((card) => ({
    ...card,
    uuid: randomUUID(),
    ...(card.suggestions !== undefined && {
      suggestions: card.suggestions.map((suggestion) => ({ ...suggestion, uuid: randomUUID() })),
    }),
  }));
}

/** Whether a card suggests the tumour board. */
export function offersTumourBoard({ suggestions = [] }: Card, { advice }: CardOptions['mappings']): boolean {
  return suggestions.some((suggestion) => isTumourBoard(suggestion, advice));
}

/** A model that needs the least is the one to say something about; one whose study keeps a part of it back comes last. */
function mendableFirst(open: readonly ModelResult[]): ModelResult[] {
  const lacking = ({ missing }: ModelResult) => missing.filter(({ kind }) => kind !== 'context').length;
  const unpublished = ({ missing }: ModelResult) => Number(missing.some(({ kind }) => kind === 'unpublished'));
  return open.toSorted((a, b) => unpublished(a) - unpublished(b) || lacking(a) - lacking(b));
}

function isDemonstration({ model }: ModelResult): boolean {
  return model.standing === 'synthetic-demo';
}

/** Card for a failure that leaves nothing to assess: what could not be read, and what to do. */
export function unavailableCard(what: string, code: string, orders: JudgedOrders): Card {
  return {
    uuid: randomUUID(),
    summary: fitted(`${drugWords(orders)}: risk not assessable: ${what}`, []),
    indicator: 'info',
    detail: `**Risk not assessable.** ${capitalise(what)} (${code}). No result is shown, because none could be computed. Try again, or tell the service's administrator the code.`,
    source: source('unavailable', 'Risk not assessable', undefined),
    extension: extension({ code }, orders),
  };
}

function assessedCard(assessment: Assessment, result: ModelResult, options: CardOptions): Card {
  const { orders, mappings, ordered, board = null } = options;
  const { model, group } = result;
  const { indicator, why } = decideIndicator(result, orders, mappings.advice);
  const suggestions = [
    ...(indicator === 'info' ? [] : tumourBoardSuggestion(assessment, mappings, ordered, board)),
    ...labSuggestions(assessment, result, mappings, ordered),
    ...followUpCtSuggestion(assessment, mappings, ordered),
  ];
  // A user's override is remembered by the topic: it must not silence advice of another kind.
  const topic = [model.id, group ?? 'result', ...(indicator === 'info' ? [] : [indicator])].join('-');
  return {
    uuid: randomUUID(),
    summary: assessedSummary(assessment, result, orders),
    indicator,
    detail: assessedDetail(assessment, result, why, indicator === 'info' ? null : board),
    source: source(topic, model.title, model.source.doi),
    ...offers(assessment, result, options, suggestions),
    extension: extension(resultOf(assessment, result), orders),
  };
}

function notAssessableCard(assessment: Assessment, result: ModelResult, options: CardOptions): Card {
  const { orders, mappings, ordered } = options;
  const { model } = result;
  const suggestions = [
    ...labSuggestions(assessment, result, mappings, ordered),
    ...followUpCtSuggestion(assessment, mappings, ordered),
  ];
  return {
    uuid: randomUUID(),
    summary: notAssessableSummary(assessment, result, orders),
    indicator: 'info',
    detail: notAssessableDetail(assessment, result),
    source: source(`${model.id}-not-assessable`, model.title, model.source.doi),
    ...offers(assessment, result, options, suggestions),
    extension: extension(resultOf(assessment, result), orders),
  };
}

function notApplicableCard(assessment: Assessment, orders: JudgedOrders, { mappings, models }: CardOptions): Card {
  const outside = isOutsideEveryPopulation(assessment, models);
  const what = outside
    ? 'the patient is outside the population of every risk model, so no risk is given'
    : 'no risk model applies to this patient';
  const [topic, display] = outside
    ? ['outside-every-population', "Outside every model's population"]
    : ['not-applicable', 'No model applies'];
  return {
    uuid: randomUUID(),
    summary: fitted(`${drugWords(orders)}: ${what}`, []),
    indicator: outside ? 'warning' : 'info',
    detail: notApplicableDetail(assessment, outside),
    source: source(topic, display, undefined),
    overrideReasons: overrideReasons(mappings),
    extension: extension({ assessment: assessment.id, asOf: assessment.asOf, status: 'not-applicable' }, orders),
  };
}

/** Checkpoint inhibitors are given for many cancers: for another one there is nothing to weigh here. */
function noLungCancerCard(assessment: Assessment, orders: JudgedOrders, { mappings }: CardOptions): Card {
  return {
    uuid: randomUUID(),
    summary: fitted(`${drugWords(orders)}: no lung cancer of known type in the record, so no risk is given`, []),
    indicator: 'info',
    detail: noLungCancerDetail(assessment),
    source: source('no-lung-cancer', 'No lung cancer of known type', undefined),
    overrideReasons: overrideReasons(mappings),
    extension: extension({ assessment: assessment.id, asOf: assessment.asOf, status: 'not-applicable' }, orders),
  };
}

/** What can be done with a card; an element that would be empty is left out, as the specification demands. */
function offers(
  assessment: Assessment,
  result: ModelResult,
  { mappings, links: targets }: CardOptions,
  suggestions: readonly Suggestion[],
): Pick<Card, 'suggestions' | 'selectionBehavior' | 'overrideReasons' | 'links'> {
  const links = cardLinks(assessment, result, targets);
  return {
    ...(suggestions.length > 0 && { suggestions, selectionBehavior: 'any' }),
    overrideReasons: overrideReasons(mappings),
    ...(links.length > 0 && { links }),
  };
}

function overrideReasons({ advice }: CardOptions['mappings']): NonNullable<Card['overrideReasons']> {
  return advice.overrideReasons.map(({ system, code, display }) => ({ system, code, display }));
}

/** The same order is offered on the first card that asks for it. */
function withSuggestionsOnce(cards: readonly Card[]): Card[] {
  const offered = new Set<string>();
  return cards.map((card) => {
    const { suggestions, selectionBehavior, ...rest } = card;
    const fresh = suggestions?.filter(({ label }) => !offered.has(label)) ?? [];
    for (const { label } of fresh) offered.add(label);
    return fresh.length === 0 ? rest : { ...rest, suggestions: fresh, selectionBehavior: 'any' };
  });
}

function resultOf(assessment: Assessment, { model, status, group, outcomes }: ModelResult) {
  const { id, version, standing, hash } = model;
  return {
    assessment: assessment.id,
    asOf: assessment.asOf,
    model: { id, version, standing, hash },
    status,
    imaging: assessment.imaging.state,
    group: group ?? 'not assessable',
    ...(outcomes.length > 0 && {
      outcomes: outcomes.map(({ endpoint, kind, value }) => ({ ...endpoint, kind, value })),
    }),
  };
}

function extension(content: Readonly<Record<string, unknown>>, orders: JudgedOrders | null): Card['extension'] {
  const judged = orders === null || orders.references.length === 0 ? {} : { judgedOrders: orders.references };
  return { 'org.deltascope.result': { ...content, ...judged } };
}

function source(topic: string, display: string, doi: string | undefined): Card['source'] {
  return {
    label: 'Deltascope',
    ...(doi !== undefined && { url: `https://doi.org/${doi}` }),
    topic: { system: topicSystem, code: topic, display },
  };
}
