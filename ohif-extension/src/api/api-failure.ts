/**
 * Why the service gave no answer that can be shown:
 * `unreachable` nobody answered, or a gateway in between; `not-authorised` sign in (again); `forbidden` another patient than the
 * session's; `mismatch` patient and study do not match; `not-found` the study or patient is unknown; `refused` anything else.
 */
export type FailureReason = 'unreachable' | 'not-authorised' | 'forbidden' | 'mismatch' | 'not-found' | 'refused';

export interface ApiFailure {
  readonly reason: FailureReason;
  /** Code of the service's OperationOutcome, where there is one. */
  readonly code: string | null;
  /** What the service said, or what the browser did. */
  readonly text: string;
}

/** A request to the service that failed; `failure` says why. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly failure: ApiFailure;

  constructor(failure: ApiFailure, options?: ErrorOptions) {
    super(failure.text, options);
    this.failure = failure;
  }
}

/** The failure of whatever was thrown: a network error counts as a service that can't be reached. */
export function failureOf(error: unknown): ApiFailure {
  if (error instanceof ApiError) return error.failure;
  return { reason: 'unreachable', code: null, text: error instanceof Error ? error.message : String(error) };
}

/** Whether asking again could help without anybody doing something. */
export function mayPass({ reason }: ApiFailure): boolean {
  return reason === 'unreachable';
}

/** The failure that an answer other than 2xx stands for, read from its OperationOutcome. */
export async function failureOfResponse(response: Response): Promise<ApiFailure> {
  const { code, text } = readOutcome(await response.text().catch(() => ''));
  return {
    reason: reasonOf(response.status, code),
    code,
    text: text ?? `The service answered with status ${response.status}.`,
  };
}

function reasonOf(status: number, code: string | null): FailureReason {
  if (status === 401) return 'not-authorised';
  if (code !== null && /MISMATCH/.test(code)) return 'mismatch';
  if (status === 403) return 'forbidden';
  // A path that the service does not serve is a service of another version, not an unknown study.
  if (status === 404 && code !== 'HTTP_NOT_FOUND') return 'not-found';
  return status === 408 || status === 429 || status >= 500 ? 'unreachable' : 'refused';
}

/** The code stands in `details.text` of the service's outcomes, the sentence in `diagnostics`. */
function readOutcome(body: string): { code: string | null; text: string | null } {
  try {
    const [issue] = (JSON.parse(body) as { issue?: OutcomeIssue[] }).issue ?? [];
    return { code: issue?.details?.text ?? null, text: issue?.diagnostics ?? null };
  } catch {
    // A proxy in between answers in HTML, or with nothing: its status says enough.
    return { code: null, text: null };
  }
}

interface OutcomeIssue {
  readonly diagnostics?: string;
  readonly details?: { readonly text?: string };
}
