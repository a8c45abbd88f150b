import { FhirError } from '../errors.ts';
import { withRetries } from '../retry.ts';
import { busyOf, invalidAnswer, namedError } from './answer-errors.ts';
import type { AccessToken } from './auth/access.ts';
import type { Interaction } from './auth/scopes.ts';
import { authorisedRequests, type FhirConnection, usualTimeoutMs } from './authorised-requests.ts';
import type { FactProblem } from './facts.ts';
import { type Bundle, bundleResources, type Resource } from './resources.ts';
import { searchOutcome } from './search-outcome.ts';

/** Search parameters; an undefined one is left out, an array repeats the parameter. */
export type SearchParams = Readonly<Record<string, string | number | readonly string[] | undefined>>;

export interface SearchOptions {
  /** Is told when the result is not complete: the page cap ended it, or the token or the server held something back. */
  readonly report?: (problem: FactProblem) => void;
  /** Ends the search. */
  readonly signal?: AbortSignal | undefined;
  /** Begins at this page of a search that somebody else began; the parameters are not sent then. */
  readonly from?: string;
}

/** Reads from one FHIR server. */
export interface FhirSource {
  /**
   * Reads one resource.
   *
   * @throws FhirError `FHIR_UNREACHABLE`, `FHIR_REFUSED`, `FHIR_RESPONSE_INVALID`, `FHIR_PATIENT_NOT_FOUND` for a Patient
   *   and `FHIR_NOT_OFFERED` for anything else that isn't there; `FHIR_SCOPE` for a type that the token does not cover and
   *   that is not asked for; `FHIR_LATE` when the signal ended it; the errors of getting a token.
   */
  read(resourceType: string, id: string, signal?: AbortSignal): Promise<Resource>;
  /**
   * Searches, and follows the pages on the same server.
   *
   * @throws FhirError as `read`, and `FHIR_FOREIGN_LINK` for a next page outside the configured base.
   */
  search(resourceType: string, params: SearchParams, options?: SearchOptions): Promise<Resource[]>;
}

export interface FhirClientOptions extends FhirConnection {
  /** Pages of one search. */
  readonly maximumPages?: number;
  /** A busy server that asks for a longer wait is not asked again (ms). */
  readonly longestWaitMs?: number;
}

const idPattern = /^[A-Za-z0-9\-.]{1,64}$/;
const retries = { retries: 3, firstWaitMs: 200 };

/** Client of the FHIR server at `baseUrl`, the only place that it ever asks. */
export function createFhirClient(options: FhirClientOptions): FhirSource {
  const { timeoutMs = usualTimeoutMs, maximumPages = 25, longestWaitMs = 10_000 } = options;
  const baseUrl = options.baseUrl.replace(/\/+$/, '');
  const { tokens, send } = authorisedRequests(options);

  async function get(url: string, subject: string, signal: AbortSignal | undefined): Promise<Resource> {
    try {
      const work = () => send(url, signal);
      return asResource(await withRetries(work, busyOf, { ...retries, longestWaitMs, signal }), subject);
    } catch (error) {
      throw namedError(error, subject, timeoutMs, signal);
    }
  }

  /** Whether the token covers all of a type; what it does not cover at all is not asked for. */
  async function coversAll(resourceType: string, interaction: Interaction, signal?: AbortSignal): Promise<boolean> {
    let token: AccessToken | undefined;
    try {
      token = await tokens?.token(signal);
    } catch (error) {
      throw namedError(error, resourceType, timeoutMs, signal);
    }
    const coverage = token?.scopes.covers(resourceType, interaction);
    if (coverage !== 'none') return coverage !== 'part';
    const text = `not asked for, the scopes that the FHIR server granted do not cover it: have them extended`;
    throw new FhirError('FHIR_SCOPE', resourceType, text);
  }

  return {
    async read(resourceType, id, signal) {
      const subject = `${resourceType}/${id}`;
      if (!idPattern.test(id)) throw notThere(resourceType, 'not an id by FHIR: pass the logical id alone');
      await coversAll(resourceType, 'read', signal);
      try {
        return await get(subject, subject, signal);
      } catch (error) {
        if (error instanceof FhirError && error.code === 'FHIR_NOT_OFFERED') {
          throw notThere(subject, 'not on the FHIR server: check that the id is one of this server');
        }
        throw error;
      }
    },

    async search(resourceType, params, { report = () => undefined, signal, from } = {}) {
      const first = from === undefined ? undefined : urlUnderBase(from, baseUrl, resourceType);
      if (!(await coversAll(resourceType, 'search', signal))) report(scopeGap(resourceType));
      return readPages(first ?? `${resourceType}?${queryString(params)}`, {
        ...{ resourceType, baseUrl, maximumPages, report },
        read: async (url) => asBundle(await get(url, resourceType, signal), resourceType),
      });
    },
  };
}

interface PageReading {
  readonly resourceType: string;
  readonly baseUrl: string;
  readonly maximumPages: number;
  readonly report: (problem: FactProblem) => void;
  readonly read: (url: string) => Promise<SearchBundle>;
}

/** The resources of a page and of those after it; what is held back is reported. */
async function readPages(
  first: string,
  { resourceType, baseUrl, maximumPages, report, read }: PageReading,
): Promise<Resource[]> {
  const resources: Resource[] = [];
  const seen = new Set<string>();
  let url: string | undefined = first;
  while (url !== undefined) {
    if (seen.size === maximumPages) {
      report(truncated(resourceType, resources.length));
      break;
    }
    if (seen.has(url)) throw invalidAnswer(resourceType, 'its next page is one that was read before');
    seen.add(url);
    const bundle = await read(url);
    const outcome = searchOutcome(bundle);
    if (outcome.state !== 'complete') report(heldBack(resourceType, outcome.code));
    resources.push(...bundleResources(bundle));
    const next = bundle.link?.find(({ relation }) => relation === 'next')?.url;
    url = next === undefined ? undefined : urlUnderBase(next, baseUrl, resourceType);
  }
  return resources;
}

function truncated(resourceType: string, read: number): FactProblem {
  const text = `The record holds more than ${read} entries of ${resourceType}; the rest was not read`;
  return { code: 'FHIR_TRUNCATED', key: null, source: null, text };
}

function scopeGap(resourceType: string): FactProblem {
  const text = `The scopes that the FHIR server granted cover only a part of ${resourceType}`;
  return { code: 'FHIR_SCOPE', key: null, source: null, text };
}

function heldBack(resourceType: string, why: string): FactProblem {
  const text = `The FHIR server says that its answer about ${resourceType} may not be complete (${why})`;
  return { code: 'FHIR_TRUNCATED', key: null, source: null, text };
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
  throw invalidAnswer(subject, 'the answer is JSON but no FHIR resource');
}

type SearchBundle = Bundle & { readonly link?: readonly { readonly relation: string; readonly url: string }[] };

function asBundle(resource: Resource, subject: string): SearchBundle {
  const { entry, link } = resource as SearchBundle;
  const listed = (list: unknown) => list === undefined || Array.isArray(list);
  if (resource.resourceType === 'Bundle' && listed(entry) && listed(link)) return resource as SearchBundle;
  throw invalidAnswer(subject, `a search must answer a Bundle, this is a ${resource.resourceType}`);
}

function notThere(subject: string, text: string): FhirError {
  return new FhirError(subject.startsWith('Patient') ? 'FHIR_PATIENT_NOT_FOUND' : 'FHIR_NOT_OFFERED', subject, text);
}
