import { randomUUID } from 'node:crypto';
import type { Assessment } from '../src/assessment/assessment.ts';
import type { BoardOrders } from '../src/fhir/board-orders.ts';
import type { CodeSet } from '../src/fhir/code-set.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import { daysBetween } from '../src/models/calendar.ts';
import type { ModelResult } from '../src/models/model-result.ts';

/** What a clinician can take over with one click: one action each, because a real client shows no more. */
export interface Suggestion {
  readonly label: string;
  readonly uuid: string;
  readonly actions: readonly [
    { readonly type: 'create'; readonly description: string; readonly resource: ServiceRequestDraft },
  ];
}

/** As much of a FHIR R4 ServiceRequest as a draft order needs; the clinician completes and signs it. */
export interface ServiceRequestDraft {
  readonly resourceType: 'ServiceRequest';
  readonly status: 'draft';
  readonly intent: 'order';
  readonly code: {
    readonly coding: readonly { readonly system: string; readonly code: string; readonly display: string }[];
    readonly text: string;
  };
  readonly subject: { readonly reference: string };
  readonly authoredOn: string;
}

type Tables = Pick<ClinicalMappings, 'advice' | 'labs' | 'tumourBoard'>;

/** What is ordered already: `system|code` of drafts in the same call. */
export type OrderedCodes = ReadonlySet<string>;

/**
 * Orders of the laboratory tests that a model lacks. None for what the record holds but could not be used (it is there, or on its
 * way), for what a visit in the past would have needed, or where the laboratory results were not all read.
 */
export function labSuggestions(
  assessment: Assessment,
  { missing }: ModelResult,
  { advice, labs }: Tables,
  ordered: OrderedCodes,
): Suggestion[] {
  if (assessment.unread.includes('Observation')) return [];
  const setAside = new Set(assessment.problems.map(({ key }) => key));
  const lacking = missing.flatMap(({ fact }) => (fact === null || setAside.has(fact) ? [] : [fact]));
  return advice.labOrders
    .filter(({ facts }) => facts.some((fact) => lacking.includes(fact)))
    .flatMap(({ label, description, lab, code }) => {
      const preferred = lab === undefined ? undefined : labs[lab];
      const codes = code ?? preferred?.include.slice(0, 1) ?? [];
      return draftOrder(assessment, { label, description, codes, text: codes[0]?.display ?? label }, ordered);
    });
}

/**
 * The CT after cycle 2 to 3, when it is due and the archive has none. Not while the images are being looked for or could not be:
 * then there may be one.
 */
export function followUpCtSuggestion(assessment: Assessment, { advice }: Tables, ordered: OrderedCodes): Suggestion[] {
  const { checkpointInhibitor: given, imaging, asOf } = assessment;
  const rule = advice.followUpCt;
  if (given === null || (imaging.state !== 'ready' && imaging.state !== 'none')) return [];
  const due =
    given.cycles >= rule.afterCycles &&
    daysBetween(given.firstDose, asOf) >= rule.daysFromFirstDose &&
    daysBetween(given.lastDose, asOf) <= rule.daysSinceLastDose;
  // A study without a date may be the one that is looked for.
  const there = imaging.selection.some(({ studyDate }) => studyDate === null || studyDate > given.firstDose);
  const { label, description, code } = rule;
  const text = code[0]?.display ?? label;
  return due && !there ? draftOrder(assessment, { label, description, codes: code, text }, ordered) : [];
}

/**
 * The tumour board, where an order and the risk disagree: that is for several people to weigh. None where the patient is referred
 * already; where that is not known the suggestion says so.
 *
 * @param board What the record says about referrals; null where it was not asked.
 */
export function tumourBoardSuggestion(
  assessment: Assessment,
  { advice, tumourBoard }: Tables,
  ordered: OrderedCodes,
  board: BoardOrders | null,
): Suggestion[] {
  if (board !== null && board.open.length > 0) return [];
  const { label, text } = advice.tumourBoard;
  const description = `${advice.tumourBoard.description}${referralUnknown(board)}`;
  return draftOrder(assessment, { label, description, codes: tumourBoard, text }, ordered);
}

/** Whether a suggestion is {@link tumourBoardSuggestion}'s. */
export function isTumourBoard({ label }: Suggestion, { tumourBoard }: Tables['advice']): boolean {
  return label === tumourBoard.label;
}

function referralUnknown(board: BoardOrders | null): string {
  if (board === null || board.unread.length === 0) return '';
  return ` (not known whether there is a referral already: ${board.unread.join(', ')} could not be read)`;
}

/** A code in the form of {@link OrderedCodes}. */
export function orderedCode({ system, code }: { readonly system: string; readonly code: string }): string {
  return `${system}|${code}`;
}

function draftOrder(
  { subject, asOf }: Assessment,
  what: { readonly label: string; readonly description: string; readonly codes: CodeSet; readonly text: string },
  ordered: OrderedCodes,
): Suggestion[] {
  if (what.codes.some((each) => ordered.has(orderedCode(each)))) return [];
  const resource: ServiceRequestDraft = {
    resourceType: 'ServiceRequest',
    status: 'draft',
    intent: 'order',
    code: { coding: what.codes.map(({ system, code, display }) => ({ system, code, display })), text: what.text },
    subject: { reference: subject },
    authoredOn: asOf,
  };
  const { label, description } = what;
  return [{ label, uuid: randomUUID(), actions: [{ type: 'create', description, resource }] }];
}
