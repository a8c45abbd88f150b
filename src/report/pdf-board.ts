import type { Content, TableCell } from 'pdfmake';
import type { BoardList } from './board-list.ts';
import { ink, smallest } from './drawing.ts';
import { type ListRow, type ListView, listView } from './list-view.ts';
import { fittingPage, frameOf, type Paper } from './pdf.ts';
import { type PdfFrame, writePdf } from './pdf-document.ts';
import { badge, headCells, lined, small, standingChip, titled, titleRow } from './pdf-parts.ts';
import { texts } from './texts.ts';

/**
 * The whole board as one PDF: a cover page with order, patient, diagnosis, risk and open gaps, then one page a patient.
 *
 * @param options `paper`: A4 where left out. `onProgress`: called with the share of pages laid out, 0 to 1.
 */
export async function renderBoardPdf(
  list: BoardList,
  {
    paper = 'a4',
    onProgress = () => undefined,
  }: { readonly paper?: Paper; readonly onProgress?: (share: number) => void } = {},
): Promise<Uint8Array> {
  const view = listView(list);
  const pages: Content[] = [];
  for (const { report, view: page, order } of view.rows) {
    // Room for the banners of all, as the whole file has it.
    const frame = { ...frameOf(report, page, paper), banners: view.banners };
    const first = await fittingPage(report, page, frame, { id: idOf(order) });
    pages.push({ stack: [first], pageBreak: 'before' });
    onProgress(pages.length / view.rows.length);
  }
  const content = [cover(view), ...pages];
  const frame: PdfFrame = {
    paper,
    title: view.heading,
    createdAt: list.createdAt,
    banners: view.banners,
    footer: () => view.heading,
  };
  const { starts } = await writePdf(content, frame);
  const owners = new Map(view.rows.map((row) => [starts.get(idOf(row.order)), row.view]));
  const footer = (page: number) => {
    const person = owners.get(page)?.person;
    return person === undefined ? view.heading : `${person.name}, ${person.identifiers}`;
  };
  const bannersOf = (page: number) => owners.get(page)?.banners ?? view.coverBanners;
  return (await writePdf(content, { ...frame, footer, bannersOf })).bytes;
}

function idOf(order: number): string {
  return `patient-${order}`;
}

function cover({ heading, line, rows, failed, banners }: ListView): Content {
  const body = [headCells(texts.list.columns), ...rows.map(rowCells)];
  const wrong = failed.map(({ order, patient, why }) => [String(order), patient, why]);
  return {
    stack: [
      { text: heading, bold: true, fontSize: 15 },
      small(rows.length === 0 ? line : `${line} ${texts.list.note}`, { margin: [0, 0, 0, 6] }),
      ...(rows.length + failed.length === 0 ? [{ text: texts.list.empty }] : []),
      ...(rows.length === 0
        ? []
        : [
            {
              table: { headerRows: 1, dontBreakRows: true, widths: [12, 122, 100, '*', 92, 22], body },
              layout: { ...lined, paddingTop: () => 3, paddingBottom: () => 3 },
            } as Content,
          ]),
      ...(failed.length === 0
        ? []
        : [
            {
              margin: [0, 10, 0, 0],
              table: {
                headerRows: 2,
                keepWithHeaderRows: 1,
                dontBreakRows: true,
                widths: [14, 130, '*'],
                body: [titleRow(texts.list.failed, 3), headCells(texts.list.failedColumns), ...wrong],
              },
              layout: titled,
            } as Content,
          ]),
      ...(banners.length === 0 ? [] : [small(`${texts.banners.decisionSupport}.`, { margin: [0, 8, 0, 0] })]),
    ],
  };
}

/** Smaller where a word of a name would not fit on a line. */
function nameSize(name: string): number {
  return name.split(/[\s-]/).some((word) => word.length > 24) ? smallest : 8.5;
}

function rowCells({ order, view, gaps, personMarks, riskMarks }: ListRow): TableCell[] {
  const { person, mark, statement, demonstration, last } = view;
  const [diagnosis, stage] = person.facts;
  return [
    { text: String(order), bold: true },
    {
      stack: [
        ...personMarks.map((words) => standingChip(words, true)),
        { text: person.name, bold: true, fontSize: nameSize(person.name), linkToDestination: idOf(order) },
        { text: person.line },
        small(person.identifiers),
      ],
    },
    {
      stack: [
        { text: [diagnosis, stage].flatMap((fact) => fact?.text ?? []).join(', ') },
        { text: person.question, italics: true, color: ink.muted },
      ],
    },
    {
      stack: [
        ...riskMarks.map((words) => standingChip(words, true)),
        badge(mark, [
          { text: texts.risk[mark], bold: true },
          { text: `${statement}.` },
          ...(demonstration && riskMarks.length === 0 ? [{ text: `${texts.risks.demonstration}.` }] : []),
        ]),
        ...(last === null ? [] : [small(`${last}.`)]),
      ],
    },
    { text: gaps },
    { pageReference: idOf(order), alignment: 'right' },
  ];
}
