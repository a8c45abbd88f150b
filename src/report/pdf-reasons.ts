import type { Content, TableCell } from 'pdfmake';
import { ink } from './drawing.ts';
import type { Amount } from './page-amounts.ts';
import type { PageView } from './page-view.ts';
import { headCells, heading, lined, small } from './pdf-parts.ts';
import type { DriverRow, DriverView } from './risk-view.ts';
import { texts } from './texts.ts';

const barWidth = 42;
const effectWidth = barWidth + 32;
const dateWidth = 46;

/** What drives the first outcome of each model, strongest first. */
export function driverPart({ drivers }: PageView, width: number, amount: Amount): Content[] {
  return [
    heading(texts.drivers.heading, width),
    ...(drivers.length === 0
      ? [{ text: texts.drivers.nothing }]
      : drivers.map((view) => driverTable(view, width, amount))),
  ];
}

function driverTable(
  { number, outcome, reference, rows }: DriverView,
  width: number,
  { drivers: count }: Amount,
): Content {
  const left = rows.length - count;
  const body: TableCell[][] = [
    headCells(texts.drivers.columns),
    ...rows.slice(0, count).map((row) => [row.label, row.value, row.date, effectCell(row)]),
  ];
  return {
    stack: [
      {
        text: [
          { text: `${number}  ${outcome}. `, bold: true },
          { text: reference, color: ink.muted },
        ],
      },
      {
        table: { widths: [(width - dateWidth - effectWidth) * 0.64, '*', dateWidth, effectWidth], body },
        layout: lined,
      },
      ...(left > 0 ? [small(texts.drivers.more(left))] : []),
    ],
    margin: [0, 0, 0, 4],
  };
}

/** A bar to the right of the middle raises, one to the left lowers; the word says the same. */
function effectCell({ effect, share }: DriverRow): TableCell {
  const half = barWidth / 2;
  const length = Math.max(1, Math.abs(share) * half);
  return {
    columns: [
      {
        width: barWidth,
        canvas: [
          { type: 'line', x1: half, y1: 0, x2: half, y2: 7, lineWidth: 0.5, lineColor: ink.muted },
          { type: 'rect', x: share > 0 ? half : half - length, y: 1.5, w: length, h: 4.5, color: ink.line },
        ],
      },
      { width: '*', text: effect },
    ],
    columnGap: 3,
  };
}

/** What is missing, why, and what would resolve it. */
export function gapPart({ gaps }: PageView, width: number, { gaps: count }: Amount): Content[] {
  const left = gaps.length - count;
  return [
    heading(texts.gaps.heading, width),
    ...(gaps.length === 0 ? [{ text: texts.gaps.nothing }] : []),
    ...gaps.slice(0, count).map(
      ({ what, why, mend }): Content => ({
        text: [
          { text: what, bold: why !== '' },
          why === '' ? '' : `: ${why}. `,
          mend === '' ? '' : { text: texts.gaps.mend(mend), italics: true },
        ],
        margin: [0, 0, 0, 2],
      }),
    ),
    ...(left > 0 ? [small(texts.gaps.more(left), { bold: true })] : []),
  ];
}
