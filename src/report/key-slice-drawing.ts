import { shown, svgText } from '../figures/svg-text.ts';
import { formatDate } from '../models/calendar.ts';
import { type Drawing, drawing, smallest } from './drawing.ts';
import type { KeySlice, PointMm, SliceImage } from './key-slice-types.ts';
import { type MarkKey, riskMarks } from './risk-marks.ts';
import { texts } from './texts.ts';

/** A scale bar takes about this share of an image's width. */
const scaleShare = 0.3;
const scaleSteps = [10, 20, 50, 100] as const;

/**
 * A key slice with the outline in the colour and line of the risk group, the sides of the patient and a scale bar.
 *
 * @param image `whole` or `detail` of the slice.
 * @param width Width on paper (pt); equal for images of one extent, so that they have one scale.
 */
export function keySliceDrawing(slice: KeySlice, image: SliceImage, mark: MarkKey, width: number): Drawing {
  const ptPerMm = width / image.widthMm;
  const height = image.heightMm * ptPerMm;
  const [left, right] = slice.sides;
  const content = [
    `<image href="${image.png}" x="0" y="0" width="${shown(width)}" height="${shown(height)}" preserveAspectRatio="none"/>`,
    ...outlines(image, mark, ptPerMm),
    onImage(left, 3, height / 2 + 3, 'start'),
    onImage(right, width - 3, height / 2 + 3, 'end'),
    scaleBar(width, height, ptPerMm),
  ];
  const date = slice.studyDate === null ? texts.undated : formatDate(slice.studyDate);
  return drawing(width, height, texts.keySlices.description(slice.label, date), content.join(''));
}

/** A dark line under the coloured one keeps the outline visible on white tissue, and in a grey print. */
function outlines(image: SliceImage, mark: MarkKey, ptPerMm: number): string[] {
  const { onImage: colour, dashes, weight } = riskMarks[mark];
  // Thinner where the lesion is small, so that the line does not hide it.
  const width = Math.min(1, Math.max(0.5, thinnest(image) * ptPerMm * 0.035)) * weight;
  const dash = dashes === null ? '' : ` stroke-dasharray="${dashes.map((part) => shown(part * width)).join(' ')}"`;
  return image.outlines.flatMap((line) => {
    const path = pathOf(line, ptPerMm);
    const common = `d="${path}" fill="none" stroke-linejoin="round" stroke-linecap="round"`;
    return [
      `<path ${common} stroke="#000000" stroke-width="${shown(width + 0.9)}"${dash}/>`,
      `<path ${common} stroke="${colour}" stroke-width="${shown(width)}"${dash}/>`,
    ];
  });
}

/** Width or height of what is outlined, the smaller one (mm). */
function thinnest({ outlines: lines }: SliceImage): number {
  const sizes = [0, 1].map((axis) => {
    const places = lines.flat().map((point) => point[axis] ?? 0);
    return Math.max(...places) - Math.min(...places);
  });
  return Math.min(...sizes);
}

function pathOf(line: readonly PointMm[], ptPerMm: number): string {
  const points = line.map(([x, y]) => `${(x * ptPerMm).toFixed(2)} ${(y * ptPerMm).toFixed(2)}`);
  return `M${points.join('L')}Z`;
}

/** White text on a dark ground, readable on any tissue. */
function onImage(text: string, x: number, y: number, anchor: 'start' | 'middle' | 'end'): string {
  const width = text.length * smallest * 0.62 + 2;
  const left = anchor === 'start' ? x - 1 : anchor === 'end' ? x - width + 1 : x - width / 2;
  return [
    `<rect x="${shown(left)}" y="${shown(y - smallest)}" width="${shown(width)}" height="${smallest + 2}" fill="#000000"/>`,
    svgText(text, { x, y, size: smallest, fill: '#ffffff', anchor, bold: true }),
  ].join('');
}

function scaleBar(width: number, height: number, ptPerMm: number): string {
  const mm = scaleSteps.findLast((step) => step * ptPerMm <= width * scaleShare) ?? scaleSteps[0];
  const [length, right, y] = [mm * ptPerMm, width - 5, height - 5];
  const bar = `M${shown(right - length)} ${shown(y - 2)}v4m0 -2h${shown(length)}m0 -2v4`;
  return [
    `<path d="${bar}" fill="none" stroke="#000000" stroke-width="2.4"/>`,
    `<path d="${bar}" fill="none" stroke="#ffffff" stroke-width="1.1"/>`,
    onImage(texts.keySlices.scale(mm), right - length / 2, y - 5, 'middle'),
  ].join('');
}
