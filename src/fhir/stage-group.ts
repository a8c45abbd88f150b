import type { Findings, Reading } from './chart.ts';
import { isInSet } from './code-set.ts';
import { conditionStatus } from './condition-state.ts';
import type { Fact } from './facts.ts';
import { knownLungCancers } from './histology.ts';
import { readScale, type Score, stringCodes, unreadValue } from './observation-scale.ts';
import { isFinal } from './observation-state.ts';
import { type CodeableConcept, type Condition, referenceTo } from './resources.ts';

/**
 * Stage group of the lung cancer, `IIIC`.
 *
 * From Observations of the stage group, from `Condition.stage` of the lung cancer, and from Conditions whose own code says
 * the stage (Synthea: a second Condition beside the cancer).
 */
export function readStageGroups(reading: Reading): Findings {
  const { include } = reading.mappings.stages.stageGroup;
  const observed = readScale(
    {
      key: 'stageGroup',
      label: 'Stage group',
      observations: include,
      read: ({ valueCodeableConcept, valueString }) => scoreOf(valueCodeableConcept, valueString, reading),
    },
    reading,
  );
  return { facts: [...observed.facts, ...fromConditions(reading)], problems: observed.problems };
}

function scoreOf(concept: CodeableConcept | undefined, text: string | undefined, reading: Reading): Score {
  const groups = new Set(stageGroups(concept, text, reading));
  const [group] = groups;
  if (groups.size > 1) return { unrecognised: `coded as ${[...groups].join(' and ')}` };
  return group === undefined ? unreadValue(text, [concept]) : { value: group };
}

/** What each coding says; the text only where no coding says anything. */
function stageGroups(concept: CodeableConcept | undefined, text: string | undefined, { mappings }: Reading): string[] {
  const { stageGroup, stringSystems } = mappings.stages;
  const coded = Object.entries(stageGroup.values).flatMap(([group, set]) => (isInSet(set, concept) ? [group] : []));
  const strings = stringCodes(concept, stringSystems).flatMap((code) => writtenGroup(code) ?? []);
  const codings = [...coded, ...strings];
  if (codings.length > 0) return codings;
  return [text, concept?.text].flatMap((each) => (each === undefined ? [] : (writtenGroup(each) ?? [])));
}

const written = /^(?:stage\s*)?[cpyr]{0,2}(0|IV|I{1,3}|[1-4])([A-C])?([1-3])?$/i;
const roman = ['0', 'I', 'II', 'III', 'IV'];

/** AJCC writes `3C` what others write `Stage IIIC`. */
function writtenGroup(text: string): string | undefined {
  const [, group, letter = '', digit = ''] = written.exec(text.trim()) ?? [];
  if (group === undefined) return undefined;
  return `${roman[Number(group)] ?? group}${letter}${digit}`.toUpperCase();
}

function fromConditions(reading: Reading): Fact[] {
  const { conditions } = reading.mappings.stages.stageGroup;
  return knownLungCancers(reading).flatMap(({ condition, moment }) => {
    const own = Object.entries(conditions).flatMap(([group, set]) => (isInSet(set, condition.code) ? [group] : []));
    const groups = new Set([...summaries(condition, reading), ...own]);
    const [value] = groups;
    // Two stages of one Condition: no date says which is the newer.
    if (value === undefined || groups.size > 1) return [];
    const sources = [referenceTo(condition)];
    return [
      {
        ...{ key: 'stageGroup' as const, value, unit: null, date: moment.text, sources },
        status: conditionStatus(condition),
      },
    ];
  });
}

/** Stages without an assessment that is in the record itself: that Observation counts, and has a date. */
function summaries({ stage = [] }: Condition, reading: Reading): string[] {
  return stage
    .filter(
      ({ assessment = [] }) =>
        !assessment.some(({ reference }) => {
          const assessed = reference === undefined ? undefined : reading.chart.resolve(reference);
          return assessed?.resourceType === 'Observation' && isFinal(assessed);
        }),
    )
    .flatMap(({ summary }) => stageGroups(summary, undefined, reading));
}
