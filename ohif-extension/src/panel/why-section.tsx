import type { ModelWords } from '../../../src/http/api/model-words.ts';
import type { PanelView } from '../../../src/http/api/panel-types.ts';
import type { PanelApi } from '../api/panel-api.ts';
import { Contributions } from './contributions.tsx';
import { Disclosure } from './disclosure.tsx';
import { InputTable, MissingList } from './inputs.tsx';
import { ModelCard } from './model-card.tsx';
import { ModelFigure } from './model-figure.tsx';
import { capitalise, typeset } from './words.ts';

interface WhySectionProps {
  readonly view: PanelView;
  readonly api: PanelApi;
  /** Model id. */
  readonly chosen: string | null;
  readonly onChoose: (model: string) => void;
}

/** What one model's result rests on: drivers, figures, inputs used and missing, and what the model is. */
export function WhySection({ view, api, chosen, onChoose }: WhySectionProps) {
  const models = view.models.filter(({ status }) => status !== 'not-applicable');
  const model = models.find((each) => each.model === chosen) ?? models[0];
  if (model === undefined) return null;
  const figures = view.figures.filter((figure) => figure.model === model.model);
  const card = view.links.modelCards[model.model];
  return (
    <section className="ds-section" aria-labelledby="ds-why">
      <h2 id="ds-why" tabIndex={-1}>
        Why
      </h2>
      {models.length > 1 && (
        <label className="ds-field">
          Model
          <select value={model.model} onChange={({ target }) => onChoose(target.value)}>
            {models.map(({ model: id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </label>
      )}
      <p className={model.clinical ? 'ds-standing' : 'ds-standing ds-standing-warn'}>{model.standing}</p>
      <p className="ds-small">{capitalise(model.standingNote)}</p>
      {model.trend !== null && <p className="ds-small">{typeset(model.trend)}</p>}
      <ResultNotes model={model} />
      {model.explanation !== null && (
        <Contributions explanation={model.explanation} heading={model.results[0]?.heading ?? model.title} />
      )}
      {figures.map(({ label, href }) => (
        <ModelFigure key={href} label={label} href={href} api={api} />
      ))}
      <Inputs model={model} />
      <Disclosure title="Performance and limits">
        <ul className="ds-list">
          {[...model.performance, ...model.limits, ...model.comparisons].map((sentence) => (
            <li key={sentence}>{sentence}</li>
          ))}
        </ul>
        <p className="ds-small">{`After ${model.citation}. Model ${model.version}.`}</p>
      </Disclosure>
      {card !== undefined && (
        <Disclosure title="Model card">
          <ModelCard key={card} href={card} api={api} />
        </Disclosure>
      )}
    </section>
  );
}

/** What each result's group rests on, and what the study saw in this patient's part of its cohort. */
function ResultNotes({ model: { results } }: { model: ModelWords }) {
  if (results.length === 0) return null;
  return (
    <ul className="ds-list">
      {results.map(({ heading, number, note, observed, observedNote }) => (
        <li key={heading}>
          {`${heading}, ${number}. ${note}.`}
          {observed.length > 0 && ` ${observedNote ?? 'In the study'}: ${observed.join('; ')}.`}
        </li>
      ))}
    </ul>
  );
}

/** Used, missing, and known besides. */
function Inputs({ model }: { model: ModelWords }) {
  return (
    <>
      <Disclosure title={`Inputs used: ${model.used.length}`}>
        <InputTable inputs={model.used} caption="Inputs of the model" />
        {model.imaging.length > 0 && (
          <ul className="ds-list">
            {model.imaging.map((sentence) => (
              <li key={sentence}>{sentence}</li>
            ))}
          </ul>
        )}
      </Disclosure>
      <Disclosure title={`Inputs missing: ${model.missing.length}`} disabled={model.missing.length === 0}>
        <MissingList missing={model.missing} />
      </Disclosure>
      {model.context.length > 0 && (
        <Disclosure title={`Also known, not in the score: ${model.context.length}`}>
          <InputTable inputs={model.context} caption="Known, but not part of the score" />
        </Disclosure>
      )}
    </>
  );
}
