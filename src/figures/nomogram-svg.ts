import type { NomogramReading } from '../models/model-result.ts';
import {
  defaultWidth,
  type FigureHead,
  figureHeader,
  margin,
  type Palette,
  palettes,
  svgFigure,
} from './figure-frame.ts';
import { placeLabels } from './place-labels.ts';
import { shown, svgText, wrapText } from './svg-text.ts';

export interface NomogramFigure extends FigureHead {
  readonly reading: NomogramReading;
  /** The patient's result on each result scale, as the surfaces word it; left out where there is none. */
  readonly resultWords?: readonly string[];
}

const labelColumn = 170;
const patientColumn = 122;
const labelSize = 12;
const tickSize = 11;

interface Tick {
  readonly text: string;
  readonly points: number;
}

/** One scale of the figure. */
interface Row {
  readonly label: string;
  readonly ticks: readonly Tick[];
  /** Points at the right end of the drawing. */
  readonly full: number;
  /** Points of the patient's mark; null without one. */
  readonly mark: number | null;
  /** What the patient's column says, one line each. */
  readonly said: readonly string[];
  readonly muted: boolean;
  /** Whether the axis is drawn over the whole width, whatever its ticks. */
  readonly whole: boolean;
}

interface Frame {
  readonly left: number;
  readonly right: number;
  readonly width: number;
  readonly palette: Palette;
}

/**
 * A nomogram as papers print it: a ruler of points, one axis an input, the total and the result scales, with the patient's values as
 * diamonds and in words at the right. What is missing is said.
 *
 * @returns An SVG document that needs nothing else.
 */
export function nomogramSvg(figure: NomogramFigure): string {
  const { theme = 'light', width = defaultWidth, reading } = figure;
  const frame: Frame = {
    left: margin + labelColumn,
    right: width - margin - patientColumn,
    width,
    palette: palettes[theme],
  };
  const header = figureHeader(figure);
  const parts = [header.svg];
  let y = header.height;
  parts.push(svgText('This patient', { ...patientSpot(frame, y + 12), fill: frame.palette.patient, bold: true }));
  let totalAxis = y;
  const rows = rowsOf(figure);
  for (const [at, row] of rows.entries()) {
    const drawn = drawRow(row, y, frame);
    parts.push(drawn.svg);
    if (at === reading.axes.length + 1) totalAxis = drawn.axis;
    y += drawn.height;
    if (at === reading.axes.length) {
      parts.push(
        `<line x1="${margin}" y1="${shown(y)}" x2="${width - margin}" y2="${shown(y)}" stroke="${frame.palette.grid}"/>`,
      );
      y += 8;
    }
  }
  const total = reading.totalPoints;
  if (total !== null && total >= 0 && total <= reading.maximumPoints)
    parts.push(readingLine(total / reading.maximumPoints, totalAxis, y - 26, frame));
  for (const line of notes(reading).flatMap((note) => wrapText(note, width - 2 * margin, tickSize))) {
    parts.push(svgText(line, { x: margin, y: y + 12, size: tickSize, fill: frame.palette.muted }));
    y += 15;
  }
  return svgFigure(figure, y + margin, describe(figure), parts.join(''));
}

function notes({ axes, reference }: NomogramReading): string[] {
  const beyond = axes.some(({ patient }) => patient?.beyond) ? '; a triangle at the end of an axis: beyond it' : '';
  return [`Diamond: this patient${beyond}.`, ...(reference === null ? [] : [`Reference: ${reference}.`])];
}

function rowsOf({ reading, resultWords = [] }: NomogramFigure): Row[] {
  const missing = reading.axes.filter(({ patient }) => patient === null).length;
  const ruler = evenTicks(100, 10);
  const total = evenTicks(reading.maximumPoints, niceStep(reading.maximumPoints));
  const none = { mark: null, said: [], muted: true, whole: true };
  return [
    { label: 'Points', ticks: ruler, full: 100, ...none },
    ...reading.axes.map(({ label, ticks, patient }) => ({
      label,
      ticks,
      full: 100,
      mark: patient?.points ?? null,
      said: patient === null ? ['? missing'] : saidOf(patient),
      muted: patient === null,
      whole: false,
    })),
    {
      label: 'Total points',
      ticks: total,
      full: reading.maximumPoints,
      mark: reading.totalPoints,
      said:
        reading.totalPoints === null
          ? ['? not known:', `${missing} of ${reading.axes.length} missing`]
          : [wholePoints(reading.totalPoints)],
      muted: reading.totalPoints === null,
      whole: true,
    },
    ...reading.results.map(({ label, ticks }, at) => ({
      label,
      ticks,
      full: reading.maximumPoints,
      mark: null,
      said: wrapText(reading.totalPoints === null ? '' : (resultWords[at] ?? ''), patientColumn - 8, labelSize),
      muted: false,
      whole: false,
    })),
  ];
}

