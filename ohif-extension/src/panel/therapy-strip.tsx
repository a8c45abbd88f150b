import type { TherapyBand } from '../../../src/assessment/course-types.ts';
import { bandOn, type TimeAxis } from './time-axis.ts';
import { plotInset } from './trend-option.ts';
import { capitalise, dateWords } from './words.ts';

/** Therapy lines and progressions: names for the bands and dotted lines of the charts below. */
export function TherapyStrip({ axis }: { axis: TimeAxis }) {
  const { therapy, progressions } = axis;
  if (therapy.length === 0 && progressions.length === 0) return <p className="ds-small">No therapy recorded.</p>;
  return (
    <div className="ds-therapy">
      <div
        className="ds-therapy-strip"
        style={{ marginLeft: plotInset.left, marginRight: plotInset.right }}
        aria-hidden="true"
      >
        {therapy.map((band, at) => {
          const shown = bandOn(axis, band);
          return (
            shown !== null && (
              <span key={band.line} className={`ds-band ds-band-${at % 4}`} style={place(shown, axis)}>
                {`${band.line} ${capitalise(band.regimen)}`}
              </span>
            )
          );
        })}
      </div>
      <ul className="ds-therapy-names">
        {therapy.map((band, at) => (
          <li key={band.line}>
            <span className={`ds-band-key ds-band-${at % 4}`} aria-hidden="true" />
            {`Line ${band.line}: ${capitalise(band.regimen)}, ${span(band)}${bandOn(axis, band) === null ? ', before the charts begin' : ''}`}
          </li>
        ))}
        {progressions.map((date) => (
          <li key={date}>
            <span className="ds-progression-key" aria-hidden="true" />
            {`Progression recorded ${dateWords(date)}`}
          </li>
        ))}
      </ul>
    </div>
  );
}

function span({ start, end }: TherapyBand): string {
  return start.slice(0, 10) === end.slice(0, 10)
    ? dateWords(start)
    : `${dateWords(start)} to ${dateWords(end)} (last dose)`;
}

function place({ from, to }: { from: number; to: number }, { start, end }: TimeAxis): { left: string; width: string } {
  const percent = (time: number) => `${(100 * time) / (end - start)}%`;
  return { left: percent(from - start), width: percent(to - from) };
}
