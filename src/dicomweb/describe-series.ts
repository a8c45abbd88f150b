import { DicomError } from '../errors.ts';
import type { DicomwebClient } from './client.ts';
import { type ContrastFacts, contrastFacts } from './contrast-phase.ts';
import { type DicomDataset, numberOf, numbersOf, textOf, textsOf } from './dataset.ts';
import { functionalGroups } from './functional-groups.ts';
import {
  bodyPartOf,
  excludedByImage,
  excludedByTraits,
  type KernelKind,
  kernelKind,
  type SeriesRules,
  type SeriesTraits,
} from './series-rules.ts';

/** A CT series of a study, as far as metadata tell. */
export interface DescribedSeries {
  readonly SeriesInstanceUID: string;
  readonly SeriesDescription: string | null;
  readonly part: 'chest' | 'other' | 'unknown';
  /** Why it can be no chest volume; null if it can. */
  readonly excluded: string | null;
  /** Whether the series itself is no volume, so that nobody would have meant it. */
  readonly special: boolean;
  readonly contrast: ContrastFacts;
  readonly ConvolutionKernel: string | null;
  readonly kernel: KernelKind;
  readonly sliceThicknessMm: number | null;
  /** False where ImageType says DERIVED. */
  readonly original: boolean;
  readonly FrameOfReferenceUID: string | null;
  /** What kept the archive from describing the series. */
  readonly problem: DicomError | null;
}

/**
 * Describes a CT series by its row in the series list and the metadata of one image.
 *
 * @param ct The row, as QIDO-RS gives it.
 * @param image Metadata of an image of it; empty where nobody has asked for it.
 */
export function describeSeries(
  rules: SeriesRules,
  ct: DicomDataset,
  StudyDescription: string | null,
  image: DicomDataset,
  problem: DicomError | null = null,
): DescribedSeries {
  const SeriesDescription = textOf(ct, 'SeriesDescription');
  const traits = seriesTraits(ct, image, StudyDescription);
  const special = excludedByTraits(rules, traits);
  const [group] = functionalGroups(image);
  const orientation = numbersOf(group?.one('PlaneOrientationSequence') ?? image, 'ImageOrientationPatient');
  const ConvolutionKernel = textOf(image, 'ConvolutionKernel');
  return {
    SeriesInstanceUID: textOf(ct, 'SeriesInstanceUID') ?? '',
    SeriesDescription,
    part: bodyPartOf(rules, traits),
    excluded: special ?? excludedByImage(rules, textsOf(image, 'ImageType'), orientation),
    special: special !== null,
    contrast: contrastFacts(rules, SeriesDescription, image),
    ConvolutionKernel,
    kernel: kernelKind(rules, ConvolutionKernel, SeriesDescription),
    sliceThicknessMm: numberOf(group?.one('PixelMeasuresSequence') ?? image, 'SliceThickness'),
    original: !textsOf(image, 'ImageType').includes('DERIVED'),
    FrameOfReferenceUID: textOf(image, 'FrameOfReferenceUID'),
    problem,
  };
}

function seriesTraits(ct: DicomDataset, image: DicomDataset, StudyDescription: string | null): SeriesTraits {
  const images = numberOf(ct, 'NumberOfSeriesRelatedInstances');
  return {
    StudyDescription,
    BodyPartExamined: textOf(ct, 'BodyPartExamined'),
    SeriesDescription: textOf(ct, 'SeriesDescription'),
    // An enhanced image is a series of one.
    slices: images === null ? null : images * (numberOf(image, 'NumberOfFrames') ?? 1),
  };
}

/**
 * Metadata of one image of a series: it has what series queries do not return.
 *
 * @returns The image, or an empty data set and what is wrong with this series alone.
 * @throws DicomError `PACS_UNREACHABLE` or `PACS_REFUSED`.
 */
export async function firstImage(
  client: DicomwebClient,
  StudyInstanceUID: string,
  SeriesInstanceUID: string,
): Promise<{ readonly image: DicomDataset; readonly problem: DicomError | null }> {
  try {
    const [listed] = await client.searchInstances(StudyInstanceUID, SeriesInstanceUID);
    const SOPInstanceUID = listed === undefined ? null : textOf(listed, 'SOPInstanceUID');
    if (SOPInstanceUID === null) {
      throw new DicomError('SERIES_EMPTY', SeriesInstanceUID, 'the series has no images: send it again');
    }
    return {
      image: await client.instanceMetadata({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }),
      problem: null,
    };
  } catch (error) {
    if (!(error instanceof DicomError) || ['PACS_UNREACHABLE', 'PACS_REFUSED'].includes(error.code)) throw error;
    return { image: {}, problem: error };
  }
}
