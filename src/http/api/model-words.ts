import type { Assessment } from '../../assessment/assessment.ts';
import { comparisonSentence, imagingSentences, trendSentence } from '../../assessment/sentences.ts';
import { capitalise, observedWords, outcomeHeading, outcomeNumber, valueWords } from '../../assessment/wording.ts';
import type { InputUsed, ModelResult, Outcome, RiskGroup } from '../../models/model-result.ts';
import type { Standing } from '../../models/model-schema.ts';

/** One result of a model, in the words that all surfaces share. */
export interface ResultWords {
  readonly group: RiskGroup | null;
  /** "High risk of progression", "Hazard of death". */
  readonly heading: string;
  /** "about 70%", "3.3 times the reference". */
  readonly number: string;
  /** What a relative number is relative to. */
  readonly relativeTo: string | null;
  /** What the group rests on, or why there is none. */
  readonly note: string;
  /** What the study saw in this patient's part of its cohort, and under which reservation. */
  readonly observed: readonly string[];
  readonly observedNote: string | null;
}

/** An input as a person reads it. */
export interface InputWords {
  readonly name: string;
  readonly label: string;
  /** With unit, and its upper limit where one is known. */
  readonly value: string;
  readonly date: string | null;
  readonly sources: readonly string[];
  readonly derivation: string | null;
  readonly contribution: number | null;
  readonly imputed: string | null;
}

/** One model of an Assessment, in words: a viewer has none of its own. */
export interface ModelWords {
  /** Model id. */
  readonly model: string;
  readonly title: string;
  readonly status: ModelResult['status'];
  /** "SYNTHETIC DEMO MODEL, not a clinical result", "Published model". */
  readonly standing: string;
  /** False for a demonstration model: then the standing stands before everything else. */
  readonly clinical: boolean;
  readonly standingNote: string;
  readonly group: RiskGroup | null;
  /** One an outcome. */
  readonly results: readonly ResultWords[];
  /** Why it is not applicable or not assessable. */
  readonly reasons: readonly string[];
  readonly warnings: readonly string[];
  /** Since the last Assessment of an earlier day; null where nothing changed. */
  readonly trend: string | null;
  /** Which CT series its features come from. */
  readonly imaging: readonly string[];
  readonly used: readonly InputWords[];
  readonly context: readonly InputWords[];
  readonly missing: ModelResult['missing'];
  /** What the inputs do to the first outcome; null where there is none. */
  readonly explanation: Outcome['explanation'] | null;
  readonly comparisons: readonly string[];
  readonly performance: readonly string[];
  readonly limits: readonly string[];
  /** Model, version and source, for the small print. */
  readonly version: string;
  readonly citation: string;
}

const standingWords: Readonly<Record<Standing, string>> = {
  'synthetic-demo': 'SYNTHETIC DEMO MODEL, not a clinical result',
  'site-fitted': 'Site-fitted model',
  imported: 'Imported model',
  published: 'Published model',
};

/** The models of an Assessment in the words of card and details page; assessed ones first, then those that lack something. */
export function modelWords(assessment: Assessment): ModelWords[] {
  const order: readonly ModelResult['status'][] = ['assessed', 'not-assessable', 'not-applicable'];
  return order.flatMap((status) =>
    assessment.models.filter((result) => result.status === status).map((result) => wordsOf(assessment, result)),
  );
}

function wordsOf(assessment: Assessment, result: ModelResult): ModelWords {
  const { model, outcomes } = result;
  return {
    model: model.id,
    title: model.title,
    status: result.status,
    standing: standingWords[model.standing],
    clinical: model.standing !== 'synthetic-demo',
    standingNote: model.standingNote,
    group: result.group,
    results: outcomes.map(resultWords),
    reasons: result.reasons,
    warnings: result.warnings.map(({ text }) => text),
    trend: trendSentence(assessment, result),
    imaging: imagingSentences(result).map(capitalise),
    used: result.used.map(inputWords),
    context: result.context.map(inputWords),
    missing: result.missing,
    explanation: outcomes[0]?.explanation ?? null,
    comparisons: result.comparisons.map((comparison) => capitalise(comparisonSentence(comparison))),
    performance: model.performance,
    limits: model.limits,
    version: `${model.id} ${model.version}, file ${model.hash.slice(0, 12)}`,
    citation: model.source.citation,
  };
}

function resultWords(outcome: Outcome): ResultWords {
  return {
    group: outcome.group,
    heading: outcomeHeading(outcome),
    number: outcomeNumber(outcome),
    relativeTo: outcome.relativeTo,
    note: capitalise(outcome.groupNote),
    observed: outcome.observed.filter(({ patients }) => patients).map(observedWords),
    observedNote: outcome.observedNote,
  };
}

function inputWords(input: InputUsed): InputWords {
  const { name, label, date, sources, derivation, contribution, imputed } = input;
  return { name, label, value: valueWords(input), date, sources, derivation, contribution, imputed };
}
