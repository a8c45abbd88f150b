/** A study as the viewer lists it; date and time as DICOM writes them. */
export interface StudyMetadata {
  readonly StudyInstanceUID: string;
  readonly StudyDate?: string;
  readonly StudyTime?: string;
}

/**
 * Which pane shows a study.
 *
 * @param studies With images, oldest first.
 * @param baseline The study that results count from, where the service has said so.
 * @returns `newest` for the last one, `baseline` for the one that changes count from, `none` for those in between.
 */
export function paneOf(
  StudyInstanceUID: string,
  studies: readonly StudyMetadata[],
  baseline: string | null,
): 'baseline' | 'newest' | 'none' {
  if (StudyInstanceUID === studies.at(-1)?.StudyInstanceUID) return 'newest';
  const isThere = studies.slice(0, -1).some((study) => study.StudyInstanceUID === baseline);
  const first = isThere ? baseline : studies[0]?.StudyInstanceUID;
  return StudyInstanceUID === first ? 'baseline' : 'none';
}

/** Oldest first; studies of one day by time. */
export function byDate(studies: readonly StudyMetadata[]): StudyMetadata[] {
  const moment = ({ StudyDate = '', StudyTime = '' }: StudyMetadata) => `${StudyDate}${StudyTime}`;
  return [...studies].sort((a, b) => (moment(a) < moment(b) ? -1 : moment(a) > moment(b) ? 1 : 0));
}
