import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { isOfAnotherDisease } from './disease-links.ts';
import type { Fact } from './facts.ts';
import { firstMoment, hasHappened } from './moment.ts';
import { referenceTo } from './resources.ts';

/** Courses of radiotherapy that were given by `asOf`, by their start; what they were given for only where the record says it. */
export function readRadiotherapy(reading: Reading): Findings {
  const { chart, mappings, asOf } = reading;
  const facts = chart.procedures.flatMap((procedure): Fact[] => {
    const { status, code, category, performedDateTime, performedPeriod, reasonReference } = procedure;
    if (status !== 'completed' && status !== 'in-progress') return [];
    if (!isInSet(mappings.radiotherapy, code) && !isInSet(mappings.radiotherapy, category)) return [];
    const moment = firstMoment(performedDateTime, performedPeriod?.start, performedPeriod?.end);
    if (moment === undefined || !hasHappened(moment, asOf) || isOfAnotherDisease(reasonReference, reading)) return [];
    const sources = [referenceTo(procedure)];
    return [{ key: 'radiotherapy', value: true, unit: null, date: moment.text, sources, status }];
  });
  return { facts, problems: [] };
}
