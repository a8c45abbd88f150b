import { createHash } from 'node:crypto';
import type { BoardReport } from './board-report.ts';
import { labLanes, timelineLegend } from './course-view.ts';
import { detailsView } from './details-view.ts';
import type { Drawing } from './drawing.ts';
import { detailsSection } from './html-details.ts';
import { risksSection } from './html-risks.ts';
import { style } from './html-style.ts';
import { type Html, html, raw } from './html-text.ts';
import { captionHead, captionLines } from './key-slice-caption.ts';
import { keySliceDrawing } from './key-slice-drawing.ts';
import { type PageView, pageView } from './page-view.ts';
import { qrDrawing } from './qr-drawing.ts';
import { texts } from './texts.ts';
import { timeScale } from './time-scale.ts';
import { timelineDrawing } from './timeline-drawing.ts';
import { trendDrawing } from './trend-drawing.ts';

/** What the page may load: nothing. `style-src` names its own style sheet. */
export const reportPolicy = [
  "default-src 'none'",
  'img-src data:',
  `style-src 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** Widths of the drawings (pt); the page scales them to its columns. */
const widths = { timeline: 150, slice: 105, trend: 172, qr: 90 } as const;

/** Where the page leads to, beside the viewer; each is left out where it is not given. */
export interface HtmlLinks {
  /** PDFs of the same page. */
  readonly pdf?: { readonly a4: string; readonly letter: string };
  /** Back to where the reader came from. */
  readonly back?: { readonly href: string; readonly label: string };
  /** Where a session is ended. */
  readonly logOut?: string;
}

/** The board's page as one HTML document without scripts, which needs nothing else; to be sent with `reportPolicy`. */
export function renderHtml(report: BoardReport, links: HtmlLinks = {}): string {
  const view = pageView(report);
  const { person } = view;
  const page = html`<!doctype html>
<html lang="${texts.language}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${texts.title}: ${person.name}</title>
<link rel="icon" href="data:,">
<style>${raw(style)}</style>
</head>
<body>
<a class="skip" href="#risk">${texts.html.skip}</a>
<header>
${view.banners.length === 0 ? '' : html`<p class="banner" role="note">${view.banners.join(' | ')}</p>`}
${navigation(report, links)}
${band(view)}
</header>
<main>
<div class="thirds">
${courseSection(report, view)}
${sliceSection(report, view)}
${risksSection(view)}
</div>
${trendSection(report, view)}
<div class="halves">
${driverSection(view)}
${gapSection(view)}
</div>
${performanceSection(view)}
${detailsSection(detailsView(report))}
</main>
${footer(report, view)}
</body>
</html>
`;
  return page.markup;
}

function navigation({ links: { viewer } }: BoardReport, { pdf, back, logOut }: HtmlLinks): Html {
  const entries = [
    ...(back === undefined ? [] : [{ href: back.href, label: back.label }]),
    ...(pdf === undefined
      ? []
      : [
          { href: pdf.a4, label: texts.html.pdf },
          { href: pdf.letter, label: texts.html.pdfLetter },
        ]),
    ...(viewer === null ? [] : [{ href: viewer, label: texts.html.viewer }]),
    { href: '#details', label: texts.html.details },
    ...(logOut === undefined ? [] : [{ href: logOut, label: texts.html.logOut }]),
  ];
  const items = entries.map(({ href, label }) => html`<li><a href="${href}">${label}</a></li>`);
  return html`<nav aria-label="${texts.title}"><ul>${items}</ul></nav>`;
}

function band({ person }: PageView): Html {
  const facts = person.facts.map(
    ({ label, text, date }) =>
      html`<dt>${label}</dt><dd><strong>${text}</strong>${date === null ? '' : html` <span class="muted">${date}</span>`}</dd>`,
  );
  return html`<div class="band">
<div><h1>${person.name}</h1><p>${person.line}</p><p>${person.identifiers}</p></div>
<dl>${facts}</dl>
<div><p class="muted">${texts.band.question}</p><p><strong>${person.question}</strong></p><p class="small">${person.when}</p></div>
</div>`;
}

function figure({ svg }: Drawing): Html {
  return raw(svg);
}

function courseSection({ course }: BoardReport, view: PageView): Html {
  const timeline = timelineDrawing(course, labLanes(course), widths.timeline, view.therapy.join('; '));
  const labs = view.labs.map(
    ({ label, value, date, before }) =>
      html`<li><strong>${label}</strong> ${value}, ${date}${before === null ? '' : html`; <span class="muted">${before}</span>`}</li>`,
  );
  return html`<section aria-labelledby="course"><h2 id="course">${texts.course.heading}</h2>
<div class="timeline">${figure(timeline)}</div>
<ul class="plain">${view.therapy.map((line) => html`<li>${line}</li>`)}</ul>
<p class="small">${timelineLegend(course)}</p>
<h3>${texts.course.laboratory}</h3>
${labs.length === 0 ? html`<p>${texts.course.noLaboratory}</p>` : html`<ul class="plain">${labs}</ul>`}
</section>`;
}

function sliceSection(report: BoardReport, { mark }: PageView): Html {
  const { slices, gaps } = report.keySlices;
  const visits = slices.map(
    (slice) => html`<figure><figcaption><strong>${captionHead(slice)}</strong></figcaption>
${figure(keySliceDrawing(slice, slice.whole, mark, widths.slice))}
${figure(keySliceDrawing(slice, slice.detail, mark, widths.slice))}
${captionLines(slice, report.course).map((line) => html`<p class="small">${line}</p>`)}</figure>`,
  );
  const legend = texts.keySlices.lineLegend(texts.lines[mark], texts.risk[mark].toLowerCase());
  return html`<section aria-labelledby="ct"><h2 id="ct">${texts.keySlices.heading}</h2>
${visits.length === 0 ? '' : html`<div class="visits">${visits}</div><p class="small">${legend}</p>`}
${gaps.map((text) => html`<p>${text}</p>`)}
</section>`;
}

function trendSection({ course }: BoardReport, { trends }: PageView): Html {
  const days = timeScale(course);
  const charts = trends.map(
    (
      trend,
    ) => html`<figure><figcaption><strong>${trend.label}</strong><br><span class="small">${trend.last.join(', ')}</span></figcaption>
${figure(trendDrawing(trend, course.therapy, days, widths.trend))}</figure>`,
  );
  return html`<section aria-labelledby="trends"><h2 id="trends">${texts.trends.heading}</h2>
${charts.length === 0 ? html`<p>${texts.trends.none}</p>` : html`<div class="charts">${charts}</div><p class="small">${texts.trends.bands} ${texts.trends.limit}</p>`}
</section>`;
}

function driverSection({ drivers }: PageView): Html {
  const head = texts.drivers.columns.map((column) => html`<th scope="col">${column}</th>`);
  const tables = drivers.map(({ number, outcome, reference, rows }) => {
    const body = rows.map(
      ({ label, value, date, effect, share }) =>
        html`<tr><th scope="row">${label}</th><td>${value}</td><td>${date}</td><td>${effectBar(share)} ${effect}</td></tr>`,
    );
    return html`<table class="drivers"><caption>${number}  ${outcome}. <span class="muted">${reference}</span></caption><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table>`;
  });
  return html`<section aria-labelledby="drivers"><h2 id="drivers">${texts.drivers.heading}</h2>
${tables.length === 0 ? html`<p>${texts.drivers.nothing}</p>` : tables}
</section>`;
}

/** To the right of the middle: raises. */
function effectBar(share: number): Html {
  const length = Math.max(1, Math.abs(share) * 40).toFixed(1);
  const x = share > 0 ? '42' : (42 - Number(length)).toFixed(1);
  return html`<svg class="bar" viewBox="0 0 84 10" aria-hidden="true"><path d="M42 0v10" stroke="#56606b"/><rect x="${x}" y="2" width="${length}" height="6" fill="#3b434c"/></svg>`;
}

function gapSection({ gaps }: PageView): Html {
  const rows = gaps.map(
    ({ what, why, mend }) =>
      html`<li><strong>${what}</strong>${why === '' ? '' : `: ${why}.`} ${mend === '' ? '' : html`<em>${texts.gaps.mend(mend)}</em>`}</li>`,
  );
  return html`<section aria-labelledby="gaps"><h2 id="gaps">${texts.gaps.heading}</h2>
${rows.length === 0 ? html`<p>${texts.gaps.nothing}</p>` : html`<ul class="plain">${rows}</ul>`}
</section>`;
}

function performanceSection({ performance }: PageView): Html {
  if (performance.length === 0) return html``;
  return html`<section aria-labelledby="performance"><h2 id="performance">${texts.performance.heading}</h2>
${performance.map(({ number, line }) => html`<p class="small">${number}  ${line}</p>`)}
</section>`;
}

function footer({ links: { viewer } }: BoardReport, { foot }: PageView): Html {
  const code =
    viewer === null ? '' : html`<div class="qr">${figure(qrDrawing(viewer, texts.foot.viewer, widths.qr))}</div>`;
  return html`<footer><p><strong>${texts.banners.decisionSupport}.</strong></p><p class="small">${foot.join('. ')}</p>${code}</footer>`;
}
