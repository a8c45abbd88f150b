import { textWidth } from './svg-text.ts';

export interface PlacedLabel {
  readonly text: string;
  /** Middle of the text, px. */
  readonly x: number;
  /** 0 for the line next to the axis, 1 for the one below. */
  readonly line: 0 | 1;
}

/** Free space between two labels of one line, px. */
const gap = 6;

/**
 * Places tick labels under an axis so that none overlaps another: in the first line where there is room, else in the second, else not
 * at all. Both ends of the axis come first, because a scale without its ends can't be read.
 *
 * @param ticks Position (px) and text; any order.
 * @param size Font size in px.
 * @param bounds Leftmost and rightmost px that a label may reach; it is moved inside.
 */
export function placeLabels(
  ticks: readonly { readonly x: number; readonly text: string }[],
  size: number,
  [left, right]: readonly [number, number],
): PlacedLabel[] {
  const sorted = ticks.toSorted((a, b) => a.x - b.x);
  const ends = [sorted[0], sorted.length > 1 ? sorted.at(-1) : undefined].filter((tick) => tick !== undefined);
  const order = [...ends, ...sorted.slice(1, -1)];
  const placed: (PlacedLabel & { readonly half: number })[] = [];
  for (const { x, text } of order) {
    const half = textWidth(text, size) / 2;
    const middle = Math.min(right - half, Math.max(left + half, x));
    const free = ([0, 1] as const).find((line) =>
      placed.every((other) => other.line !== line || Math.abs(other.x - middle) >= other.half + half + gap),
    );
    if (free !== undefined) placed.push({ text, x: middle, line: free, half });
  }
  return placed.map(({ half: _, ...label }) => label);
}
