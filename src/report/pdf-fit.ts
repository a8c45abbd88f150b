import type { Content } from 'pdfmake';
import { amountOf, type Choice, chooseAmounts, everything, type Part, parts, variants } from './page-amounts.ts';
import { measureBlocks, type PdfFrame, pageHeight } from './pdf-document.ts';
import { fixedParts, type PageParts, pagePart, partWidth, rowGaps } from './pdf-first-page.ts';

/** Rounding of the library's layout (pt). */
const slack = 2;

/**
 * How much of each part a first page holds.
 *
 * Every variant of every part is laid out once, without its drawings, in one document; the rest is arithmetic.
 *
 * @param less Room that is not to be used (pt).
 */
export async function fittingChoice(page: PageParts, frame: PdfFrame, less = 0): Promise<Choice> {
  const blocks: { readonly part: Part | null; readonly content: Content }[] = [
    ...fixedParts(page).map((content) => ({ part: null, content })),
    ...parts.flatMap((part) =>
      variants[part].map((_, at) => {
        const stack = pagePart(part, page, amountOf({ ...everything, [part]: at }));
        return { part, content: { columns: [{ width: partWidth(part, page.width), stack }] } };
      }),
    ),
  ];
  const measured = await measureBlocks(
    blocks.map(({ content }) => withoutDrawings(content)),
    frame,
  );
  const heightsOf = (wanted: Part | null) => measured.filter((_, at) => blocks[at]?.part === wanted);
  const heights = Object.fromEntries(parts.map((part) => [part, heightsOf(part)])) as Record<Part, number[]>;
  const fixed = heightsOf(null).reduce((sum, height) => sum + height, 0);
  return chooseAmounts(heights, pageHeight(frame) - fixed - rowGaps - slack - less);
}

/** Boxes for drawings: only their size matters. */
function withoutDrawings(node: unknown): Content {
  const mapped = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(mapped);
    if (typeof value !== 'object' || value === null) return value;
    if ('svg' in value && 'width' in value && 'height' in value)
      return { canvas: [{ type: 'rect', x: 0, y: 0, w: value.width, h: value.height }] };
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, mapped(inner)]));
  };
  return mapped(node) as Content;
}
