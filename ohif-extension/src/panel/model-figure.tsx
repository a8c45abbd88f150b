import { useMemo, useRef } from 'react';
import type { PanelApi } from '../api/panel-api.ts';
import { useLoaded } from './use-loaded.ts';

interface ModelFigureProps {
  readonly label: string;
  readonly href: string;
  readonly api: PanelApi;
}

/**
 * A figure of the service, small in the panel and large on click. It is shown as an image: an SVG in an `img` can run nothing and load
 * nothing.
 */
export function ModelFigure({ label, href, api }: ModelFigureProps) {
  const figure = useLoaded(href, (signal) => api.text(href, signal));
  const dialog = useRef<HTMLDialogElement>(null);
  const svg = figure.state === 'ready' ? figure.value : null;
  const image = useMemo(
    () => (svg === null ? null : { source: dataUrl(svg), text: description(svg) ?? label }),
    [svg, label],
  );
  if (figure.state === 'failed') return <p className="ds-small">{`${label}: ${figure.failure.text}`}</p>;
  if (image === null) return <p className="ds-small">{`${label} is being loaded`}</p>;
  return (
    <figure className="ds-figure">
      <button type="button" className="ds-figure-open" onClick={() => dialog.current?.showModal()}>
        <img src={image.source} alt={image.text} />
        <span className="ds-small">{`${label}: enlarge`}</span>
      </button>
      <dialog ref={dialog} className="ds-dialog" aria-label={label}>
        <form method="dialog">
          <button type="submit" className="ds-button">
            Close
          </button>
        </form>
        <img src={image.source} alt={image.text} />
      </dialog>
    </figure>
  );
}

function dataUrl(svg: string): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
}

/** The figure's own description, which an `img` would keep from screen readers. */
function description(svg: string): string | null {
  return new DOMParser().parseFromString(svg, 'image/svg+xml').querySelector('desc')?.textContent ?? null;
}
