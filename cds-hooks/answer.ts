import type { Assessment } from '../src/assessment/assessment.ts';
import type { Audit } from '../src/audit/audit.ts';
import type { RecordedAssessOptions } from '../src/audit/recorded-assessment.ts';
import { DeltascopeError, FhirError, RequestError } from '../src/errors.ts';
import type { FhirAccess } from '../src/fhir/auth/access.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import type { Resource } from '../src/fhir/resources.ts';
import type { Logger } from '../src/log.ts';
import type { AdviceGiven } from '../src/store/advice-given.ts';
import type { FeedbackStore } from '../src/store/feedback.ts';
import { type Card, cardsOf, unavailableCard } from './card.ts';
import type { LinkTargets } from './card-links.ts';
import { type DraftOrders, readDraftOrders } from './draft-orders.ts';
import { hookAccess } from './hook-access.ts';
import { rememberCards } from './issued-cards.ts';
import { type JudgedOrders, judgedOrders } from './orders.ts';
import { agentOf } from './record-call.ts';
import { type RepeatAdvice, withoutRepeats } from './repeat-advice.ts';
import type { HookRequest } from './request.ts';
import { type Caller, unknownCaller } from './trust/caller.ts';

export interface HookAnswer {
  readonly cards: readonly Card[];
}

/** What the hooks stand on; the host is handed these, so that it knows neither database nor PACS. */
export interface HookServices {
  readonly mappings: ClinicalMappings;
  readonly logger: Logger;
  assess(patientId: string, options?: RecordedAssessOptions): Promise<Assessment>;
  /** Reads a Medication that a draft refers to; throws as the record does. */
  readMedication(id: string, options: { access?: FhirAccess; signal: AbortSignal }): Promise<Resource>;
  /** Who did what. */
  readonly audit: Audit;
  /** Cards that were given, and what became of them. */
  readonly store: FeedbackStore & AdviceGiven;
  readonly repeatAdvice: RepeatAdvice;
  readonly links: LinkTargets;
  /** FHIR base that is read unless a hook call gives access to one that is registered for its client. */
  readonly fhirServer: string;
  /** For all that a hook call asks of other servers (ms). */
  readonly deadlineMs: number;
  /** Queues the image analysis when it is needed; returns without waiting for it. */
  requestImaging(patientId: string): Promise<void>;
}

/** A hook call on its way: the access that it gives, and the time it has. */
interface Call {
  readonly request: HookRequest;
  readonly caller: Caller;
  readonly access: FhirAccess | undefined;
  readonly signal: AbortSignal;
}

/**
 * Answers a hook call from the record and the store. Never waits for the PACS: images that are not analysed yet are queued,
 * and the card says so. A part of the record that can't be read in time is named as such.
 *
 * @throws RequestError `HOOK_PREREQUISITE` (412) when the Patient was neither prefetched nor can be read;
 *   `FHIR_SUBJECT_MISMATCH` when a draft order is for another patient; `hookAccess`'s errors.
 */
export async function answerHook(
  request: HookRequest,
  services: HookServices,
  caller: Caller = unknownCaller,
): Promise<HookAnswer> {
  const signal = AbortSignal.timeout(services.deadlineMs);
  const access = hookAccess(request, caller, services.fhirServer);
  const call = { request, caller, access, signal };
  if (request.hook === 'patient-view') return { cards: await cardsFor(call, services, null, new Set()) };
  const drafts = readDraftOrders(request);
  if (drafts.otherPatients.length > 0) {
    const text = 'a draft order is for another patient than context.patientId';
    throw new RequestError('FHIR_SUBJECT_MISMATCH', 'context.draftOrders', text);
  }
  const orders = await judged(call, services, drafts);
  return { cards: orders === undefined ? [] : await cardsFor(call, services, orders, drafts.ordered) };
}

/** Which of the drafts are checkpoint inhibitors. A Medication that can't be read is not taken for one. */
function judged(
  { access, signal }: Call,
  services: HookServices,
  drafts: DraftOrders,
): Promise<JudgedOrders | undefined> {
  return judgedOrders(drafts, services.mappings, async (id) => {
    try {
      return await services.readMedication(id, { signal, ...(access !== undefined && { access }) });
    } catch (error) {
      if (!(error instanceof FhirError)) throw error;
      services.logger.warn({ code: error.code }, 'the Medication of a draft order can not be read');
      return undefined;
    }
  });
}

async function cardsFor(
  call: Call,
  services: HookServices,
  orders: JudgedOrders | null,
  ordered: DraftOrders['ordered'],
): Promise<Card[]> {
  const { request, caller, access, signal } = call;
  const { mappings, links } = services;
  const patientId = request.context.patientId.replace(/^Patient\//, '');
  let cards: Card[];
  try {
    // Before the assessment, so that a first call already finds "pending" in the store.
    await services.requestImaging(patientId);
    const assessment = await services.assess(patientId, {
      signal,
      agent: agentOf(caller, request.context.userId),
      ...(request.prefetch !== undefined && { prefetch: request.prefetch }),
      ...(access !== undefined && { access }),
    });
    cards = cardsOf(assessment, { orders, mappings, links, ordered });
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    if (error instanceof FhirError) throw prerequisite(error);
    services.logger.warn({ hook: request.hook, code: error.code }, 'hook answered without an assessment');
    // Without the store nothing can be remembered either.
    return orders === null ? [] : [unavailableCard(whatIsMissing(error), error.code, orders)];
  }
  const told = orders === null ? cards : await withoutRepeats(cards, { request, caller, orders }, services);
  await rememberCards(told, request, caller, services);
  return told;
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
