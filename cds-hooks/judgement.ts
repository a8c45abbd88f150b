import { createHash } from 'node:crypto';
import type { Assessment } from '../src/assessment/assessment.ts';
import { DeltascopeError, FhirError, RequestError } from '../src/errors.ts';
import type { FhirAccess } from '../src/fhir/auth/access.ts';
import type { BoardOrders } from '../src/fhir/board-orders.ts';
import type { HookServices, ReadOptions } from './answer.ts';
import { type Card, cardsOf, offersTumourBoard, unavailableCard } from './card.ts';
import { type DraftOrders, readDraftOrders } from './draft-orders.ts';
import type { HookPrefetch } from './hook-body.ts';
import { createMinuteMemory, type MinuteMemory } from './minute-memory.ts';
import { type JudgedOrders, judgedOrders } from './orders.ts';
import { agentOf } from './record-call.ts';
import { adviceOf } from './repeat-advice.ts';
import { type HookRequest, patientIdOf, readHookRequest } from './request.ts';
import type { Caller } from './trust/caller.ts';
import { createTurns } from './turns.ts';

/** What there is to say to a call, before it is asked whether it was said already. */
export interface Judgement {
  /** Their uuids are no card's yet. */
  readonly cards: readonly Card[];
  /** Null when a chart was opened, or where no draft is a checkpoint inhibitor. */
  readonly orders: JudgedOrders | null;
  /** Hash of what the cards say. */
  readonly advice: string;
  /** Id of the Assessment; null where there was none to make. */
  readonly assessment: string | null;
  /** Whether the cards are to be noted for feedback. */
  readonly noted: boolean;
}

/** A hook call and what may be used for it. */
export interface HookCall {
  readonly request: HookRequest;
  /** The prefetch as it came, where it is not in the request. */
  readonly prefetch: HookPrefetch | null;
  readonly caller: Caller;
  readonly access: FhirAccess | undefined;
}

/** What a call works with on its way. */
interface Work {
  readonly request: HookRequest;
  readonly caller: Caller;
  readonly reading: ReadOptions;
  /** What stands for the record in the memories; null where nothing may be kept. */
  readonly key: string | null;
  /** Called when something is asked or has failed that may come out otherwise the next time. */
  readonly dontKeep: () => void;
}

const nothing: Omit<Judgement, 'orders'> = { cards: [], advice: '', assessment: null, noted: false };
/** Answers and Assessments that are kept within a minute; a hospital has fewer patients under its eyes. */
const mostJudgements = 1000;
const mostAssessments = 200;

/**
 * Makes the function that judges calls.
 *
 * Computing again what the same bytes give again is left out: within the running minute, for the same prefetched record, the same
 * stored image features (`imagingVersion`) and the same drafts of the same caller. Whatever was read from a server is read anew for every
 * call, and so is everything that depends on it.
 */
export function createJudge(services: HookServices): (call: HookCall) => Promise<Judgement> {
  const judgements = createMinuteMemory<Judgement>(mostJudgements);
  const assessments = createMinuteMemory<Assessment>(mostAssessments);
  const myTurn = createTurns();
  return async (call) => {
    const startedAt = performance.now();
    const key = await recordKey(call, services);
    const compute = async (dontKeep: () => void): Promise<Judgement> => {
      await myTurn();
      const left = services.deadlineMs - (performance.now() - startedAt);
      const { access, caller } = call;
      const reading = {
        signal: AbortSignal.timeout(Math.max(1, Math.ceil(left))),
        ...(access !== undefined && { access }),
      };
      return judge({ request: withPrefetch(call), caller, reading, key, dontKeep }, services, assessments);
    };
    return key === null ? compute(() => undefined) : judgements.get(callKey(call, key), compute);
  };
}

/** The prefetched record of a patient beside the stored features; null where it did not come, or the store does not answer. */
async function recordKey({ request, prefetch }: HookCall, { store }: HookServices): Promise<string | null> {
  if (prefetch === null) return null;
  try {
    return hash([patientIdOf(request), prefetch.hash, await store.imagingVersion()]);
  } catch {
    return null;
  }
}

function callKey({ request, caller }: HookCall, key: string): string {
  const { hook, context, fhirServer } = request;
  return hash([key, caller.issuer, caller.tenant, hook, fhirServer, context]);
}

