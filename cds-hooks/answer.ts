import type { Assessment } from '../src/assessment/assessment.ts';
import { DeltascopeError } from '../src/errors.ts';
import type { ClinicalMappings } from '../src/fhir/mappings.ts';
import type { Logger } from '../src/log.ts';
import { type Card, cardsOf, unavailableCard } from './card.ts';
import { judgedOrder } from './orders.ts';
import type { HookRequest } from './request.ts';

export interface HookAnswer {
  readonly cards: readonly Card[];
}

/** What the hooks stand on; the host is handed these, so that it knows neither database nor PACS. */
export interface HookServices {
  readonly mappings: ClinicalMappings;
  readonly logger: Logger;
  assess(patientId: string): Promise<Assessment>;
  /** Queues the image analysis when it is needed; returns without waiting for it. */
  requestImaging(patientId: string): Promise<void>;
}

/**
 * Answers a hook call from the record and the store. Never waits for the PACS: images that are not analysed yet are queued,
 * and the card says so. A record that can't be read still gives a card that says what is missing.
 */
export async function answerHook(request: HookRequest, services: HookServices): Promise<HookAnswer> {
  const order = request.hook === 'patient-view' ? null : judgedOrder(request, services.mappings);
  if (order === undefined) return { cards: [] };
  const patientId = request.context.patientId.replace(/^Patient\//, '');
  try {
    // Before the assessment, so that a first call already finds "pending" in the store.
    await services.requestImaging(patientId);
    return { cards: cardsOf(await services.assess(patientId), order) };
  } catch (error) {
    if (!(error instanceof DeltascopeError)) throw error;
    services.logger.warn({ hook: request.hook, code: error.code }, 'hook answered without an assessment');
    return order === null ? { cards: [] } : { cards: [unavailableCard(whatIsMissing(error), error.code, order)] };
  }
}

function whatIsMissing({ code }: DeltascopeError): string {
  if (code === 'FHIR_UNREACHABLE') return 'the patient record (FHIR server) does not answer';
  if (code === 'FHIR_REFUSED') return 'the FHIR server refuses access to the patient record';
  if (code === 'FHIR_PATIENT_NOT_FOUND') return 'the patient is not on the FHIR server';
  if (code.startsWith('FHIR_')) return 'the patient record could not be read';
  if (code === 'STORE_UNREACHABLE') return 'the database of the service does not answer';
  return 'the assessment failed';
}
