import { setTimeout as sleep } from 'node:timers/promises';
import { Client } from 'fhir-kit-client';
import { FhirError } from '../errors.ts';
import type { FactProblem } from './facts.ts';
import { type Bundle, bundleResources, type Resource } from './resources.ts';

/** Search parameters; an undefined one is left out, an array repeats the parameter. */
export type SearchParams = Readonly<Record<string, string | number | readonly string[] | undefined>>;

/** Reads from one FHIR server. */
export interface FhirSource {
  /**
   * Reads one resource.
   *
   * @throws FhirError `FHIR_UNREACHABLE`, `FHIR_REFUSED`, `FHIR_RESPONSE_INVALID`, `FHIR_PATIENT_NOT_FOUND` for a Patient
   *   and `FHIR_NOT_OFFERED` for anything else that isn't there.
   */
  read(resourceType: string, id: string): Promise<Resource>;
  /**
   * Searches, and follows the pages on the same server.
   *
   * @param report Is told when the page cap ended the search early: the result is then not complete.
   * @throws FhirError as `read`, and `FHIR_FOREIGN_LINK` for a next page outside the configured base.
   */
  search(resourceType: string, params: SearchParams, report?: (problem: FactProblem) => void): Promise<Resource[]>;
}

export interface FhirClientOptions {
  /** FHIR R4 base, with or without a slash at the end. */
  readonly baseUrl: string;
  /** Bearer token; sent to the base only. */
  readonly token?: string;
  /** For each request, milliseconds. */
  readonly timeoutMs?: number;
  /** Pages of one search. */
  readonly maximumPages?: number;
}

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;
/** A longer wait than this would outlast the hook call that we are answering. */
const longestRetryWaitMs = 3_000;
const defaultRetryWaitMs = 500;

/** Client of the FHIR server at `baseUrl`, the only place that it ever asks. */
export function createFhirClient(options: FhirClientOptions): FhirSource {
  const { token, timeoutMs = 10_000, maximumPages = 25 } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const client = new Client({ baseUrl, ...(token !== undefined && { bearerToken: token }) });

  async function get(url: string, subject: string): Promise<Resource> {
    // A redirect could lead the request outside the base; the base is configuration and can name the final address.
    const request = () =>
      client.request(url, { options: { signal: AbortSignal.timeout(timeoutMs), redirect: 'error' } });
    try {
      return asResource(await request(), subject);
    } catch (error) {
      const wait = retryWaitMs(error);
      if (wait === undefined) throw namedError(error, subject, timeoutMs);
      await sleep(wait);
    }
    try {
      return asResource(await request(), subject);
    } catch (error) {
      throw namedError(error, subject, timeoutMs);
    }
  }

  return {
    async read(resourceType, id) {
      const subject = `${resourceType}/${id}`;
      if (!idPattern.test(id)) throw notThere(resourceType, 'not an id by FHIR: pass the logical id alone');
      try {
        return await get(subject, subject);
      } catch (error) {
        if (error instanceof FhirError && error.code === 'FHIR_NOT_OFFERED') {
          throw notThere(subject, 'not on the FHIR server: check that the id is one of this server');
        }
        throw error;
      }
    },

    async search(resourceType, params, report) {
      const resources: Resource[] = [];
      const seen = new Set<string>();
      let url: string | undefined = `${resourceType}?${queryString(params)}`;
      while (url !== undefined) {
        if (seen.size === maximumPages) {
          report?.({
            code: 'FHIR_TRUNCATED',
            key: null,
            source: null,
            text: `The record holds more than ${resources.length} entries of ${resourceType}; the rest was not read`,
          });
          break;
        }
        if (seen.has(url)) throw invalid(resourceType, 'its next page is one that was read before');
        seen.add(url);
        const bundle = asBundle(await get(url, resourceType), resourceType);
        resources.push(...bundleResources(bundle));
        const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
        url = next === undefined ? undefined : urlUnderBase(next, baseUrl, resourceType);
      }
      return resources;
    },
  };
}

function queryString(params: SearchParams): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(params)) {
    if (value === undefined) continue;
    for (const each of Array.isArray(value) ? value : [value]) query.append(name, String(each));
  }
  return query.toString();
}

