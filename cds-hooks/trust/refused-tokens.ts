import type { Audit } from '../../src/audit/audit.ts';
import type { Logger } from '../../src/log.ts';
import { onceForEach } from '../../src/log.ts';
import type { RefusalReason } from './verify-token.ts';

/** A refused request, without anything of its token. */
export interface Refusal {
  readonly reason: RefusalReason;
  /** `iss` of a registered client that the token claims to be from; null where it names no such client. */
  readonly registeredIssuer: string | null;
  /** Path of the endpoint. */
  readonly endpoint: string;
  readonly address: string;
}

/** Records refused requests in the audit trail. */
export type RecordRefusal = (refusal: Refusal) => void;

const minuteMs = 60_000;
/** Refusals of one minute that are recorded each; of more only the 100th, 1000th, 10000th and so on, with their number. */
const recordedEach = 20;

/**
 * Makes the function that records refusals. Whoever sends bad tokens can't fill the trail: of a minute it holds twenty, and how many there
 * were to the next power of ten. Nobody waits for the entries.
 *
 * @param now The clock (ms).
 */
export function createRefusalRecord(audit: Audit, logger: Logger, now: () => number = Date.now): RecordRefusal {
  const tell = onceForEach((error) => logger.error({ err: error }, 'refused tokens are not in the audit trail'));
  let minute = Number.NaN;
  let refused = 0;
  return ({ reason, registeredIssuer, endpoint, address }) => {
    const current = Math.floor(now() / minuteMs);
    if (current !== minute) refused = 0;
    minute = current;
    refused++;
    if (refused > recordedEach && !isPowerOfTen(refused)) return;
    audit
      .record({
        event: 'refusal',
        agent: { kind: 'client', issuer: registeredIssuer, tenant: null, user: null },
        patient: null,
        outcome: 'HTTP_UNAUTHORIZED',
        details: { reason, endpoint, address, inThisMinute: String(refused) },
      })
      .catch(tell);
  };
}

function isPowerOfTen(count: number): boolean {
  return /^10+$/.test(String(count));
}
