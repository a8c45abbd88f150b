/** Keeps what was computed until the running minute of the clock ends: no result is older, and none is of another day. */
export interface MinuteMemory<Value> {
  /**
   * The value of a key, computed once. Callers who want it while it is being computed wait for it.
   *
   * @param compute Calls what it is given as soon as the value turns out to be one that is not to be kept: then nobody waits for it any
   *   longer, and each caller of the minute computes its own. So do those who waited for what failed.
   */
  get(key: string, compute: (dontKeep: () => void) => Promise<Value>): Promise<Value>;
}

const minuteMs = 60_000;

/**
 * {@link MinuteMemory} with nothing in it.
 *
 * @param most Values that are kept; the oldest goes first.
 * @param now The clock (ms).
 */
export function createMinuteMemory<Value>(most: number, now: () => number = Date.now): MinuteMemory<Value> {
  /** Null: computed by each caller. */
  const kept = new Map<string, Promise<{ readonly value: Value } | null>>();
  let minute = Number.NaN;

  function beginMinute(): void {
    const time = now();
    if (Math.floor(time / minuteMs) === minute) return;
    minute = Math.floor(time / minuteMs);
    kept.clear();
    // Also without a further call nothing outlives its minute.
    setTimeout(() => kept.clear(), minuteMs - (time % minuteMs)).unref();
  }

  async function computeFirst(key: string, compute: (dontKeep: () => void) => Promise<Value>): Promise<Value> {
    let tell: (found: { readonly value: Value } | null) => void = () => undefined;
    const telling = new Promise<{ readonly value: Value } | null>((resolve) => {
      tell = resolve;
    });
    kept.set(key, telling);
    const [oldest] = kept.keys();
    if (kept.size > most && oldest !== undefined) kept.delete(oldest);
    try {
      const value = await compute(() => tell(null));
      // Without effect where it is told already that the value is not to be kept.
      tell({ value });
      return value;
    } catch (error) {
      tell(null);
      if (kept.get(key) === telling) kept.delete(key);
      throw error;
    }
  }

  return {
    async get(key, compute) {
      beginMinute();
      const known = kept.get(key);
      if (known === undefined) return computeFirst(key, compute);
      const found = await known;
      return found === null ? compute(() => undefined) : found.value;
    },
  };
}
