import { escapeText } from '../figures/svg-text.ts';
import { unbrokenDates } from './printable.ts';

/** Markup that is safe to stand in a page. */
export interface Html {
  readonly markup: string;
}

type Part = string | number | Html | readonly Html[];

/** Markup as it stands: only for what this service has made itself. */
export function raw(markup: string): Html {
  return { markup };
}

/** A piece of a page: every text put into it is escaped, every piece stays as it is. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Html {
  return { markup: strings.map((text, at) => text + (at < parts.length ? markupOf(parts[at] ?? '') : '')).join('') };
}

function markupOf(part: Part): string {
  if (typeof part === 'string' || typeof part === 'number') return escapeText(unbrokenDates(String(part)));
  return isHtml(part) ? part.markup : part.map(({ markup }) => markup).join('\n');
}

function isHtml(part: Html | readonly Html[]): part is Html {
  return 'markup' in part;
}
