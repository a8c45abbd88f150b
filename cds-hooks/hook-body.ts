import { createHash, randomUUID } from 'node:crypto';
import express, { type RequestHandler } from 'express';
import { RequestError } from '../src/errors.ts';
import { checkExtent, jsonMediaType } from '../src/http/json-body.ts';
import { afterSpace, beforeSpace, memberPlace, type ValuePlace } from './json-member.ts';

/** The body of a hook call: what is looked at each time, and the prefetch, the bulk of it, which is parsed when it is needed. */
export interface HookBody {
  /** The parsed body, without the prefetch where `prefetch` stands for it. */
  readonly head: unknown;
  /** Null where the body has none, or none that can be told apart; it is in `head` then. */
  readonly prefetch: HookPrefetch | null;
}

/** The prefetch as it came. */
export interface HookPrefetch {
  /** SHA-256 of its bytes, hex: the same bytes say the same. */
  readonly hash: string;
  /**
   * Parses it.
   *
   * @throws RequestError `HOOK_BODY_INVALID` for what is no JSON, `HTTP_REQUEST_INVALID` for what is too deep or too wide.
   */
  parse(): unknown;
}

/** Stands in for the prefetch while the rest is parsed; no client can know it. */
const placeholder = randomUUID();
const decoder = new TextDecoder();

const utf8Only: RequestHandler = (request, _response, next) => {
  const charset = /;\s*charset\s*=\s*"?([^\s;"]+)/i.exec(request.headers['content-type'] ?? '')?.[1] ?? 'utf-8';
  if (/^utf-?8$/i.test(charset)) next();
  else next(new RequestError('HTTP_MEDIA_TYPE', 'Content-Type', 'the body must be JSON in UTF-8'));
};

/**
 * Makes the middlewares that read the body of a hook call into `request.body`, as a {@link HookBody}. The limits are those of
 * `jsonBody`.
 */
export function createHookBody(): RequestHandler[] {
  const split = createSplitter();
  return [
    jsonMediaType,
    utf8Only,
    express.raw({ limit: '5mb', type: () => true }),
    (request, _response, next) => {
      const bytes: unknown = request.body;
      request.body = split(Buffer.isBuffer(bytes) ? bytes : Buffer.alloc(0));
      next();
    },
  ];
}

/** Hashes that are remembered; those of more charts than are open at a time. */
const mostKnown = 1000;

/**
 * Makes the function that parses a body but for its prefetch, of which it takes the hash. It takes JSON in UTF-8, and throws RequestError
 * `HOOK_BODY_INVALID` for what is no JSON, `HTTP_REQUEST_INVALID` for what is too deep or too wide.
 */
export function createSplitter(): (bytes: Buffer) => HookBody {
  // Of values that were parsed: the same bytes are a whole value wherever they stand.
  const known = new Set<string>();

  function around(bytes: Buffer, { start, end }: ValuePlace, hash: string): HookBody | null {
    const text = `${decoder.decode(bytes.subarray(0, start))}"${placeholder}"${decoder.decode(bytes.subarray(end))}`;
    const { prefetch, ...head } = parse(text, 1) as { readonly prefetch?: unknown };
    // Anything else was not the member of that name, or not the last one of it.
    if (prefetch !== placeholder) return null;
    const parseValue = () => {
      const parsed = parse(decoder.decode(bytes.subarray(start, end)), 2);
      known.add(hash);
      const [oldest] = known;
      if (known.size > mostKnown && oldest !== undefined) known.delete(oldest);
      return parsed;
    };
    return { head, prefetch: { hash, parse: parseValue } };
  }

  function split(bytes: Buffer): HookBody | null {
    const last = lastMember(bytes);
    const guessed = last === null ? '' : sha256(bytes, last);
    if (last !== null && known.has(guessed)) return around(bytes, last, guessed);
    const place = memberPlace(bytes, 'prefetch');
    return place === null ? null : around(bytes, place, sha256(bytes, place));
  }

  return (bytes) => split(bytes) ?? { head: parse(decoder.decode(bytes), 1), prefetch: null };
}

/** Where the prefetch lies if it is the last member, as most clients write it: a guess that costs next to nothing. */
function lastMember(bytes: Buffer): ValuePlace | null {
  const name = '"prefetch":';
  const named = bytes.indexOf(name);
  const closing = bytes.lastIndexOf('}');
  if (named < 0 || closing < named) return null;
  const start = afterSpace(bytes, named + name.length);
  return { start, end: beforeSpace(bytes, closing) };
}

function sha256(bytes: Buffer, { start, end }: ValuePlace): string {
  return createHash('sha256').update(bytes.subarray(start, end)).digest('hex');
}

/** @param depth Of the text in the body, from 1. */
function parse(text: string, depth: number): unknown {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new RequestError('HOOK_BODY_INVALID', 'body', 'the body is not valid JSON', { cause });
  }
  checkExtent(value, depth);
  return value;
}
