/** The page's style sheet: on a screen, and on paper for those who print the page itself rather than its PDF. */
export const style = `
:root { color: #1b1f24; background: #ffffff; font: 15px/1.4 system-ui, -apple-system, 'Segoe UI', Roboto, Arial, sans-serif; }
body { margin: 0 auto; max-width: 1320px; padding: 0 20px 40px; }
.banner { margin: 0 -20px; padding: 6px 20px; background: #1b1f24; color: #ffffff; font-weight: 600; text-align: center; position: sticky; top: 0; z-index: 1; }
.skip { position: absolute; left: -9999px; }
.skip:focus { left: 8px; top: 8px; background: #ffffff; color: #1b1f24; padding: 4px 8px; z-index: 2; }
a { color: #00507d; }
a:focus-visible, summary:focus-visible { outline: 2px solid #00507d; outline-offset: 2px; }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 20px; list-style: none; margin: 10px 0; padding: 0; }
h1 { font-size: 26px; line-height: 1.15; margin: 0; overflow-wrap: anywhere; }
h2 { font-size: 16px; margin: 0 0 6px; border-bottom: 1px solid #3b434c; }
h3 { font-size: 15px; margin: 12px 0 2px; }
h4 { font-size: 14px; margin: 8px 0 0; font-weight: 600; color: #414a54; }
p { margin: 2px 0; }
.muted, .small { color: #4a545f; }
.small { font-size: 13px; }
.band { display: grid; grid-template-columns: 1.2fr 1.4fr 1fr; gap: 20px; border-top: 1px solid #3b434c; border-bottom: 1px solid #3b434c; padding: 10px 0; margin-bottom: 14px; }
.band dl { margin: 0; display: grid; grid-template-columns: max-content 1fr; gap: 0 10px; }
.band dt { color: #4a545f; }
.band dd { margin: 0; }
.thirds { display: grid; grid-template-columns: 1fr 1.5fr 1.5fr; gap: 24px; }
.halves { display: grid; grid-template-columns: 1.35fr 1fr; gap: 24px; }
.visits { display: grid; grid-template-columns: 1fr 1fr; gap: 12px; }
figure { margin: 0; }
figure svg, .charts svg, .timeline svg { width: 100%; height: auto; display: block; margin-bottom: 4px; }
.charts { display: grid; grid-template-columns: repeat(3, 1fr); gap: 14px 24px; }
.timeline, .visits { max-width: 520px; }
.qr svg { width: 120px; height: 120px; }
section { margin-bottom: 18px; min-width: 0; }
ul.plain { list-style: none; margin: 0; padding: 0; }
ul.plain li { margin: 2px 0; }
.result { display: grid; grid-template-columns: 30px 1fr; gap: 10px; margin: 4px 0; }
.mark { display: flex; align-items: center; justify-content: center; font-weight: 700; font-size: 18px; }
.mark.low { background: #0072B2; color: #ffffff; }
.mark.intermediate { background: #E69F00; color: #000000; }
.mark.high { background: #D55E00; color: #000000; }
.mark.unclassified { background: #56606b; color: #ffffff; }
.mark.none { background: #6b6b6b; color: #ffffff; }
.standing { display: inline-block; font-size: 13px; font-weight: 600; color: #4a545f; }
.standing.demonstration { background: #7a1f00; color: #ffffff; padding: 0 6px; }
.model { margin-bottom: 14px; }
table { border-collapse: collapse; width: 100%; margin: 4px 0 12px; font-size: 14px; }
caption { text-align: left; font-weight: 600; padding: 6px 0 2px; }
th, td { text-align: left; vertical-align: top; padding: 3px 8px 3px 0; border-bottom: 1px solid #d5dbe1; overflow-wrap: anywhere; }
th[scope=col] { color: #4a545f; font-size: 13px; border-bottom-color: #3b434c; }
th[scope=row] { font-weight: 500; }
table.list { table-layout: fixed; }
.list tr > :nth-child(1) { width: 28px; }
.list tr > :nth-child(2), .list tr > :nth-child(3) { width: 22%; }
.list tr > :nth-child(5) { width: 22%; }
.drivers { table-layout: fixed; }
.drivers tr > :nth-child(2) { width: 24%; }
.drivers tr > :nth-child(3) { width: 6.8em; }
.drivers tr > :nth-child(4) { width: 10.4em; white-space: nowrap; }
.bar { display: inline-block; width: 5.6em; vertical-align: middle; }
footer { border-top: 1px solid #3b434c; padding-top: 8px; overflow-wrap: anywhere; }
@media (max-width: 900px) {
  .band, .halves { grid-template-columns: 1fr; }
  .thirds { grid-template-columns: 1fr 1fr; }
  .thirds > :first-child { grid-column: 1 / -1; grid-row: 2; }
  .charts { grid-template-columns: 1fr 1fr; }
}
@media (max-width: 620px) {
  .thirds, .charts { grid-template-columns: 1fr; }
  .thirds > :last-child { grid-row: 1; }
}
@media print {
  @page { margin: 10mm; }
  :root { font-size: 7.5pt; line-height: 1.2; }
  body { max-width: none; padding: 0; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
  .banner { position: static; margin: 0 0 4pt; padding: 2pt; }
  nav, .skip { display: none; }
  h1 { font-size: 14pt; }
  h2, h3, h4, table, .small, .standing, th[scope=col] { font-size: 7.5pt; }
  .band, .thirds, .halves { gap: 10pt; margin-bottom: 4pt; padding: 3pt 0; }
  .band { grid-template-columns: 1.2fr 1.4fr 1fr; }
  .thirds { grid-template-columns: 1fr 1.5fr 1.5fr; }
  .thirds > :first-child { grid-column: auto; grid-row: auto; }
  .halves { grid-template-columns: 1.35fr 1fr; }
  .charts { grid-template-columns: repeat(3, 1fr); gap: 4pt 10pt; }
  .result { grid-template-columns: 14pt 1fr; gap: 4pt; }
  .mark { font-size: 9pt; }
  .timeline, .visits { max-width: 520px; }
.qr svg { width: 62pt; height: 62pt; }
  section { margin-bottom: 5pt; }
  tr, .model, figure { break-inside: avoid; }
  .details { break-before: page; }
}
`;
