import type { DicomwebClient } from '../../dicomweb/client.ts';
import { type Code, codeOf, type DicomDataset, itemsOf, numberOf, textOf } from '../../dicomweb/dataset.ts';
import type { InstanceReference } from '../../dicomweb/objects/content-item.ts';
import { deterministicUid } from '../../dicomweb/objects/dicom-file.ts';
import { type SourceContext, sourceContext } from '../../dicomweb/objects/source-context.ts';
import { DicomError } from '../../errors.ts';
import type { Lesion, LesionOutline } from '../course-types.ts';

/** A segment as its SEG describes it, and where that is. */
export interface OutlineEvidence {
  readonly SOPClassUID: string;
  readonly segSeriesInstanceUID: string;
  readonly category: Code | null;
  readonly type: Code;
  readonly site: Code | null;
  readonly TrackingID: string;
  readonly TrackingUID: string;
}

/** A CT series as the archive holds it. */
export interface SeriesEvidence {
  readonly context: SourceContext;
  readonly studyDate: string | null;
  readonly images: readonly InstanceReference[];
}

/** Reads from the archive what objects have to say about the images and segmentations that they rest on; each is asked for once. */
export interface Evidence {
  /**
   * @throws DicomError `DICOM_INVALID` for a series without images or a segment that is gone: what was measured must be there.
   */
  outline(lesion: Pick<Lesion, 'label' | 'key'>, outline: LesionOutline): Promise<OutlineEvidence>;
  series(StudyInstanceUID: string, SeriesInstanceUID: string): Promise<SeriesEvidence>;
}

/** {@link Evidence} of one publication: what was read is kept for its time. */
export function createEvidence(client: DicomwebClient): Evidence {
  const segmentations = new Map<string, Promise<DicomDataset[]>>();
  const series = new Map<string, Promise<SeriesEvidence>>();
  return {
    async outline(lesion, outline) {
      const { StudyInstanceUID, segSOPInstanceUID } = outline;
      const known = segmentations.get(StudyInstanceUID) ?? segmentationsOf(client, StudyInstanceUID);
      segmentations.set(StudyInstanceUID, known);
      const found = (await known).find((dataset) => textOf(dataset, 'SOPInstanceUID') === segSOPInstanceUID);
      if (found === undefined) throw gone(segSOPInstanceUID, 'the segmentation');
      return describe(found, lesion, outline);
    },
    series(study, uid) {
      const known = series.get(uid) ?? seriesOf(client, study, uid);
      series.set(uid, known);
      return known;
    },
  };
}

async function segmentationsOf(client: DicomwebClient, StudyInstanceUID: string): Promise<DicomDataset[]> {
  const rows = await client.searchSeries(StudyInstanceUID);
  const uids = rows.flatMap((row) =>
    textOf(row, 'Modality') === 'SEG' ? (textOf(row, 'SeriesInstanceUID') ?? []) : [],
  );
  const found: DicomDataset[] = [];
  for (const uid of uids) found.push(...(await client.seriesMetadata(StudyInstanceUID, uid)));
  return found;
}

function describe(
  dataset: DicomDataset,
  { label, key }: Pick<Lesion, 'label' | 'key'>,
  { segSOPInstanceUID, segmentNumber }: LesionOutline,
): OutlineEvidence {
  const segment = itemsOf(dataset, 'SegmentSequence').find((item) => numberOf(item, 'SegmentNumber') === segmentNumber);
  const type = segment === undefined ? null : codeOf(segment, 'SegmentedPropertyTypeCodeSequence');
  if (segment === undefined || type === null) throw gone(segSOPInstanceUID, `segment ${segmentNumber}`);
  return {
    SOPClassUID: textOf(dataset, 'SOPClassUID') ?? '',
    segSeriesInstanceUID: textOf(dataset, 'SeriesInstanceUID') ?? '',
    category: codeOf(segment, 'SegmentedPropertyCategoryCodeSequence'),
    type,
    site: codeOf(segment, 'AnatomicRegionSequence'),
    TrackingID: textOf(segment, 'TrackingID') ?? label,
    // Without one the lesion is followed by what Deltascope knows it by.
    TrackingUID: textOf(segment, 'TrackingUID') ?? deterministicUid(segSOPInstanceUID, String(segmentNumber), key),
  };
}

async function seriesOf(client: DicomwebClient, study: string, uid: string): Promise<SeriesEvidence> {
  const instances = await client.searchInstances(study, uid);
  const images = instances.map((row) => ({
    SOPClassUID: textOf(row, 'SOPClassUID') ?? '',
    SOPInstanceUID: textOf(row, 'SOPInstanceUID') ?? '',
  }));
  const [first] = images;
  if (first === undefined) throw gone(uid, 'the CT series');
  const address = { StudyInstanceUID: study, SeriesInstanceUID: uid, SOPInstanceUID: first.SOPInstanceUID };
  const image = await client.instanceMetadata(address);
  return {
    context: sourceContext(image),
    studyDate: textOf(image, 'StudyDate'),
    images: images.sort((a, b) => (a.SOPInstanceUID < b.SOPInstanceUID ? -1 : 1)),
  };
}

function gone(subject: string, what: string): DicomError {
  return new DicomError('DICOM_INVALID', subject, `${what} is no longer in the archive: analyse the patient again`);
}
