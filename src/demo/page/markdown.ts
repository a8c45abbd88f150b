import { marked } from '/vendor/marked.js';
import DOMPurify from '/vendor/purify.js';

const purifier = DOMPurify(window);

// A link in advice opens beside the chart, never in place of it, and learns nothing about where it was followed from.
purifier.addHook('afterSanitizeAttributes', (node) => {
  if (node.tagName !== 'A') return;
  node.setAttribute('target', '_blank');
  node.setAttribute('rel', 'noopener noreferrer');
});

const allowed = {
  // No img: a record system must not fetch from a third party because a card says so.
  ALLOWED_TAGS: ['p', 'br', 'hr', 'strong', 'em', 'del', 'code', 'pre', 'ul', 'ol', 'li', 'blockquote', 'a'].concat([
    'h4',
    'h5',
    'h6',
    'table',
    'thead',
    'tbody',
    'tr',
    'th',
    'td',
  ]),
  ALLOWED_ATTR: ['href', 'title', 'align', 'start'],
  ALLOWED_URI_REGEXP: /^https?:/i,
  RETURN_DOM_FRAGMENT: true as const,
};

/** Renders the GitHub-flavoured Markdown of a card; whatever HTML is in it is cut down to text structure. */
export function renderMarkdown(source: string): DocumentFragment {
  return purifier.sanitize(marked.parse(source, { async: false, gfm: true }), allowed);
}
