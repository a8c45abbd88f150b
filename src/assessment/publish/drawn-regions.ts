import { requireImageGrid } from '../../dicomweb/image-grid.ts';
import type { DrawnRegion, MeasuredValue, ReferencedSeries } from '../../dicomweb/objects/measurement-report.ts';
import { DicomError } from '../../errors.ts';
import type { Region } from '../../models/image-schema.ts';
import { axialSection, longestAxialLine } from '../../radiomics/axial-section.ts';
import { phasePreference } from '../course-features.ts';
import { extractor, type FeatureTerms } from './feature-values.ts';
import type { OutlinedRegion } from './measured-regions.ts';
import { isAboutTheRegion, type OutlineImaging } from './outline-imaging.ts';
import { ringMask } from './ring-objects.ts';

export interface DrawingServices {
  readonly imaging: OutlineImaging;
  readonly terms: FeatureTerms;
  /** Regions that models measure. */
  readonly regions: readonly Region[];
}

export interface Drawings {
  readonly drawn: readonly DrawnRegion[];
  /** What can't be drawn and why, one line each. */
  readonly notices: readonly string[];
}

/**
 * Draws each lesion on the slice in which it is longest, outlined and with its longest axial diameter, and the outline of a ring beside it.
 *
 * A region is drawn once, on the newest of its studies. Viewers take the groups of one TrackingUID together, and OHIF draws all their lines
 * on the image of the first: a line of an earlier visit would stand on the wrong slice.
 *
 * @param series Those of the regions.
 * @param reportStudy Study that the report belongs to: its regions come first, because a viewer opens a report with the first one.
 * @throws DicomError of the archive.
 */
export async function drawnRegions(
  services: DrawingServices,
  regions: readonly OutlinedRegion[],
  series: readonly ReferencedSeries[],
  reportStudy: string,
): Promise<Drawings> {
  const drawn: DrawnRegion[] = [];
  const notices: string[] = [];
  const images = new Map(series.flatMap((one) => one.images).map((image) => [image.SOPInstanceUID, image]));
  const isElsewhere = ({ outline }: OutlinedRegion) => Number(outline.StudyInstanceUID !== reportStudy);
  for (const region of newestOfEach(regions).sort((a, b) => isElsewhere(a) - isElsewhere(b))) {
    try {
      const { SOPInstanceUID, measurements } = await drawing(services, region);
      const image = images.get(SOPInstanceUID);
      if (image !== undefined) drawn.push({ ...region.measured, image, measurements });
    } catch (error) {
      if (!isAboutTheRegion(error)) throw error;
      notices.push(`drawing of ${region.measured.trackingIdentifier}: ${error.message}`);
    }
  }
  return { drawn, notices };
}

/** Of several phases of a study the one that shows a lesion best. */
function newestOfEach(oldestFirst: readonly OutlinedRegion[]): OutlinedRegion[] {
  const rank = ({ outline }: OutlinedRegion) => phasePreference.indexOf(outline.phase);
  const newest = new Map<string, OutlinedRegion>();
  for (const region of oldestFirst) {
    const { trackingUid } = region.measured;
    const known = newest.get(trackingUid);
    const sameStudy = known?.outline.StudyInstanceUID === region.outline.StudyInstanceUID;
    if (known === undefined || !sameStudy || rank(region) < rank(known)) newest.set(trackingUid, region);
  }
  return [...newest.values()];
}

async function drawing(
  { imaging, terms, regions }: DrawingServices,
  { outline, segSeriesInstanceUID, ring }: OutlinedRegion,
): Promise<{ readonly SOPInstanceUID: string } & Pick<DrawnRegion, 'measurements'>> {
  const outlined = await imaging(outline, segSeriesInstanceUID);
  requireImageGrid(outlined.series);
  const { slice: longest, ends, lengthMm } = longestAxialLine(outlined.segment.mask);
  const region = ring === null ? outlined.segment.mask : ringMask(regions, ring, outlined);
  // A ring on the slice of its lesion would have its label over the lesion's.
  const slices = ring === null ? [longest] : [longest + 1, longest - 1, longest];
  const slice = slices.find((one) => axialSection(region, one).outlines.length > 0);
  if (slice === undefined) {
    const text = 'it is not near the slice in which the lesion is longest';
    throw new DicomError('SEG_EMPTY', outline.segSOPInstanceUID, text);
  }
  const { outlines, areaMm2 } = axialSection(region, slice);
  const { longAxis, area } = terms.codes.measurements;
  const number = (concept: MeasuredValue['concept'], value: number, unit: string): MeasuredValue => ({
    ...{ concept, value, unit },
    algorithm: extractor(terms, null),
    modifiers: [],
  });
  return {
    SOPInstanceUID: outlined.series.sopInstanceUIDs[slice] ?? '',
    measurements: [
      ...(ring === null ? [{ measured: number(longAxis, lengthMm, 'mm'), lines: [ends] }] : []),
      { measured: number(area, areaMm2, 'mm2'), lines: outlines.map((line) => [...line, ...line.slice(0, 1)]) },
    ],
  };
}
