import type { ClinicalFacts, Fact, FactKey } from '../fhir/facts.ts';
import type { ClinicalMappings } from '../fhir/mappings.ts';
import type { LabSeries, PatientCourse, TherapyBand } from './course-types.ts';
import { unitText } from './wording.ts';

/** Blood values that the papers follow over therapy, then those that lie beside them in a chart. */
const followedLabs: readonly FactKey[] = ['ldh', 'nse', 'progrp', 'nlr', 'sii', 'dnlr', 'haemoglobin', 'albumin'];

/** Laboratory values and derived indices over time, oldest first; a test without a value is left out. */
export function labSeries({ timeline }: ClinicalFacts, labels: ClinicalMappings['facts']): LabSeries[] {
  return followedLabs.flatMap((key): LabSeries[] => {
    const values = timeline.filter((fact) => fact.key === key).toReversed();
    const [first] = values;
    if (first === undefined) return [];
    const points = values.flatMap(({ value, date, upperLimit = null, sources, unit }) =>
      typeof value === 'number' && unit === first.unit ? [{ date, value, upperLimit, sources }] : [],
    );
    return [{ key, label: labels[key]?.label ?? key, unit: first.unit, unitText: unitText(first.unit), points }];
  });
}

/** Lines of therapy, oldest first. */
export function therapyBands({ timeline }: ClinicalFacts): TherapyBand[] {
  const classes = new Map(
    timeline.filter(({ key }) => key === 'regimenClass').map((fact) => [fact.line, String(fact.value)]),
  );
  return timeline
    .filter(({ key }) => key === 'regimen')
    .map((fact) => bandOf(fact, classes.get(fact.line) ?? null))
    .sort((a, b) => a.line - b.line);
}

function bandOf({ line = 1, value, date, end = date, sources }: Fact, regimenClass: string | null): TherapyBand {
  return { line, regimen: String(value), regimenClass, start: date.slice(0, 10), end: end.slice(0, 10), sources };
}

/** Days on which a progression was recorded, oldest first; several records of one day are one. */
export function progressionDays({ timeline }: ClinicalFacts): PatientCourse['progressions'] {
  const days = new Map<string, string[]>();
  for (const { date, sources } of timeline.filter(({ key }) => key === 'progression')) {
    const day = date.slice(0, 10);
    days.set(day, [...(days.get(day) ?? []), ...sources]);
  }
  return [...days]
    .map(([date, sources]) => ({ date, sources: [...new Set(sources)] }))
    .sort((a, b) => a.date.localeCompare(b.date));
}