/** A next page outside the base would be given our token. */
function urlUnderBase(link: string, baseUrl: string, subject: string): string {
  const base = new URL(baseUrl);
  const url = URL.canParse(link, `${baseUrl}/`) ? new URL(link, `${baseUrl}/`) : null;
  const within =
    url !== null &&
    url.origin === base.origin &&
    url.username === '' &&
    (url.pathname === base.pathname || url.pathname.startsWith(`${base.pathname.replace(/\/$/, '')}/`));
  if (within) return url.href;
  throw new FhirError(
    'FHIR_FOREIGN_LINK',
    subject,
    `the next page lies outside ${baseUrl} and was not read: configure the base under which the server names itself`,
  );
}

function asResource(body: unknown, subject: string): Resource {
  if (typeof body === 'object' && body !== null && 'resourceType' in body && typeof body.resourceType === 'string') {
    return body as Resource;
  }
  throw invalid(subject, 'the answer is JSON but no FHIR resource');
}

type SearchBundle = Bundle & { readonly link?: readonly { readonly relation: string; readonly url: string }[] };

function asBundle(resource: Resource, subject: string): SearchBundle {
  const { entry, link } = resource as SearchBundle;
  const listed = (list: unknown) => list === undefined || Array.isArray(list);
  if (resource.resourceType === 'Bundle' && listed(entry) && listed(link)) return resource as SearchBundle;
  throw invalid(subject, `a search must answer a Bundle, this is a ${resource.resourceType}`);
}

function invalid(subject: string, why: string): FhirError {
  return new FhirError('FHIR_RESPONSE_INVALID', subject, `${why}: check that the base is a FHIR R4 server`);
}

function notThere(subject: string, text: string): FhirError {
  return new FhirError(subject.startsWith('Patient') ? 'FHIR_PATIENT_NOT_FOUND' : 'FHIR_NOT_OFFERED', subject, text);
}

interface HttpFailure {
  readonly response: { readonly status: number };
  readonly config: { readonly headers: Headers };
}

function isHttpFailure(error: unknown): error is HttpFailure {
  return error instanceof Error && 'response' in error && 'config' in error;
}

/** How long a busy server asks us to wait; undefined when another try makes no sense. */
function retryWaitMs(error: unknown): number | undefined {
  if (!isHttpFailure(error) || ![429, 503].includes(error.response.status)) return undefined;
  const after = error.config.headers.get('retry-after');
  if (after === null) return defaultRetryWaitMs;
  const seconds = Number(after);
  const wait = Number.isFinite(seconds) ? seconds * 1000 : Date.parse(after) - Date.now();
  return Math.min(Math.max(Number.isFinite(wait) ? wait : defaultRetryWaitMs, 0), longestRetryWaitMs);
}

// The original error holds the answer's body, that is patient content: it is not kept as a cause.
function namedError(error: unknown, subject: string, timeoutMs: number): FhirError {
  if (error instanceof FhirError) return error;
  if (isHttpFailure(error)) return statusError(error.response.status, subject);
  if (error instanceof Error && error.name === 'TimeoutError') {
    return new FhirError('FHIR_UNREACHABLE', subject, `no answer within ${timeoutMs / 1000} s: check the FHIR server`);
  }
  // A failed fetch names its cause; without one the client stumbled over the answer, as over the JSON `null`.
  if (error instanceof TypeError && error.cause === undefined) return invalid(subject, 'the answer is no JSON object');
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  const why = cause instanceof Error ? cause.message || ('code' in cause ? String(cause.code) : cause.name) : 'failed';
  return new FhirError('FHIR_UNREACHABLE', subject, `${why}: check the address and that the FHIR server runs`);
}

function statusError(status: number, subject: string): FhirError {
  if (status === 401 || status === 403) {
    const text = `access refused (HTTP ${status}): check the token and its scopes`;
    return new FhirError('FHIR_REFUSED', subject, text);
  }
  if ([404, 405, 410, 501].includes(status)) {
    return new FhirError('FHIR_NOT_OFFERED', subject, `not offered by the FHIR server (HTTP ${status})`);
  }
  if (status === 429 || status >= 500) {
    return new FhirError('FHIR_UNREACHABLE', subject, `the FHIR server fails (HTTP ${status}): try again later`);
  }
  return invalid(subject, status < 300 ? 'the answer is not JSON' : `unexpected answer (HTTP ${status})`);
}
