import type { Assessment } from '../assessment/assessment.ts';
import { comparisonSentence, imagingSentences, selectionSentences, trendSentence } from '../assessment/sentences.ts';
import { capitalise, observedWords, outcomeHeading, outcomeNumber, valueWords } from '../assessment/wording.ts';
import { modelFigures } from '../figures/model-figures.ts';
import { escapeText } from '../figures/svg-text.ts';
import { formatDate } from '../models/calendar.ts';
import { endpointWords } from '../models/endpoint-words.ts';
import type { InputUsed, ModelResult } from '../models/model-result.ts';

/** All models of one Assessment on one page, with figures, inputs and what is missing; HTML without scripts. */
export function detailsPage(assessment: Assessment, patientName: string): string {
  const { combined, models, asOf, trend } = assessment;
  const assessed = models.filter(({ status }) => status === 'assessed');
  const applicable = [...assessed, ...models.filter(({ status }) => status === 'not-assessable')];
  const others = models.filter(({ status }) => status === 'not-applicable');
  const before =
    trend === null
      ? ''
      : `<p>Last assessed ${formatDate(trend.previous.asOf)}: ${trend.previous.group ?? 'no group'}.</p>`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>All models: ${escapeText(patientName)}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/page/style.css">
<link rel="stylesheet" href="/page/details.css">
</head>
<body class="details">
<p class="banner" role="note"><strong>Synthetic data: no real patients.</strong> Demonstration, not for clinical use.</p>
<main>
<p><a href="/">Back to the orders</a></p>
<h1>${escapeText(patientName)}, as of ${formatDate(asOf)}</h1>
<p>${escapeText(combined.statement)}${combined.demonstration ? ', from demonstration models: not a clinical result' : ''}.</p>
${before}
${applicable.map((result) => modelSection(assessment, result)).join('\n')}
<section><h2>CT series</h2>${list(selectionSentences(assessment))}</section>
<section><h2>Models that do not apply</h2>${list(others.map(({ model, reasons }) => `${model.title}: ${reasons.join('; ')}`))}</section>
</main>
</body>
</html>
`;
}

function modelSection(assessment: Assessment, result: ModelResult): string {
  const { model, status, outcomes, warnings, missing, used, context, comparisons, reasons } = result;
  const figures = modelFigures(result, { endpointText: endpointWords, resultText: outcomeNumber });
  const trend = trendSentence(assessment, result);
  const standing =
    model.standing === 'synthetic-demo' ? 'SYNTHETIC DEMO MODEL, not a clinical result' : capitalise(model.standing);
  const results = outcomes.map((outcome) => {
    const relative = outcome.relativeTo === null ? '' : ` (${outcome.relativeTo})`;
    const seen = outcome.observed.filter(({ patients }) => patients).map(observedWords);
    const note = seen.length === 0 ? '' : `; ${outcome.observedNote ?? 'in the study'}: ${seen.join('; ')}`;
    return `${outcomeHeading(outcome)}: ${outcomeNumber(outcome)}${relative}. ${capitalise(outcome.groupNote)}${note}`;
  });
  return `<section aria-label="${escapeText(model.title)}">
<h2>${escapeText(model.title)}</h2>
<p class="standing ${model.standing}">${escapeText(standing)}</p>
${list(status === 'assessed' ? results : [`Not assessable: ${reasons.join('; ')}`])}
${list([...(trend === null ? [] : [trend]), ...warnings.map(({ text }) => `Caution: ${text}`)])}
<div class="figures">${figures.map(({ svg }) => svg).join('\n')}</div>
${inputTable('Inputs of the model', used)}
${inputTable('Also known, not in the score', context)}
${list(missing.map(({ label, why, mend }) => `Missing: ${label}, ${why}. To mend: ${mend}`))}
${list(imagingSentences(result).map(capitalise))}
${list(comparisons.map((comparison) => `In the study: ${comparisonSentence(comparison)}`))}
<h3>Performance and limits</h3>
${list([...model.performance, ...model.limits])}
<p class="foot">Model ${model.id} ${model.version}, file ${model.hash.slice(0, 12)}, after ${escapeText(model.source.citation)}.</p>
</section>`;
}

function inputTable(title: string, inputs: readonly InputUsed[]): string {
  if (inputs.length === 0) return '';
  const rows = inputs.map(
    (input) =>
      `<tr><th scope="row">${escapeText(input.label)}</th><td>${escapeText(valueWords(input))}</td><td>${input.date === null ? 'undated' : formatDate(input.date)}</td><td>${effect(input)}</td><td class="sources">${sources(input)}</td></tr>`,
  );
  return `<h3>${title}</h3><table><thead><tr><th>Input</th><th>Value</th><th>When</th><th>Effect</th><th>Source</th></tr></thead><tbody>${rows.join('')}</tbody></table>`;
}

/** Resources in full; the UIDs of images behind a summary, because each has up to 64 digits. */
function sources({ sources: all }: InputUsed): string {
  const resources = all.filter((source) => source.includes('/'));
  const uids = all.filter((source) => !source.includes('/'));
  const images =
    uids.length === 0
      ? []
      : [`<details><summary>${uids.length} DICOM UIDs</summary>${escapeText(uids.join(', '))}</details>`];
  return [...resources.map(escapeText), ...images].join(', ');
}

function effect({ contribution, imputed }: InputUsed): string {
  const stand = imputed === null ? '' : ` (stand-in: ${escapeText(imputed)})`;
  if (contribution === null) return stand;
  return `${contribution < 0 ? '' : '+'}${contribution.toFixed(2)}${stand}`;
}

function list(lines: readonly string[]): string {
  return lines.length === 0 ? '' : `<ul>${lines.map((line) => `<li>${escapeText(line)}</li>`).join('')}</ul>`;
}
