/** Where a value lies in a JSON text. */
export interface ValuePlace {
  /** First byte. */
  readonly start: number;
  /** One after the last byte. */
  readonly end: number;
}

const quote = 0x22;
const backslash = 0x5c;
const colon = 0x3a;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const openBracket = 0x5b;
const closeBracket = 0x5d;

/**
 * Finds a member of the outermost object whose value is an object or an array, without parsing the text. Says nothing about whether
 * the text is JSON: the value and what is around it have to be parsed all the same, each on its own.
 *
 * @param json JSON in UTF-8.
 * @param name As it is spelt in the text, without escapes.
 * @returns Null where there is no such member, or more than one.
 */
export function memberPlace(json: Uint8Array, name: string): ValuePlace | null {
  const spelt = new TextEncoder().encode(name);
  let found: ValuePlace | null = null;
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    const byte = json[at];
    if (byte === openBrace || byte === openBracket) depth++;
    else if (byte === closeBrace || byte === closeBracket) depth--;
    else if (byte === quote) {
      const end = endOfString(json, at);
      const valueAt = depth === 1 && isName(json, at, end, spelt) ? afterColon(json, end) : -1;
      at = end - 1;
      if (valueAt < 0) continue;
      if (found !== null) return null;
      if (json[valueAt] !== openBrace && json[valueAt] !== openBracket) return null;
      found = { start: valueAt, end: endOfContainer(json, valueAt) };
      at = found.end - 1;
    }
  }
  return found;
}

/** @returns One after the closing quote; the end of the text where there is none. */
function endOfString(json: Uint8Array, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    const byte = json[at];
    if (byte === quote) return at + 1;
    if (byte === backslash) at++;
  }
  return json.length;
}

function endOfContainer(json: Uint8Array, start: number): number {
  let depth = 0;
  for (let at = start; at < json.length; at++) {
    const byte = json[at];
    if (byte === quote) at = endOfString(json, at) - 1;
    else if (byte === openBrace || byte === openBracket) depth++;
    else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1;
  }
  return json.length;
}

function isName(json: Uint8Array, start: number, end: number, spelt: Uint8Array): boolean {
  return end - start === spelt.length + 2 && spelt.every((byte, at) => json[start + 1 + at] === byte);
}

/** Where the value after a name begins; -1 where no colon follows. */
function afterColon(json: Uint8Array, end: number): number {
  const at = afterSpace(json, end);
  return json[at] === colon ? afterSpace(json, at + 1) : -1;
}

/** The first byte from `start` on that is no white space of JSON. */
export function afterSpace(json: Uint8Array, start: number): number {
  let at = start;
  while (isSpace(json[at])) at++;
  return at;
}

/** One after the last byte before `end` that is no white space of JSON. */
export function beforeSpace(json: Uint8Array, end: number): number {
  let at = end;
  while (isSpace(json[at - 1])) at--;
  return at;
}

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0a || byte === 0x0d;
}
