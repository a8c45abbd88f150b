import type { LabSeries, PatientCourse } from '../assessment/course-types.ts';
import { shown, svgText } from '../figures/svg-text.ts';
import { formatDate } from '../models/calendar.ts';
import { type Drawing, drawing, ink, smallest } from './drawing.ts';
import { type TimeScale, timeScale } from './time-scale.ts';
import { valueRange } from './value-scale.ts';

/** Heights (pt) of a band of therapy, the row of CT, a laboratory lane and the row of dates. */
const bandHeight = 11;
const eventHeight = 9;
const progressionHeight = 8;
const laneHeight = 20;
/** Of it, the line with the label. */
const labelHeight = 9;
const axisHeight = 11;

/**
 * Lines of therapy as numbered bars, CT visits as squares, progressions as triangles and laboratory values as lanes, over one time
 * axis.
 *
 * @param lanes Laboratory series, one lane each.
 * @param width On paper (pt).
 * @param name For screen readers.
 */
export function timelineDrawing(
  course: PatientCourse,
  lanes: readonly { readonly series: LabSeries; readonly label: string }[],
  width: number,
  name: string,
): Drawing {
  const scale = timeScale(course);
  const x = (date: string) => 4 + scale.at(date) * (width - 8);
  const parts: string[] = [];
  const top = course.therapy.length === 0 ? 0 : bandHeight + 2;
  const lanesTop = top + eventHeight + (course.progressions.length === 0 ? 0 : progressionHeight);
  const bottom = lanesTop + lanes.length * laneHeight;
  for (const { date } of course.progressions) {
    const at = shown(x(date));
    parts.push(
      `<path d="M${at} ${top}V${bottom}" stroke="${ink.muted}" stroke-width="0.5" stroke-dasharray="1.5 1.5"/>`,
    );
  }
  parts.push(...course.therapy.map((band) => therapyBar(band, x)));
  parts.push(...events(course, x, top));
  for (const [at, { series, label }] of lanes.entries()) {
    parts.push(laneDrawing(series, label, { top: lanesTop + at * laneHeight, x, width }));
  }
  parts.push(axis(scale, bottom, width));
  return drawing(width, bottom + axisHeight, name, parts.join(''));
}

function therapyBar({ line, start, end }: PatientCourse['therapy'][number], x: (date: string) => number): string {
  const from = x(start);
  const length = Math.max(7, x(end) - from);
  const label = svgText(String(line), {
    x: from + length / 2,
    y: bandHeight - 2.8,
    size: smallest,
    fill: ink.text,
    anchor: 'middle',
    bold: true,
  });
  // Neighbouring lines differ by the shade as well as by the number.
  const fill = line % 2 === 1 ? '#cfd5dc' : '#eef0f3';
  return `<rect x="${shown(from)}" y="0.5" width="${shown(length)}" height="${bandHeight - 1}" fill="${fill}" stroke="${ink.line}" stroke-width="0.6"/>${label}`;
}

function events({ studies, progressions }: PatientCourse, x: (date: string) => number, top: number): string[] {
  const middle = top + eventHeight / 2 - 0.5;
  const below = top + eventHeight + progressionHeight / 2 - 1;
  const squares = studies.flatMap(({ studyDate }) =>
    studyDate === null
      ? []
      : [`<rect x="${shown(x(studyDate) - 2.5)}" y="${shown(middle - 2.5)}" width="5" height="5" fill="${ink.text}"/>`],
  );
  const triangles = progressions.map(
    ({ date }) =>
      `<path d="M${shown(x(date) - 3.4)} ${shown(below - 3)}h6.8l-3.4 6z" fill="#ffffff" stroke="${ink.text}" stroke-width="0.9"/>`,
  );
  return [...squares, ...triangles];
}

function laneDrawing(
  { points }: LabSeries,
  label: string,
  { top, x, width }: { readonly top: number; readonly x: (date: string) => number; readonly width: number },
): string {
  const values = points.map(({ value }) => value);
  const limit = points.at(-1)?.upperLimit ?? null;
  const { low, high } = valueRange(limit === null ? values : [...values, limit]);
  const y = (value: number) => top + laneHeight - 2 - ((value - low) / (high - low)) * (laneHeight - labelHeight - 4);
  const path = points.map(({ date, value }) => `${shown(x(date))} ${shown(y(value))}`).join('L');
  return [
    `<path d="M0 ${shown(top)}H${shown(width)}" stroke="${ink.grid}" stroke-width="0.5"/>`,
    limit === null
      ? ''
      : `<path d="M4 ${shown(y(limit))}H${shown(width - 4)}" stroke="${ink.muted}" stroke-width="0.5" stroke-dasharray="3 2"/>`,
    points.length < 2 ? '' : `<path d="M${path}" fill="none" stroke="${ink.text}" stroke-width="0.9"/>`,
    ...points.map(
      ({ date, value }) => `<circle cx="${shown(x(date))}" cy="${shown(y(value))}" r="1.5" fill="${ink.text}"/>`,
    ),
    svgText(label, { x: 0, y: top + labelHeight - 1.5, size: smallest, fill: ink.text }),
  ].join('');
}

function axis({ from, to }: TimeScale, top: number, width: number): string {
  const size = { size: smallest, fill: ink.muted, y: top + axisHeight - 2.5 };
  return [
    `<path d="M0 ${shown(top)}H${shown(width)}" stroke="${ink.line}" stroke-width="0.6"/>`,
    svgText(formatDate(from), { ...size, x: 0 }),
    svgText(formatDate(to), { ...size, x: width, anchor: 'end' }),
  ].join('');
}
