import { capitalise } from '../assessment/wording.ts';
import { type Html, html } from './html-text.ts';
import type { PageView } from './page-view.ts';
import type { MarkKey } from './risk-marks.ts';
import type { RiskView } from './risk-view.ts';
import { texts } from './texts.ts';

/** What all models say together, then each with its cautions. */
export function risksSection(view: PageView): Html {
  const { risks, notApplicable, mark, statement, demonstration, last } = view;
  const together = html`<p><strong>${texts.risk[mark]}</strong></p><p>${statement}.</p>
${demonstration ? html`<p>${texts.risks.demonstration}.</p>` : ''}
${last === null ? '' : html`<p class="small">${last}.</p>`}`;
  return html`<section aria-labelledby="risk"><h2 id="risk">${texts.risks.heading}</h2>
${result(mark, together)}
${risks.length === 0 ? html`<p>${texts.risks.noModels}</p>` : risks.map(riskPart)}
${notApplicable.length === 0 ? '' : html`<p class="small">${texts.risks.notApplicable(notApplicable.length)}</p>`}
</section>`;
}

/** The letter of a group on its colour beside what it stands for. */
function result(mark: MarkKey, content: Html): Html {
  return html`<div class="result"><div class="mark ${mark}" aria-hidden="true">${texts.marks[mark]}</div><div>${content}</div></div>`;
}

function riskPart({
  number,
  title,
  standing,
  demonstration,
  status,
  outcomes,
  reasons,
  cautions,
  change,
}: RiskView): Html {
  const said =
    status === 'assessed'
      ? outcomes.map(({ mark, heading, number: value, more, observed, observedNote }) =>
          result(
            mark,
            html`<p><strong>${heading}</strong></p><p><strong>${value}</strong>. ${more.join(' ')}</p>
${observed.length === 0 ? '' : html`<p class="small">${observedNote}:</p>`}
${observed.map((line) => html`<p class="small">${capitalise(line)}.</p>`)}`,
          ),
        )
      : result(
          'none',
          html`<p><strong>${texts.risks.notAssessable}</strong></p>${reasons.map((reason) => html`<p>${capitalise(reason)}.</p>`)}`,
        );
  return html`<div class="model"><p class="standing${demonstration ? ' demonstration' : ''}">${standing}</p>
<p class="small">${number}  ${title}</p>
${said}
${change === null ? '' : html`<p class="small">${change}</p>`}
${cautions.map((text) => html`<p class="small"><strong>${texts.risks.caution}:</strong> ${text}</p>`)}
</div>`;
}
