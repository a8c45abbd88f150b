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

/** The cases of a method's `expected.json`, with "NaN" and "Infinity" as numbers. */
export function readCases<T>(method: string): Record<string, T> {
  return oracleJson<{ cases: Record<string, T> }>(`statistics/${method}/expected.json`).cases;
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