function withPrefetch({ request, prefetch }: HookCall): HookRequest {
  return prefetch === null ? request : readHookRequest({ ...request, prefetch: prefetch.parse() }, request.hook);
}

async function judge(work: Work, services: HookServices, assessments: MinuteMemory<Assessment>): Promise<Judgement> {
  const { request } = work;
  if (request.hook === 'patient-view') return judgeFor(work, services, assessments, null, new Set());
  const drafts = readDraftOrders(request);
  if (drafts.otherPatients.length > 0) {
    const text = 'a draft order is for another patient than context.patientId';
    throw new RequestError('FHIR_SUBJECT_MISMATCH', 'context.draftOrders', text);
  }
  const orders = await judged(work, services, drafts);
  if (orders === undefined) return { ...nothing, orders: null, noted: true };
  return judgeFor(work, services, assessments, orders, drafts.ordered);
}

/** Which of the drafts are checkpoint inhibitors. A Medication that can't be read is not taken for one. */
function judged(
  { reading, dontKeep }: Work,
  services: HookServices,
  drafts: DraftOrders,
): Promise<JudgedOrders | undefined> {
  return judgedOrders(drafts, services.mappings, async (id) => {
    dontKeep();
    try {
      return await services.readMedication(id, reading);
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      services.logger.warn({ code: error.code }, 'the Medication of a draft order can not be read');
      return undefined;
    }
  });
}

async function judgeFor(
  work: Work,
  services: HookServices,
  assessments: MinuteMemory<Assessment>,
  orders: JudgedOrders | null,
  ordered: DraftOrders['ordered'],
): Promise<Judgement> {
  const { mappings, models, links } = services;
  try {
    const assessment = await assessed(work, services, assessments);
    const options = { orders, mappings, models, links, ordered };
    const first = cardsOf(assessment, options);
    // Asked only where it matters: most calls suggest nothing to the board.
    const offered = first.some((card) => offersTumourBoard(card, mappings));
    const cards = offered ? cardsOf(assessment, { ...options, board: await boardOrders(work, services) }) : first;
    return { cards, orders, advice: adviceOf(cards), assessment: assessment.id, noted: true };
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    if (error instanceof FhirError) throw prerequisite(error);
    services.logger.warn({ hook: work.request.hook, code: error.code }, 'hook answered without an assessment');
    work.dontKeep();
    // Without the store nothing can be remembered either.
    const cards = orders === null ? [] : [unavailableCard(whatIsMissing(error), error.code, orders)];
    return { ...nothing, cards, orders };
  }
}

async function assessed(
  work: Work,
  services: HookServices,
  assessments: MinuteMemory<Assessment>,
): Promise<Assessment> {
  const { request, caller, reading, key } = work;
  const patientId = patientIdOf(request);
  const compute = async (dontKeep: () => void): Promise<Assessment> => {
    // Before the assessment, so that a first call already finds "pending" in the store.
    await services.requestImaging(patientId);
    return services.assess(patientId, {
      ...reading,
      agent: agentOf(caller, request.context.userId),
      ...(request.prefetch !== undefined && { prefetch: request.prefetch }),
      onRead() {
        dontKeep();
        work.dontKeep();
      },
    });
  };
  return key === null ? compute(() => undefined) : assessments.get(key, compute);
}

function boardOrders({ request, caller, reading, dontKeep }: Work, services: HookServices): Promise<BoardOrders> {
  return services.readBoardOrders(patientIdOf(request), {
    ...reading,
    agent: agentOf(caller, request.context.userId),
    ...(request.prefetch !== undefined && { prefetch: request.prefetch }),
    onRead: dontKeep,
  });
}

/** Without the Patient there is nothing to assess: the client is told which resource is missing, and why. */
function prerequisite({ code, message }: FhirError): RequestError {
  if (code === 'FHIR_SUBJECT_MISMATCH') return new RequestError(code, 'Patient', message);
  return new RequestError(
    'HOOK_PREREQUISITE',
    'Patient',
    `missing: the Patient (prefetch key "patient"), neither prefetched nor readable (${code}: ${message})`,
  );
}

function whatIsMissing({ code }: DeltascopeError): string {
  if (code === 'STORE_UNREACHABLE') return 'the database of the service does not answer';
  return 'the assessment failed';
}

function hash(value: unknown): string {
  return createHash('sha256').update(JSON.stringify(value)).digest('hex');
}
