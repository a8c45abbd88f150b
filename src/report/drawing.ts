import { escapeText, fontFamily, shown } from '../figures/svg-text.ts';

/** A drawing of the page; sizes are points on paper. */
export interface Drawing {
  readonly svg: string;
  readonly width: number;
  readonly height: number;
}

/** Ink of a drawing on white paper: each reaches 4.5:1 as text. */
export const ink = { text: '#1b1f24', muted: '#56606b', line: '#3b434c', grid: '#d5dbe1', band: '#e6e9ee' } as const;

/** The smallest text of a page (pt). */
export const smallest = 7;

/** A whole drawing with a name for screen readers. */
export function drawing(width: number, height: number, name: string, content: string): Drawing {
  const size = `width="${shown(width)}" height="${shown(height)}" viewBox="0 0 ${shown(width)} ${shown(height)}"`;
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${escapeText(name)}" font-family="${fontFamily}">${content}</svg>`;
  return { svg, width, height };
}
