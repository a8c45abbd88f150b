import type { Column, Content } from 'pdfmake';
import type { BoardReport } from './board-report.ts';
import { ink } from './drawing.ts';
import { captionHead, captionLines } from './key-slice-caption.ts';
import { keySliceDrawing } from './key-slice-drawing.ts';
import type { KeySlice } from './key-slice-types.ts';
import type { PageView } from './page-view.ts';
import { figure, heading, small } from './pdf-parts.ts';
import type { MarkKey } from './risk-marks.ts';
import { texts } from './texts.ts';

const gap = 5;

/** How much wider than half the column the images of a single visit are. */
const alone = 1.5;

/** Baseline beside follow-up, at one scale: the whole slice above, the lesion enlarged below. */
export function keySliceColumn(report: BoardReport, view: PageView, width: number, share: number): Content[] {
  const { slices, gaps } = report.keySlices;
  const half = (width - gap) / 2;
  const size = half * share * (slices.length === 1 ? alone : 1);
  const columns = slices.map(
    (slice): Column => ({
      width: slices.length === 1 ? width : half,
      stack: [
        { text: captionHead(slice), bold: true },
        ...images(slice, view.mark, size),
        ...captionLines(slice, report.course).map((line) => small(line)),
      ],
    }),
  );
  const legend = texts.keySlices.lineLegend(texts.lines[view.mark], texts.risk[view.mark].toLowerCase());
  return [
    heading(texts.keySlices.heading, width),
    ...(columns.length === 0 ? [] : [{ columns, columnGap: gap }, small(legend, { margin: [0, 1, 0, 0] })]),
    ...gaps.map((text): Content => ({ text, color: ink.muted, margin: [0, 2, 0, 0] })),
  ];
}

function images(slice: KeySlice, mark: MarkKey, size: number): Content[] {
  const whole = figure(keySliceDrawing(slice, slice.whole, mark, size));
  const detail = figure(keySliceDrawing(slice, slice.detail, mark, size));
  return [whole, { stack: [detail], margin: [0, gap - 2, 0, 1] }];
}
