import type { ApiFailure, FailureReason } from '../api/api-failure.ts';
import { timeWords } from './words.ts';

const said: Readonly<Record<FailureReason, { readonly heading: string; readonly help: string }>> = {
  unreachable: {
    heading: 'Deltascope can not be reached',
    help: 'The viewer works on without it. The panel tries again by itself.',
  },
  'not-authorised': {
    heading: 'Not signed in',
    help: 'Sign in to the viewer again, or open the patient from the health record.',
  },
  forbidden: {
    heading: 'This patient is not open to you here',
    help: 'The session is bound to another patient. Open this patient from the health record.',
  },
  mismatch: {
    heading: 'Patient and study do not match',
    help: 'Nothing is shown, so that no result stands beside the wrong images. Open the study from the record of its patient.',
  },
  'not-found': {
    heading: 'Deltascope does not know this study',
    help: 'No patient of the record belongs to it. Ask the administrator whether the PACS PatientID is in the record.',
  },
  refused: { heading: 'Deltascope refused the request', help: 'Ask the administrator, and name the code below.' },
};

interface FailureViewProps {
  readonly failure: ApiFailure;
  /** When what is still shown below was read; null where nothing is shown. */
  readonly shownSince: number | null;
  readonly onRetry: () => void;
}

/** Why there is no answer, what to do, and a way to ask again. */
export function FailureView({ failure, shownSince, onRetry }: FailureViewProps) {
  const { heading, help } = said[failure.reason];
  return (
    <div role="alert" className="ds-problem">
      <h2>{heading}</h2>
      <p>{help}</p>
      {shownSince !== null && <p>{`What stands below was read at ${timeWords(shownSince)} and may be out of date.`}</p>}
      <p className="ds-small">{failure.code === null ? failure.text : `${failure.text} (${failure.code})`}</p>
      <button type="button" className="ds-button" onClick={onRetry}>
        Try again
      </button>
    </div>
  );
}
