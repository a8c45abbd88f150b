import type { Assessment } from '../src/assessment/assessment.ts';
import { comparisonSentence, imagingSentences, trendSentence } from '../src/assessment/sentences.ts';
import {
  capitalise,
  observedWords,
  outcomeHeading,
  outcomeNumber,
  roundedPercent,
  valueWords,
} from '../src/assessment/wording.ts';
import type { BoardOrders } from '../src/fhir/board-orders.ts';
import { daysBetween, formatDate } from '../src/models/calendar.ts';
import { endpointWords } from '../src/models/endpoint-words.ts';
import type { InputUsed, ModelResult, Outcome } from '../src/models/model-result.ts';
import { escapeMarkdown, markdownTable } from './markdown.ts';

/** Contribution (log-odds or log-hazard) below which an input is said to have little effect. */
const littleEffect = 0.05;

/** Rows and lines that are shown of a list; the rest is counted. A card is no wall of features. */
const shownDrivers = 3;
const shownRows = 6;
const shownLines = 4;
const shownCautions = 6;

/**
 * Detail of a card for a model that was assessed: GitHub-Flavored Markdown without HTML that also reads as plain text.
 *
 * @param why What makes the card a warning; empty for none.
 * @param board Referrals to the tumour board, where they matter and the record was asked.
 */
export function assessedDetail(
  assessment: Assessment,
  result: ModelResult,
  why: readonly string[],
  board: BoardOrders | null,
): string {
  const [performance] = result.model.performance;
  return paragraphs([
    standingLine(result),
    why.length === 0 ? '' : `**Why this is a warning.** ${why.map(escapeMarkdown).join('. ')}.`,
    boardLine(board),
    result.outcomes.map(outcomeLine).join('\n\n'),
    trendLine(assessment, result),
    warningList(result, why),
    driverTable(assessment, result),
    furtherInputs(assessment, result),
    comparisonLines(result),
    imagingLine(assessment, result),
    missingList(result),
    problemList(assessment),
    `**How well the model did.** ${performance}.`,
    whatItIsNot(result),
    footer(assessment, result),
  ]);
}

/** Detail of a card for a model that lacks something: what, and what would mend it. */
export function notAssessableDetail(assessment: Assessment, result: ModelResult): string {
  const known = [...result.used, ...result.context];
  return paragraphs([
    standingLine(result),
    `**Risk not assessable.** ${result.reasons.map((reason) => capitalise(escapeMarkdown(reason))).join('; ')}.`,
    missingList(result),
    warningList(result, []),
    inputTable(['Known so far', 'Value', 'When'], known, assessment),
    imagingLine(assessment, result),
    problemList(assessment),
    footer(assessment, result),
  ]);
}

/**
 * Detail of a card for an order that no model is made for.
 *
 * @param outside Whether that follows from what the record says, and not only from what it leaves open.
 */
export function notApplicableDetail({ models, asOf }: Assessment, outside: boolean): string {
  const lines = models.map(({ model, reasons }) => `- ${model.title}: ${reasons.map(escapeMarkdown).join('; ')}`);
  return paragraphs([
    outside
      ? "**Outside every model's population.** What the record says excludes the patient from the studies behind the models. What they found does not carry over to this order, and no risk is shown:"
      : '**No model applies.** No risk is shown, because each model was made for other patients:',
    lines.join('\n'),
    `Assessed ${formatDate(asOf)}. Says nothing for or against the order. Decision support, not a decision.`,
  ]);
}

