import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { readScale, unreadValue } from './observation-scale.ts';

/** Smoking status, `never`, `former` or `current`; pack-years are read with the measurements. */
export function readSmoking(reading: Reading): Findings {
  const { observations, ...answers } = reading.mappings.conditions.smoking;
  return readScale(
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
}
