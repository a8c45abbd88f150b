import { setImmediate } from 'node:timers/promises';

/**
 * Makes the function that waits for one's turn: in each turn of the event loop one of those who wait goes on, in their order.
 *
 * Judging a call takes milliseconds, and the embedded database gives control back to nobody: many calls at once would hold up
 * everything that has to be read or verified before a call can be judged at all.
 */
export function createTurns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => {
    last = last.then(() => setImmediate());
    return last;
  };
}
