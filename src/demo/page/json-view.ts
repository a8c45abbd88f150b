import { element } from './dom.ts';

const token = /("(?:\\.|[^"\\])*")(\s*:)?|\b(?:true|false|null)\b|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;

function kind(text: string, isKey: boolean): string {
  if (isKey) return 'key';
  return text.startsWith('"') ? 'text' : 'literal';
}

/** Indented JSON with keys, texts and literals told apart; other text is shown as it is. */
export function jsonView(value: unknown): DocumentFragment {
  const fragment = document.createDocumentFragment();
  if (typeof value === 'string') {
    fragment.append(value);
    return fragment;
  }
  const source = JSON.stringify(value, null, 2);
  let end = 0;
  for (const match of source.matchAll(token)) {
    const text = match[1] ?? match[0];
    fragment.append(
      source.slice(end, match.index),
      element('span', { class: `json-${kind(text, match[2] !== undefined)}` }, text),
    );
    end = match.index + text.length;
  }
  fragment.append(source.slice(end));
  return fragment;
}