/** Detail of a card for an order where the record names no lung cancer that a model is made for. */
export function noLungCancerDetail(assessment: Assessment): string {
  const { unread, asOf } = assessment;
  const gaps =
    unread.length === 0 ? '' : ` Not all of the record was read (${unread.join(', ')}), so there may be one.`;
  return paragraphs([
    `**No risk is given.** The record names no small-cell or non-small-cell lung cancer, and every model is made for one of them.${gaps}`,
    problemList(assessment),
    `Assessed ${formatDate(asOf)}. Says nothing for or against the order. Decision support, not a decision.`,
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
  const members = outcome.members.flatMap(({ label, value }) =>
    value === null ? [] : [`${label} ${value.toFixed(2)}`],
  );
  const parts = members.length === 0 ? '' : ` From ${members.join(' and ')}.`;
  const risks = outcome.risks.map(({ months, probability }) => `${roundedPercent(probability)} by ${months} months`);
  const byMonth = risks.length === 0 ? '' : ` ${capitalise(endpointWords(outcome.endpoint))}: ${risks.join(', ')}.`;
  const seen = outcome.observed.filter(({ patients }) => patients).map((group) => `- ${observedWords(group)}`);
  const study = seen.length === 0 ? [] : [`${outcome.observedNote ?? 'In the study'}:`, ...seen];
  const first = `**${outcomeHeading(outcome)}: ${outcomeNumber(outcome)}**${relative}. ${note}.${byMonth}${parts}`;
  return paragraphs([first, study.join('\n')]);
}

/** What is on its way to the board already. */
function boardLine(board: BoardOrders | null): string {
  if (board === null || board.open.length === 0) return '';
  const lines = board.open.map(({ resourceType, reference, date }) => {
    const where = reference === null ? '' : ` (${escapeMarkdown(reference)})`;
    const day = date === null ? 'without a date' : formatDate(date);
    return resourceType === 'Appointment' ? `on the list for ${day}${where}` : `referral of ${day} is open${where}`;
  });
  return `**Tumour board.** ${capitalise(lines.slice(0, shownLines).join('; '))}.`;
}

function trendLine(assessment: Assessment, result: ModelResult): string {
  const sentence = trendSentence(assessment, result);
  return sentence === null ? '' : `${escapeMarkdown(sentence)}.`;
}

function comparisonLines({ comparisons }: ModelResult): string {
  if (comparisons.length === 0) return '';
  return listed(
    'Therapies compared in the study:',
    comparisons.map((each) => `- ${comparisonSentence(each)}`),
  );
}

/** The inputs that matter most, strongest first. */
function driverTable({ asOf }: Assessment, { used }: ModelResult): string {
  const drivers = strongestFirst(used).slice(0, shownDrivers);
  if (drivers.length === 0) return '';
  const rows = drivers.map((input) => [...inputCells(input, asOf), effect(input.contribution)]);
  return markdownTable(['What drives it', 'Value', 'When', 'Effect'], rows);
}

function furtherInputs(assessment: Assessment, { used, context }: ModelResult): string {
  return paragraphs([
    inputTable(['Also in the score', 'Value', 'When'], strongestFirst(used).slice(shownDrivers), assessment),
    inputTable(['Also known (not in the score)', 'Value', 'When'], context, assessment),
  ]);
}

function strongestFirst(used: readonly InputUsed[]): InputUsed[] {
  return used.toSorted((a, b) => Math.abs(b.contribution ?? 0) - Math.abs(a.contribution ?? 0));
}

function inputTable(head: readonly string[], inputs: readonly InputUsed[], { asOf }: Assessment): string {
  if (inputs.length === 0) return '';
  // One left-over row takes no more room than the line that counts it.
  const rows = inputs.length === shownRows + 1 ? inputs : inputs.slice(0, shownRows);
  const table = markdownTable(
    head,
    rows.map((input) => inputCells(input, asOf)),
  );
  const more = inputs.length - rows.length;
  return more === 0 ? table : `${table}\n\n${more} more inputs are not listed here.`;
}

function inputCells(input: InputUsed, asOf: string): string[] {
  const value = escapeMarkdown(valueWords(input));
  return [
    escapeMarkdown(input.label),
    input.imputed === null ? value : `${value} (stands in for a missing value)`,
    input.date === null ? 'no date' : dateWithAge(input.date, asOf),
  ];
}

/** "14 Oct 2026, 38 days ago"; a partial date has no age in days. */
function dateWithAge(iso: string, asOf: string): string {
  const date = formatDate(iso);
  if (!/^\d{4}-\d\d-\d\d/.test(iso)) return date;
  const days = daysBetween(iso, asOf);
  if (days < 1) return days === 0 ? `${date}, today` : date;
  return days === 1 ? `${date}, yesterday` : `${date}, ${days} days ago`;
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
  return listed('Images used:', [...lines, ...rest]);
}

function missingList({ missing }: ModelResult): string {
  if (missing.length === 0) return 'Missing: none.';
  // What stops or weakens the result stands before what would only have been shown beside it.
  const inOrder = missing.toSorted((a, b) => Number(a.kind === 'context') - Number(b.kind === 'context'));
  const reasons = [...new Set(inOrder.map(gap))];
  return listed(
    'Missing:',
    reasons.map((reason) => {
      const labels = inOrder.filter((each) => gap(each) === reason).map(({ label }) => escapeMarkdown(label));
      return `- ${labels.length > 2 ? `${labels.length} inputs (${labels[0]}, ...)` : labels.join(', ')}: ${reason}`;
    }),
  );
}

/** Why an input is missing and what would mend it: the same for all features of a CT that is not there. */
function gap({ why, mend }: ModelResult['missing'][number]): string {
  return `${escapeMarkdown(why)}. To mend: ${mend}`;
}

/** What weakens the result. What a result leaves out stands in the list of what is missing, feature by feature. */
function warningList({ warnings }: ModelResult, said: readonly string[]): string {
  const lines = warnings
    .filter(({ text }) => !said.includes(text))
    .map(({ code, text }) => (code === 'PARTIAL' ? (text.split(': it needs')[0] ?? text) : text))
    .map((text) => `- ${capitalise(escapeMarkdown(text))}`);
  return lines.length === 0 ? '' : listed('Caution:', lines, shownCautions);
}

function problemList({ problems }: Assessment): string {
  if (problems.length === 0) return '';
  const lines = problems.map(({ text, code }) => `- ${capitalise(escapeMarkdown(text))} (${code})`);
  return listed('Set aside or unreadable:', lines);
}

/** A heading and its lines; what does not fit is counted, never silently left out. */
function listed(heading: string, lines: readonly string[], most = shownLines): string {
  const shown = lines.length === most + 1 ? lines : lines.slice(0, most);
  const more = lines.length > shown.length ? [`- and ${lines.length - shown.length} more`] : [];
  return [heading, ...shown, ...more].join('\n');
}

function whatItIsNot({ model }: ModelResult): string {
  const [limit] = model.limits;
  return `**What this is not.** ${limit}.`;
}

function footer(assessment: Assessment, { model }: ModelResult): string {
  const synthetic = assessment.synthetic ? ' Synthetic patient data.' : '';
  return `Model ${model.id} ${model.version} (${model.standing}), after ${model.source.citation}. Assessed ${formatDate(assessment.asOf)}. Decision support, not a decision.${synthetic}`;
}

function paragraphs(parts: readonly string[]): string {
  return parts.filter((part) => part !== '').join('\n\n');
}
