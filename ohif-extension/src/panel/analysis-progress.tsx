import type { AnalysisState } from '../../../src/http/api/panel-types.ts';
import { isUnderWay } from '../state/analysis-under-way.ts';

interface AnalysisProgressProps {
  readonly analysis: AnalysisState;
  readonly onAgain: () => void;
}

/** How far the analysis of the images is, or why it did not end well; nothing once it has. */
export function AnalysisProgress({ analysis, onAgain }: AnalysisProgressProps) {
  const { state, share, message, code } = analysis;
  const percent = share === null ? null : Math.round(100 * share);
  return (
    // The live region stays, so that what appears in it is read out.
    <div role="status" aria-live="polite" className="ds-analysis">
      {isUnderWay(analysis) && (
        <div className="ds-computing">
          <p>
            {state === 'pending'
              ? 'Image analysis is waiting for its turn.'
              : `Image features are being computed${percent === null ? '' : `: ${percent}%`}.`}
            {message !== null && ` ${message}`}
          </p>
          <progress aria-label="Image analysis" max={1} {...(share !== null && { value: share })} />
          <p className="ds-small">
            What stands below rests on what was there before; it changes by itself when this is done.
          </p>
        </div>
      )}
      {state === 'failed' && (
        <div className="ds-problem">
          <p>
            <strong>The image analysis failed.</strong>
            {message !== null && ` ${message}`}
            {code !== null && <span className="ds-muted">{` (${code})`}</span>}
          </p>
          <button type="button" className="ds-button" onClick={onAgain}>
            Analyse again
          </button>
        </div>
      )}
      {state === 'none' && message !== null && <p className="ds-notice">{message}</p>}
    </div>
  );
}
