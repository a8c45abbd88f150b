import type { MeasuredRegion, ReferencedSeries } from '../../dicomweb/objects/measurement-report.ts';
import { ringSegmentationUid, ringSeriesUid, ringTracking } from '../../dicomweb/objects/ring-segmentation.ts';
import { segmentationStorage } from '../../dicomweb/objects/segmentation-modules.ts';
import type { Lesion, LesionOutline, PatientCourse } from '../course-types.ts';
import { type FeatureTerms, regionValues, valueAt } from './feature-values.ts';
import type { Evidence, OutlineEvidence } from './study-evidence.ts';

/** A ring that values were taken from: it is stored with them, so that they can be traced back to pixels. */
export interface MeasuredRing {
  readonly outline: LesionOutline;
  readonly segSeriesInstanceUID: string;
  /** `ring-2-2`. */
  readonly region: string;
  readonly lesion: { readonly label: string; readonly trackingUid: string; readonly site: OutlineEvidence['site'] };
}

/** A region of the report with the outline that it comes from. */
export interface OutlinedRegion {
  readonly measured: MeasuredRegion;
  readonly outline: LesionOutline;
  readonly segSeriesInstanceUID: string;
  /** `ring-2-2`; null for the lesion itself. */
  readonly ring: string | null;
}

export interface MeasuredCourse {
  readonly series: readonly ReferencedSeries[];
  /** Oldest study first. */
  readonly regions: readonly OutlinedRegion[];
  readonly rings: readonly MeasuredRing[];
}

/** Groups of a report: beyond, it would not be readable. */
const mostOutlines = 60;

/** The outlines that results rest on now, oldest study first. */
export function currentOutlines({ lesions }: PatientCourse): { lesion: Lesion; outline: LesionOutline }[] {
  return lesions
    .flatMap((lesion) => lesion.outlines.filter(({ current }) => current).map((outline) => ({ lesion, outline })))
    .sort((a, b) => (a.outline.studyDate ?? '').localeCompare(b.outline.studyDate ?? ''));
}

/**
 * Every lesion at every visit with what was measured, as the archive holds its outline. Of very many the newest are taken.
 *
 * @throws DicomError as `Evidence`, and those of the archive.
 */
export async function measuredCourse(
  course: PatientCourse,
  evidence: Evidence,
  terms: FeatureTerms,
): Promise<MeasuredCourse> {
  const series = new Map<string, ReferencedSeries>();
  const regions: OutlinedRegion[] = [];
  const rings: MeasuredRing[] = [];
  for (const { lesion, outline } of currentOutlines(course).slice(-mostOutlines)) {
    const described = await evidence.outline(lesion, outline);
    const { StudyInstanceUID, SeriesInstanceUID } = outline;
    const { context, studyDate, images } = await evidence.series(StudyInstanceUID, SeriesInstanceUID);
    const { FrameOfReferenceUID } = context;
    series.set(SeriesInstanceUID, { StudyInstanceUID, SeriesInstanceUID, FrameOfReferenceUID, studyDate, images });
    const timePoint = timePointOf(course, outline);
    const { segSeriesInstanceUID } = described;
    const measured = tumourRegion(lesion, outline, described, timePoint, terms);
    regions.push({ measured, outline, segSeriesInstanceUID, ring: null });
    for (const region of ringsOf(lesion, outline)) {
      const ring: MeasuredRing = {
        outline,
        segSeriesInstanceUID,
        region,
        lesion: { label: described.TrackingID, trackingUid: described.TrackingUID, site: described.site },
      };
      rings.push(ring);
      regions.push({
        measured: ringRegion(lesion, ring, timePoint, terms),
        outline,
        segSeriesInstanceUID,
        ring: region,
      });
    }
  }
  return { series: [...series.values()], regions, rings };
}

function timePointOf({ studies }: PatientCourse, { StudyInstanceUID, studyDate, phase }: LesionOutline): string {
  const label = studies.find((study) => study.StudyInstanceUID === StudyInstanceUID)?.label ?? studyDate ?? 'undated';
  return `${label}, ${phase} phase`;
}

/** Regions other than the tumour itself that values were taken from on this outline. */
function ringsOf({ features }: Lesion, outline: LesionOutline): string[] {
  const measured = features
    .filter(({ region }) => region !== 'tumour')
    .filter((one) => valueAt(one, outline) !== undefined);
  return [...new Set(measured.map(({ region }) => region))].sort();
}

function tumourRegion(
  lesion: Lesion,
  outline: LesionOutline,
  described: OutlineEvidence,
  timePoint: string,
  terms: FeatureTerms,
): MeasuredRegion {
  return {
    trackingIdentifier: described.TrackingID,
    trackingUid: described.TrackingUID,
    timePoint,
    findingCategory: described.category,
    finding: described.type,
    findingSite: described.site,
    segmentation: {
      SOPClassUID: described.SOPClassUID,
      SOPInstanceUID: outline.segSOPInstanceUID,
      StudyInstanceUID: outline.StudyInstanceUID,
      SeriesInstanceUID: described.segSeriesInstanceUID,
      segmentNumber: outline.segmentNumber,
    },
    sourceSeriesInstanceUID: outline.SeriesInstanceUID,
    measurements: regionValues(lesion.features, outline, 'tumour', terms),
  };
}

function ringRegion(
  { features }: Lesion,
  { outline, region, lesion }: MeasuredRing,
  timePoint: string,
  terms: FeatureTerms,
): MeasuredRegion {
  const { TrackingID, TrackingUID } = ringTracking(lesion.label, lesion.trackingUid, region);
  const { extractorVersion, codes } = terms;
  return {
    trackingIdentifier: TrackingID,
    trackingUid: TrackingUID,
    timePoint,
    findingCategory: codes.ringCategory,
    finding: codes.own('ring'),
    findingSite: lesion.site,
    segmentation: {
      SOPClassUID: segmentationStorage,
      SOPInstanceUID: ringSegmentationUid({ source: outline, region, extractorVersion }),
      StudyInstanceUID: outline.StudyInstanceUID,
      SeriesInstanceUID: ringSeriesUid(outline.SeriesInstanceUID),
      segmentNumber: 1,
    },
    sourceSeriesInstanceUID: outline.SeriesInstanceUID,
    measurements: regionValues(features, outline, region, terms),
  };
}
