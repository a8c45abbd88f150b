import type { Observed } from '../../models/form-schema.ts';

/** What the paper saw in the risk groups of its own integrated model; doi 10.1136/jitc-2023-007492, abstract and results. */
export const pfsObserved: Observed[] = [
  observedPfs('low', "the paper's training cohort", 8.8, [7.3, 12.8]),
  observedPfs('high', "the paper's training cohort", 5.6, [4.3, 6.5]),
  observedPfs('low', "the paper's external validation set 1", 12.8, null),
  observedPfs('high', "the paper's external validation set 1", 4.5, [4.0, 7.3]),
  observedPfs('low', "the paper's external validation set 2", 9.2, [7.1, 14.3]),
  observedPfs('high', "the paper's external validation set 2", 4.6, null),
  observedOs('low', "the paper's training cohort", null, 82.3, 74.1),
  observedOs('high', "the paper's training cohort", 14.5, 63.5, 45.4),
  observedOs('low', "the paper's external validation sets 1 and 2", null, 86.4, 75.6),
  observedOs('high', "the paper's external validation sets 1 and 2", 13.6, 51.8, 43.2),
];

/** @param ci95 Null where an end of the interval was not reached. */
function observedPfs(
  group: 'low' | 'high',
  cohort: string,
  medianMonths: number,
  ci95: [number, number] | null,
): Observed {
  return {
    when: { group },
    cohort,
    label: `${group} progression risk, progression-free survival`,
    medianMonths,
    ...(ci95 === null ? {} : { ci95 }),
    survival: [],
  };
}

function observedOs(
  group: 'low' | 'high',
  cohort: string,
  medianMonths: number | null,
  percentAt12: number,
  percentAt18: number,
): Observed {
  return {
    when: { group },
    cohort,
    label: `${group} progression risk, overall survival`,
    medianMonths,
    survival: [
      { months: 12, percent: percentAt12 },
      { months: 18, percent: percentAt18 },
    ],
  };
}
