import type { DraftOrder } from './hook-request.ts';
import { hookRequest } from './hook-request.ts';
import { readCards, readOutcome } from './hook-response.ts';
import type { Card, HookName } from './wire.ts';

/** How long the record system waits for advice before it goes on without it (ms). */
const patienceMs = 15_000;

/** What to ask the decision support service. */
export interface Ask {
  readonly hook: HookName;
  readonly patientId: string;
  readonly orders: readonly DraftOrder[];
  readonly selectedId?: string;
}

/** One service call as it went over the wire. */
export interface Exchange {
  readonly hook: HookName;
  readonly path: string;
  readonly startedAt: Date;
  readonly milliseconds: number;
  readonly request: unknown;
  /** HTTP status, null when nothing came back. */
  readonly status: number | null;
  /** Parsed JSON, the text when it is no JSON, null when nothing came back. */
  readonly response: unknown;
  readonly cards: readonly Card[];
  /** What went wrong, in words for the person at the screen; null on success. */
  readonly problem: string | null;
}

/** Fetches one of the page's own lists. Throws an Error with a text to show. */
export async function fetchList<T>(path: string): Promise<T> {
  const response = await fetch(path, { signal: AbortSignal.timeout(patienceMs) });
  if (!response.ok) throw new Error(`${path} answered ${response.status}`);
  return (await response.json()) as T;
}

let services: Promise<ReadonlyMap<string, string>> | null = null;

/** Hook name -> id of the service that answers it, read once from the discovery endpoint. */
async function discover(): Promise<ReadonlyMap<string, string>> {
  services ??= fetchList<{ services: { hook: string; id: string }[] }>('/cds-services').then(
    (body) => new Map(body.services.map(({ hook, id }) => [hook, id])),
  );
  try {
    return await services;
  } catch (error) {
    // The next question tries again: the service may only have been starting.
    services = null;
    throw error;
  }
}

/** Calls the service of a hook. Never rejects: a failure is an exchange with a `problem`. */
export async function askService(ask: Ask, cancelled: AbortSignal): Promise<Exchange> {
  const startedAt = new Date();
  const start = performance.now();
  const request = hookRequest(ask.hook, ask.patientId, ask.orders, ask.selectedId);
  let path = '/cds-services';
  let status: number | null = null;
  let response: unknown = null;
  let cards: readonly Card[] = [];
  let problem: string | null = null;
  try {
    const id = (await discover()).get(ask.hook);
    if (id === undefined) throw new Error(`No decision support service is registered for ${ask.hook}.`);
    path = `/cds-services/${id}`;
    const answer = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.any([cancelled, AbortSignal.timeout(patienceMs)]),
    });
    status = answer.status;
    response = parseBody(await answer.text());
    if (answer.ok) cards = readCards(response);
    else problem = readOutcome(response) ?? 'The service gave no reason.';
  } catch (error) {
    problem = describeFailure(error, status);
  }
  const milliseconds = Math.round(performance.now() - start);
  return { hook: ask.hook, path, startedAt, milliseconds, request, status, response, cards, problem };
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

function describeFailure(error: unknown, status: number | null): string {
  if (error instanceof DOMException && error.name === 'TimeoutError') {
    return `No answer within ${patienceMs / 1000} seconds.`;
  }
  // fetch rejects with a TypeError when there is no connection, whatever the reason.
  if (error instanceof TypeError) return 'The service cannot be reached.';
  const text = error instanceof Error ? error.message : String(error);
  return status === null ? text : `The answer is not a CDS Hooks response: ${text}.`;
}
