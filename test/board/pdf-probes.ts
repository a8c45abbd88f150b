import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

export const hasPoppler = spawnSync('pdftotext', ['-v'], { stdio: 'ignore' }).error === undefined;
export const popplerSkipReason = 'needs poppler-utils: apt-get install poppler-utils';

/** A word on a page (pt, from the upper left corner). */
export interface PdfWord {
  readonly page: number;
  readonly text: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** What poppler sees in a PDF. */
export interface SeenPdf {
  /** Text of each page; every kind of blank is one space. */
  readonly pages: readonly string[];
  readonly words: readonly PdfWord[];
  readonly size: readonly [number, number];
  readonly fonts: readonly { readonly name: string; readonly embedded: boolean }[];
}

/** Reads a PDF with pdftotext and pdffonts. */
export function seePdf(bytes: Uint8Array): SeenPdf {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-pdf-'));
  try {
    const file = path.join(folder, 'page.pdf');
    writeFileSync(file, bytes);
    const run = (program: string, ...args: string[]) =>
      execFileSync(program, [...args], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 });
    // In the order in which it was written: column after column, as it is read.
    const text = run('pdftotext', '-raw', '-enc', 'UTF-8', file, '-');
    const boxes = run('pdftotext', '-enc', 'UTF-8', '-bbox', file, '-');
    const fonts = run('pdffonts', file)
      .split('\n')
      .slice(2)
      .filter((line) => line !== '');
    const size = /<page width="([\d.]+)" height="([\d.]+)">/.exec(boxes);
    return {
      pages: text
        .split('\f')
        .slice(0, -1)
        .map((page) => page.replace(/\s+/g, ' ')),
      words: wordsOf(boxes),
      size: [Number(size?.[1]), Number(size?.[2])],
      fonts: fonts.map((line) => ({ name: line.split(/\s+/)[0] ?? '', embedded: / yes yes yes /.test(line) })),
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function wordsOf(boxes: string): PdfWord[] {
  return boxes
    .split('<page ')
    .slice(1)
    .flatMap((part, at) =>
      [
        ...part.matchAll(/<word xMin="([\d.-]+)" yMin="([\d.-]+)" xMax="([\d.-]+)" yMax="([\d.-]+)">(.*?)<\/word>/g),
      ].map(([, left, top, right, bottom, text = '']) => ({
        page: at + 1,
        text,
        left: Number(left),
        top: Number(top),
        right: Number(right),
        bottom: Number(bottom),
      })),
    );
}

/** Pairs of words that lie over each other by more than rounding. */
export function overlaps(words: readonly PdfWord[]): string[] {
  const tolerance = 1.6;
  return words.flatMap((a, at) =>
    words
      .slice(at + 1)
      .filter(
        (b) =>
          a.page === b.page &&
          Math.min(a.right, b.right) - Math.max(a.left, b.left) > tolerance &&
          Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > tolerance,
      )
      .map((b) => `page ${a.page}: "${a.text}" and "${b.text}"`),
  );
}
