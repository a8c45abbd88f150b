import { useEffect, useRef, useState } from 'react';
import { type ApiFailure, failureOf } from '../api/api-failure.ts';

/** A text on its way, there, or not to be had. */
export type Loaded<T> =
  | { readonly state: 'loading' }
  | { readonly state: 'ready'; readonly value: T }
  | { readonly state: 'failed'; readonly failure: ApiFailure };

/**
 * Loads something when the component appears and when `key` changes; what is no longer wanted is ended.
 *
 * @param key What is loaded: a change loads anew.
 */
export function useLoaded<T>(key: string, load: (signal: AbortSignal) => Promise<T>): Loaded<T> {
  const [loaded, setLoaded] = useState<Loaded<T>>({ state: 'loading' });
  const newest = useRef(load);
  newest.current = load;
  // `load` is made anew with every drawing of its component; `key` says when it means something else.
  // biome-ignore lint/correctness/useExhaustiveDependencies: see above.
  useEffect(() => {
    const controller = new AbortController();
    setLoaded({ state: 'loading' });
    newest.current(controller.signal).then(
      (value) => setLoaded({ state: 'ready', value }),
      (error: unknown) => {
        if (!controller.signal.aborted) setLoaded({ state: 'failed', failure: failureOf(error) });
      },
    );
    return () => controller.abort();
  }, [key]);
  return loaded;
}
