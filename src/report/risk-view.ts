import type { Assessment } from '../assessment/assessment.ts';
import { trendSentence } from '../assessment/sentences.ts';
import { capitalise, observedWords, outcomeHeading, outcomeNumber, valueWords } from '../assessment/wording.ts';
import { formatDate } from '../models/calendar.ts';
import { endpointWords } from '../models/endpoint-words.ts';
import type { ModelResult, Outcome } from '../models/model-result.ts';
import type { MarkKey } from './risk-marks.ts';
import { texts } from './texts.ts';

/** One endpoint of a model. */
export interface OutcomeView {
  readonly mark: MarkKey;
  /** "High risk of progression". */
  readonly heading: string;
  /** "7.5 times the reference"; "about 70%". */
  readonly number: string;
  /** The cut-off or why there is no risk group, probabilities by month, and what a relative number is relative to; one sentence each. */
  readonly more: readonly string[];
  /** What the study saw in the patient's part of its cohort, with its interval, and what that is. */
  readonly observed: readonly string[];
  readonly observedNote: string;
}

/** What one model says, or why it says nothing. */
export interface RiskView {
  /** Number by which the other parts of the page refer to the model, from 1. */
  readonly number: number;
  readonly title: string;
  readonly standing: string;
  readonly demonstration: boolean;
  readonly status: ModelResult['status'];
  readonly outcomes: readonly OutcomeView[];
  readonly reasons: readonly string[];
  readonly cautions: readonly string[];
  /** What changed since the last Assessment. */
  readonly change: string | null;
}

/** One input with its effect on a model's first outcome. */
export interface DriverRow {
  readonly label: string;
  readonly value: string;
  readonly date: string;
  readonly effect: string;
  /** -1 to 1: the effect against the strongest one of the model. */
  readonly share: number;
}

export interface DriverView {
  readonly number: number;
  readonly title: string;
  /** Of which outcome: "High risk of progression"; of a classification what it is about, because that is what inputs raise or lower. */
  readonly outcome: string;
  readonly reference: string;
  /** Strongest first, those without effect left out. */
  readonly rows: readonly DriverRow[];
}

/** Models in the order in which they are shown: those with a result first, those that do not apply last. */
export function shownModels({ models }: Assessment): ModelResult[] {
  const order: readonly ModelResult['status'][] = ['assessed', 'not-assessable', 'not-applicable'];
  return order.flatMap((status) => models.filter((result) => result.status === status));
}

/** Every model, in the order of `shownModels`. */
export function riskViews(assessment: Assessment): RiskView[] {
  return shownModels(assessment).map((result, at) => ({
    number: at + 1,
    title: result.model.title,
    standing: texts.standing[result.model.standing],
    demonstration: result.model.standing === 'synthetic-demo',
    status: result.status,
    outcomes: result.status === 'assessed' ? result.outcomes.map(outcomeView) : [],
    reasons: result.reasons,
    cautions: result.warnings.map(({ text }) => text),
    change: trendSentence(assessment, result),
  }));
}

function outcomeView(outcome: Outcome): OutcomeView {
  const { group, classification, groupNote, risks, relativeTo, observed, observedNote } = outcome;
  const within = risks.map(({ months, probability }) =>
    texts.risks.within(months, outcomeNumber({ kind: 'probability', value: probability })),
  );
  return {
    mark: group ?? 'unclassified',
    heading: outcomeHeading(outcome),
    number: outcomeNumber(outcome),
    more: [
      group === null && classification === null ? texts.risks.noGroup(groupNote) : groupNote,
      ...(within.length === 0 ? [] : [within.join(', ')]),
      ...(relativeTo === null ? [] : [texts.risks.relative(relativeTo)]),
    ].map((sentence) => `${capitalise(sentence)}.`),
    observed: observed.filter(({ patients }) => patients).map(observedWords),
    observedNote: observedNote ?? texts.risks.inTheStudy,
  };
}

/** What drives the first outcome of each model that gives one. */
export function driverViews(assessment: Assessment): DriverView[] {
  return shownModels(assessment).flatMap((result, at): DriverView[] => {
    const [outcome] = result.outcomes;
    if (result.status !== 'assessed' || outcome === undefined) return [];
    const { contributions, reference } = outcome.explanation;
    const strongest = Math.max(...contributions.map(({ contribution }) => Math.abs(contribution)), Number.MIN_VALUE);
    const rows = contributions
      .filter(({ contribution }) => contribution !== 0)
      .map(({ input, label, contribution }): DriverRow => {
        const used = result.used.find(({ name }) => name === input);
        return {
          label,
          value: used === undefined ? '' : valueWords(used),
          date: used?.date === null || used?.date === undefined ? '' : formatDate(used.date),
          effect: contribution > 0 ? texts.drivers.raises : texts.drivers.lowers,
          share: contribution / strongest,
        };
      });
    const { title } = result.model;
    const driven =
      outcome.classification === null ? outcomeHeading(outcome) : capitalise(endpointWords(outcome.endpoint));
    return [{ number: at + 1, title, outcome: driven, reference: texts.drivers.reference(reference), rows }];
  });
}
