import type { Point2 } from '../viewer/ohif-types.ts';
import type { RiskStyle } from './risk-style.ts';

/** What stands at a lesion. */
export interface LesionText {
  readonly name: string;
  /** "high risk of progression", or why there is no group; null where nothing is known yet. */
  readonly risk: string | null;
  readonly change: string | null;
  readonly style: RiskStyle;
  readonly selected: boolean;
}

/** A rectangle in CSS pixels of a pane. */
export interface Box {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** Between a lesion and its label (CSS pixels). */
const gap = 18;
const margin = 6;

/** The label of a lesion, not yet placed. */
export function lesionLabel({ name, risk, change, style, selected }: LesionText): HTMLElement {
  const label = document.createElement('div');
  label.className = 'deltascope-label';
  label.dataset.selected = String(selected);
  label.dataset.group = style.word;
  label.style.borderColor = style.colour;
  const mark = document.createElement('span');
  mark.className = 'deltascope-mark';
  mark.style.background = style.colour;
  mark.textContent = style.letter;
  const title = document.createElement('p');
  const strong = document.createElement('strong');
  strong.textContent = name;
  title.append(mark, strong);
  label.append(title);
  for (const text of [risk, change]) {
    if (text === null) continue;
    const line = document.createElement('p');
    line.textContent = text;
    label.append(line);
  }
  return label;
}

/**
 * Puts labels beside their lesions, where they cover no lesion and no other label as far as there is room.
 *
 * @returns Where the line from the lesion meets each label.
 */
export function placeLabels(
  pane: { readonly width: number; readonly height: number },
  labels: readonly { readonly element: HTMLElement; readonly lesion: Box }[],
): Point2[] {
  const taken: Box[] = [...orientationMarkers(pane), ...labels.map(({ lesion }) => lesion)];
  return labels.map(({ element, lesion }) => {
    const { offsetWidth: width, offsetHeight: height } = element;
    const [first, ...others] = positions(pane, lesion, width, height);
    const best = others.reduce(
      (least, box) => (cost(box, lesion, taken) < cost(least, lesion, taken) ? box : least),
      first,
    );
    taken.push(best);
    element.style.left = `${Math.round(best.left)}px`;
    element.style.top = `${Math.round(best.top)}px`;
    return nearest(best, { x: (lesion.left + lesion.right) / 2, y: (lesion.top + lesion.bottom) / 2 });
  });
}

/** Where the viewer writes which side is which: at the left edge and at the top. */
function orientationMarkers({ width, height }: { readonly width: number; readonly height: number }): Box[] {
  return [
    { left: 0, top: height / 2 - 14, right: 24, bottom: height / 2 + 14 },
    { left: width / 2 - 120, top: 0, right: width / 2 + 120, bottom: 50 },
  ];
}

/** Around the lesion, pushed back into the pane. */
function positions(
  pane: { readonly width: number; readonly height: number },
  { left, top, right, bottom }: Box,
  width: number,
  height: number,
): [Box, ...Box[]] {
  const middle = (top + bottom - height) / 2;
  const centre = (left + right - width) / 2;
  const onRight = right + gap;
  const onLeft = left - gap - width;
  const above = top - gap - height;
  const below = bottom + gap;
  const at = ([x, y]: Point2): Box => {
    const shownX = Math.max(margin, Math.min(pane.width - width - margin, x));
    const shownY = Math.max(margin, Math.min(pane.height - height - margin, y));
    return { left: shownX, top: shownY, right: shownX + width, bottom: shownY + height };
  };
  return [
    at([onRight, middle]),
    ...(
      [
        [onLeft, middle],
        [onRight, above],
        [onLeft, above],
        [onRight, below],
        [onLeft, below],
        [centre, above],
        [centre, below],
        [onRight, below + height],
        [onLeft, below + height],
      ] as const
    ).map(at),
  ];
}

/** Covering a lesion or another label is worst; then being far away. */
function cost(box: Box, lesion: Box, taken: readonly Box[]): number {
  const covered = taken.reduce((sum, other) => sum + overlap(box, other), 0);
  const { 0: x, 1: y } = nearest(box, { x: (lesion.left + lesion.right) / 2, y: (lesion.top + lesion.bottom) / 2 });
  return 10 * covered + Math.hypot(x - (lesion.left + lesion.right) / 2, y - (lesion.top + lesion.bottom) / 2);
}

function overlap(a: Box, b: Box): number {
  const width = Math.min(a.right, b.right) - Math.max(a.left, b.left);
  const height = Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top);
  return width > 0 && height > 0 ? width * height : 0;
}

function nearest({ left, top, right, bottom }: Box, { x, y }: { x: number; y: number }): Point2 {
  return [Math.max(left, Math.min(right, x)), Math.max(top, Math.min(bottom, y))];
}
