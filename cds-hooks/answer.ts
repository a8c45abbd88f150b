import type { Assessment } from '../src/assessment/assessment.ts';
import type { Audit } from '../src/audit/audit.ts';
import type { RecordedAssessOptions } from '../src/audit/recorded-assessment.ts';
import type { FhirAccess } from '../src/fhir/auth/access.ts';
import type { BoardOrders } from '../src/fhir/board-orders.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import type { Resource } from '../src/fhir/resources.ts';
import type { Logger } from '../src/log.ts';
import type { Store } from '../src/store/store.ts';
import { type Card, withFreshUuids } from './card.ts';
import type { ModelPopulation } from './card-indicator.ts';
import type { LinkTargets } from './card-links.ts';
import { hookAccess } from './hook-access.ts';
import type { HookPrefetch } from './hook-body.ts';
import { createCardNotes } from './issued-cards.ts';
import { createJudge } from './judgement.ts';
import { type RepeatAdvice, withoutRepeats } from './repeat-advice.ts';
import type { HookRequest } from './request.ts';
import type { Caller } from './trust/caller.ts';

export interface HookAnswer {
  readonly cards: readonly Card[];
}

/** An answer, and what it rests on. */
export interface Answered {
  readonly answer: HookAnswer;
  /** Id of the Assessment; null where there was none to make. */
  readonly assessment: string | null;
}

/** How a hook call is given access to a record, and for how long. */
export interface ReadOptions {
  readonly access?: FhirAccess;
  readonly signal: AbortSignal;
}

/** What the hooks stand on; the host is handed these, so that it knows neither database nor PACS. */
export interface HookServices {
  readonly mappings: ClinicalMappings;
  /** The registered models. */
  readonly models: readonly ModelPopulation[];
  readonly logger: Logger;
  assess(patientId: string, options?: RecordedAssessOptions): Promise<Assessment>;
  /** Reads a Medication that a draft refers to; throws as the record does. */
  readMedication(id: string, options: ReadOptions): Promise<Resource>;
  /** Reads whether the patient is referred to the tumour board already. */
  readBoardOrders(
    patientId: string,
    options: ReadOptions & Pick<RecordedAssessOptions, 'agent' | 'prefetch' | 'onRead'>,
  ): Promise<BoardOrders>;
  /** Who did what. */
  readonly audit: Audit;
  /** Cards that were given, what became of them, and whether what they rest on has changed. */
  readonly store: Pick<
    Store,
    'saveIssuedCards' | 'unwrittenCards' | 'saveFeedback' | 'rememberAdvice' | 'wasAdvised' | 'imagingVersion'
  >;
  readonly repeatAdvice: RepeatAdvice;
  readonly links: LinkTargets;
  /** FHIR base that is read unless a hook call gives access to one that is registered for its client. */
  readonly fhirServer: string;
  /** For all that a hook call asks of other servers (ms). */
  readonly deadlineMs: number;
  /** Queues the image analysis when it is needed; returns without waiting for it. */
  requestImaging(patientId: string): Promise<void>;
}

/** Answers hook calls; see {@link createHookAnswers}. */
export type AnswerHook = (request: HookRequest, prefetch: HookPrefetch | null, caller: Caller) => Promise<Answered>;

/**
 * Answers hook calls from the record and the store. Never waits for the PACS: images that are not analysed yet are queued, and the
 * card says so. A part of the record that can't be read in time is named as such.
 *
 * The answering function takes a call with its prefetch inside it, or beside it as it came. It throws RequestError
 * `HOOK_PREREQUISITE` (412) when the Patient was neither prefetched nor can be read; `FHIR_SUBJECT_MISMATCH` when a draft order is
 * for another patient; the errors of `hookAccess` and of reading the prefetch.
 */
export function createHookAnswers(services: HookServices): AnswerHook {
  const judge = createJudge(services);
  const rememberCards = createCardNotes(services.store, services.logger);
  return async (request, prefetch, caller) => {
    const access = hookAccess(request, caller, services.fhirServer);
    const { cards, orders, advice, assessment, noted } = await judge({ request, prefetch, caller, access });
    const fresh = withFreshUuids(cards);
    if (!noted) return { answer: { cards: fresh }, assessment };
    const told = orders === null ? fresh : await withoutRepeats(fresh, advice, { request, caller, orders }, services);
    await rememberCards(told, request, caller);
    return { answer: { cards: told }, assessment };
  };
}
