import type { PenalisedOutcome } from '../../../src/statistics/penalised-outcome.ts';

/** Two tables as other programs make them byte for byte, because the generator is whole-number arithmetic. */
export interface BenchTable {
  readonly columns: readonly Float64Array[];
  readonly outcome: PenalisedOutcome;
  /** The table as text, for programs in other languages. */
  csv(): string;
}

const factors = 40;
const loading = 0.7;
/** Effects of the columns 0, 1, 42, 83 and 124. */
const effects = {
  cox: [0.6, -0.5, 0.4, -0.4, 0.3],
  lasso: [0.8, -0.6, 0.5, -0.5, 0.4],
} as const;

/**
 * A table of correlated normal columns: 40 factors, column `j` loads 0.7 on factor `j mod 40`.
 *
 * @param kind `cox`: exponential times with exponential censoring; `lasso`: a 0/1 outcome, fitted as a number.
 * @param n Rows.
 * @param p Columns, 125 or more.
 * @param seed Whole number.
 */
export function makeBenchTable(kind: 'cox' | 'lasso', n: number, p: number, seed: number): BenchTable {
  const random = mulberry32(seed);
  const normal = () => {
    const u1 = 1 - random();
    const u2 = random();
    return Math.sqrt(-2 * Math.log(u1)) * Math.cos(2 * Math.PI * u2);
  };
  const rest = Math.sqrt(1 - 0.49);
  const columns = Array.from({ length: p }, () => new Float64Array(n));
  const outcomes: string[] = [];
  for (let i = 0; i < n; i++) {
    const factor = Array.from({ length: factors }, normal);
    const x = columns.map((_, j) => loading * factor[j % factors]! + rest * normal());
    const [b0, b1, b2, b3, b4] = effects[kind];
    const lp = b0 * x[0]! + b1 * x[1]! + b2 * x[42]! + b3 * x[83]! + b4 * x[124]!;
    outcomes.push(kind === 'cox' ? survival(lp, random) : random() < 1 / (1 + Math.exp(-lp)) ? '1' : '0');
    // Six decimals, so that all programs read the same numbers.
    columns.forEach((column, j) => {
      column[i] = Number(x[j]!.toFixed(6));
    });
  }
  const first = Float64Array.from(outcomes, (text) => Number(text.split(',')[0]));
  const outcome: PenalisedOutcome =
    kind === 'lasso'
      ? { family: 'gaussian', values: first }
      : { family: 'cox', times: first, events: Float64Array.from(outcomes, (text) => Number(text.split(',')[1])) };
  return { columns, outcome, csv: () => asCsv(kind, outcomes, columns) };
}

function survival(lp: number, random: () => number): string {
  const time = -Math.log(1 - random()) / (Math.exp(lp) / 18);
  const censoring = -Math.log(1 - random()) / (1 / 30);
  return `${Math.max(0.1, Number(Math.min(time, censoring).toFixed(1))).toFixed(1)},${Number(time <= censoring)}`;
}

function asCsv(kind: 'cox' | 'lasso', outcomes: readonly string[], columns: readonly Float64Array[]): string {
  const header = [kind === 'cox' ? 'time,status' : 'y', ...columns.map((_, j) => `f${j}`)].join(',');
  const rows = outcomes.map((text, i) => [text, ...columns.map((column) => column[i]!.toFixed(6))].join(','));
  return `${[header, ...rows].join('\n')}\n`;
}

/** Mulberry32: a 32-bit state, values in [0, 1). */
function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
