import type { Column, Content, TableCell } from 'pdfmake';
import type { BoardReport } from './board-report.ts';
import { labLanes, timelineLegend } from './course-view.ts';
import { ink, smallest } from './drawing.ts';
import type { Amount, Part } from './page-amounts.ts';
import type { PageView } from './page-view.ts';
import { keySliceColumn } from './pdf-key-slices.ts';
import { figure, columnGap as gap, heading, small } from './pdf-parts.ts';
import { driverPart, gapPart } from './pdf-reasons.ts';
import { riskColumn } from './pdf-risks.ts';
import { trendPart } from './pdf-trends.ts';
import { qrDrawing } from './qr-drawing.ts';
import { texts } from './texts.ts';
import { timelineDrawing } from './timeline-drawing.ts';

/** Widths of the columns (pt). */
function columnsOf(width: number) {
  const [left, middle] = [width * 0.245, width * 0.375];
  const drivers = width * 0.58;
  return { left, middle, right: width - left - middle - 2 * gap, drivers, gaps: width - drivers - gap };
}

/** A part of the page, as it is set out in a given amount. */
export function pagePart(part: Part, { report, view, width }: PageParts, amount: Amount): Content[] {
  const { left, middle, right, drivers, gaps } = columnsOf(width);
  const built: Readonly<Record<Part, () => Content[]>> = {
    course: () => courseColumn(report, view, left, amount),
    images: () => keySliceColumn(report, view, middle, amount.images),
    risks: () => riskColumn(view, right, amount),
    trends: () => trendPart(report, view, width, amount),
    drivers: () => driverPart(view, drivers, amount),
    gaps: () => gapPart(view, gaps, amount),
  };
  return built[part]();
}

/** Width of the column in which a part stands (pt). */
export function partWidth(part: Part, width: number): number {
  const { left, middle, right, drivers, gaps } = columnsOf(width);
  return { course: left, images: middle, risks: right, trends: width, drivers, gaps }[part];
}

/** What never changes: the band at the top and the foot. */
export function fixedParts({ report, view, width, id }: PageParts): [Content, Content] {
  return [topBand(view, width, id), foot(report, view, width)];
}

/** What a first page is made of. */
export interface PageParts {
  readonly report: BoardReport;
  readonly view: PageView;
  /** Between the margins (pt). */
  readonly width: number;
  /** By which other pages refer to it. */
  readonly id?: string;
}

/** Room under the rows of the page (pt). */
export const rowGaps = 13;

/** The board's page: who, course, images, risk, trends, drivers, gaps, performance. */
export function firstPage(page: PageParts, amount: Amount): Content {
  const [band, end] = fixedParts(page);
  const column = (part: Part): Column => ({
    width: partWidth(part, page.width),
    stack: pagePart(part, page, amount),
  });
  return {
    stack: [
      band,
      { columns: [column('course'), column('images'), column('risks')], columnGap: gap, margin: [0, 0, 0, 7] },
      ...pagePart('trends', page, amount),
      { columns: [column('drivers'), column('gaps')], columnGap: gap, margin: [0, 0, 0, rowGaps - 7] },
      end,
    ],
  };
}

function topBand({ person }: PageView, width: number, id: string | undefined): Content {
  const facts = person.facts.map(
    ({ label, text, date }): Content => ({
      text: [{ text: `${label}: `, color: ink.muted }, { text, bold: true }, date === null ? '' : `  ${date}`],
    }),
  );
  const cells: TableCell[] = [
    {
      stack: [
        {
          text: person.name,
          bold: true,
          fontSize: person.name.length > 40 ? 10.5 : 14,
          lineHeight: 1,
          ...(id !== undefined && { id }),
        },
        { text: person.line, fontSize: 8.5 },
        { text: person.identifiers, fontSize: 8 },
      ],
    },
    { stack: facts },
    {
      stack: [
        { text: texts.band.question, color: ink.muted },
        { text: person.question, bold: true },
        small(person.when),
      ],
    },
  ];
  return {
    table: { widths: [width * 0.36 - 10, width * 0.36 - 10, width * 0.28 - 10], body: [cells] },
    layout: {
      hLineWidth: () => 0.7,
      vLineWidth: () => 0,
      hLineColor: () => ink.line,
      paddingLeft: () => 0,
      paddingRight: () => 10,
      paddingTop: () => 3,
      paddingBottom: () => 3,
    },
    margin: [0, 0, 0, 6],
  };
}

function courseColumn({ course }: BoardReport, view: PageView, width: number, amount: Amount): Content[] {
  const timeline = timelineDrawing(course, labLanes(course), width, view.therapy.join('; '));
  const labs = view.labs.slice(0, amount.labs).map(
    ({ label, value, date, before }): Content => ({
      text: [
        { text: `${label} `, bold: true },
        `${value}, ${date}`,
        { text: before === null ? '' : `; ${before}`, color: ink.muted },
      ],
      margin: [0, 0, 0, 1],
    }),
  );
  const moreTherapy = view.therapy.length - amount.therapy;
  const moreLabs = view.labs.length - amount.labs;
  return [
    heading(texts.course.heading, width),
    figure(timeline),
    ...view.therapy.slice(0, amount.therapy).map((text): Content => ({ text, margin: [0, 1, 0, 0] })),
    ...(moreTherapy > 0 ? [small(texts.course.more(moreTherapy))] : []),
    small(timelineLegend(course), { margin: [0, 1, 0, 5] }),
    { text: texts.course.laboratory, bold: true, margin: [0, 0, 0, 1] },
    ...(labs.length === 0 ? [{ text: texts.course.noLaboratory }] : labs),
    ...(moreLabs > 0 ? [small(texts.course.more(moreLabs))] : []),
  ];
}

const qrSize = 62;

function foot({ links }: BoardReport, { performance, foot: lines }: PageView, width: number): Content {
  const words: Content[] = [
    ...(performance.length === 0
      ? []
      : [heading(texts.performance.heading, links.viewer === null ? width : width - qrSize - gap)]),
    ...performance.map(({ number, line }): Content => ({ text: `${number}  ${line}`, fontSize: smallest })),
    small(lines.join('. '), { margin: [0, 3, 0, 0] }),
  ];
  if (links.viewer === null) return { stack: words };
  const code = figure(qrDrawing(links.viewer, texts.foot.viewer, qrSize));
  return {
    columns: [
      { width: '*', stack: words },
      { width: qrSize, stack: [code, small(texts.foot.viewer, { alignment: 'center', link: links.viewer })] },
    ],
    columnGap: gap,
  };
}
