import { outcomeNumber } from '../../assessment/wording.ts';
import type { Theme } from '../../figures/figure-frame.ts';
import { type ModelFigure, modelFigures } from '../../figures/model-figures.ts';
import { formatDate } from '../../models/calendar.ts';
import { endpointWords } from '../../models/endpoint-words.ts';
import type { ModelResult } from '../../models/model-result.ts';
import { lesionRisks } from './lesion-risks.ts';
import { modelWords } from './model-words.ts';
import type { Answer } from './panel-answers.ts';
import { panelNotices } from './panel-notices.ts';
import type { AnalysisState, PanelView } from './panel-types.ts';

export interface PanelParts extends Pick<Answer, 'assessment' | 'course' | 'fresh' | 'unread'> {
  readonly analysis: AnalysisState;
  /** StudyInstanceUIDs that the viewer shows. */
  readonly shown: readonly string[];
  /** Page of the tumour board for this patient; null where there is none. */
  readonly report: string | null;
}

/** All that the panel shows, put together. */
export function buildPanelView(parts: PanelParts): PanelView {
  const { assessment, course, fresh, analysis, shown, report } = parts;
  const { name, PatientIDs } = course.person;
  return {
    patient: { reference: course.subject, name, PatientIDs, synthetic: course.synthetic },
    assessment,
    fresh,
    models: modelWords(assessment),
    course,
    lesionRisks: lesionRisks(assessment, course.lesions),
    analysis,
    stale: staleness(parts),
    notices: panelNotices(assessment, course, shown),
    figures: assessment.models.flatMap((result) =>
      figuresOf(result, 'dark').map(({ title }, at) => ({
        model: result.model.id,
        label: title,
        href: `/api/assessments/${assessment.id}/figures/${result.model.id}/${at + 1}.svg?theme=dark`,
      })),
    ),
    links: {
      report,
      modelCards: Object.fromEntries(assessment.models.map(({ model }) => [model.id, `/api/models/${model.id}/card`])),
    },
  };
}

/** Figures of a model, in the words that all surfaces share. */
export function figuresOf(result: ModelResult, theme: Theme): ModelFigure[] {
  return modelFigures(result, { endpointText: endpointWords, resultText: outcomeNumber }, theme);
}

/** What the answer does not hold, as far as that is known. */
function staleness({ course, analysis, shown, unread }: PanelParts): string | null {
  const missing = shown.filter((uid) => !course.studies.some(({ StudyInstanceUID }) => StudyInstanceUID === uid));
  const isWorking = analysis.state === 'pending' || analysis.state === 'running';
  const sentences = [
    ...(unread ? [`The record can not be read now: this is what it said on ${formatDate(course.asOf)}`] : []),
    ...(missing.length > 0 ? [missingWords(missing.length, isWorking)] : []),
    ...(missing.length === 0 && isWorking ? [workingWords(course.studies.at(-1)?.studyDate ?? null)] : []),
  ];
  return sentences.length === 0 ? null : sentences.join('. ');
}

function missingWords(count: number, isWorking: boolean): string {
  const what = count === 1 ? 'A study that is shown is' : `${count} studies that are shown are`;
  return `${what} not yet included${isWorking ? ': the image analysis is under way' : ''}`;
}

function workingWords(newest: string | null): string {
  const until = newest === null ? '' : ` (newest CT of ${formatDate(newest)})`;
  return `The image analysis is under way: results rest on what was analysed before${until}`;
}
