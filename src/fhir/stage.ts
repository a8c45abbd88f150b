import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { readScale, readScore, type Scale } from './observation-scale.ts';

const writtenEcog = /^(?:ECOG|WHO|PS)?\s*([0-5])$/i;
const writtenKarnofsky = /^(?:KPS|KI|Karnofsky)?\s*(100|[1-9]?0)\s*%?$/i;

/**
 * T, N and M category and performance status, as numbers: the N category 0-3, ECOG 0-5, Karnofsky 0-100.
 *
 * A category that was not assessed (NX) and a value that can't be read are problems, never facts.
 */
export function readStages(reading: Reading): Findings {
  const { categories, ecog, karnofsky, stringSystems } = reading.mappings.stages;
  const categoryScales = (['tStage', 'nStage', 'mStage'] as const).map((key): Scale => {
    const { letter, maximum, include, values, notAssessed } = categories[key];
    // A digit alone is the category, but with a suffix it is a stage group: AJCC writes `3C` for IIIC.
    const value = `([0-${maximum}])`;
    const suffix = '(?:[a-d][0-9]?|mi)?(?:\\s*\\(.*\\))?';
    const written = new RegExp(`^(?:[ycrpa]{0,3}${letter}${value}${suffix}|${value})$`, 'i');
    return {
      key,
      label: `${letter} category`,
      observations: include,
      read(observation) {
        if (isInSet(notAssessed, observation.valueCodeableConcept))
          return { unrecognised: `${letter}X (not assessed)` };
        return readScore(observation, { values, written, stringSystems, maximum });
      },
    };
  });
  const status: Scale[] = [
    {
      key: 'ecog',
      label: 'ECOG performance status',
      observations: ecog.include,
      read: (observation) =>
        readScore(observation, { values: ecog.values, written: writtenEcog, stringSystems, maximum: 5 }),
    },
    {
      key: 'karnofsky',
      label: 'Karnofsky performance status',
      observations: karnofsky.include,
      read: (observation) =>
        readScore(observation, { values: karnofsky.values, written: writtenKarnofsky, stringSystems, maximum: 100 }),
    },
  ];
  const findings = [...categoryScales, ...status].map((scale) => readScale(scale, reading));
  return {
    facts: findings.flatMap(({ facts }) => facts),
    problems: findings.flatMap(({ problems }) => problems),
  };
}
