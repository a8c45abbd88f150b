import type { ClinicalFacts, Fact, FactKey } from '../../src/fhir/facts.ts';

/** A fact of a constructed patient. */
export function fact(
  key: FactKey,
  value: Fact['value'],
  unit: string | null,
  date: string,
  more: Partial<Fact> = {},
): Fact {
  return { key, value, unit, date, sources: [`Observation/${key}`], status: 'final', ...more };
}

/** Facts of a constructed patient, newest first as the contract says. */
export function clinicalFacts(timeline: readonly Fact[], more: Partial<ClinicalFacts> = {}): ClinicalFacts {
  return {
    patient: { reference: 'Patient/constructed', identifiers: ['CONSTRUCTED'], synthetic: true },
    timeline: [...timeline].sort((a, b) => b.date.localeCompare(a.date)),
    problems: [],
    unread: [],
    asOf: '2026-11-21T12:00:00.000Z',
    ...more,
  };
}
