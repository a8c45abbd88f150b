import type { Findings, Reading } from './chart.ts';
import { type CodeSet, indexInSet, isInSet } from './code-set.ts';
import { isOfAnotherDisease } from './disease-links.ts';
import type { Fact, FactKey, FactProblem } from './facts.ts';
import type { Moment } from './moment.ts';
import { isFinal, isKnownBy, isWithdrawn, observationMoment } from './observation-state.ts';
import { type CodeableConcept, type Observation, referenceTo } from './resources.ts';

/** What an Observation's value says: a value, nothing (absent on purpose), or something that we can't read. */
export type Score = { readonly value: number | string } | 'absent' | { readonly unrecognised: string };

/** A fact that is read from the value of Observations of certain codes. */
export interface Scale {
  readonly key: FactKey;
  readonly label: string;
  /** In order of preference. */
  readonly observations: CodeSet;
  read(observation: Observation): Score;
}

interface Dated<T> {
  readonly moment: Moment;
  readonly item: T;
}

/**
 * Facts of one scale: from Observations that are final, dated, known by `asOf` and not about another disease.
 *
 * A value that can't be used is a problem, unless a newer one can.
 */
export function readScale({ key, label, observations, read }: Scale, reading: Reading): Findings {
  const { chart, asOf } = reading;
  const facts: (Dated<Fact> & { readonly preference: number })[] = [];
  const problems: Dated<FactProblem>[] = [];
  for (const observation of chart.observations) {
    const preference = indexInSet(observations, observation.code);
    if (preference < 0 || isWithdrawn(observation) || isOfAnotherDisease(observation.focus, reading)) continue;
    const moment = observationMoment(observation);
    if (moment !== undefined && !isKnownBy(observation, moment, asOf)) continue;
    const source = referenceTo(observation);
    const problem = (code: FactProblem['code'], why: string) => {
      problems.push({ moment: moment ?? undatedMoment, item: { code, key, source, text: `${label} ${why}` } });
    };
    const score = read(observation);
    if (score === 'absent') continue;
    if ('unrecognised' in score) problem('FACT_UNRECOGNISED', `${score.unrecognised} was not used`);
    else if (moment === undefined) problem('FACT_UNRECOGNISED', 'carries no date and was not used');
    else if (!isFinal(observation))
      problem('LAB_NOT_FINAL', `of ${moment.text} is ${observation.status}, not final, and was not used`);
    else {
      const common = { key, unit: null, date: moment.text, sources: [source], status: observation.status };
      facts.push({ moment, preference, item: { ...common, value: score.value } });
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

/** The forms in which a score of a whole number is recorded. */
export interface ScoreForms {
  readonly values: Readonly<Record<string, CodeSet>>;
  /** The written form; its first group that matched is the score. */
  readonly written: RegExp;
  readonly stringSystems: readonly string[];
  readonly maximum: number;
}

/** Reads a score recorded as a number, a code or a written form; where there is no value, from the interpretation. */
export function readScore(observation: Observation, forms: ScoreForms): Score {
  const { valueInteger, valueQuantity, valueString, valueCodeableConcept, interpretation = [] } = observation;
  const number = valueInteger ?? valueQuantity?.value;
  if (number !== undefined) {
    const possible = Number.isInteger(number) && number >= 0 && number <= forms.maximum;
    return possible ? { value: number } : { unrecognised: `value ${number}` };
  }
  // mCODE puts the answer's code into the interpretation, and some records only there.
  const concepts =
    valueCodeableConcept === undefined && valueString === undefined ? interpretation : [valueCodeableConcept];
  const scores = new Set(concepts.flatMap((concept) => codedScores(concept, forms)));
  const [coded] = scores;
  if (scores.size > 1) return { unrecognised: `value coded as ${[...scores].join(' and ')}` };
  if (coded !== undefined) return { value: coded };
  const texts = [valueString, ...concepts.map((concept) => concept?.text)].filter((text) => text !== undefined);
  for (const text of texts) {
    const score = writtenScore(text, forms.written);
    if (score !== undefined) return { value: score };
  }
  return unreadValue(valueString, concepts);
}

function codedScores(concept: CodeableConcept | undefined, { values, written, stringSystems }: ScoreForms): number[] {
  const coded = Object.entries(values).filter(([, set]) => isInSet(set, concept));
  return [
    ...coded.map(([score]) => Number(score)),
    ...stringCodes(concept, stringSystems).flatMap((code) => writtenScore(code, written) ?? []),
  ];
}

/** Codes of systems whose codes are the written forms themselves; a display is none. */
export function stringCodes(concept: CodeableConcept | undefined, stringSystems: readonly string[]): string[] {
  return (concept?.coding ?? []).flatMap(({ system, code }) =>
    system !== undefined && code !== undefined && stringSystems.includes(system) ? [code] : [],
  );
}

function writtenScore(text: string, written: RegExp): number | undefined {
  const [, ...groups] = written.exec(text.trim()) ?? [];
  const group = groups.find((each) => each !== undefined);
  return group === undefined ? undefined : Number(group);
}

/** A value that says nothing on purpose, or one that can't be read, by its text or code. */
export function unreadValue(
  valueString: string | undefined,
  concepts: readonly (CodeableConcept | undefined)[],
): Score {
  const codes = concepts
    .flatMap((concept) => concept?.coding ?? [])
    .filter(({ system }) => !system?.endsWith('/data-absent-reason'));
  const text = valueString ?? concepts.find((concept) => concept?.text !== undefined)?.text;
  if (text === undefined && codes.length === 0) return 'absent';
  return { unrecognised: `value ${text ?? codes[0]?.code ?? 'without a code'}` };
}
