import type { InputWords, ModelWords } from '../../../src/http/api/model-words.ts';
import { capitalise, dateWords, signedWords, typeset } from './words.ts';

/** Inputs with value, date, effect and source. */
export function InputTable({ inputs, caption }: { inputs: readonly InputWords[]; caption: string }) {
  return (
    <ul className="ds-inputs" aria-label={caption}>
      {inputs.map((input) => (
        <li key={input.name}>
          <div className="ds-input-head">
            <span>{input.label}</span>
            <strong>{typeset(input.value)}</strong>
          </div>
          <div className="ds-small">
            {[
              dateWords(input.date),
              ...(input.contribution === null ? [] : [`effect ${signedWords(input.contribution)}`]),
              ...(input.imputed === null ? [] : [`stand-in: ${input.imputed}`]),
            ].join(', ')}
          </div>
          <Sources sources={input.sources} />
        </li>
      ))}
    </ul>
  );
}

/** Resources in full; the UIDs of images behind a click, because each has up to 64 digits. */
function Sources({ sources }: { sources: readonly string[] }) {
  const resources = sources.filter((source) => source.includes('/'));
  const uids = sources.filter((source) => !source.includes('/'));
  return (
    <>
      {resources.length > 0 && <div className="ds-source">{resources.join(', ')}</div>}
      {uids.length > 0 && (
        <details className="ds-source">
          <summary>{`${uids.length} DICOM UIDs`}</summary>
          {uids.map((uid) => (
            <div key={uid}>{uid}</div>
          ))}
        </details>
      )}
    </>
  );
}

/** What is missing, why, and what would mend it. */
export function MissingList({ missing }: Pick<ModelWords, 'missing'>) {
  return (
    <ul className="ds-inputs" aria-label="Missing inputs">
      {missing.map(({ name, label, why, mend }) => (
        <li key={name}>
          <strong>{label}</strong>
          <div className="ds-small">{capitalise(why)}</div>
          <div className="ds-small">{`To mend: ${mend}`}</div>
        </li>
      ))}
    </ul>
  );
}
