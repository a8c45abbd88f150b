import type { Assessment } from '../assessment/assessment.ts';
import { comparisonSentence, imagingSentences, selectionSentences, trendSentence } from '../assessment/sentences.ts';
import {
  capitalise,
  observedWords,
  outcomeHeading,
  outcomeNumber,
  standingFirst,
  valueWords,
} from '../assessment/wording.ts';
import { formatDate } from '../models/calendar.ts';
import type { InputUsed, ModelResult, NomogramReading, Outcome } from '../models/model-result.ts';

const contributionUnits = {
  'log-odds': 'log-odds',
  'log-hazard': 'log-hazard',
  probability: 'probability',
  score: 'score',
} as const;

/** An Assessment for reading in a terminal: what all models say, then each with its inputs, sources and what is missing. */
export function assessmentText(assessment: Assessment): string {
  const { subject, asOf, synthetic, combined, imaging, problems, trend } = assessment;
  const demonstration = combined.demonstration ? ', of demonstration models: not a clinical result' : '';
  const before =
    trend === null
      ? []
      : [`Last assessed ${formatDate(trend.previous.asOf)}: ${trend.previous.group ?? 'no risk group'}`];
  return [
    `${subject}, as of ${formatDate(asOf)}${synthetic ? ' (synthetic data)' : ''}`,
    `${combined.statement}${demonstration}`,
    ...before,
    ...(imaging.message === null ? [] : [`Images: ${imaging.message}`]),
    ...selectionSentences(assessment),
    ...problems.map(({ text, code }) => `Set aside: ${text} (${code})`),
    ...assessment.models.map((result) => modelText(assessment, result)),
  ].join('\n');
}

function modelText(assessment: Assessment, result: ModelResult): string {
  const { model, status, reasons } = result;
  const title = `\n${standingFirst(model.standing)}${model.title}\n  model ${model.id} ${model.version}, ${model.standing}, after ${model.source.citation}`;
  if (status === 'not-applicable') return `${title}\n  Not applicable: ${reasons.join('; ')}`;
  const sections = [
    ...(status === 'assessed' ? result.outcomes.flatMap(outcomeLines) : [`Not assessable: ${reasons.join('; ')}`]),
    ...nomogramLines(result),
    ...asList(trendSentence(assessment, result)),
    ...result.warnings.map(({ text }) => `Caution: ${text}`),
    ...result.used.map((input) => inputLine('Input', input)),
    ...result.context.map((input) => inputLine('Context', input)),
    ...result.missing.map(({ label, why, mend }) => `Missing: ${label}, ${why}; to mend: ${mend}`),
    ...imagingSentences(result).map((sentence) => `Image: ${sentence}`),
    ...result.comparisons.map((comparison) => `In the study: ${comparisonSentence(comparison)}`),
    ...model.performance.map((line) => `Performance: ${line}`),
    ...model.limits.map((line) => `Not: ${line}`),
  ];
  return [title, ...sections.map((line) => `  ${line}`)].join('\n');
}

function outcomeLines(outcome: Outcome): string[] {
  const { explanation, members, observed, observedNote, factors, risks } = outcome;
  const relative = outcome.relativeTo === null ? '' : ` (${outcome.relativeTo})`;
  const unit = contributionUnits[explanation.scale];
  const groups = observed.filter(({ patients }) => patients).map((group) => `    ${observedWords(group)}`);
  const seen = groups.length === 0 ? [] : [`  ${observedNote ?? 'In the study'}:`, ...groups];
  return [
    `${outcomeHeading(outcome)}: ${outcomeNumber(outcome)}${relative}`,
    `  ${capitalise(outcome.groupNote)}`,
    ...risks.map(
      ({ months, probability }) =>
        `  within ${months} months: ${outcomeNumber({ kind: 'probability', value: probability })}`,
    ),
    ...members.map(({ label, value }) => `  ${label}: ${value === null ? 'not available' : value.toFixed(3)}`),
    ...explanation.contributions.map(
      ({ label, contribution }) => `  ${label} ${signed(contribution)} ${unit} against ${explanation.reference}`,
    ),
    ...factors.map((factor) => `  ${factor}`),
    ...seen,
  ];
}

function nomogramLines({ nomograms }: ModelResult): string[] {
  return nomograms.flatMap(({ reading }) => [
    `Nomogram: ${reading.axes.map(pointsOf).join(', ')}`,
    `  total ${reading.totalPoints === null ? 'not known while an input is missing' : reading.totalPoints.toFixed(0)} of ${reading.maximumPoints.toFixed(0)} points`,
  ]);
}

function pointsOf({ label, patient }: NomogramReading['axes'][number]): string {
  if (patient === null) return `${label} missing`;
  return `${label} ${patient.text} = ${patient.points.toFixed(0)} points${patient.beyond ? ' (beyond the axis)' : ''}`;
}

function inputLine(kind: string, input: InputUsed): string {
  const date = input.date === null ? 'undated' : formatDate(input.date);
  const derivation = input.derivation === null ? '' : `; ${input.derivation}`;
  const imputed = input.imputed === null ? '' : `; stand-in: ${input.imputed}`;
  return `${kind}: ${input.label} ${valueWords(input)}, ${date} [${input.sources.join(', ')}]${derivation}${imputed}`;
}

function signed(value: number): string {
  return `${value < 0 ? '-' : '+'}${Math.abs(value).toFixed(3)}`;
}

function asList(text: string | null): string[] {
  return text === null ? [] : [text];
}
