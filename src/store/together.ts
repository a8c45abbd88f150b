/** Work that callers hand in one by one, and that is done for all who wait at the time: one statement instead of many. */
export interface Together<Item, Result> {
  /**
   * Hands in an item; ends when the group that it went with is done, and fails with that group. Groups are done one after the
   * other, items in the order in which they were handed in.
   *
   * @param withinMs How long the item may wait for company; 0 takes only what came in the same turn of the event loop.
   */
  add(item: Item, withinMs?: number): Promise<Result>;
  /** Items that are not done yet. */
  waiting(): number;
  /** Begins at once, and ends when everything that was handed in is done or has failed. */
  settled(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly item: Item;
  /** When its group has to begin, on the clock of `performance`. */
  readonly by: number;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * {@link Together} over the work on a group.
 *
 * @param work Does it for all items; its results are in their order.
 * @param most Items of one group at most: so many do not wait for more.
 */
export function together<Item, Result>(
  work: (items: readonly Item[]) => Promise<readonly Result[]>,
  most = 1000,
): Together<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let inWork = 0;
  let running: Promise<void> | null = null;
  let due: { readonly at: number; cancel(): void } | null = null;

  async function workOnGroup(): Promise<void> {
    const group = waiting.slice(0, most);
    waiting = waiting.slice(most);
    inWork = group.length;
    try {
      const results = await work(group.map(({ item }) => item));
      for (const [at, { resolve }] of group.entries()) resolve(results[at] as Result);
    } catch (error) {
      for (const { reject } of group) reject(error);
    }
    inWork = 0;
    running = null;
    if (waiting.length > 0) beginBy(Math.min(...waiting.map(({ by }) => by)));
  }

  function begin(): void {
    due?.cancel();
    due = null;
    running ??= workOnGroup();
  }

  function beginBy(at: number): void {
    if (due !== null && due.at <= at) return;
    due?.cancel();
    const ms = at - performance.now();
    if (ms > 0 && waiting.length < most) {
      const timer = setTimeout(begin, ms);
      due = { at, cancel: () => clearTimeout(timer) };
    } else {
      const turn = setImmediate(begin);
      due = { at: 0, cancel: () => clearImmediate(turn) };
    }
  }

  return {
    add(item, withinMs = 0) {
      return new Promise<Result>((resolve, reject) => {
        const by = performance.now() + withinMs;
        waiting.push({ item, by, resolve, reject });
        if (running === null) beginBy(waiting.length < most ? by : 0);
      });
    },
    waiting: () => waiting.length + inWork,
    async settled() {
      while (waiting.length > 0 || running !== null) {
        if (running === null) begin();
        await running;
      }
    },
  };
}
