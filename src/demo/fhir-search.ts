import { getSearchParameter, matchesSearchRequest, parseSearchRequest, type WithId } from '@medplum/core';
import type { MemoryRepository } from '@medplum/fhir-router';
import type { Bundle, Resource, ResourceType } from '@medplum/fhirtypes';
import { firstMoment } from '../fhir/moment.ts';

/** Parameters as they come from a URL or a form. */
export type Query = Readonly<Record<string, string | readonly string[] | undefined>>;

const defaultPageSize = 100;

/**
 * Answers a type-level search with what the memory repository leaves out: `patient=123` as well as `patient=Patient/123`,
 * pages with `next` links, `fullUrl`, `search.mode`, and an order by date that compares times rather than text. Parameters
 * that the type doesn't have are ignored, as lenient servers do.
 *
 * @param baseUrl FHIR base of the links.
 */
export async function searchPage(
  repository: MemoryRepository,
  baseUrl: string,
  resourceType: ResourceType,
  query: Query,
): Promise<Bundle> {
  const criteria = Object.entries(query).flatMap(([name, value]): [string, string[]][] => {
    if (value === undefined || getSearchParameter(resourceType, name.split(':')[0] ?? '') === undefined) return [];
    const values = typeof value === 'string' ? [value] : [...value];
    return [[name, name === 'patient' || name === 'subject' ? values.map(asPatientReference) : values]];
  });
  const request = parseSearchRequest<Resource>(resourceType, Object.fromEntries(criteria));
  const patients = criteria.find(([name]) => name === 'patient' || name === 'subject')?.[1];
  const { entry = [] } = await repository.search<Resource>({ resourceType });
  const found = entry
    .flatMap(({ resource }) => (resource === undefined ? [] : [resource]))
    // Matching evaluates FHIRPath and is slow: whoever it is about is told apart before.
    .filter((resource) => patients === undefined || patients.some((each) => each.includes(subjectId(resource))))
    .filter((resource) => matchesSearchRequest(resource, request));
  sortByDate(found, first(query._sort));

  const count = whole(first(query._count)) ?? defaultPageSize;
  const offset = whole(first(query._offset)) ?? 0;
  const link = (relation: string, at: number) => ({
    relation,
    url: `${baseUrl}/${resourceType}?${pageQuery(query, count, at)}`,
  });
  const following = offset + count;
  return {
    resourceType: 'Bundle',
    type: 'searchset',
    total: found.length,
    link: [link('self', offset), ...(following < found.length && count > 0 ? [link('next', following)] : [])],
    entry: found.slice(offset, following).map((resource) => ({
      fullUrl: `${baseUrl}/${resourceType}/${resource.id}`,
      resource,
      search: { mode: 'match' },
    })),
  };
}

/** Last segment of the reference to the patient; empty, which is part of anything, where there is none. */
function subjectId(resource: Resource): string {
  const elements: Readonly<Record<string, unknown>> = { ...resource };
  const { reference } = { ...(elements.subject ?? elements.patient ?? {}) } as { reference?: unknown };
  return typeof reference === 'string' ? (reference.split('/').at(-1) ?? '') : '';
}

function asPatientReference(value: string): string {
  return value
    .split(',')
    .map((each) => (each.includes('/') ? each : `Patient/${each}`))
    .join(',');
}

function sortByDate(resources: WithId<Resource>[], sort: string | undefined): void {
  if (sort === undefined) return;
  const direction = sort.startsWith('-') ? -1 : 1;
  const at = (resource: WithId<Resource>) => dateOf(resource, sort.replace(/^-/, ''));
  resources.sort((a, b) => (at(a) - at(b)) * direction);
}

const dateElements = ['effectiveDateTime', 'effectiveInstant', 'onsetDateTime', 'authoredOn', 'recordedDate', 'issued'];

function dateOf(resource: WithId<Resource>, sort: string): number {
  const elements: Readonly<Record<string, unknown>> = { ...resource };
  const texts = (sort === '_lastUpdated' ? [] : dateElements).map((name) => elements[name]);
  const moment = firstMoment(...texts.filter((text) => typeof text === 'string'), resource.meta?.lastUpdated);
  return moment?.at ?? 0;
}

function pageQuery(query: Query, count: number, offset: number): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    if (value === undefined || name === '_count' || name === '_offset') continue;
    for (const each of typeof value === 'string' ? [value] : value) parameters.append(name, each);
  }
  parameters.set('_count', `${count}`);
  if (offset > 0) parameters.set('_offset', `${offset}`);
  return parameters.toString();
}

function first(value: string | readonly string[] | undefined): string | undefined {
  return typeof value === 'string' ? value : value?.[0];
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
