import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { isOfAnotherDisease } from './disease-links.ts';
import type { Fact } from './facts.ts';
import { knownLungCancers } from './histology.ts';
import { firstMoment, hasHappened } from './moment.ts';
import { referenceTo } from './resources.ts';
import { cancerOnset } from './therapy-events.ts';

/**
 * Courses of radiotherapy, and resections of the lung since its cancer began, that were done by `asOf`, by their start. What
 * another disease was the reason for is left out; what it was for at all only some records say.
 */
export function readProcedures(reading: Reading): Findings {
  const { chart, mappings, asOf } = reading;
  const kinds = [
    { key: 'radiotherapy', codes: mappings.radiotherapy },
    { key: 'surgery', codes: mappings.surgery },
  ] as const;
  const hasLungCancer = knownLungCancers(reading).length > 0;
  const onset = cancerOnset(reading);
  const facts = chart.procedures.flatMap((procedure): Fact[] => {
    const { status, code, category, performedDateTime, performedPeriod, reasonReference } = procedure;
    if (status !== 'completed' && status !== 'in-progress') return [];
    const kind = kinds.find(({ codes }) => isInSet(codes, code) || isInSet(codes, category));
    const moment = firstMoment(performedDateTime, performedPeriod?.start, performedPeriod?.end);
    if (kind === undefined || moment === undefined || !hasHappened(moment, asOf)) return [];
    if (isOfAnotherDisease(reasonReference, reading)) return [];
    if (kind.key === 'surgery' && (!hasLungCancer || moment.at < onset)) return [];
    const sources = [referenceTo(procedure)];
    return [{ key: kind.key, value: true, unit: null, date: moment.text, sources, status }];
  });
  return { facts, problems: [] };
}
