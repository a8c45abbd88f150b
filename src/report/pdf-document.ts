import { createRequire } from 'node:module';
import type { Content, TDocumentDefinitions } from 'pdfmake';
import pdfmake from 'pdfmake';
import { ink, smallest } from './drawing.ts';
import { printable, unbrokenDates } from './printable.ts';
import { texts } from './texts.ts';

/** Paper that a page is made for. */
export type Paper = 'a4' | 'letter';

/** Sizes (pt). */
export const papers: Readonly<
  Record<Paper, { readonly name: 'A4' | 'LETTER'; readonly width: number; readonly height: number }>
> = {
  a4: { name: 'A4', width: 595.28, height: 841.89 },
  letter: { name: 'LETTER', width: 612, height: 792 },
};
export const sideMargin = 30;
const bannerHeight = 17;

/** What a PDF says about itself and on each of its pages. */
export interface PdfFrame {
  readonly paper: Paper;
  readonly title: string;
  /** ISO date-time: part of the file, so that equal pages are equal files. */
  readonly createdAt: string;
  /** At the top of a page, white on dark; room is kept for them on every page. */
  readonly banners: readonly string[];
  /** Those of a page (from 1) where the pages differ; `banners` where left out. */
  readonly bannersOf?: (page: number) => readonly string[];
  /** At the foot of a page, beside its number; by page from 1. */
  readonly footer: (page: number) => string;
}

export interface Pdf {
  readonly bytes: Uint8Array;
  /** Page (from 1) on which what has an id begins. */
  readonly starts: ReadonlyMap<string, number>;
}

const require = createRequire(import.meta.url);
const fontFile = (face: string) => require.resolve(`pdfmake/fonts/Roboto/Roboto-${face}.ttf`);
const fonts = {
  Roboto: {
    normal: fontFile('Regular'),
    bold: fontFile('Medium'),
    italics: fontFile('Italic'),
    bolditalics: fontFile('MediumItalic'),
  },
};

/**
 * Writes a PDF/A-2b document with embedded fonts. Nothing is loaded but these fonts, whatever a text says.
 *
 * @throws Error of the library for a definition that it can't lay out.
 */
export async function writePdf(content: Content, frame: PdfFrame): Promise<Pdf> {
  const starts = new Map<string, number>();
  const bytes = await write({
    ...definitionOf(content, frame),
    header: (page) => header(frame.bannersOf?.(page) ?? frame.banners, frame.paper),
    footer: (page, count) => footer(frame, page, count),
    pageBreakBefore: ({ id, startPosition }) => {
      if (id !== undefined) starts.set(id, startPosition.pageNumber);
      return false;
    },
  });
  return { bytes: new Uint8Array(bytes), starts };
}

/** Higher than any block (pt). */
const endlessPage = 100_000;

/**
 * How high blocks are when they are set out one under the other.
 *
 * @returns Heights in pt, margins included, in the order of the blocks.
 */
export async function measureBlocks(blocks: readonly Content[], frame: PdfFrame): Promise<number[]> {
  const tops = new Map<string, number>();
  const mark = (at: number): Content => ({ text: '.', id: `mark-${at}` });
  // Two marks in a row tell how high a mark is.
  const stack = [mark(-1), ...blocks.flatMap((block, at) => [mark(at), block]), mark(blocks.length)];
  await write({
    ...definitionOf({ stack }, frame),
    pageSize: { width: papers[frame.paper].width, height: endlessPage },
    pageBreakBefore: ({ id, startPosition }) => {
      if (id !== undefined) tops.set(id, startPosition.top);
      return false;
    },
  });
  const top = (at: number) => tops.get(`mark-${at}`) ?? Number.NaN;
  const markHeight = top(0) - top(-1);
  return blocks.map((_, at) => top(at + 1) - top(at) - markHeight);
}

/** Height between the margins (pt). */
export function pageHeight(frame: PdfFrame): number {
  return papers[frame.paper].height - topMargin(frame) - bottomMargin;
}

const bottomMargin = 32;

function topMargin({ banners }: PdfFrame): number {
  return banners.length === 0 ? 26 : 26 + bannerHeight - 6;
}

async function write(definition: TDocumentDefinitions): Promise<Buffer> {
  pdfmake.setFonts(fonts);
  pdfmake.setUrlAccessPolicy(() => false);
  pdfmake.setLocalAccessPolicy((path) => Object.values(fonts.Roboto).includes(path));
  return pdfmake.createPdf(definition).getBuffer();
}

function definitionOf(content: Content, frame: PdfFrame): TDocumentDefinitions {
  const created = new Date(frame.createdAt);
  return {
    version: '1.7',
    subset: 'PDF/A-2b',
    pageSize: papers[frame.paper].name,
    pageMargins: [sideMargin, topMargin(frame), sideMargin, bottomMargin],
    info: {
      title: printable(frame.title),
      creator: 'Deltascope',
      producer: 'Deltascope',
      creationDate: created,
      modDate: created,
    },
    language: texts.language,
    displayTitle: true,
    defaultStyle: { font: 'Roboto', fontSize: 7.5, lineHeight: 1.08, color: ink.text },
    content: withPrintableTexts(content) as Content,
  };
}

function header(banners: readonly string[], paper: Paper): Content {
  if (banners.length === 0) return '';
  const body = [
    [{ text: banners.join('   |   '), bold: true, color: '#ffffff', fontSize: 8.5, alignment: 'center' as const }],
  ];
  return {
    margin: [sideMargin, 12, sideMargin, 0],
    table: { widths: [papers[paper].width - 2 * sideMargin - 8], body },
    layout: {
      hLineWidth: () => 0,
      vLineWidth: () => 0,
      fillColor: () => '#1b1f24',
      paddingTop: () => 2,
      paddingBottom: () => 2,
    },
  };
}

function footer({ footer: words }: PdfFrame, page: number, count: number): Content {
  const small = { fontSize: smallest, color: ink.muted };
  return {
    margin: [sideMargin, 8, sideMargin, 0],
    columns: [
      { text: texts.banners.decisionSupport, width: 'auto', bold: true, ...small },
      { text: printable(words(page)), width: '*', alignment: 'center', ...small },
      { text: texts.foot.page(page, count), width: 'auto', ...small },
    ],
    columnGap: 8,
  };
}

/** Every text of a definition in characters that the fonts hold; also within drawings. */
function withPrintableTexts(node: unknown): unknown {
  if (typeof node === 'string') return unbrokenDates(printable(node));
  if (Array.isArray(node)) return node.map(withPrintableTexts);
  if (typeof node !== 'object' || node === null) return node;
  return Object.fromEntries(Object.entries(node).map(([key, value]) => [key, withPrintableTexts(value)]));
}
