import type { FhirAccess } from '../fhir/auth/access.ts';
import { type BoardOrderOptions, type BoardOrders, readBoardOrders } from '../fhir/board-orders.ts';
import type { FhirSource } from '../fhir/client.ts';
import { watched } from '../fhir/watched-source.ts';
import type { AuditAgent } from '../store/audit.ts';
import { type Audit, serviceAgent } from './audit.ts';

export interface RecordedBoardOptions extends Pick<BoardOrderOptions, 'prefetch' | 'signal'> {
  /** Access of a hook call; without it the configured server is read. */
  readonly access?: FhirAccess;
  /** On whose behalf; Deltascope itself where left out. */
  readonly agent?: AuditAgent;
  /** Told when the record is asked for something. */
  readonly onRead?: () => void;
}

/** Reads a patient's referrals to the tumour board. */
export type ReadBoardOrders = (patientId: string, options: RecordedBoardOptions) => Promise<BoardOrders>;

/**
 * Leaves an audit entry for each reading of referrals from a record; none where all of them had been brought.
 *
 * @param given `fhirServer`: base of the configured server.
 */
export function recordBoardOrders(
  {
    recordOf,
    codes,
    openForDays,
    fhirServer,
  }: Pick<BoardOrderOptions, 'codes' | 'openForDays'> & {
    readonly recordOf: (access: FhirAccess | undefined) => FhirSource;
    readonly fhirServer: string;
  },
  audit: Audit,
): ReadBoardOrders {
  return async (patientId, { access, agent = serviceAgent, onRead, ...options }) => {
    let asked = false;
    const source = watched(recordOf(access), () => {
      asked = true;
      onRead?.();
    });
    const today = new Date().toISOString().slice(0, 10);
    const orders = await readBoardOrders(source, patientId, { ...options, codes, openForDays, today });
    if (asked) {
      await audit.record({
        event: 'read',
        agent,
        patient: `Patient/${patientId}`,
        outcome: 'success',
        details: {
          fhirServer: access?.fhirServer ?? fhirServer,
          about: 'tumour-board',
          unread: orders.unread.join(' ') || undefined,
        },
      });
    }
    return orders;
  };
}
