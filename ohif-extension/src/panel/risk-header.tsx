import type { ModelWords } from '../../../src/http/api/model-words.ts';
import type { PanelView } from '../../../src/http/api/panel-types.ts';
import { GroupMark } from './group-mark.tsx';
import { ModelRow } from './model-row.tsx';
import { capitalise, dateWords } from './words.ts';

interface RiskHeaderProps {
  readonly view: PanelView;
  /** What the overlay has to say. */
  readonly viewerNotices: readonly string[];
  readonly onWhy: (model: string) => void;
}

/** Who, what standing, what must be known before any number, then the risk and each model's part in it. */
export function RiskHeader({ view, viewerNotices, onWhy }: RiskHeaderProps) {
  const { patient, assessment, models } = view;
  const { combined, trend } = assessment;
  const standing = demonstrationStanding(models);
  const said = noticesOf(view, standing, viewerNotices);
  return (
    <section className="ds-section ds-header" aria-labelledby="ds-risk">
      {combined.demonstration && standing !== undefined && <p className="ds-standing-demo">{standing}</p>}
      <p className="ds-patient">
        <strong>{patient.name ?? 'Name not recorded'}</strong>
        {patient.PatientIDs.length > 0 && ` ${patient.PatientIDs.join(', ')}`}
        {patient.synthetic && <span className="ds-chip">synthetic patient</span>}
      </p>
      <div className="ds-risk">
        <GroupMark group={combined.group} large />
        <div>
          <h2 id="ds-risk" tabIndex={-1}>
            {riskHeading(combined.group, models)}
          </h2>
          <p>{`${combined.statement}.`}</p>
        </div>
      </div>
      <p className="ds-small">{dateLine(view)}</p>
      {trend !== null && (
        <p className="ds-small">{`Last assessed ${dateWords(trend.previous.asOf)}: ${trend.previous.group ?? 'no group'}.`}</p>
      )}
      {said.length > 0 && (
        <ul className="ds-notices" aria-label="To know first">
          {said.map((sentence) => (
            <li key={sentence}>{capitalise(sentence)}</li>
          ))}
        </ul>
      )}
      <ModelsByStatus models={models} onWhy={onWhy} />
    </section>
  );
}

/** What is said of a result that is not clinical. */
function demonstrationStanding(models: readonly ModelWords[]): string | undefined {
  return models.find(({ clinical, group }) => !clinical && group !== null)?.standing;
}

/** What must be known before any number, each sentence once. */
function noticesOf(
  { assessment, stale, notices }: PanelView,
  standing: string | undefined,
  viewerNotices: readonly string[],
): string[] {
  const { problems, unread } = assessment;
  return [
    ...new Set([
      ...(stale === null ? [] : [stale]),
      // The banner has said it.
      ...notices.filter((notice) => standing === undefined || !notice.startsWith(standing)),
      ...viewerNotices,
      ...problems.map(({ text }) => text),
      ...(unread.length === 0 ? [] : [`Not read, so that something may be missing: ${unread.join(', ')}`]),
    ]),
  ];
}

/** Where there is a result, what lacks something steps back; where there is none, it is what one looks for. */
function ModelsByStatus({ models, onWhy }: Pick<RiskHeaderProps, 'onWhy'> & { models: readonly ModelWords[] }) {
  const assessed = models.filter(({ status }) => status === 'assessed');
  const lacking = models.filter(({ status }) => status === 'not-assessable');
  const others = models.filter(({ status }) => status === 'not-applicable');
  return (
    <>
      {assessed.length + lacking.length === 0 && <p>No model applies to this patient.</p>}
      <Models models={assessed.length === 0 ? lacking : assessed} onWhy={onWhy} />
      {assessed.length > 0 && lacking.length > 0 && (
        <details className="ds-details">
          <summary>{`${lacking.length} more ${lacking.length === 1 ? 'model applies' : 'models apply'}, not assessable`}</summary>
          <Models models={lacking} onWhy={onWhy} />
        </details>
      )}
      {others.length > 0 && (
        <details className="ds-details">
          <summary>{`${others.length} ${others.length === 1 ? 'model does' : 'models do'} not apply`}</summary>
          <ul className="ds-list">
            {others.map(({ model, title, reasons }) => (
              <li key={model}>{`${title}: ${reasons.join('; ')}`}</li>
            ))}
          </ul>
        </details>
      )}
    </>
  );
}

/** Of what and by when, in the words of the first result that has the group. */
function riskHeading(group: PanelView['assessment']['combined']['group'], models: readonly ModelWords[]): string {
  if (group === null) return 'Risk not assessable';
  const results = models.flatMap((model) => (model.status === 'assessed' ? model.results : []));
  return results.find((result) => result.group === group)?.heading ?? group;
}

function dateLine({ course, assessment }: PanelView): string {
  const newest = (dates: readonly (string | null)[]) =>
    dates
      .filter((date) => date !== null)
      .sort()
      .at(-1);
  const ct = newest(course.studies.map(({ studyDate }) => studyDate));
  const labs = newest(course.labs.flatMap(({ points }) => points.map(({ date }) => date)));
  return [
    ct === undefined ? 'No CT' : `CT ${dateWords(ct)}`,
    labs === undefined ? 'no laboratory values' : `laboratory ${dateWords(labs)}`,
    `assessed ${dateWords(assessment.asOf)}`,
  ].join(', ');
}

function Models({ models, onWhy }: { models: readonly ModelWords[]; onWhy: (model: string) => void }) {
  if (models.length === 0) return null;
  return (
    <ul className="ds-models" aria-label="Models">
      {models.map((model) => (
        <ModelRow key={model.model} model={model} onWhy={() => onWhy(model.model)} />
      ))}
    </ul>
  );
}
