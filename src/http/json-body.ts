import express, { type RequestHandler } from 'express';
import { RequestError } from '../errors.ts';

/** Levels of objects and arrays inside each other. FHIR resources in a hook call need about fifteen. */
const deepest = 64;
/** Values of all kinds: what 5 MiB of ordinary FHIR hold, several times over. */
const mostValues = 500_000;
/** Entries of one array or members of one object: the largest prefetched Bundle that is read. */
const mostEntries = 10_000;

/** Refuses a request whose body says that it is something else than JSON. */
export const jsonMediaType: RequestHandler = (request, _response, next) => {
  // Not `is`: that says nothing about a request without a body.
  const [type = ''] = (request.headers['content-type'] ?? '').split(';');
  if (type.trim().toLowerCase() === 'application/json') next();
  else next(new RequestError('HTTP_MEDIA_TYPE', 'Content-Type', 'send application/json'));
};

const limits: RequestHandler = (request, _response, next) => {
  checkExtent(request.body);
  next();
};

/**
 * Reads a JSON body into `request.body`. A body of another media type, larger than 5 MiB (unpacked), deeper than 64
 * levels or with more entries than any client has reason to send is refused before anything looks at it.
 */
export const jsonBody: RequestHandler[] = [jsonMediaType, express.json({ limit: '5mb' }), limits];

/**
 * Checks how deep and how wide a parsed body is, or a part of one.
 *
 * @param depth Level of the part in the body, from 1.
 * @throws RequestError `HTTP_REQUEST_INVALID`.
 */
export function checkExtent(body: unknown, depth = 1): void {
  let values = 0;
  const visit = (value: unknown, level: number) => {
    values++;
    if (values > mostValues) throw tooMuch(`more than ${mostValues} values`);
    if (typeof value !== 'object' || value === null) return;
    if (level > deepest) throw tooMuch(`more than ${deepest} levels`);
    const entries = Object.values(value);
    if (entries.length > mostEntries) throw tooMuch(`more than ${mostEntries} entries in one place`);
    for (const entry of entries) visit(entry, level + 1);
  };
  visit(body, depth);
}

function tooMuch(what: string): RequestError {
  return new RequestError('HTTP_REQUEST_INVALID', 'body', `the body has ${what}`);
}
