import type { PanelView } from '../../../src/http/api/panel-types.ts';
import { dateWords } from '../panel/words.ts';

/** "Baseline, 3 Aug 2026"; null while nothing is known of the study. */
export function paneTitle(view: PanelView | null, StudyInstanceUID: string): string | null {
  const study = view?.course.studies.find((candidate) => candidate.StudyInstanceUID === StudyInstanceUID);
  return study === undefined ? null : `${study.label}, ${dateWords(study.studyDate)}`;
}
