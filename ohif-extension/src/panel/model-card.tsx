import DOMPurify from 'dompurify';
import { marked } from 'marked';
import { useEffect, useRef } from 'react';
import type { PanelApi } from '../api/panel-api.ts';
import { useLoaded } from './use-loaded.ts';

/** A model card, written in Markdown; whatever HTML it holds is cleaned before it is shown. */
export function ModelCard({ href, api }: { href: string; api: PanelApi }) {
  const card = useLoaded(href, (signal) => api.text(href, signal));
  const element = useRef<HTMLDivElement>(null);
  const markdown = card.state === 'ready' ? card.value : null;
  useEffect(() => {
    if (markdown === null || element.current === null) return;
    const html = marked.parse(markdown, { async: false });
    const content = DOMPurify.sanitize(html, { RETURN_DOM_FRAGMENT: true, FORBID_TAGS: ['style', 'form', 'img'] });
    for (const link of content.querySelectorAll('a')) {
      link.target = '_blank';
      link.rel = 'noopener noreferrer';
    }
    element.current.replaceChildren(content);
  }, [markdown]);
  if (card.state === 'failed')
    return <p className="ds-small">{`The model card can not be shown: ${card.failure.text}`}</p>;
  if (card.state === 'loading') return <p className="ds-small">The model card is being loaded</p>;
  return <div ref={element} className="ds-card" />;
}
