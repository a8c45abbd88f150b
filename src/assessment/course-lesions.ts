import type { LesionIdentity } from '../models/lesion.ts';
import type { FeatureSetRecord, ImagingStatus } from '../store/records.ts';
import { lesionFeatures, type SeriesParts, sizeOf } from './course-features.ts';
import type { Lesion, LesionOutline } from './course-types.ts';
import { isCurrent, newestMaskFirst, phaseOf } from './known-features.ts';
import type { UsedFeature } from './signature-features.ts';

/** Kind of a primary tumour; its key, too, where no SEG tracks it. */
const primaryKey = 'primary-tumour';

export interface LesionParts extends SeriesParts {
  /** Those that were known then, by the current settings and extractor. */
  readonly featureSets: readonly FeatureSetRecord[];
  readonly status: ImagingStatus | undefined;
  /** ISO date-time. */
  readonly asOf: string;
  /** What models take of the primary tumour. */
  readonly used: readonly UsedFeature[];
  /** Label of each kind of lesion in `segments.json`. */
  readonly kindLabels: Readonly<Record<string, string>>;
}

/** The lesions of a patient, the primary tumour first, then by the volume that they had last. */
export function courseLesions(parts: LesionParts): Lesion[] {
  const byLesion = grouped(parts.featureSets, lesionGroup);
  const lesions = [...byLesion.values()].map((sets) => lesionOf(sets, parts));
  return lesions.sort((a, b) => Number(b.primary) - Number(a.primary) || lastVolume(b) - lastVolume(a));
}

/**
 * Which sets are of one lesion. The primary tumour is one, because the models take it so; others go by their TrackingUID. What is
 * not tracked can't be followed from one SEG to the next: each outline stands for itself.
 */
function lesionGroup({ lesion, segSOPInstanceUID, segmentNumber }: FeatureSetRecord): string {
  if (lesion === undefined || lesion.primary) return primaryKey;
  return lesion.TrackingUID ?? `${lesion.kind}-${segSOPInstanceUID}-${segmentNumber}`;
}

function lesionOf(all: readonly FeatureSetRecord[], parts: LesionParts): Lesion {
  const today = parts.asOf.slice(0, 10);
  // The rules of phases may have changed since the features were computed.
  const sets = all.map((set) => ({ ...set, phase: phaseOf(set, parts.status).phase })).sort(newestMaskFirst);
  const chosen = sets.filter((set) => isCurrent(set, parts.status, today));
  const current = chosen.filter((set) => isNewestOfSeries(set, chosen));
  const newest = [...current, ...sets].toSorted((a, b) => (b.studyDate ?? '').localeCompare(a.studyDate ?? ''))[0];
  const identity = newest?.lesion;
  const primary = identity?.primary ?? true;
  const tracked = new Set(current.flatMap(({ lesion }) => lesion?.TrackingUID ?? []));
  const otherTrackingUIDs = [...tracked].filter((uid) => uid !== identity?.TrackingUID);
  return {
    key: identity?.TrackingUID ?? (newest === undefined || primary ? primaryKey : lesionGroup(newest)),
    label: labelOf(identity, newest?.mask.segmentLabel ?? '', parts.kindLabels),
    kind: identity?.kind ?? primaryKey,
    site: identity?.site?.meaning ?? null,
    primary,
    ...(otherTrackingUIDs.length > 0 && { otherTrackingUIDs }),
    outlines: outlinesOf(sets, current, parts),
    features: lesionFeatures(current, primary ? parts.used : [], parts),
  };
}

function labelOf(
  identity: LesionIdentity | undefined,
  segmentLabel: string,
  kindLabels: LesionParts['kindLabels'],
): string {
  const named = [identity?.TrackingID, segmentLabel].find((name) => name != null && name.trim() !== '');
  if (named != null) return named;
  return identity === undefined || identity.primary ? 'Primary tumour' : (kindLabels[identity.kind] ?? 'Lesion');
}

/** Where the last look at the archive says nothing, an older outline of the same series gives way to a newer one. */
function isNewestOfSeries(set: FeatureSetRecord, newestFirst: readonly FeatureSetRecord[]): boolean {
  const newest = newestFirst.find(({ SeriesInstanceUID }) => SeriesInstanceUID === set.SeriesInstanceUID);
  return newest === undefined || outlineKey(newest) === outlineKey(set);
}

function grouped(
  sets: readonly FeatureSetRecord[],
  keyOf: (set: FeatureSetRecord) => string,
): Map<string, FeatureSetRecord[]> {
  const groups = new Map<string, FeatureSetRecord[]>();
  for (const set of sets) groups.set(keyOf(set), [...(groups.get(keyOf(set)) ?? []), set]);
  return groups;
}

function outlineKey({ SeriesInstanceUID, segSOPInstanceUID, segmentNumber }: FeatureSetRecord): string {
  return `${SeriesInstanceUID} ${segSOPInstanceUID} ${segmentNumber}`;
}

/** Oldest study first; of one series the outline that results rest on last. */
function outlinesOf(
  sets: readonly FeatureSetRecord[],
  current: readonly FeatureSetRecord[],
  { lesionSize }: LesionParts,
): LesionOutline[] {
  const now = new Set(current.map(outlineKey));
  return [...grouped(sets, outlineKey)]
    .flatMap(([key, ofOutline]): LesionOutline[] => {
      const [set] = ofOutline;
      if (set === undefined) return [];
      const { StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID, segmentNumber, studyDate, phase, mask } = set;
      const keySOPInstanceUID = ofOutline.find(({ lesion }) => lesion !== undefined)?.lesion?.keySOPInstanceUID ?? null;
      return [
        {
          ...{ StudyInstanceUID, SeriesInstanceUID, segSOPInstanceUID, segmentNumber, studyDate, phase, mask },
          keySOPInstanceUID,
          ...sizeOf(ofOutline, lesionSize),
          current: now.has(key),
        },
      ];
    })
    .sort(
      (a, b) =>
        (a.studyDate ?? '').localeCompare(b.studyDate ?? '') ||
        a.SeriesInstanceUID.localeCompare(b.SeriesInstanceUID) ||
        Number(a.current) - Number(b.current),
    );
}

function lastVolume({ outlines }: Lesion): number {
  return outlines.findLast(({ current, volumeMl }) => current && volumeMl !== null)?.volumeMl ?? 0;
}
