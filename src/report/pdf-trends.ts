import type { Content, CustomTableLayout, TableCell } from 'pdfmake';
import type { BoardReport } from './board-report.ts';
import type { Amount } from './page-amounts.ts';
import type { PageView } from './page-view.ts';
import { figure, columnGap as gap, heading, small } from './pdf-parts.ts';
import { texts } from './texts.ts';
import { timeScale } from './time-scale.ts';
import { type Trend, trendDrawing } from './trend-drawing.ts';

const trendsInRow = 3;

/** Charts of what was measured on two days or more, three in a row. */
export function trendPart({ course }: BoardReport, view: PageView, width: number, amount: Amount): Content[] {
  if (amount.trends === 0 && view.trends.length > 0) return [];
  const each = (width - (trendsInRow - 1) * gap) / trendsInRow;
  const days = timeScale(course);
  const shown = view.trends.slice(0, amount.trends);
  const rows = Array.from({ length: Math.ceil(shown.length / trendsInRow) }, (_, at) =>
    shown.slice(at * trendsInRow, (at + 1) * trendsInRow),
  );
  const legend = [
    ...(course.therapy.length > 0 ? [texts.trends.bands] : []),
    ...(shown.some(({ upperLimit }) => upperLimit !== null) ? [texts.trends.limit] : []),
  ].join(' ');
  return [
    heading(texts.trends.heading, width),
    ...(rows.length === 0 ? [{ text: texts.trends.none }] : []),
    ...rows.map((row) =>
      trendRow(
        row.map((trend) => [trendHead(trend), figure(trendDrawing(trend, course.therapy, days, each))]),
        each,
      ),
    ),
    small(legend, { margin: [0, 0, 0, 5] }),
  ];
}

/** Heads over plots: the plots of a row stand at one height, however many lines a label takes. */
function trendRow(cells: readonly (readonly [TableCell, TableCell])[], width: number): Content {
  return {
    table: { widths: cells.map(() => width), body: [cells.map(([head]) => head), cells.map(([, plot]) => plot)] },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      paddingLeft: (column) => (column === 0 ? 0 : gap),
      paddingRight: () => 0,
      paddingTop: () => 0,
      paddingBottom: (row) => (row === 0 ? 1 : 2),
    } satisfies CustomTableLayout,
  };
}

function trendHead({ label, last }: Trend): TableCell {
  return { stack: [{ text: label, bold: true }, small(last.join(', '))], verticalAlignment: 'bottom' };
}
