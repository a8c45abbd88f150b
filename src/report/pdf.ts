import type { Content } from 'pdfmake';
import type { BoardReport } from './board-report.ts';
import { detailsView } from './details-view.ts';
import { amountOf } from './page-amounts.ts';
import { type PageView, pageView } from './page-view.ts';
import { detailPages } from './pdf-details.ts';
import { type Paper, type PdfFrame, papers, sideMargin, writePdf } from './pdf-document.ts';
import { firstPage } from './pdf-first-page.ts';
import { fittingChoice } from './pdf-fit.ts';
import { texts } from './texts.ts';

export type { Paper };

/** Room that is given up where the layout of the whole document differs from that of its parts (pt). */
const stepPt = 12;
const mostSteps = 5;

/**
 * The board's page as a PDF: one page that says it all, and the pages that it rests on.
 *
 * @param options `paper`: A4 where left out.
 * @returns PDF/A-2b with embedded fonts; equal bytes for an equal report.
 */
export async function renderPdf(
  report: BoardReport,
  { paper = 'a4' }: { readonly paper?: Paper } = {},
): Promise<Uint8Array> {
  const view = pageView(report);
  const frame = frameOf(report, view, paper);
  const width = papers[paper].width - 2 * sideMargin;
  const details = detailPages(detailsView(report), width);
  for (let step = 0; ; step++) {
    const first = await fittingPage(report, view, frame, { less: step * stepPt });
    const { bytes, starts } = await writePdf([first, { stack: [details], pageBreak: 'before' }], frame);
    if (starts.get('details') === 2 || step === mostSteps) return bytes;
  }
}

/**
 * The fullest first page that is one page: what is left out of it stands on the pages after.
 *
 * @param options `less`: room that is not to be used (pt). `id`: by which other pages refer to this one.
 */
export async function fittingPage(
  report: BoardReport,
  view: PageView,
  frame: PdfFrame,
  { less = 0, id }: { readonly less?: number; readonly id?: string } = {},
): Promise<Content> {
  const width = papers[frame.paper].width - 2 * sideMargin;
  const page = { report, view, width, ...(id !== undefined && { id }) };
  return firstPage(page, amountOf(await fittingChoice(page, frame, less)));
}

/** What the pages of a patient say of themselves. */
export function frameOf({ assessment }: BoardReport, { person, banners }: PageView, paper: Paper): PdfFrame {
  return {
    paper,
    title: `${texts.title}: ${person.name}`,
    createdAt: assessment.createdAt,
    banners,
    footer: () => `${person.name}, ${person.identifiers}`,
  };
}
