import type { FhirSource } from './client.ts';

/** A source that says when it is asked; the source itself where nobody wants to know. */
export function watched(source: FhirSource, onRead: (() => void) | undefined): FhirSource {
  if (onRead === undefined) return source;
  return {
    read(...given) {
      onRead();
      return source.read(...given);
    },
    search(...given) {
      onRead();
      return source.search(...given);
    },
  };
}
