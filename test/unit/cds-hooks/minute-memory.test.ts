import { describe, expect, it } from 'vitest';
import { createMinuteMemory } from '../../../cds-hooks/minute-memory.ts';

/** A computation that counts, and ends when told. */
function counted() {
  let computed = 0;
  let dontKeep: () => void = () => undefined;
  const ends: ((value: string) => void)[] = [];
  return {
    compute: (given: () => void) => {
      computed++;
      dontKeep = given;
      return new Promise<string>((resolve) => ends.push(resolve));
    },
    count: () => computed,
    end: (value: string) => ends.shift()?.(value),
    dontKeep: () => dontKeep(),
  };
}

const now = Date.parse('2026-11-21T10:00:10Z');
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('what is kept for a minute', () => {
  it('is computed once, also for those who come while it is', async () => {
    const memory = createMinuteMemory<string>(10, () => now);
    const { compute, count, end } = counted();
    const calls = [memory.get('a', compute), memory.get('a', compute)];
    end('x');
    expect(await Promise.all([...calls, memory.get('a', compute)])).toEqual(['x', 'x', 'x']);
    expect(count()).toBe(1);
  });

  it('is forgotten when the minute of the clock ends, however old it is', async () => {
    let time = Date.parse('2026-11-21T23:59:59.900Z');
    const memory = createMinuteMemory<number>(10, () => time);
    let computed = 0;
    const compute = async () => ++computed;
    expect(await memory.get('a', compute)).toBe(1);
    expect(await memory.get('a', compute)).toBe(1);
    time += 100;
    expect(await memory.get('a', compute)).toBe(2);
  });

  it('is forgotten without a further call too', async () => {
    const start = Date.now();
    // A clock by which the minute ends in 50 ms.
    const memory = createMinuteMemory<object>(10, () => Math.ceil(start / 60_000) * 60_000 - 50 + (Date.now() - start));
    let value: object | null = {};
    const kept = new WeakRef(value);
    await memory.get('a', async () => kept.deref() ?? {});
    value = null;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(value).toBeNull();
    let computed = false;
    await memory.get('a', async () => {
      computed = true;
      return {};
    });
    expect(computed).toBe(true);
  });

  it('those who wait are let go as soon as it is not to be kept, and compute their own, as does everyone after', async () => {
    const memory = createMinuteMemory<string>(10, () => now);
    const first = counted();
    const other = counted();
    const leading = memory.get('a', first.compute);
    const waiting = memory.get('a', other.compute);
    await turn();
    expect(other.count()).toBe(0);
    first.dontKeep();
    await turn();
    expect(other.count()).toBe(1);
    other.end('own');
    expect(await waiting).toBe('own');
    first.end('first');
    expect(await leading).toBe('first');
    const later = memory.get('a', other.compute);
    await turn();
    expect(other.count()).toBe(2);
    other.end('again');
    expect(await later).toBe('again');
  });

  it('a failure is the first caller own one', async () => {
    const memory = createMinuteMemory<string>(10, () => now);
    const failing = memory.get('a', () => Promise.reject(new Error('no')));
    const waiting = memory.get('a', async () => 'yes');
    await expect(failing).rejects.toThrow('no');
    expect(await waiting).toBe('yes');
    expect(await memory.get('a', async () => 'then')).toBe('then');
  });

  it('keeps no more than it may', async () => {
    const memory = createMinuteMemory<number>(2, () => now);
    let computed = 0;
    for (const key of ['a', 'b', 'c', 'c', 'b', 'a']) await memory.get(key, async () => ++computed);
    expect(computed).toBe(4);
  });
});
