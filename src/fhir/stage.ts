import type { Findings, Reading } from './chart.ts';
import { type CodeSet, indexInSet, isInSet } from './code-set.ts';
import type { Fact, FactKey, FactProblem } from './facts.ts';
import { hasHappened, type Moment } from './moment.ts';
import { isFinal, isWithdrawn, observationMoment } from './observation-state.ts';
import { type CodeableConcept, type Observation, referenceTo } from './resources.ts';

/** What an Observation's value says: a number, nothing (absent on purpose), or something that we can't read. */
type Score = number | 'absent' | { readonly unrecognised: string };

interface Scale {
  readonly key: FactKey;
  readonly label: string;
  readonly observations: CodeSet;
  read(observation: Observation): Score;
}

/**
 * T, N and M category and ECOG performance status, as numbers: the N category 0-3, ECOG 0-5.
 *
 * A category that was not assessed (NX) and a value that can't be read are problems, never facts.
 */
export function readStages(reading: Reading): Findings {
  const { categories, ecog, stringSystems } = reading.mappings.stages;
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
  const written = /^(?:ECOG|WHO|PS)?\s*([0-5])$/i;
  const performance: Scale = {
    key: 'ecog',
    label: 'ECOG performance status',
    observations: ecog.include,
    read: (observation) => readScore(observation, { values: ecog.values, written, stringSystems, maximum: 5 }),
  };
  const findings = [...categoryScales, performance].map((scale) => readScale(scale, reading));
  return {
    facts: findings.flatMap(({ facts }) => facts),
    problems: findings.flatMap(({ problems }) => problems),
  };
}

interface Dated<T> {
  readonly moment: Moment;
  readonly item: T;
}

function readScale({ key, label, observations, read }: Scale, { chart, asOf }: Reading): Findings {
  const facts: (Dated<Fact> & { readonly preference: number })[] = [];
  const problems: Dated<FactProblem>[] = [];
  for (const observation of chart.observations) {
    const preference = indexInSet(observations, observation.code);
    if (preference < 0 || isWithdrawn(observation)) continue;
    const moment = observationMoment(observation);
    if (moment !== undefined && !hasHappened(moment, asOf)) continue;
    const source = referenceTo(observation);
    const problem = (code: FactProblem['code'], why: string) => {
      problems.push({ moment: moment ?? undatedMoment, item: { code, key, source, text: `${label} ${why}` } });
    };
    const score = read(observation);
    if (score === 'absent') continue;
    if (typeof score === 'object') problem('FACT_UNRECOGNISED', `${score.unrecognised} was not used`);
    else if (moment === undefined) problem('FACT_UNRECOGNISED', 'carries no date and was not used');
    else if (!isFinal(observation))
      problem('LAB_NOT_FINAL', `of ${moment.text} is ${observation.status}, not final, and was not used`);
    else {
      const common = { key, unit: null, date: moment.text, sources: [source], status: observation.status };
      facts.push({ moment, preference, item: { ...common, value: score } });
    }
  }
  const newest = Math.max(...facts.map(({ moment }) => moment.at));
  return {
    // Of two categories of one day (clinical and pathological) the one that the table prefers comes first.
    facts: facts.toSorted((a, b) => a.preference - b.preference).map(({ item }) => item),
    problems: problems.filter(({ moment }) => moment.at > newest).map(({ item }) => item),
  };
}

/** Later than any other: what has no date may be the newest. */
const undatedMoment: Moment = { text: '', at: Number.POSITIVE_INFINITY, exact: false };

interface ScoreForms {
  readonly values: Readonly<Record<string, CodeSet>>;
  readonly written: RegExp;
  readonly stringSystems: readonly string[];
  readonly maximum: number;
}

function readScore(observation: Observation, { values, written, stringSystems, maximum }: ScoreForms): Score {
  const { valueInteger, valueQuantity, valueString, valueCodeableConcept } = observation;
  const number = valueInteger ?? valueQuantity?.value;
  if (number !== undefined) {
    return Number.isInteger(number) && number >= 0 && number <= maximum ? number : { unrecognised: `value ${number}` };
  }
  const coded = Object.entries(values).find(([, set]) => isInSet(set, valueCodeableConcept));
  if (coded !== undefined) return Number(coded[0]);
  const texts = [valueString, ...writtenForms(valueCodeableConcept, stringSystems)].filter(
    (text) => text !== undefined,
  );
  for (const text of texts) {
    const [, ...digits] = written.exec(text.trim()) ?? [];
    const digit = digits.find((each) => each !== undefined);
    if (digit !== undefined) return Number(digit);
  }
  const codes = (valueCodeableConcept?.coding ?? []).filter(({ system }) => !system?.endsWith('/data-absent-reason'));
  if (texts.length === 0 && codes.length === 0) return 'absent';
  return { unrecognised: `value ${texts[0] ?? codes[0]?.code ?? 'without a code'}` };
}

/** Codes of systems whose codes are the written forms, and the text; a display is neither. */
function writtenForms(concept: CodeableConcept | undefined, stringSystems: readonly string[]): (string | undefined)[] {
  const codes = (concept?.coding ?? []).filter(({ system }) => system !== undefined && stringSystems.includes(system));
  return [...codes.map(({ code }) => code), concept?.text];
}
