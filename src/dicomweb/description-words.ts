import { z } from 'zod';

/** Text without case, accents and full-width forms. */
function plainText(text: string): string {
  return text.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase().replaceAll(/\s+/gu, ' ');
}

const ideographic = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]/u;

function wordPattern(word: string): string {
  const text = plainText(word);
  const core = text.replaceAll(/^\*|\*$/g, '').replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
  // Chinese and Japanese are written without spaces.
  if (ideographic.test(text)) return core;
  return `${text.startsWith('*') ? '' : '(?<![\\p{L}\\p{N}])'}${core}${text.endsWith('*') ? '' : '(?!\\p{L})'}`;
}

/** Which word of a list a text has. */
export type WordMatcher = (text: string | null) => string | null;

/**
 * Makes a list of words into a search for whole words, whatever case, accents and full-width letters the text has.
 *
 * @param words Each counts where no letter or digit stands before it and no letter after it; a `*` at an end lets letters
 *   stand there. Words with Chinese or Japanese characters count anywhere.
 * @returns Gives the first match as it stands in the simplified text, or null.
 */
function wordMatcher(words: readonly string[]): WordMatcher {
  const search = new RegExp(words.map(wordPattern).join('|'), 'u');
  return (text) => (text === null ? null : (search.exec(plainText(text))?.[0] ?? null));
}

/** A list of words in a table. */
export const words = z
  .array(z.string().regex(/^\*?[^*\s][^*]*\*?$/, 'a word, with * at its ends only'))
  .min(1)
  .transform(wordMatcher);
