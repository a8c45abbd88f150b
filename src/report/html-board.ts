import type { BoardList } from './board-list.ts';
import { style } from './html-style.ts';
import { type Html, html, raw } from './html-text.ts';
import { type ListRow, listView } from './list-view.ts';
import { texts } from './texts.ts';

/** Where the list leads to. */
export interface BoardHtmlLinks {
  readonly report: (patientId: string) => string;
  readonly pdf: { readonly a4: string; readonly letter: string };
}

/** The list of a board as an HTML page without scripts; to be sent with `reportPolicy`. */
export function renderBoardHtml(list: BoardList, links: BoardHtmlLinks): string {
  const { coverBanners, heading, line, rows, failed } = listView(list);
  const head = (columns: readonly string[]) =>
    columns.map((column) => (column === '' ? html`<td></td>` : html`<th scope="col">${column}</th>`));
  const wrong = failed.map(
    ({ order, patient, why }) => html`<tr><td>${order}</td><th scope="row">${patient}</th><td>${why}</td></tr>`,
  );
  return html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${heading}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<header>${coverBanners.length === 0 ? '' : html`<p class="banner" role="note">${coverBanners.join(' | ')}</p>`}
<nav aria-label="${texts.title}"><ul><li><a href="${links.pdf.a4}">${texts.list.pdf}</a></li><li><a href="${links.pdf.letter}">${texts.list.pdfLetter}</a></li></ul></nav>
</header>
<main>
<h1>${heading}</h1>
<p class="small">${line}</p>
${rows.length + failed.length === 0 ? html`<p>${texts.list.empty}</p>` : ''}
${rows.length === 0 ? '' : html`<table class="list"><thead><tr>${head(texts.list.htmlColumns)}</tr></thead><tbody>${rows.map((row) => rowPart(row, links))}</tbody></table>`}
${wrong.length === 0 ? '' : html`<table><caption>${texts.list.failed}</caption><thead><tr>${head(texts.list.failedColumns)}</tr></thead><tbody>${wrong}</tbody></table>`}
</main>
<footer><p><strong>${texts.banners.decisionSupport}.</strong></p></footer>
</body>
</html>
`.markup;
}

function rowPart({ order, report, view, gaps, personMarks, riskMarks }: ListRow, links: BoardHtmlLinks): Html {
  const { person, mark, statement, demonstration, last } = view;
  const [diagnosis, stage] = person.facts;
  const id = report.assessment.subject.replace(/^Patient\//, '');
  const chip = (words: string) => html`<p class="standing demonstration">${words}</p>`;
  return html`<tr><td>${order}</td>
<th scope="row">${personMarks.map(chip)}<p><a href="${links.report(id)}">${person.name}</a></p><p>${person.line}</p><p class="small">${person.identifiers}</p></th>
<td><p>${[diagnosis, stage].flatMap((fact) => fact?.text ?? []).join(', ')}</p><p><em>${person.question}</em></p></td>
<td>${riskMarks.map(chip)}<div class="result"><div class="mark ${mark}" aria-hidden="true">${texts.marks[mark]}</div><div><p><strong>${texts.risk[mark]}</strong></p><p>${statement}.</p>${demonstration && riskMarks.length === 0 ? html`<p>${texts.risks.demonstration}.</p>` : ''}</div></div>${last === null ? '' : html`<p class="small">${last}.</p>`}</td>
<td>${gaps}</td></tr>`;
}
