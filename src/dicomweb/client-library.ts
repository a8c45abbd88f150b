import { api } from 'dicomweb-client';
import { DicomError } from '../errors.ts';
import { type Busy, withRetries } from '../retry.ts';
import { type ExchangeOptions, HttpExchange, withoutQuery } from './http-exchange.ts';

interface Request {
  readonly request: { readonly instance: HttpExchange };
}
interface Query {
  readonly queryParams: Readonly<Record<string, string | number>>;
}
interface Study {
  readonly studyInstanceUID: string;
}
interface Series extends Study {
  readonly seriesInstanceUID: string;
}
interface Instance extends Series {
  readonly sopInstanceUID: string;
}

/** The methods of dicomweb-client that are used here; its own declarations leave out `request` and the promises. */
export interface ClientLibrary {
  searchForStudies(options: Query & Request): Promise<unknown>;
  searchForSeries(options: Partial<Study> & Query & Request): Promise<unknown>;
  searchForInstances(options: Series & Query & Request): Promise<unknown>;
  retrieveSeriesMetadata(options: Series & Request): Promise<unknown>;
  retrieveInstanceMetadata(options: Instance & Request): Promise<unknown>;
  retrieveInstance(options: Instance & Request): Promise<unknown>;
  storeInstances(options: { readonly datasets: readonly Uint8Array[] } & Request): Promise<unknown>;
}

/** Runs one call of the library, each try on an exchange of its own. */
export type Perform = <T>(
  call: (library: ClientLibrary, request: Request['request']) => Promise<T>,
  headers?: Readonly<Record<string, string>>,
) => Promise<T>;

const retries = { retries: 3, firstWaitMs: 500, longestWaitMs: 30_000 };

/**
 * dicomweb-client on `HttpExchange`, with its failures turned into named ones. What is only read is asked for again when the archive is
 * busy (429, 503), after the wait that it asks for.
 *
 * @param url DICOMweb root, without a trailing slash.
 * @returns A function that throws DicomError `PACS_UNREACHABLE`, `PACS_REFUSED` (401, 403) or `PACS_RESPONSE_INVALID`.
 */
export function createLibrary(url: string, { headers, timeoutMs, dispatcher }: ExchangeOptions): Perform {
  const library = new api.DICOMwebClient({ url, verbose: false, singlepart: '' }) as unknown as ClientLibrary;
  return async (call, further = {}) => {
    let instance: HttpExchange;
    const attempt = () => {
      instance = new HttpExchange({ headers: { ...headers, ...further }, timeoutMs, dispatcher });
      // Awaiting both also settles `failed`, which would otherwise be an unhandled rejection.
      return Promise.race([call(library, { instance }), instance.failed]);
    };
    try {
      return await withRetries(attempt, (cause) => busyOf(cause, instance), retries);
    } catch (cause) {
      throw named(url, cause);
    }
  };
}

/** A request to store is not repeated: how much of it was done is not known. */
function busyOf(cause: unknown, exchange: HttpExchange): Busy | undefined {
  const status = statusOf(cause);
  if (exchange.method !== 'GET' || (status !== 429 && status !== 503)) return undefined;
  return { retryAfter: exchange.getResponseHeader('Retry-After') };
}

function named(url: string, cause: unknown): unknown {
  const status = statusOf(cause);
  if (status === null) return cause;
  const subject = withoutQuery(url);
  if (status === 401 || status === 403) {
    const text = `the image archive refused the request (HTTP ${status}): check token, user or certificate and their rights`;
    return new DicomError('PACS_REFUSED', subject, text, { cause });
  }
  if (status === 429 || status === 502 || status === 503 || status === 504) {
    const text = `the image archive is not available (HTTP ${status}): try again later`;
    return new DicomError('PACS_UNREACHABLE', subject, text, { cause });
  }
  const redirected = status >= 300 && status < 400 ? ' and redirects are not followed' : '';
  const text = `the image archive answered HTTP ${status}${redirected}: check the DICOMweb address and the archive's log`;
  return new DicomError('PACS_RESPONSE_INVALID', subject, text);
}

/** HTTP status of a failure of the library, which hangs it on its Error. */
function statusOf(cause: unknown): number | null {
  if (!(cause instanceof Error) || !('status' in cause)) return null;
  return typeof cause.status === 'number' ? cause.status : null;
}
