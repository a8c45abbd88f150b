import { DeltascopeError } from '../errors.ts';
import { type Logger, onceForEach } from '../log.ts';
import type { AuditAgent, AuditEntry, AuditTrail } from '../store/audit.ts';

/** What is recorded; the time is added. */
export type AuditEvent = Omit<AuditEntry, 'at' | 'details'> & {
  readonly details?: Readonly<Record<string, string | null | undefined>>;
};

/** Records who did what. */
export interface Audit {
  /**
   * Records events that belong together, in their order.
   *
   * @returns Ends at once, unless entries are required, or too many wait to be written: then when they are stored.
   * @throws StoreError `AUDIT_NOT_WRITTEN` if entries are required; otherwise a failure is logged.
   */
  record(...events: readonly AuditEvent[]): Promise<void>;
}

/** Deltascope itself: what it does ahead of any call. */
export const serviceAgent: AuditAgent = { kind: 'service', issuer: null, tenant: null, user: null };

/** How long entries may wait to be written together with those of other calls, where nobody waits for them (ms). */
const gatherMs = 25;
/** Records that may wait to be written; when a database is slower than the calls, the calls wait for it. */
const mostWaiting = 5000;

/** Longer identifiers are cut: FHIR ids have 64 characters, those of real clients up to about 200. */
const longestText = 256;

/**
 * {@link Audit} over a trail.
 *
 * @param required Whether what can't be recorded must not be done either.
 */
export function createAudit(trail: AuditTrail, logger: Logger, required: boolean): Audit {
  const tell = onceForEach((error) =>
    logger.error({ code: failureCode(error), err: error }, 'audit entries are not written'),
  );
  return {
    async record(...events) {
      const at = new Date().toISOString();
      const entries = events.map((event) => entryOf(event, at));
      if (required) return trail.append(entries);
      const written = trail.append(entries, gatherMs).catch(tell);
      if (trail.waiting() > mostWaiting) await written;
    },
  };
}

/** The outcome of a failed action, for its entry. */
export function failureCode(error: unknown): string {
  return error instanceof DeltascopeError ? error.code : 'INTERNAL';
}

function entryOf({ event, agent, patient, outcome, details = {} }: AuditEvent, at: string): AuditEntry {
  const given = Object.entries(details).flatMap(([name, value]) => (value == null ? [] : [[name, plain(value)]]));
  return {
    event,
    at,
    agent: {
      kind: agent.kind,
      issuer: agent.issuer === null ? null : plain(agent.issuer),
      tenant: agent.tenant === null ? null : plain(agent.tenant),
      user: agent.user === null ? null : plain(agent.user),
    },
    patient: patient === null ? null : plain(patient),
    outcome,
    details: Object.fromEntries(given),
  };
}

/** Identifiers come from requests: control characters and halves of surrogate pairs are nothing that a database takes. */
function plain(text: string): string {
  return text.slice(0, longestText).replace(/\p{C}/gu, '?');
}
