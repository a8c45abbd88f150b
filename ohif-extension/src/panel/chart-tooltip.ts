import type { Trend } from './trend.ts';
import { dateWords } from './words.ts';

/** What a reader sees over a point: value, unit, date, change and source. Built as elements, so that no text can be markup. */
export function tooltipElement(trend: Trend, at: number | undefined): HTMLElement {
  const box = document.createElement('div');
  const point = at === undefined ? undefined : trend.points[at];
  if (point === undefined) return box;
  const lines: readonly [string, string][] = [
    ['ds-tooltip-value', point.note === null ? point.text : `${point.text}, ${point.note}`],
    ['', `${trend.label}, ${dateWords(point.date)}`],
    ...(point.StudyInstanceUID === null ? [] : [['', 'Click to show the slice'] as [string, string]]),
    ['ds-tooltip-source', sourceWords(point.sources)],
  ];
  for (const [className, text] of lines) {
    const line = document.createElement('div');
    line.className = className;
    line.textContent = text;
    box.append(line);
  }
  return box;
}

/** Where a value comes from: resources by their reference, images by how many UIDs and the end of the first. */
export function sourceWords(sources: readonly string[]): string {
  const resources = sources.filter((source) => source.includes('/'));
  const uids = sources.filter((source) => !source.includes('/'));
  const images = uids[0] === undefined ? [] : [`DICOM study \u2026${uids[0].slice(-12)}`];
  return [...resources, ...images].join(', ') || 'no source stated';
}
