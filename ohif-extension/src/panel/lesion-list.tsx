import type { Lesion, LesionOutline } from '../../../src/assessment/course-types.ts';
import type { LesionRisk } from '../../../src/http/api/panel-types.ts';
import { GroupMark } from './group-mark.tsx';
import { lesionColour } from './lesion-colour.ts';
import { capitalise, dateWords, numberWords } from './words.ts';

interface LesionListProps {
  readonly lesions: readonly Lesion[];
  readonly risks: readonly LesionRisk[];
  readonly selected: string | null;
  /** Also called for the lesion that is selected already: a click always shows its slice again. */
  readonly onSelect: (lesion: Lesion) => void;
}

/** The lesions as radio buttons: arrow keys walk through them, and the viewports follow. */
export function LesionList({ lesions, risks, selected, onSelect }: LesionListProps) {
  return (
    <section className="ds-section" aria-labelledby="ds-lesions">
      <h2 id="ds-lesions" tabIndex={-1}>
        Lesions
      </h2>
      {lesions.length === 0 && (
        <p className="ds-small">No lesion is outlined: draw one and send it, below, to have it assessed.</p>
      )}
      <div role="radiogroup" aria-labelledby="ds-lesions" className="ds-lesions">
        {lesions.map((lesion, at) => (
          <LesionRow
            key={lesion.key}
            lesion={lesion}
            colour={lesionColour(at)}
            risk={risks.find((risk) => risk.lesion === lesion.key)}
            selected={lesion.key === selected}
            onSelect={() => onSelect(lesion)}
          />
        ))}
      </div>
    </section>
  );
}

interface LesionRowProps {
  readonly lesion: Lesion;
  readonly colour: string;
  readonly risk: LesionRisk | undefined;
  readonly selected: boolean;
  readonly onSelect: () => void;
}

function LesionRow({ lesion, colour, risk, selected, onSelect }: LesionRowProps) {
  const newest = newestOutline(lesion);
  return (
    <label className={selected ? 'ds-lesion ds-lesion-selected' : 'ds-lesion'}>
      <input
        type="radio"
        name="ds-lesion"
        checked={selected}
        // Arrow keys and clicks both end in a click event; a change event would miss the lesion that is selected already.
        onClick={onSelect}
        onChange={() => undefined}
      />
      <span className="ds-lesion-colour" style={{ background: colour }} aria-hidden="true" />
      <span className="ds-lesion-name">
        {lesion.label}
        {lesion.site !== null && <span className="ds-muted">{` ${lesion.site}`}</span>}
      </span>
      <GroupMark group={risk?.group ?? null} />
      <span className="ds-small ds-lesion-size">{newest === undefined ? 'no current outline' : sizeWords(newest)}</span>
      {risk?.change != null && <span className="ds-lesion-change">{risk.change}</span>}
      {risk !== undefined && <span className="ds-small ds-lesion-risk">{capitalise(risk.text)}</span>}
    </label>
  );
}

/** The outline that results rest on, of the newest study that has one. */
export function newestOutline({ outlines }: Lesion): LesionOutline | undefined {
  return outlines.findLast(({ current }) => current);
}

function sizeWords({ axialDiameterMm, diameterMm, volumeMl, studyDate }: LesionOutline): string {
  const diameter = axialDiameterMm ?? diameterMm;
  const sizes = [
    ...(diameter === null ? [] : [`${Math.round(diameter)} mm`]),
    ...(volumeMl === null ? [] : [`${numberWords(volumeMl)} mL`]),
  ];
  return `${sizes.length === 0 ? 'not measured' : sizes.join(', ')}; CT ${dateWords(studyDate)}`;
}
