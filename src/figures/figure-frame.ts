import type { Standing } from '../models/model-schema.ts';
import { escapeText, fontFamily, shown, svgText, textWidth, wrapText } from './svg-text.ts';

export type Theme = 'light' | 'dark';

export interface Palette {
  readonly background: string;
  readonly text: string;
  readonly muted: string;
  readonly line: string;
  readonly grid: string;
  /** The patient's marks; always with a shape of their own. */
  readonly patient: string;
  readonly band: string;
  readonly warning: string;
  readonly warningText: string;
}

/** Text at least 4.5:1 and marks at least 3:1 against the background. */
export const palettes: Readonly<Record<Theme, Palette>> = {
  light: {
    background: '#ffffff',
    text: '#1b1f24',
    muted: '#56606b',
    line: '#3b434c',
    grid: '#dfe4e9',
    patient: '#8e24aa',
    band: '#f6ebf9',
    warning: '#7a1f00',
    warningText: '#ffffff',
  },
  dark: {
    background: '#14181d',
    text: '#f1f3f5',
    muted: '#b4bec8',
    line: '#c3ccd5',
    grid: '#333c46',
    patient: '#f0a6ff',
    band: '#33203a',
    warning: '#ffb38a',
    warningText: '#14181d',
  },
};

/** What every figure says around its drawing. */
export interface FigureHead {
  readonly title: string;
  readonly standing: Standing;
  /** What the standing rests on. */
  readonly standingNote: string;
  readonly theme?: Theme;
  /** px; 720 by default. */
  readonly width?: number;
}

export const defaultWidth = 720;
export const margin = 16;

const standingWords: Readonly<Record<Standing, string>> = {
  'synthetic-demo': 'SYNTHETIC DEMO MODEL, not a clinical result',
  'site-fitted': 'Site-fitted model',
  imported: 'Imported model',
  published: 'Published model',
};

/** Standing, title and note at the top of a figure; `height` is where the drawing begins. */
export function figureHeader(head: FigureHead): { svg: string; height: number } {
  const { theme = 'light', width = defaultWidth } = head;
  const palette = palettes[theme];
  const words = standingWords[head.standing];
  const parts: string[] = [];
  let y = margin;
  const demonstration = head.standing === 'synthetic-demo';
  if (demonstration) {
    const box = textWidth(words, 13) + 16;
    parts.push(
      `<rect x="${margin}" y="${y}" width="${shown(box)}" height="22" rx="3" fill="${palette.warning}"/>`,
      svgText(words, { x: margin + 8, y: y + 15.5, size: 13, fill: palette.warningText, bold: true }),
    );
    y += 30;
  } else {
    parts.push(svgText(words, { x: margin, y: y + 12, size: 12, fill: palette.muted, bold: true }));
    y += 20;
  }
  for (const line of wrapText(head.title, width - 2 * margin, 16)) {
    parts.push(svgText(line, { x: margin, y: y + 15, size: 16, fill: palette.text, bold: true }));
    y += 21;
  }
  for (const line of wrapText(head.standingNote, width - 2 * margin, 12)) {
    parts.push(svgText(line, { x: margin, y: y + 12, size: 12, fill: palette.muted }));
    y += 16;
  }
  return { svg: parts.join(''), height: y + 10 };
}

/**
 * A whole figure: background, name and description for screen readers, content.
 *
 * @param description All that the drawing shows, in words.
 */
export function svgFigure(head: FigureHead, height: number, description: string, content: string): string {
  const { theme = 'light', width = defaultWidth } = head;
  const id = figureId(head);
  const name = `${standingWords[head.standing]}: ${head.title}`;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${shown(height)}" viewBox="0 0 ${width} ${shown(height)}"`,
    ` role="img" aria-labelledby="${id}-title ${id}-desc" font-family="${fontFamily}">`,
    `<title id="${id}-title">${escapeText(name)}</title><desc id="${id}-desc">${escapeText(description)}</desc>`,
    `<rect width="${width}" height="${shown(height)}" fill="${palettes[theme].background}"/>`,
    content,
    '</svg>',
  ].join('');
}

/** The figure's name in ids, so that several can stand on one page. */
export function figureId({ title }: Pick<FigureHead, 'title'>): string {
  return `figure-${title.toLowerCase().replace(/[^a-z0-9]+/g, '-')}`;
}
