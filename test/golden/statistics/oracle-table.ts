import { oracleBytes, oracleJson } from '../../helpers/oracles.ts';

/** A reference table, one array per column name. */
export interface Table {
  readonly names: readonly string[];
  readonly rows: number;
  column(name: string): Float64Array;
  text(name: string): string[];
}

export function readTable(path: string): Table {
  const [header, ...lines] = oracleBytes(path).toString('utf8').trim().split(/\r?\n/);
  const names = header!.split(',').map((name) => name.replaceAll('"', ''));
  const cells = lines.map((line) => line.split(','));
  const text = (name: string) => cells.map((row) => row[names.indexOf(name)]!);
  return { names, rows: lines.length, text, column: (name) => Float64Array.from(text(name), Number) };
}

/** Fields of a method's cases that a test has looked at, and all that there are. */
const fieldsRead = new Map<string, { readonly read: Set<string>; readonly all: Set<string> }>();

/**
 * The cases of a method's `expected.json`, with "NaN" and "Infinity" as they stand. They note which of their fields are
 * read, see `unreadFields`.
 */
export function readCases<T>(method: string): Record<string, T> {
  const { cases } = oracleJson<{ cases: Record<string, T> }>(`statistics/${method}/expected.json`);
  const fields = fieldsRead.get(method) ?? { read: new Set<string>(), all: new Set<string>() };
  fieldsRead.set(method, fields);
  listFields(cases, '', fields.all);
  return noting(cases, '', fields.read);
}

/**
 * Fields of a method's cases that no test of this file has read so far, without the numbers of their list elements: what
 * the tests do not compare. Belongs into the last test of a file.
 *
 * @param but Fields left out on purpose, by their whole name or the end of it, each with the reason.
 */
export function unreadFields(method: string, but: Readonly<Record<string, string>> = {}): string[] {
  const fields = fieldsRead.get(method);
  if (fields === undefined) throw new Error(`${method}: no case was read`);
  const unread = [...fields.all].filter((field) => !fields.read.has(field));
  const names = new Set(unread.map((field) => field.replaceAll(/\.\d+(?=\.)/g, '[]')));
  const excused = Object.keys(but);
  const excuses = (excuse: string) => (name: string) => name === excuse || name.endsWith(`.${excuse}`);
  const idle = excused.filter((excuse) => ![...names].some(excuses(excuse)));
  const left = [...names].filter((name) => !excused.some((excuse) => excuses(excuse)(name)));
  return [...left, ...idle.map((excuse) => `${excuse} (is read, or does not exist)`)];
}

/** A number, a text, or a list without objects is one field. */
function isField(value: unknown): boolean {
  if (Array.isArray(value)) return value.every(isField);
  return typeof value !== 'object' || value === null;
}

function listFields(value: unknown, path: string, into: Set<string>): void {
  if (isField(value)) into.add(path);
  else
    for (const [key, child] of Object.entries(value as object))
      listFields(child, `${path}.${key}`.slice(path === '' ? 1 : 0), into);
}

function noting<T>(value: T, path: string, read: Set<string>): T {
  return new Proxy(value as object, {
    get(target, key) {
      const child: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || !Object.hasOwn(target, key)) return child;
      const name = path === '' ? key : `${path}.${key}`;
      if (!isField(child)) return noting(child, name, read);
      read.add(name);
      return child;
    },
  }) as T;
}

export function expectRelative(actual: number, expected: number, tolerance: number, subject: string): void {
  if (Object.is(actual, expected)) return;
  const error = Math.abs(actual - expected) / Math.max(Math.abs(expected), Number.MIN_VALUE);
  if (!(error <= tolerance)) throw new Error(`${subject}: got ${actual}, reference ${expected} (relative ${error})`);
}

/** The reference's own measure for coefficients: `tolerance * max(1, |expected|)`. */
export function expectCoefficient(actual: number, expected: number, tolerance: number, subject: string): void {
  const error = Math.abs(actual - expected) / Math.max(1, Math.abs(expected));
  if (!(error <= tolerance)) throw new Error(`${subject}: got ${actual}, reference ${expected}`);
}

const tolerances = new Map<string, Record<string, string>>();

/** A method's stated tolerance, e.g. `1e-7` of "1e-7 relative" or of "thresholds 1e-7"; "exact" is 0. */
export function readTolerance(method: string, field: string): number {
  const table =
    tolerances.get(method) ??
    oracleJson<{ tolerance: Record<string, string> }>(`statistics/${method}/expected.json`).tolerance;
  tolerances.set(method, table);
  const text = table[field] ?? '';
  const value = text.startsWith('exact') ? 0 : Number.parseFloat(/\d(\.\d+)?e-\d+/.exec(text)?.[0] ?? text);
  if (Number.isNaN(value)) throw new Error(`${method}: no tolerance ${field}`);
  return value;
}

export function expectAbsolute(actual: number, expected: number, tolerance: number, subject: string): void {
  if (!(Math.abs(actual - expected) <= tolerance))
    throw new Error(`${subject}: got ${actual}, reference ${expected}, tolerance ${tolerance}`);
}
