import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createRandom } from '../../../src/statistics/random.ts';

const draws = 100_000;

describe('seeded random numbers', () => {
  test('the same seed gives the same stream, another seed another', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (a, b) => {
        const first = createRandom(a);
        const again = createRandom(a);
        const other = createRandom(b);
        const stream = Array.from({ length: 8 }, () => first.uniform());
        expect(Array.from({ length: 8 }, () => again.uniform())).toEqual(stream);
        if (a !== b) expect(Array.from({ length: 8 }, () => other.uniform())).not.toEqual(stream);
      }),
    );
  });

  // Bounds are 5 standard errors of the statistic under the distribution claimed.
  test('uniform: mean 1/2, variance 1/12, serial correlation 0, within [0, 1)', () => {
    const random = createRandom(2026);
    const values = Float64Array.from({ length: draws }, () => random.uniform());
    const mean = values.reduce((sum, value) => sum + value, 0) / draws;
    const variance = values.reduce((sum, value) => sum + (value - 0.5) ** 2, 0) / draws;
    let serial = 0;
    for (let i = 1; i < draws; i++) serial += (values[i]! - 0.5) * (values[i - 1]! - 0.5);
    expect(Math.abs(mean - 0.5)).toBeLessThan(5 * Math.sqrt(1 / 12 / draws));
    expect(Math.abs(variance - 1 / 12)).toBeLessThan(5 * Math.sqrt(1 / 180 / draws));
    expect(Math.abs(serial / draws)).toBeLessThan(5 / 12 / Math.sqrt(draws));
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
  });

  test('normal: moments, and the share within one standard deviation', () => {
    const random = createRandom(7);
    const values = Float64Array.from({ length: draws }, () => random.normal());
    const moment = (order: number) => values.reduce((sum, value) => sum + value ** order, 0) / draws;
    expect(Math.abs(moment(1))).toBeLessThan(5 / Math.sqrt(draws));
    expect(Math.abs(moment(2) - 1)).toBeLessThan(5 * Math.sqrt(2 / draws));
    expect(Math.abs(moment(3))).toBeLessThan(5 * Math.sqrt(15 / draws));
    expect(Math.abs(moment(4) - 3)).toBeLessThan(5 * Math.sqrt(96 / draws));
    const within = values.filter((value) => Math.abs(value) < 1).length / draws;
    expect(Math.abs(within - 0.682_689_492_137)).toBeLessThan(5 * Math.sqrt((0.6827 * 0.3173) / draws));
  });

  test('integer: every value occurs, none above', () => {
    const random = createRandom(1);
    const seen = new Set(Array.from({ length: 1000 }, () => random.integer(6)));
    expect([...seen].sort()).toEqual([0, 1, 2, 3, 4, 5]);
  });
});
