import type { SelectedSeries, SeriesSelectionReport } from '../models/series-selection.ts';
import type { SegmentChoice } from './choose-segmentation.ts';
import { type DicomDataset, isoDate, textOf } from './dataset.ts';
import type { DescribedSeries } from './describe-series.ts';
import type { SelectableSeries, SeriesChoice } from './select-series.ts';

/** A CT series of a study with all that the search found out about it. */
export interface StudyEntry extends SelectableSeries, SegmentChoice {
  readonly chest: boolean;
}

/**
 * Says which series of a study were chosen and why not the others.
 *
 * @param study The study's row, as QIDO-RS gives it.
 * @param entries Its CT series.
 * @param structureSets RTSTRUCT series that it holds.
 */
export function reportStudy(
  study: DicomDataset,
  entries: readonly StudyEntry[],
  choice: SeriesChoice,
  structureSets: number,
): SeriesSelectionReport {
  const series = entries.map((entry) => describe(entry, choice));
  return {
    StudyInstanceUID: textOf(study, 'StudyInstanceUID') ?? '',
    studyDate: isoDate(textOf(study, 'StudyDate')),
    StudyDescription: textOf(study, 'StudyDescription'),
    code: choice.ambiguous.length > 0 ? 'SERIES_AMBIGUOUS' : null,
    structureSets,
    series: series.sort((a, b) => Number(b.chosen) - Number(a.chosen)),
  };
}

function describe(entry: StudyEntry, choice: SeriesChoice): SelectedSeries {
  const { series, phase, mask, lesions = [] } = entry;
  return {
    SeriesInstanceUID: series.SeriesInstanceUID,
    SeriesDescription: series.SeriesDescription,
    phase: phase.phase,
    phaseReason: phase.reason,
    ConvolutionKernel: series.ConvolutionKernel,
    sliceThicknessMm: series.sliceThicknessMm,
    chosen: choice.chosen.has(entry),
    reason: choice.reasons.get(entry) ?? whyNot(entry),
    mask:
      mask === undefined
        ? null
        : {
            segSOPInstanceUID: mask.segmentation.SOPInstanceUID,
            segmentNumber: mask.segment.SegmentNumber,
            date: mask.segmentation.date,
          },
    lesions: lesions.map(({ segSOPInstanceUID, segmentNumber }) => ({ segSOPInstanceUID, segmentNumber })),
  };
}

function whyNot({ series, chest, withoutMask }: StudyEntry): string {
  return series.excluded ?? (chest ? (withoutMask ?? 'no tumour segmentation is drawn on it') : notChest(series));
}

function notChest({ part }: DescribedSeries): string {
  return part === 'other' ? 'BodyPartExamined is another part of the body' : 'nothing says that it shows the chest';
}
