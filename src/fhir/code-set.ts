import type { CodeableConcept, Coding } from './resources.ts';

/** One code of a table in `mappings/`. */
export interface CodeSetEntry {
  readonly system: string;
  readonly code: string;
  readonly display: string;
  /** The entry also stands for every code that begins with `code`, as an ICD-10 category does. */
  readonly prefix: boolean;
}

/** Codes that mean the same thing to us, in order of preference. */
export type CodeSet = readonly CodeSetEntry[];

/**
 * Position in `set` of the first coding of a concept that it holds. Only system and code count: displays in real records
 * are wrong, translated or damaged often enough that they must never decide.
 *
 * @returns -1 when no coding is in the set.
 */
export function indexInSet(set: CodeSet, concept: CodeableConcept | undefined): number {
  const codings = concept?.coding ?? [];
  return set.findIndex((entry) => codings.some((coding) => isCoding(entry, coding)));
}

/** Whether a coding of the concept is in the set, by system and code. */
export function isInSet(set: CodeSet, concept: CodeableConcept | undefined): boolean {
  return indexInSet(set, concept) >= 0;
}

function isCoding(entry: CodeSetEntry, { system, code }: Coding): boolean {
  if (system !== entry.system || code === undefined) return false;
  return entry.prefix ? code.startsWith(entry.code) : code === entry.code;
}