function saidOf({ text, points, beyond }: NonNullable<NomogramReading['axes'][number]['patient']>): string[] {
  const lines = [...wrapText(text, patientColumn - 8, labelSize), wholePoints(points)];
  return beyond ? [...lines, 'beyond the axis'] : lines;
}

function drawRow(row: Row, top: number, frame: Frame): { svg: string; height: number; axis: number } {
  const { left, right, palette } = frame;
  const axis = top + 26;
  const x = (points: number) => left + ((right - left) * points) / row.full;
  const positions = row.ticks.map(({ text, points }) => ({ text, x: x(points) }));
  const labels = placeLabels(positions, tickSize, [left - 14, right + 14]);
  const ends = row.whole ? [left, right] : positions.map((tick) => tick.x);
  const parts = [
    `<line x1="${shown(Math.min(...ends))}" y1="${axis}" x2="${shown(Math.max(...ends))}" y2="${axis}" stroke="${palette.line}" stroke-width="1.5"/>`,
    ...positions.map(
      (tick) =>
        `<line x1="${shown(tick.x)}" y1="${axis}" x2="${shown(tick.x)}" y2="${axis + 5}" stroke="${palette.line}"/>`,
    ),
    ...labels.map(({ text, x: middle, line }) =>
      svgText(text, { x: middle, y: axis + 16 + 13 * line, size: tickSize, fill: palette.text, anchor: 'middle' }),
    ),
  ];
  const words = wrapText(row.label, labelColumn - 26, labelSize);
  const first = axis + 4 - 7.5 * (words.length - 1);
  parts.push(
    ...words.map((line, at) =>
      svgText(line, { x: margin, y: first + 15 * at, size: labelSize, fill: palette.text, bold: true }),
    ),
  );
  const fill = row.muted ? palette.muted : palette.patient;
  const saidFirst = axis + 4 - 7.5 * (row.said.length - 1);
  parts.push(
    ...row.said.map((line, at) => svgText(line, { ...patientSpot(frame, saidFirst + 15 * at), fill, bold: at === 0 })),
  );
  if (row.mark !== null) parts.push(patientMark(x(row.mark), axis, [Math.min(...ends), Math.max(...ends)], frame));
  const lines = Math.max(words.length, row.said.length);
  const below = labels.some(({ line }) => line === 1) ? 62 : 50;
  return { svg: parts.join(''), height: Math.max(below, 24 + 15 * lines), axis };
}

/** A diamond on the axis between `from` and `to` px; beyond its ends a triangle that points there. */
function patientMark(x: number, y: number, [from, to]: readonly [number, number], { palette }: Frame): string {
  const style = `fill="${palette.patient}" stroke="${palette.background}" stroke-width="1.5"`;
  // Half a pixel: the sum of the axes' ends is not always the end of their sum.
  if (x > to + 0.5) return `<path d="M${shown(to + 14)} ${y}l-11 -8v16z" ${style}/>`;
  if (x < from - 0.5) return `<path d="M${shown(from - 14)} ${y}l11 -8v16z" ${style}/>`;
  return `<path d="M${shown(x)} ${y - 8}l7 8l-7 8l-7 -8z" ${style}/>`;
}

/** The dashed line on which the result scales are read. */
function readingLine(share: number, from: number, to: number, { left, right, palette }: Frame): string {
  const x = shown(left + (right - left) * share);
  const style = `stroke="${palette.patient}" stroke-width="1.5" stroke-dasharray="5 4"`;
  return `<line x1="${x}" y1="${shown(from + 20)}" x2="${x}" y2="${shown(to)}" ${style}/>`;
}

function patientSpot({ right }: Frame, y: number) {
  return { x: right + 26, y, size: labelSize };
}

function wholePoints(points: number): string {
  return `${Math.round(points)} points`;
}

function evenTicks(full: number, step: number): Tick[] {
  const count = Math.floor(full / step + 1e-9);
  return Array.from({ length: count + 1 }, (_, at) => ({ text: String(at * step), points: at * step }));
}

/** A step of 1, 2 or 5 times a power of ten that gives about ten ticks. */
function niceStep(full: number): number {
  const rough = full / 10;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5].find((factor) => factor * power >= rough) ?? 10);
}

function describe({ reading, resultWords = [] }: NomogramFigure): string {
  const axes = reading.axes.map(({ label, patient }) =>
    patient === null
      ? `${label}: missing`
      : `${label}: ${patient.text}, ${wholePoints(patient.points)}${patient.beyond ? ', beyond the axis' : ''}`,
  );
  const total =
    reading.totalPoints === null
      ? 'Total points: not known, because an input is missing'
      : `Total: ${wholePoints(reading.totalPoints)} of ${Math.round(reading.maximumPoints)}`;
  const results =
    reading.totalPoints === null
      ? []
      : reading.results.flatMap(({ label }, at) => {
          const words = resultWords[at];
          return words === undefined ? [] : [`${label}: ${words}`];
        });
  return `Nomogram. ${[...axes, total, ...results].join('. ')}.`;
}
