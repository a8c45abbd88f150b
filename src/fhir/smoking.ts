import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import type { Fact } from './facts.ts';
import { readScale, unreadValue } from './observation-scale.ts';

/**
 * Smoking status, `never`, `former` or `current`, and the smoking index of who never smoked, which is 0. Pack-years are read with
 * the measurements.
 */
export function readSmoking(reading: Reading): Findings {
  const { observations, ...answers } = reading.mappings.conditions.smoking;
  const { facts, problems } = readScale(
    {
      key: 'smokingStatus',
      label: 'Smoking status',
      observations,
      read({ valueCodeableConcept, valueString }) {
        const answer = Object.entries(answers).find(([, set]) => isInSet(set, valueCodeableConcept));
        return answer === undefined ? unreadValue(valueString, [valueCodeableConcept]) : { value: answer[0] };
      },
    },
    reading,
  );
  const indices = facts.flatMap(({ value, date, sources }): Fact[] =>
    value === 'never'
      ? [
          {
            ...{ key: 'smokingIndex', value: 0, unit: '{cigarettes}.a/d', date, sources },
            ...{ status: 'derived', derivation: 'never smoked' },
          },
        ]
      : [],
  );
  return { facts: [...facts, ...indices], problems };
}
