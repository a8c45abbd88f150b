import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DicomDataset } from '../../../src/dicomweb/dataset.ts';
import { findImaging } from '../../../src/dicomweb/find-imaging.ts';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { loadSeriesRules } from '../../../src/dicomweb/series-rules.ts';
import type { DicomError } from '../../../src/errors.ts';
import type { SeriesSelectionReport } from '../../../src/models/series-selection.ts';
import { segmentItem } from '../../helpers/dicom-objects.ts';
import { ct, type FakeSeries, fakeClient, seg, study } from '../../helpers/fake-archive.ts';

const mappings = fileURLToPath(new URL('../../../mappings', import.meta.url));
const rules = {
  seriesRules: loadSeriesRules(mappings),
  segments: loadSegmentTable(mappings),
  sliceThicknessMm: [[1, 5]] as const,
};

/** What is chosen in one study, with the report. */
async function select(series: FakeSeries[]) {
  const reports: SeriesSelectionReport[] = [];
  const search = findImaging(fakeClient([study(series)]), ['P1'], rules, (report) => reports.push(report));
  const outcome = await search.catch((error: DicomError) => ({ candidates: [], skipped: [error] }));
  const [report] = reports;
  if (report === undefined) throw new Error('no report');
  return {
    chosen: outcome.candidates.map(({ SeriesInstanceUID }) => SeriesInstanceUID),
    codes: outcome.skipped.map(({ code }) => code),
    candidates: outcome.candidates,
    report,
    reasonOf: (uid: string) => report.series.find(({ SeriesInstanceUID }) => SeriesInstanceUID === uid)?.reason,
  };
}
const image = (SliceThickness: number, ConvolutionKernel: string, more: DicomDataset = {}): DicomDataset => ({
  SliceThickness,
  ConvolutionKernel,
  ...more,
});

