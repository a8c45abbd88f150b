import type { DetailsView, TableView } from './details-view.ts';
import { type Html, html } from './html-text.ts';
import type { ModelView } from './model-view.ts';
import { texts } from './texts.ts';

/** Everything that the page rests on. */
export function detailsSection({ tables, lists, models, instances }: DetailsView): Html {
  return html`<section class="details" aria-labelledby="details"><h2 id="details">${texts.details.heading}</h2>
${tables.map(table)}
${models.map(modelPart)}
${lists.map(({ heading, lines }) => html`<h3>${heading}</h3><ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`)}
${instances.rows.length === 0 ? '' : table(instances)}
</section>`;
}

function table({ heading, columns, rows }: TableView): Html {
  const head = columns.map((column) => (column === '' ? html`<td></td>` : html`<th scope="col">${column}</th>`));
  const body = rows.map(([first = '', ...others]) => {
    const cells = others.map((cell) => html`<td>${cell}</td>`);
    return html`<tr><th scope="row">${first}</th>${cells}</tr>`;
  });
  return html`<table><caption>${heading}</caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
}

function modelPart({ number, title, standing, demonstration, standingNote, results, sections, foot }: ModelView): Html {
  const parts = sections.map(
    ({ heading, lines }) =>
      html`${heading === '' ? '' : html`<h4>${heading}</h4>`}<ul>${lines.map((line) => html`<li>${line}</li>`)}</ul>`,
  );
  return html`<div class="model"><h3>${texts.details.model(number, title)}</h3>
<p class="standing${demonstration ? ' demonstration' : ''}">${standing}</p>
<p class="muted">${texts.details.standingNote}: ${standingNote}</p>
${results.map((line) => html`<p><strong>${line}</strong></p>`)}
${parts}
<p class="small">${foot}</p></div>`;
}
