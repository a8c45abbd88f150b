import type { ModelWords, ResultWords } from '../../../src/http/api/model-words.ts';
import { GroupMark } from './group-mark.tsx';
import { capitalise, mergeRemarks } from './words.ts';

/** One model: standing and cautions, then its results; what they rest on stands under "Why". */
export function ModelRow({ model, onWhy }: { model: ModelWords; onWhy: () => void }) {
  const { title, standing, clinical, status, group, results, reasons, warnings, missing } = model;
  return (
    <li className="ds-model">
      <div className="ds-model-head">
        <GroupMark group={group} />
        <div>
          <h3>{title}</h3>
          <p className={clinical ? 'ds-standing' : 'ds-standing ds-standing-warn'}>{standing}</p>
        </div>
      </div>
      {status === 'assessed' ? (
        <>
          <Warnings warnings={mergeRemarks(warnings)} />
          {results.map((result) => (
            <Result key={result.heading} result={result} />
          ))}
        </>
      ) : (
        <NotAssessable reasons={reasons} missing={missing} />
      )}
      <button type="button" className="ds-link" onClick={onWhy} aria-label={`Why: ${title}`}>
        Why
      </button>
    </li>
  );
}

/** The number, and what the group rests on: 80% may be a low risk. */
function Result({ result: { heading, number, relativeTo, note } }: { result: ResultWords }) {
  return (
    <p className="ds-result">
      <strong>{heading}</strong>
      {`: ${number}`}
      {relativeTo !== null && <span className="ds-muted">{` (${relativeTo})`}</span>}
      <span className="ds-result-note">{note}</span>
    </p>
  );
}

/** The first caution stands openly, because cautions come before numbers; the rest is counted and one click away. */
function Warnings({ warnings: [first, ...rest] }: { warnings: readonly string[] }) {
  if (first === undefined) return null;
  return (
    <div className="ds-warnings">
      <p>{first}</p>
      {rest.length > 0 && (
        <details className="ds-details">
          <summary>{`${rest.length} more ${rest.length === 1 ? 'caution' : 'cautions'}`}</summary>
          <ul className="ds-list">
            {rest.map((warning) => (
              <li key={warning}>{warning}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}

/** Why there is no result, and what somebody could do about it. */
function NotAssessable({ reasons, missing }: Pick<ModelWords, 'reasons' | 'missing'>) {
  const mends = missing.filter(({ kind }) => kind !== 'context' && kind !== 'unpublished').map(({ mend }) => mend);
  return (
    <div className="ds-result">
      <p>
        <strong>Not assessable</strong>
        {reasons[0] === undefined ? '' : `: ${reasons[0]}`}
      </p>
      {reasons.length + mends.length > 1 && (
        <details className="ds-details">
          <summary>All reasons, and what would mend it</summary>
          <ul className="ds-list">
            {reasons.slice(1).map((reason) => (
              <li key={reason}>{capitalise(reason)}</li>
            ))}
            {[...new Set(mends)].map((mend) => (
              <li key={mend}>{`To mend: ${mend}`}</li>
            ))}
          </ul>
        </details>
      )}
    </div>
  );
}
