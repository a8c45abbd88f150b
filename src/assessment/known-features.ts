import type { NamedFeatures } from '../models/model-result.ts';
import type { SelectedSeries } from '../models/series-selection.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';

/** Whether features were made by the current settings and extractor. */
export function isUsable(
  { processing, settingsHash, extractorVersion }: FeatureSetRecord,
  settingsHashes: Readonly<Record<string, string>>,
  extractor: string,
): boolean {
  return settingsHash === settingsHashes[processing] && extractorVersion === extractor;
}

/** What was recorded later than that time was not known then: an image, its segmentation, and what has no date. */
export function wasKnown({ studyDate, mask, computedAt }: FeatureSetRecord, asOf: string): boolean {
  const today = asOf.slice(0, 10);
  if (mask.date !== null && mask.date > today) return false;
  return studyDate === null ? Date.parse(computedAt) <= Date.parse(asOf) : studyDate <= today;
}

/** Days with a CT that had a tumour segmentation then, as the last look at the archive found them. */
export function selectedDates(status: ImagingStatus | undefined, today: string): (string | null)[] {
  const hadMask = ({ mask }: SelectedSeries) => mask !== null && (mask.date === null || mask.date <= today);
  return (status?.selection ?? [])
    .filter(({ code, series }) => series.some((one) => (one.chosen || code !== null) && hadMask(one)))
    .map(({ studyDate }) => studyDate);
}

/** The entry of a set's series in the last look at the archive: null where it was not chosen, undefined where its study is not there. */
function selected(set: FeatureSetRecord, status: ImagingStatus | undefined): SelectedSeries | null | undefined {
  const study = status?.selection.find(({ StudyInstanceUID }) => StudyInstanceUID === set.StudyInstanceUID);
  if (study === undefined) return undefined;
  return (
    study.series.find(({ chosen, SeriesInstanceUID }) => chosen && SeriesInstanceUID === set.SeriesInstanceUID) ?? null
  );
}

/** An older segmentation, or a series that is no longer chosen, is not what is asked for now; a later one was not known then. */
export function isCurrent(set: FeatureSetRecord, status: ImagingStatus | undefined, today: string): boolean {
  const series = selected(set, status);
  if (series === undefined) return true;
  if (series === null || series.mask === null) return false;
  if (set.lesion?.primary === false) {
    if (set.mask.date !== null && set.mask.date > today) return false;
    return series.lesions?.some((lesion) => isOutline(lesion, set)) ?? false;
  }
  const { segSOPInstanceUID, segmentNumber, date } = series.mask;
  if (date !== null && date > today) return true;
  return isOutline({ segSOPInstanceUID, segmentNumber }, set);
}

function isOutline(
  outline: { readonly segSOPInstanceUID: string; readonly segmentNumber: number },
  set: Pick<FeatureSetRecord, 'segSOPInstanceUID' | 'segmentNumber'>,
): boolean {
  return outline.segSOPInstanceUID === set.segSOPInstanceUID && outline.segmentNumber === set.segmentNumber;
}

/** The rules may have changed since the features were computed. */
export function phaseOf(
  set: FeatureSetRecord,
  status: ImagingStatus | undefined,
): Pick<NamedFeatures, 'phase' | 'phaseReason'> {
  return selected(set, status) ?? set;
}

/** For sorting: the outline that was drawn last, of equal ones what was computed last. */
export function newestMaskFirst(a: FeatureSetRecord, b: FeatureSetRecord): number {
  return (b.mask.date ?? '').localeCompare(a.mask.date ?? '') || b.computedAt.localeCompare(a.computedAt);
}
