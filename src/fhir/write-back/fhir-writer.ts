import { FhirError } from '../../errors.ts';
import { withRetries } from '../../retry.ts';
import { busyOf, invalidAnswer, namedError, statusOf } from '../answer-errors.ts';
import { authorisedRequests, type FhirConnection } from '../authorised-requests.ts';
import type { Bundle as ReadBundle } from '../resources.ts';

/** What became of one entry of a transaction. */
export interface StoredEntry {
  /** `Observation/123`; empty where the server does not say. */
  readonly reference: string;
  /** False where it was there already. */
  readonly created: boolean;
}

/** Writes to one FHIR server. */
export interface FhirWriter {
  /**
   * Posts a transaction of conditional creates, which may be repeated as a whole.
   *
   * @returns One an entry, in their order.
   * @throws FhirError `FHIR_SCOPE`, with nothing sent, naming the scopes that the token lacks; `FHIR_WRITE_CONFLICT` (409, 412, or not all
   *   entries stored) and `FHIR_UNREACHABLE`, to be tried again; `FHIR_WRITE_REFUSED` (400, 422) for what the server does not take;
   *   `FHIR_REFUSED`, `FHIR_NOT_OFFERED`, `FHIR_RESPONSE_INVALID`.
   */
  transact(bundle: fhir4.Bundle, signal?: AbortSignal): Promise<StoredEntry[]>;
}

/** For a whole transaction with a PDF in it (ms). */
const transactionTimeoutMs = 60_000;
const retries = { retries: 3, firstWaitMs: 200, longestWaitMs: 10_000 };

/** Writer to the FHIR server at `baseUrl`, the only place that it ever asks. */
export function createFhirWriter(connection: FhirConnection): FhirWriter {
  const { timeoutMs = transactionTimeoutMs } = connection;
  const baseUrl = connection.baseUrl.replace(/\/+$/, '');
  const { tokens, send } = authorisedRequests({ ...connection, timeoutMs });

  async function requireScopes(bundle: fhir4.Bundle, signal: AbortSignal | undefined): Promise<void> {
    const token = await tokens?.token(signal);
    const types = new Set((bundle.entry ?? []).flatMap(({ resource }) => resource?.resourceType ?? []));
    const missing = [...types].filter((type) => token?.scopes.covers(type, 'create') === 'none');
    if (missing.length === 0) return;
    const names = missing.map((type) => `system/${type}.c`).join(', ');
    throw new FhirError('FHIR_SCOPE', 'transaction', `not sent, the scopes that the FHIR server granted lack ${names}`);
  }

  return {
    async transact(bundle, signal) {
      const subject = 'transaction';
      const parts = {
        method: 'POST' as const,
        headers: { 'content-type': 'application/fhir+json' },
        body: JSON.stringify(bundle),
      };
      try {
        await requireScopes(bundle, signal);
        const answer = await withRetries(() => send(baseUrl, signal, parts), busyOf, { ...retries, signal });
        return storedEntries(answer, bundle.entry?.length ?? 0);
      } catch (error) {
        throw writeError(error) ?? namedError(error, subject, timeoutMs, signal);
      }
    },
  };
}

function writeError(error: unknown): FhirError | null {
  const status = statusOf(error);
  if (status === 409 || status === 412) {
    return new FhirError(
      'FHIR_WRITE_CONFLICT',
      'transaction',
      `conflict on the FHIR server (HTTP ${status}): try again`,
    );
  }
  if (status === 400 || status === 422) {
    const text = `the FHIR server does not take the transaction (HTTP ${status}): see its log`;
    return new FhirError('FHIR_WRITE_REFUSED', 'transaction', text);
  }
  return null;
}

interface AnsweredEntry {
  readonly response?: { readonly status?: unknown; readonly location?: unknown };
}

function storedEntries(answer: unknown, expected: number): StoredEntry[] {
  const bundle = answer as (ReadBundle & { readonly entry?: readonly AnsweredEntry[] }) | null;
  if (bundle?.resourceType !== 'Bundle' || !Array.isArray(bundle.entry)) {
    throw invalidAnswer('transaction', 'a transaction must answer a Bundle');
  }
  const entries = (bundle.entry as readonly AnsweredEntry[]).map(({ response }) => ({
    status: Number.parseInt(String(response?.status ?? ''), 10),
    reference: referenceOf(response?.location),
  }));
  const failed = entries.filter(({ status }) => !(status >= 200 && status < 300));
  if (entries.length !== expected || failed.length > 0) {
    const text = `${entries.length - failed.length} of ${expected} entries were stored: they are sent again`;
    throw new FhirError('FHIR_WRITE_CONFLICT', 'transaction', text);
  }
  return entries.map(({ status, reference }) => ({ reference, created: status === 201 }));
}

/** `Observation/123` of a relative or absolute location, with or without its version. */
function referenceOf(location: unknown): string {
  const [, reference] = /([A-Z][A-Za-z]+\/[A-Za-z0-9\-.]{1,64})(?:\/_history\/.*)?$/.exec(String(location ?? '')) ?? [];
  return reference ?? '';
}
