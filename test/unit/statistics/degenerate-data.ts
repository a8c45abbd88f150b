import fc from 'fast-check';
import { createRandom } from '../../../src/statistics/random.ts';

/** Arguments for the functions of the module, each of its own kind: constant, tied, huge, with NaN. */
export interface DegenerateData {
  readonly columns: Float64Array[];
  /** 0 or 1 per row. */
  readonly outcome: Float64Array;
  readonly status: Float64Array;
  readonly time: Float64Array;
  readonly score: Float64Array;
  readonly other: Float64Array;
  /** Probabilities. */
  readonly p: Float64Array;
  readonly q: Float64Array;
  readonly folds: Float64Array;
}

type Make = (n: number, seed: number) => Float64Array;

const fill = (of: (i: number, uniform: () => number) => number): Make => {
  return (n, seed) => {
    const random = createRandom(seed);
    return Float64Array.from({ length: n }, (_, i) => of(i, random.uniform));
  };
};

/** Kinds of numbers; in each list the first ones are valid everywhere. */
const numbers: Record<string, Make> = {
  spread: fill((_, u) => 10 * u() - 3),
  tied: fill((_, u) => Math.floor(3 * u())),
  constant: fill(() => 0.1),
  ascending: fill((i) => i),
  'one different': fill((i) => Number(i === 0)),
  zeros: fill(() => 0),
  'beside a large mean': fill((_, u) => 1e9 + u()),
  'nearly constant': fill((i) => 1 + i * 2e-16),
  huge: fill((_, u) => (u() - 0.5) * 1e300),
  'beyond single precision': fill((i) => (i % 2 === 0 ? 1e39 : -1e39)),
  'the largest': fill((i) => (i % 2 === 0 ? Number.MAX_VALUE : -Number.MAX_VALUE)),
  tiny: fill((_, u) => u() * 1e-300),
  denormal: fill((i) => (i % 3) * Number.MIN_VALUE),
  'with NaN': fill((i, u) => (i === 1 ? Number.NaN : u())),
  'with infinity': fill((i, u) => (i === 0 ? Number.NEGATIVE_INFINITY : u())),
};

const binary: Record<string, Make> = {
  mixed: fill((_, u) => Number(u() < 0.5)),
  alternating: fill((i) => i % 2),
  zeros: fill(() => 0),
  ones: fill(() => 1),
  'one event': fill((i) => Number(i === 0)),
  'last one only': fill((i) => Number(i === 5)),
  'no code': fill((i) => i % 3),
  NaN: fill(() => Number.NaN),
};

const times: Record<string, Make> = {
  spread: fill((_, u) => 100 * u()),
  tied: fill((_, u) => 1 + Math.floor(3 * u())),
  constant: fill(() => 12),
  zeros: fill(() => 0),
  ascending: fill((i) => i + 1),
  'equal but for rounding': fill((i) => 1 + i * 1e-16),
  huge: fill((_, u) => u() * 1e300),
  tiny: fill((_, u) => u() * 1e-300),
  negative: fill((i) => i - 1),
  'with NaN': fill((i) => (i === 0 ? Number.NaN : i)),
};

const probabilities: Record<string, Make> = {
  spread: fill((_, u) => u()),
  zeros: fill(() => 0),
  ones: fill(() => 1),
  constant: fill(() => 0.3),
  'zeros and ones': fill((i) => i % 2),
  tiny: fill((_, u) => u() * 1e-300),
  'with NaN': fill((i) => (i === 1 ? Number.NaN : 0.5)),
  outside: fill((i) => i / 2),
};

const folds: Record<string, Make> = {
  three: fill((i) => i % 3),
  one: fill(() => 0),
  gap: fill((i) => 2 * (i % 2)),
  'one row each': fill((i) => i),
  halves: fill((i) => i % 1.5),
};

const kindOf = (kinds: Record<string, Make>) => fc.constantFrom(...Object.keys(kinds));

/** Descriptions of data that `degenerateData` makes; plain, so that a counterexample can be read. */
export const degenerateCase = fc.record({
  rows: fc.constantFrom(0, 1, 2, 3, 5, 12, 30),
  columns: fc.array(kindOf(numbers), { maxLength: 3 }),
  outcome: kindOf(binary),
  status: kindOf(binary),
  time: kindOf(times),
  score: kindOf(numbers),
  other: kindOf(numbers),
  p: kindOf(probabilities),
  q: kindOf(probabilities),
  folds: kindOf(folds),
  /** One list a row longer than the others. */
  longer: fc.constantFrom('none', 'none', 'none', 'outcome', 'time', 'score', 'p'),
  /** Columns that repeat the first one. */
  repeated: fc.boolean(),
  seed: fc.integer({ min: 1, max: 50 }),
});

type DegenerateCase = typeof degenerateCase extends fc.Arbitrary<infer T> ? T : never;

export function degenerateData(one: DegenerateCase): DegenerateData {
  const { rows, seed } = one;
  const length = (name: string) => rows + Number(one.longer === name);
  const columns = one.columns.map((kind, j) => numbers[kind]!(rows, one.repeated ? seed : seed + j));
  return {
    columns,
    outcome: binary[one.outcome]!(length('outcome'), seed),
    status: binary[one.status]!(rows, seed + 7),
    time: times[one.time]!(length('time'), seed),
    score: numbers[one.score]!(length('score'), seed + 8),
    other: numbers[one.other]!(rows, seed + 9),
    p: probabilities[one.p]!(length('p'), seed),
    q: probabilities[one.q]!(rows, seed + 1),
    folds: folds[one.folds]!(rows, seed),
  };
}
