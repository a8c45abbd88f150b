import type { Assessment } from '../src/assessment/assessment.ts';
import { comparisonSentence, imagingSentences, trendSentence } from '../src/assessment/sentences.ts';
import { capitalise, observedWords, outcomeHeading, outcomeNumber, valueWords } from '../src/assessment/wording.ts';
import { formatDate } from '../src/models/calendar.ts';
import type { InputUsed, ModelResult, Outcome } from '../src/models/model-result.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';

/** Contribution (log-odds or log-hazard) below which an input is said to have little effect. */
const littleEffect = 0.05;

/** Detail of a card for a model that was assessed: GitHub-Flavored Markdown without HTML that also reads as plain text. */
export function assessedDetail(assessment: Assessment, result: ModelResult): string {
  const [performance] = result.model.performance;
  const [limit] = result.model.limits;
  return paragraphs([
    standingLine(result),
    result.outcomes.map(outcomeLine).join('\n\n'),
    trendLine(assessment, result),
    warningList(result),
    inputTable(result),
    contextTable(result),
    comparisonLines(result),
    imagingLine(assessment, result),
    missingList(result),
    problemList(assessment),
    `Performance: ${performance}. ${limit}.`,
    footer(assessment, result),
  ]);
}

/** Detail of a card for a model that lacks something: what, and what would mend it. */
export function notAssessableDetail(assessment: Assessment, result: ModelResult): string {
  return paragraphs([
    standingLine(result),
    `**Risk not assessable.** ${result.reasons.map((reason) => capitalise(escapeMarkdown(reason))).join('; ')}.`,
    missingList(result),
    warningList(result),
    markdownTable(['Known so far', 'Value', 'When'], [...result.used, ...result.context].map(inputCells)),
    imagingLine(assessment, result),
    problemList(assessment),
    footer(assessment, result),
  ]);
}

function standingLine({ model }: ModelResult): string {
  if (model.standing === 'published') return '';
  const first =
    model.standing === 'synthetic-demo' ? 'SYNTHETIC DEMO MODEL, not a clinical result' : capitalise(model.standing);
  return `**${first}.** ${model.standingNote}.`;
}

function outcomeLine(outcome: Outcome): string {
  const relative = outcome.relativeTo === null ? '' : ` (${outcome.relativeTo})`;
  const ungrouped = outcome.group === null && outcome.classification === null;
  const note = ungrouped ? `No risk group: ${outcome.groupNote}` : capitalise(outcome.groupNote);
  const members = outcome.members.map(
    ({ label, value }) => `${label} ${value === null ? 'not available' : value.toFixed(2)}`,
  );
  const parts = members.length === 0 ? '' : ` From ${members.join(' and ')}.`;
  const seen = outcome.observed.filter(({ patients }) => patients).map((group) => `- ${observedWords(group)}`);
  const study = seen.length === 0 ? [] : [`${outcome.observedNote ?? 'In the study'}:`, ...seen];
  const first = `**${outcomeHeading(outcome)}: ${outcomeNumber(outcome)}**${relative}. ${note}.${parts}`;
  return [first, ...study].join('\n');
}

function trendLine(assessment: Assessment, result: ModelResult): string {
  const sentence = trendSentence(assessment, result);
  return sentence === null ? '' : `${escapeMarkdown(sentence)}.`;
}

function comparisonLines({ comparisons }: ModelResult): string {
  if (comparisons.length === 0) return '';
  return ['Therapies compared in the study:', ...comparisons.map((each) => `- ${comparisonSentence(each)}`)].join('\n');
}

function inputTable({ used }: ModelResult): string {
  if (used.length === 0) return '';
  const rows = used.map((input) => [...inputCells(input), effect(input.contribution)]);
  return markdownTable(['What drives it', 'Value', 'When', 'Effect'], rows);
}

function contextTable({ context }: ModelResult): string {
  return context.length === 0
    ? ''
    : markdownTable(['Also known (not in the score)', 'Value', 'When'], context.map(inputCells));
}

function inputCells(input: InputUsed): string[] {
  return [
    escapeMarkdown(input.label),
    escapeMarkdown(valueWords(input)),
    input.date === null ? 'no date' : formatDate(input.date),
  ];
}

function effect(contribution: number | null): string {
  if (contribution === null) return 'not judged';
  if (contribution === 0) return 'none';
  if (Math.abs(contribution) < littleEffect) return 'little';
  return contribution > 0 ? 'raises' : 'lowers';
}

function imagingLine({ imaging: status }: Assessment, result: ModelResult): string {
  const lines = imagingSentences(result).map((sentence) => `- ${escapeMarkdown(capitalise(sentence))}.`);
  if (lines.length === 0) return '';
  const rest = status.message === null ? [] : [`- ${capitalise(escapeMarkdown(status.message))}.`];
  return ['Images used:', ...lines, ...rest].join('\n');
}

function missingList({ missing }: ModelResult): string {
  if (missing.length === 0) return 'Missing: none.';
  return [
    'Missing:',
    ...missing.map(({ label, why, mend }) => `- ${escapeMarkdown(label)}: ${escapeMarkdown(why)}. To mend: ${mend}`),
  ].join('\n');
}

function warningList({ warnings }: ModelResult): string {
  return warnings.map(({ text }) => `- Caution: ${escapeMarkdown(text)}`).join('\n');
}

function problemList({ problems }: Assessment): string {
  if (problems.length === 0) return '';
  const lines = problems.map(({ text, code }) => `- ${capitalise(escapeMarkdown(text))} (${code})`);
  return ['Set aside or unreadable:', ...lines].join('\n');
}

function footer(assessment: Assessment, { model }: ModelResult): string {
  const synthetic = assessment.synthetic ? ' Synthetic patient data.' : '';
  return `Model ${model.id} ${model.version} (${model.standing}), after ${model.source.citation}. Assessed ${formatDate(assessment.asOf)}. Decision support, not a decision.${synthetic}`;
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
