import {
  type PublicationOutcome,
  type PublicationPlan,
  type PublicationTarget,
  type PublishableResult,
  type PublishServices,
  planPublication,
  publishResult,
} from '../assessment/publish-results.ts';
import type { AuditAgent } from '../store/audit.ts';

/** Publishes what is known of a patient now. */
export interface Publications {
  /** What would be stored; reads only. */
  plan(patientId: string, targets: readonly PublicationTarget[], agent: AuditAgent): Promise<PublicationPlan>;
  /** Stores what is lacking; see `publishResult`. */
  publish(patientId: string, targets: readonly PublicationTarget[], agent: AuditAgent): Promise<PublicationOutcome>;
}

export interface PublicationsOptions<Result extends PublishableResult> {
  readonly services: PublishServices<Result>;
  /** Assesses a patient anew: what is published is what is known now. */
  read(patientId: string, agent: AuditAgent): Promise<Result>;
  /** Told of every attempt at a publication: `success` with what was stored, or the failure. */
  noteOutcome(
    patientId: string,
    agent: AuditAgent,
    outcome: PublicationOutcome | { readonly failure: unknown },
  ): Promise<void>;
}

/** {@link Publications} over record, archive and store. */
export function createPublications<Result extends PublishableResult>(
  options: PublicationsOptions<Result>,
): Publications {
  const { services, read, noteOutcome } = options;
  return {
    async plan(patientId, targets, agent) {
      return planPublication(services, await read(patientId, agent), targets);
    },
    async publish(patientId, targets, agent) {
      try {
        const outcome = await publishResult(services, await read(patientId, agent), targets);
        await noteOutcome(patientId, agent, outcome);
        return outcome;
      } catch (failure) {
        await noteOutcome(patientId, agent, { failure });
        throw failure;
      }
    },
  };
}
