import { useState, useSyncExternalStore } from 'react';
import type { Lesion } from '../../../src/assessment/course-types.ts';
import { failureOf } from '../api/api-failure.ts';
import { newUid } from '../viewer/dicom-uid.ts';
import {
  type Drawing,
  type DrawingActions,
  type SegmentMeaning,
  StoreRefused,
  type StoreRequest,
} from '../viewer/drawing-actions.ts';
import { likelyMeaning, meaningChoices, meaningsOf } from './drawn-meaning.ts';
import { dateWords } from './words.ts';

interface DrawingSectionProps {
  readonly drawing: DrawingActions;
  readonly lesions: readonly Lesion[];
  /** Asks the service to analyse what was stored. */
  readonly onStored: (SOPInstanceUID: string) => Promise<void>;
}

type Progress =
  | { readonly step: 'idle' }
  | { readonly step: 'storing' }
  | { readonly step: 'asking' }
  | { readonly step: 'done' }
  /** `stored`: SOPInstanceUID of what is in the archive all the same. */
  | { readonly step: 'failed'; readonly text: string; readonly stored: string | null };

/** From a drawing to a new result: what each segment is, who drew it, and the way to archive and analysis. */
export function DrawingSection({ drawing, lesions, onStored }: DrawingSectionProps) {
  const active = useSyncExternalStore(drawing.subscribe, drawing.active);
  const [reader, setReader] = useState(() => drawing.readerName() ?? '');
  // Here and not in the form: what was sent is another segmentation afterwards, with a form of its own.
  const [progress, setProgress] = useState<Progress>({ step: 'idle' });

  async function send(request: StoreRequest): Promise<void> {
    setProgress({ step: 'storing' });
    try {
      await ask(await drawing.store(request));
    } catch (error) {
      const text = error instanceof StoreRefused ? error.message : `It was not stored: ${String(error)}`;
      setProgress({ step: 'failed', text, stored: null });
    }
  }

  async function ask(stored: string): Promise<void> {
    setProgress({ step: 'asking' });
    try {
      await onStored(stored);
      setProgress({ step: 'done' });
    } catch (error) {
      const text = `The segmentation is stored, but Deltascope could not be asked to analyse it: ${failureOf(error).text}`;
      setProgress({ step: 'failed', text, stored });
    }
  }

  return (
    <div className="ds-drawing">
      <SendProgress progress={progress} onAsk={(stored) => void ask(stored)} />
      {active === null ? (
        <p>
          Draw or correct a lesion with the tools of the Segmentation tab, with the CT active that you draw on. What you
          drew then appears here.
        </p>
      ) : (
        <DrawingForm
          key={active.segmentationId}
          active={active}
          lesions={lesions}
          reader={reader}
          onReader={setReader}
          busy={progress.step === 'storing' || progress.step === 'asking'}
          onSend={(request) => void send(request)}
        />
      )}
    </div>
  );
}

function SendProgress({ progress, onAsk }: { progress: Progress; onAsk: (stored: string) => void }) {
  return (
    <>
      <div role="status" aria-live="polite">
        {progress.step === 'storing' && <p>The segmentation is being stored.</p>}
        {progress.step === 'asking' && <p>Stored. The analysis is being asked for.</p>}
        {progress.step === 'done' && (
          <p className="ds-notice">Stored. The analysis runs: its progress stands at the top of the panel.</p>
        )}
      </div>
      {progress.step === 'failed' && (
        <div role="alert" className="ds-problem">
          <p>{progress.text}</p>
          {progress.stored !== null && (
            <button type="button" className="ds-button" onClick={() => onAsk(progress.stored ?? '')}>
              Ask again
            </button>
          )}
        </div>
      )}
    </>
  );
}

interface DrawingFormProps {
  readonly active: Drawing;
  readonly lesions: readonly Lesion[];
  readonly reader: string;
  readonly onReader: (reader: string) => void;
  readonly busy: boolean;
  readonly onSend: (request: StoreRequest) => void;
}

function DrawingForm({ active, lesions, reader, onReader, busy, onSend }: DrawingFormProps) {
  const [chosen, setChosen] = useState<Readonly<Record<number, string>>>({});
  const [semiautomatic, setSemiautomatic] = useState(false);
  const choiceOf = (segment: Drawing['segments'][number]) => chosen[segment.index] ?? likelyMeaning(segment, lesions);
  const choices = active.segments.map((segment) => ({ index: segment.index, value: choiceOf(segment) }));
  const meanings = meaningsOf(choices, lesions, newUid);
  const problem = problemOf(meanings, reader);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (problem !== null || busy) return;
        const algorithm = semiautomatic ? 'SEMIAUTOMATIC' : 'MANUAL';
        onSend({ segmentationId: active.segmentationId, meanings, algorithm, reader: reader.trim() });
      }}
    >
      <p>{`"${active.label}" on the CT of ${dateWords(active.studyDate)}. What is each segment?`}</p>
      {active.segments.map((segment) => (
        <MeaningField
          key={segment.index}
          label={segment.label === '' ? `Segment ${segment.index}` : segment.label}
          value={choiceOf(segment)}
          lesions={lesions}
          onChange={(value) => setChosen({ ...chosen, [segment.index]: value })}
        />
      ))}
      <label className="ds-check">
        <input type="checkbox" checked={semiautomatic} onChange={({ target }) => setSemiautomatic(target.checked)} />
        Drawn with the help of a program (threshold, region growing)
      </label>
      <label className="ds-field">
        Your name, as it shall stand in the archive
        <input type="text" value={reader} autoComplete="name" onChange={({ target }) => onReader(target.value)} />
      </label>
      <button type="submit" className="ds-button ds-button-main" disabled={busy || problem !== null}>
        Store and assess
      </button>
      {problem !== null && <p className="ds-small">{problem}</p>}
    </form>
  );
}

function MeaningField({
  label,
  value,
  lesions,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly lesions: readonly Lesion[];
  readonly onChange: (value: string) => void;
}) {
  const { followed, added } = meaningChoices(lesions);
  return (
    <label className="ds-field">
      {label}
      <select value={value} onChange={({ target }) => onChange(target.value)}>
        <option value="">Choose what it is</option>
        <option value="none">Leave it out</option>
        {followed.length > 0 && (
          <optgroup label="A new outline of">
            {followed.map((choice) => (
              <option key={choice.value} value={choice.value}>
                {choice.label}
              </option>
            ))}
          </optgroup>
        )}
        <optgroup label="A lesion not followed so far">
          {added.map((choice) => (
            <option key={choice.value} value={choice.value}>
              {choice.label}
            </option>
          ))}
        </optgroup>
      </select>
    </label>
  );
}

/** What is still to be said before anything can be stored; null when nothing is. */
function problemOf(meanings: readonly SegmentMeaning[], reader: string): string | null {
  if (meanings.length === 0) return 'Choose what at least one segment is.';
  const primaries = meanings.filter(({ kind }) => kind.kind === 'primary-tumour').length;
  if (primaries > 1) return 'Only one segment can be the primary tumour.';
  const tracked = meanings.flatMap(({ tracking }) => tracking?.TrackingUID ?? []);
  if (new Set(tracked).size < tracked.length) return 'Two segments can not be the same lesion.';
  return reader.trim() === '' ? 'Enter your name: it says who outlined the lesion.' : null;
}
