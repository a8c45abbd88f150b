/** Font of every figure; widths are estimated for it. */
export const fontFamily = "system-ui, -apple-system, 'Segoe UI', 'Liberation Sans', Arial, sans-serif";

/** Text safe inside SVG elements and quoted attributes. Control characters, which XML can't hold, are left out. */
export function escapeText(text: string): string {
  return [...text]
    .filter((character) => character >= ' ' || character === '\n' || character === '\t')
    .join('')
    .replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}

/**
 * Width that a text takes at most, in px: an upper estimate for sans-serif fonts, as there is nothing to measure with on a server.
 *
 * @param size Font size in px.
 */
export function textWidth(text: string, size: number): number {
  let ems = 0;
  for (const character of text) {
    if (/[MW@%\u2e80-\uffff]/.test(character)) ems += 1;
    else if (/[A-Z]/.test(character)) ems += 0.75;
    else if (/[ilj.,:;'|!() ]/.test(character)) ems += 0.38;
    else ems += 0.62;
  }
  return ems * size;
}

/**
 * Breaks a text into lines between words; a word wider than a line is cut with an ellipsis.
 *
 * @param width In px.
 * @param size Font size in px.
 */
export function wrapText(text: string, width: number, size: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(/\s+/).filter((one) => one !== '')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (textWidth(longer, size) <= width) {
      line = longer;
      continue;
    }
    if (line !== '') lines.push(line);
    line = fitted(word, width, size);
  }
  return line === '' ? lines : [...lines, line];
}

function fitted(word: string, width: number, size: number): string {
  if (textWidth(word, size) <= width) return word;
  let kept = word;
  while (kept.length > 1 && textWidth(`${kept}\u2026`, size) > width) kept = kept.slice(0, -1);
  return `${kept}\u2026`;
}

/** A piece of text; `y` is its baseline. */
export interface TextSpot {
  readonly x: number;
  readonly y: number;
  readonly size: number;
  readonly fill: string;
  readonly anchor?: 'start' | 'middle' | 'end';
  readonly bold?: boolean;
}

/** One line of text as an SVG element. */
export function svgText(text: string, { x, y, size, fill, anchor = 'start', bold = false }: TextSpot): string {
  const weight = bold ? ' font-weight="600"' : '';
  const where = `x="${shown(x)}" y="${shown(y)}"`;
  return `<text ${where} font-size="${size}" fill="${fill}" text-anchor="${anchor}"${weight}>${escapeText(text)}</text>`;
}

/** A coordinate with a tenth of a pixel. */
export function shown(value: number): string {
  return String(Math.round(value * 10) / 10);
}
