const firstPauseMs = 1000;
const longestPauseMs = 30_000;

/** Pause (ms) before the next attempt: doubling from a second to half a minute. @param failures Failed attempts so far, from 0. */
export function pauseAfter(failures: number): number {
  return Math.min(longestPauseMs, firstPauseMs * 2 ** Math.min(failures, 10));
}

/** Resolves after `ms`; rejects with the signal's reason as soon as that is aborted. */
export function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    }, ms);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
  });
}
