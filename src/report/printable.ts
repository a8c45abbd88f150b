/** What the embedded fonts (Roboto) hold: Latin, Greek, Cyrillic and common signs. */
const covered =
  /[\n\u0020-\u007e\u00a0-\u017f\u0192\u01a0\u01a1\u01af\u01b0\u01fa-\u01ff\u0218-\u021b\u0259\u02c6\u02c7\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u0400-\u0486\u0488-\u0513\u1e80-\u1e85\u1e9e\u1ea0-\u1ef9\u2000-\u200b\u2010\u2011\u2013-\u2015\u2018-\u201e\u2020-\u2022\u2026\u2030\u2032\u2033\u2039\u203a\u2044\u20ac\u2116\u2122\u2202\u2206\u220f\u2211\u2212\u221a\u221e\u2248\u2260\u2264\u2265]/u;

/** Dates as `formatDate` writes them. */
const dates = /\b(\d{1,2}) ([A-Z][a-z]{2}) (\d{4})\b/g;

/** A text in which no date is broken over two lines. */
export function unbrokenDates(text: string): string {
  return text.replace(dates, '$1\u00a0$2\u00a0$3');
}

/** Stands for a character that no font of the page holds, so that nobody takes a name with gaps for the whole one. */
export const replacement = '?';

/**
 * A text in characters that the fonts of a PDF hold: composed ones for decomposed ones, and `?` for what they lack. A character
 * without a glyph would be an empty box, and is not allowed in PDF/A.
 */
export function printable(text: string): string {
  if (/^[\n\u0020-\u007e]*$/.test(text)) return text;
  return [...text.normalize('NFC')].map((character) => (covered.test(character) ? character : replacement)).join('');
}
