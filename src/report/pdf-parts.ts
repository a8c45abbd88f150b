import type { Content, CustomTableLayout, TableCell } from 'pdfmake';
import { type Drawing, ink, smallest } from './drawing.ts';
import { type MarkKey, riskMarks } from './risk-marks.ts';
import { texts } from './texts.ts';

/** Room between columns of the first page (pt). */
export const columnGap = 12;

/** Heading of a part of a page, with a line under it. */
export function heading(text: string, width: number): Content {
  return {
    stack: [
      { text, bold: true, fontSize: 8.5 },
      { canvas: [{ type: 'line', x1: 0, y1: 0, x2: width, y2: 0, lineWidth: 0.7, lineColor: ink.line }] },
    ],
    margin: [0, 0, 0, 3],
  };
}

/** A drawing at its own size. */
export function figure({ svg, width, height }: Drawing): Content {
  return { svg, width, height };
}

export function small(text: string, more: Readonly<Record<string, unknown>> = {}): Content {
  return { text, fontSize: smallest, color: ink.muted, ...more };
}

/** What a model that is no clinical one says before everything else. */
export function standingChip(standing: string, demonstration: boolean): Content {
  return demonstration
    ? { text: `\u00a0${standing}\u00a0`, bold: true, fontSize: smallest, color: '#ffffff', background: '#7a1f00' }
    : { text: standing, bold: true, fontSize: smallest, color: ink.muted };
}

/** The letter of a risk group on its colour, and text beside it. */
export function badge(mark: MarkKey, content: Content[], letterSize = 9): Content {
  const { colour, onColour } = riskMarks[mark];
  const letter: TableCell = {
    text: texts.marks[mark],
    bold: true,
    fontSize: letterSize,
    alignment: 'center',
    color: onColour,
    fillColor: colour,
    verticalAlignment: 'middle',
  };
  const width = letterSize + 5;
  return {
    table: { widths: [width, '*'], body: [[letter, { stack: content }]] },
    layout: tight,
  };
}

const tight: CustomTableLayout = {
  hLineWidth: () => 0,
  vLineWidth: () => 0,
  paddingLeft: (column) => (column === 0 ? 0 : 4),
  paddingRight: () => 0,
  paddingTop: () => 0.5,
  paddingBottom: () => 0.5,
};

/** Thin lines between rows. */
export const lined: CustomTableLayout = {
  hLineWidth: (at, { table }) => (at === 0 || at === table.body.length ? 0 : at === 1 ? 0.7 : 0.3),
  vLineWidth: () => 0,
  hLineColor: () => ink.grid,
  paddingLeft: (column) => (column === 0 ? 0 : 4),
  paddingRight: () => 0,
  paddingTop: () => 1,
  paddingBottom: () => 1,
};

/** As `lined`, for a table whose first row is its title. */
export const titled: CustomTableLayout = {
  ...lined,
  hLineWidth: (at, { table }) => (at < 2 || at === table.body.length ? 0 : at === 2 ? 0.7 : 0.3),
};

/** The title as a row, so that it never stands alone at the end of a page, and is repeated on the next. */
export function titleRow(text: string, columns: number): TableCell[] {
  return [{ text, bold: true, fontSize: 9, colSpan: columns }, ...Array.from({ length: columns - 1 }, () => ({}))];
}

export function headCells(columns: readonly string[]): TableCell[] {
  return columns.map((text) => ({ text, bold: true, fontSize: smallest, color: ink.muted }));
}
