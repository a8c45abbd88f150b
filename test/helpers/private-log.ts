import { createPatient, syntheticPatients } from '../../src/demo/patients.ts';
import { createLogger, type Logger } from '../../src/log.ts';
import { lung1Bundle } from './lung1-record.ts';

/** A logger whose lines are kept, at the level that logs most. */
export interface KeptLog {
  readonly logger: Logger;
  text(): string;
}

export function keepLog(): KeptLog {
  const lines: string[] = [];
  return {
    logger: createLogger('trace', { write: (line) => void lines.push(line) }),
    text: () => lines.join(''),
  };
}

type Entry = { readonly resource?: { readonly resourceType: string } | undefined };

/** What tells who a patient is: id, identifiers, names, birth date, address and phone of every Patient. */
function privateWords(entries: readonly Entry[]): string[] {
  const patients = entries.flatMap(({ resource }) =>
    resource?.resourceType === 'Patient' ? [resource as fhir4.Patient] : [],
  );
  return patients.flatMap(({ id, identifier = [], name = [], birthDate, address = [], telecom = [] }) => [
    ...[id, birthDate].flatMap((text) => text ?? []),
    ...identifier.flatMap(({ value }) => value ?? []),
    ...name.flatMap(({ family, given = [], text }) => [...given, ...[family, text].flatMap((part) => part ?? [])]),
    ...address.flatMap(({ line = [], text, postalCode }) => [...line, text, postalCode].flatMap((part) => part ?? [])),
    ...telecom.flatMap(({ value }) => value ?? []),
  ]);
}

/** The words of every record that the tests' services read. */
const fixtureWords: readonly string[] = [
  ...privateWords(lung1Bundle().entry ?? []),
  ...syntheticPatients.flatMap((patient) =>
    privateWords((createPatient(patient, '2026-11-02').bundle.entry ?? []) as Entry[]),
  ),
  // Made from the record of LUNG1 by a change of id.
  'implausible-ldh',
  'nobody',
];

/** The private words that a log holds, each as a word of its own: parts of file names in a stack are none. */
export function privateWordsIn(log: string, words: readonly string[] = fixtureWords): string[] {
  return [...new Set(words)].filter((word) =>
    new RegExp(`(?<![\\w/.-])${word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}(?![\\w-])`, 'i').test(log),
  );
}

/** Fails when a log holds a patient's id, identifier, name or birth date, or a token. */
export function checkPrivacy(log: string): void {
  const found = privateWordsIn(log);
  if (/eyJ[\w-]+\.eyJ/.test(log)) found.push('a JWT');
  if (found.length > 0) throw new Error(`the log holds ${found.join(', ')}:\n${log.slice(0, 5000)}`);
}
