import { expect } from 'vitest';
import { StatisticsError } from '../../../src/statistics/statistics-error.ts';

/** Code and subject of the error that `run` has to throw. */
export function refusal(run: () => unknown): { code: string; subject: string } {
  try {
    run();
  } catch (error) {
    if (error instanceof StatisticsError) return { code: error.code, subject: error.subject };
    throw error;
  }
  throw new Error('nothing was thrown');
}

/** Looks for NaN and infinities anywhere in a result; null is a number that is not defined. */
export function expectAllFinite(result: unknown, path = 'result'): void {
  if (typeof result === 'number') expect(Number.isFinite(result), `${path} is ${result}`).toBe(true);
  else if (ArrayBuffer.isView(result)) expectAllFinite(Array.from(result as Float64Array), path);
  else if (typeof result === 'object' && result !== null)
    for (const [key, value] of Object.entries(result)) expectAllFinite(value, `${path}.${key}`);
}
