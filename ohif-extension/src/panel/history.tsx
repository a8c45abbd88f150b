import type { AssessmentHistory } from '../../../src/http/api/panel-types.ts';
import type { PanelApi } from '../api/panel-api.ts';
import { GroupMark } from './group-mark.tsx';
import { useLoaded } from './use-loaded.ts';
import { dateWords } from './words.ts';

interface HistoryProps {
  readonly patientId: string;
  /** The assessment that the panel shows. */
  readonly shown: string;
  readonly api: PanelApi;
}

/** All assessments of the patient, newest first: which segmentations they rest on, and which of them are superseded. */
export function History({ patientId, shown, api }: HistoryProps) {
  const history = useLoaded(`${patientId} ${shown}`, (signal) => api.history(patientId, signal));
  if (history.state === 'failed') return <p className="ds-small">{`No history: ${history.failure.text}`}</p>;
  if (history.state === 'loading') return <p className="ds-small">The history is being loaded</p>;
  const { assessments } = history.value;
  const current = assessments.find(({ id }) => id === shown)?.segmentations ?? assessments[0]?.segmentations ?? [];
  return (
    <ol className="ds-history">
      {withoutRepeats(assessments).map(({ newest, times }) => {
        const isShown = newest.id === shown;
        return (
          <li key={newest.id} aria-current={isShown ? 'true' : undefined}>
            <GroupMark group={newest.group} />
            <div>
              <p>
                <strong>{dateWords(newest.asOf)}</strong>
                {isShown ? ', shown above' : ''}
              </p>
              <p>{newest.statement}</p>
              <p className="ds-small">{segmentationWords(newest.segmentations, current)}</p>
              {times > 1 && <p className="ds-small">{`Assessed ${times} times with this result`}</p>}
            </div>
          </li>
        );
      })}
    </ol>
  );
}

type PastAssessment = AssessmentHistory['assessments'][number];

/** Assessments of one day that say the same of the same segmentations are one line: every hook call makes one. */
function withoutRepeats(assessments: readonly PastAssessment[]): { newest: PastAssessment; times: number }[] {
  const says = ({ asOf, statement, segmentations }: PastAssessment) =>
    [asOf.slice(0, 10), statement, ...segmentations].join('|');
  const lines: { newest: PastAssessment; times: number }[] = [];
  for (const assessment of assessments) {
    const last = lines.at(-1);
    if (last !== undefined && says(last.newest) === says(assessment)) last.times += 1;
    else lines.push({ newest: assessment, times: 1 });
  }
  return lines;
}

/** The end of a UID tells segmentations of one patient apart; the whole of it would fill three lines. */
function segmentationWords(segmentations: readonly string[], current: readonly string[]): string {
  if (segmentations.length === 0) return 'No segmentation used.';
  const each = segmentations.map(
    (uid) => `\u2026${uid.slice(-10)}${current.includes(uid) ? '' : ' (superseded or not used now)'}`,
  );
  return `Segmentation ${each.join(', ')}.`;
}