describe('several series of one phase with a tumour segmentation', () => {
  it('a soft-tissue kernel is taken before a thinner sharp one', async () => {
    const { chosen, report, reasonOf } = await select([
      ct('2', { SeriesDescription: 'venous lung' }, image(1, 'B70f')),
      seg('3', '2'),
      ct('4', { SeriesDescription: 'venous' }, image(3, 'B30f')),
      seg('5', '4'),
    ]);
    expect(chosen).toEqual(['4']);
    expect(report.series.map(({ SeriesInstanceUID }) => SeriesInstanceUID)).toEqual(['4', '2']);
    expect(reasonOf('4')).toBe('the tumour segmentation is drawn on it; preferred for soft-tissue kernel B30f');
    expect(reasonOf('2')).toBe("sharp kernel B70f; 'venous' has soft-tissue kernel B30f");
  });

  it('the thinnest within the range of the models is taken, not the thinnest of all', async () => {
    const { chosen, reasonOf } = await select([
      ct('2', {}, image(5, 'B30f')),
      seg('3', '2'),
      ct('4', {}, image(1.5, 'B30f')),
      seg('5', '4'),
      ct('6', {}, image(0.6, 'B30f')),
      seg('7', '6'),
    ]);
    expect(chosen).toEqual(['4']);
    expect(reasonOf('2')).toMatch(/slices of 5 mm; .* has slices of 1.5 mm/);
    expect(reasonOf('6')).toMatch(/slices of 0.6 mm, for the models' ranges/);
  });

  it('original images are taken before derived ones', async () => {
    const { chosen } = await select([
      ct('2', {}, image(1, 'B30f', { ImageType: ['DERIVED', 'PRIMARY', 'AXIAL'] })),
      seg('3', '2'),
      ct('4', {}, image(3, 'B30f', { ImageType: ['ORIGINAL', 'PRIMARY', 'AXIAL'] })),
      seg('5', '4'),
    ]);
    expect(chosen).toEqual(['4']);
  });

  it('equally good ones are reported and neither is guessed: SERIES_AMBIGUOUS', async () => {
    const { chosen, codes, report, reasonOf } = await select([
      ct('2', { SeriesDescription: 'venous a' }, image(3, 'B30f')),
      seg('3', '2'),
      ct('4', { SeriesDescription: 'venous b' }, image(3, 'B31f')),
      seg('5', '4'),
    ]);
    expect(chosen).toEqual([]);
    expect(codes).toEqual(['SERIES_AMBIGUOUS']);
    expect(report.code).toBe('SERIES_AMBIGUOUS');
    expect(report.series.every((series) => !series.chosen)).toBe(true);
    expect(reasonOf('2')).toMatch(/a person must choose/);
  });

  it('unless the tumour segmentation names exactly one of them', async () => {
    const { chosen, codes, reasonOf } = await select([
      ct('2', {}, image(3, 'B30f')),
      ct('4', {}, image(3, 'B30f')),
      seg('5', '4'),
    ]);
    expect(chosen).toEqual(['4']);
    expect(codes).toEqual([]);
    expect(reasonOf('4')).toBe('the tumour segmentation is drawn on it');
    expect(reasonOf('2')).toBe('no tumour segmentation is drawn on it');
  });

  it('an ambiguous phase does not hide the other one', async () => {
    const { chosen, codes } = await select([
      ct('2', { SeriesDescription: 'plain' }, image(3, 'B30f', { ContrastBolusAgent: null })),
      seg('3', '2'),
      ct('4', {}, image(3, 'B30f')),
      seg('5', '4'),
      ct('6', {}, image(3, 'B30f')),
      seg('7', '6'),
    ]);
    expect(chosen).toEqual(['2']);
    expect(codes).toEqual(['SERIES_AMBIGUOUS']);
  });

  it('of unknown phase, one with and one without contrast agent: nobody chooses by slice thickness', async () => {
    const { chosen, codes } = await select([
      ct('2', { SeriesDescription: 'Thorax' }, image(1, 'B30f')),
      seg('3', '2'),
      ct('4', { SeriesDescription: 'Thorax' }, image(3, 'B30f', { ContrastBolusAgent: null })),
      seg('5', '4'),
    ]);
    expect(chosen).toEqual([]);
    expect(codes).toEqual(['SERIES_AMBIGUOUS']);
  });
});

describe('phases of one study', () => {
  it('plain by its place before the bolus, arterial and venous by seconds; arterial is not venous', async () => {
    const at = (AcquisitionTime: string, more: DicomDataset = {}) => image(3, 'B30f', { AcquisitionTime, ...more });
    const { candidates } = await select([
      ct('2', { SeriesDescription: 'Thorax 1' }, at('100000', { ContrastBolusAgent: null })),
      seg('3', '2'),
      ct('4', { SeriesDescription: 'Thorax 2' }, at('100325')),
      seg('5', '4'),
      ct('6', { SeriesDescription: 'Thorax 3' }, at('100410', { ContrastBolusStartTime: '100300' })),
      seg('7', '6'),
    ]);
    expect(candidates.map(({ SeriesInstanceUID, phase }) => [SeriesInstanceUID, phase])).toEqual([
      ['2', 'plain'],
      ['4', 'arterial'],
      ['6', 'venous'],
    ]);
    expect(candidates[2]?.phaseReason).toBe('acquired 70 s after ContrastBolusStartTime');
  });
});

describe('the report', () => {
  it('names every CT series with why not', async () => {
    const { report, chosen } = await select([
      ct('2', { SeriesDescription: 'Topogram' }),
      ct('4', { SeriesDescription: 'Head', BodyPartExamined: 'HEAD' }),
      ct('6', { SeriesDescription: 'Chest' }, { ImageOrientationPatient: [1, 0, 0, 0, 0, -1] }),
      seg('7', '6'),
      ct('8', { SeriesDescription: 'venous' }, image(3, 'B30f')),
      seg('9', '8'),
      ct('10', { SeriesDescription: null, BodyPartExamined: null }),
    ]);
    expect(chosen).toEqual(['8']);
    expect(report).toMatchObject({ StudyInstanceUID: '1.1', studyDate: '2026-01-02', code: null });
    expect(report.series.map(({ SeriesInstanceUID, reason }) => [SeriesInstanceUID, reason])).toEqual([
      ['8', 'the tumour segmentation is drawn on it'],
      ['2', "'topogram' in SeriesDescription: a localiser, a reformat, a report or another special series"],
      ['4', 'BodyPartExamined is another part of the body'],
      ['6', 'ImageOrientationPatient is 90 degrees off axial'],
      ['10', 'nothing says that it shows the chest'],
    ]);
    expect(report.series[0]).toMatchObject({
      phase: 'venous',
      ConvolutionKernel: 'B30f',
      sliceThicknessMm: 3,
      mask: { segSOPInstanceUID: '9.1', segmentNumber: 1, date: '2026-01-01' },
    });
  });

  it('is given also where nothing was found', async () => {
    const { codes, reasonOf } = await select([ct('2'), seg('3', '2', { FrameOfReferenceUID: 'F2' })]);
    expect(codes).toEqual(['SEG_FRAME_OF_REFERENCE']);
    expect(reasonOf('2')).toMatch(/another frame of reference/);
  });
});

describe('where a mask comes from', () => {
  it.each([
    ['ContentCreatorName', { ContentCreatorName: [{ Alphabetic: 'Muster^Anna^^Dr.' }] }, 'Dr. Anna Muster'],
    ['text as in a file', { ContentCreatorName: 'Reader1' }, 'Reader1'],
    ['OperatorsName', { OperatorsName: [{ Alphabetic: 'Li^Wei=\u674e^\u4f1f' }] }, 'Wei Li'],
    ['nobody', {}, null],
  ])('author: %s', async (_, names, author) => {
    const { candidates } = await select([ct('2'), seg('3', '2', names)]);
    expect(candidates[0]?.mask.author).toBe(author);
  });

  it('type, algorithm and date; a type that is not said is UNKNOWN', async () => {
    const automatic = {
      ...segmentItem(1, 'Tumour', '86049000', 'Neoplasm, Primary'),
      SegmentAlgorithmType: 'AUTOMATIC',
      SegmentAlgorithmName: 'nnU-Net lung',
    };
    const { candidates } = await select([
      ct('2'),
      seg('3', '2', { SegmentSequence: [automatic], ContentDate: '20260105' }),
    ]);
    expect(candidates[0]?.mask).toEqual({
      type: 'AUTOMATIC',
      algorithm: 'nnU-Net lung',
      author: null,
      date: '2026-01-05',
      segmentLabel: 'Tumour',
    });
    const silent = { ...automatic, SegmentAlgorithmType: null, SegmentAlgorithmName: null };
    const { candidates: unsaid } = await select([ct('2'), seg('3', '2', { SegmentSequence: [silent] })]);
    expect(unsaid[0]?.mask.type).toBe('UNKNOWN');
  });
});
