import { setTimeout as sleep } from 'node:timers/promises';

export interface RetryOptions {
  /** Tries after the first one. */
  readonly retries: number;
  /** Wait before the first retry when the server names none; doubled each time (ms). */
  readonly firstWaitMs: number;
  /** A server that asks for a longer wait than this is not asked again. */
  readonly longestWaitMs: number;
  /** Ends the waiting with its reason. */
  readonly signal?: AbortSignal | undefined;
}

/** What a busy server (429, 503) said about trying again: its `Retry-After`, null without one. */
export interface Busy {
  readonly retryAfter: string | null;
}

/**
 * Runs work, and again after a while when the server was busy.
 *
 * The wait is what the server asks for, never less; without such a wish it grows with each try, a little different each time
 * so that many clients do not come back at once.
 *
 * @param busyOf Says of a failure whether the server was busy; undefined when another try makes no sense.
 * @throws The last failure; `signal.reason` when the signal ended the waiting.
 * @see RFC 9110 section 10.2.3, Retry-After
 */
export async function withRetries<T>(
  work: () => Promise<T>,
  busyOf: (failure: unknown) => Busy | undefined,
  { retries, firstWaitMs, longestWaitMs, signal }: RetryOptions,
): Promise<T> {
  for (let done = 0; ; done += 1) {
    try {
      return await work();
    } catch (failure) {
      const busy = busyOf(failure);
      if (busy === undefined || done === retries) throw failure;
      const grown = firstWaitMs * 2 ** done * (1 + Math.random() / 4);
      const waitMs = retryAfterMs(busy.retryAfter) ?? Math.min(grown, longestWaitMs);
      if (waitMs > longestWaitMs) throw failure;
      await pause(waitMs, signal);
    }
  }
}

async function pause(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleep(waitMs, undefined, signal === undefined ? {} : { signal });
  } catch (failure) {
    // The timer's own error hides why the signal ended it.
    throw signal?.aborted ? signal.reason : failure;
  }
}

/** `Retry-After` in seconds or as a date, as milliseconds from now; null when there is none or it is neither. */
function retryAfterMs(header: string | null): number | null {
  if (header === null || header.trim() === '') return null;
  const seconds = Number(header);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(header) - Date.now();
  return Number.isFinite(wait) ? Math.max(wait, 0) : null;
}

/** Node's and undici's codes of a connection that ended, or was not there in time, before its answer. */
const brokenConnection: readonly unknown[] = ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET', 'UND_ERR_CONNECT_TIMEOUT'];

/**
 * Runs a request a second time when its connection broke: a server closes an idle connection just when it is used again.
 *
 * @param request One that may be repeated, as all of ours may: searches and retrievals change nothing, an instance that is stored twice is
 *   stored once, and FHIR transactions are of conditional creates.
 */
export async function repeatOnBrokenConnection<T>(request: () => Promise<T>): Promise<T> {
  try {
    return await request();
  } catch (error) {
    if (!isBroken(error)) throw error;
    return request();
  }
}

function isBroken(error: unknown): boolean {
  const cause = error instanceof Error ? error.cause : undefined;
  return typeof cause === 'object' && cause !== null && 'code' in cause && brokenConnection.includes(cause.code);
}
