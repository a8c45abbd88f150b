import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { DicomwebClient } from '../../../src/dicomweb/client.ts';
import { findImaging } from '../../../src/dicomweb/find-imaging.ts';
import { loadSegmentTable } from '../../../src/dicomweb/segment-table.ts';
import { loadSeriesRules } from '../../../src/dicomweb/series-rules.ts';
import { DicomError } from '../../../src/errors.ts';
import { segmentItem } from '../../helpers/dicom-objects.ts';
import { ct, type FakeStudy, fakeClient, seg, study } from '../../helpers/fake-archive.ts';

const mappings = fileURLToPath(new URL('../../../mappings', import.meta.url));
const rules = { seriesRules: loadSeriesRules(mappings), segments: loadSegmentTable(mappings) };

const search = (studies: readonly FakeStudy[], ids: readonly string[] = ['P1']) =>
  findImaging(fakeClient(studies), ids, rules);
const find = async (studies: readonly FakeStudy[], ids: readonly string[] = ['P1']) =>
  (await search(studies, ids)).candidates;
const liver = segmentItem(1, 'Liver', '10200004', 'Liver');

describe('findImaging', () => {
  it('gives series, segmentation, date and phase', async () => {
    expect(await find([study([ct('2'), seg('3', '2')])])).toEqual([
      {
        StudyInstanceUID: '1.1',
        SeriesInstanceUID: '2',
        segSeriesInstanceUID: '3',
        segSOPInstanceUID: '3.1',
        segmentNumber: 1,
        studyDate: '2026-01-02',
        phase: 'venous',
        phaseReason: "SeriesDescription 'Chest venous'",
        SeriesDescription: 'Chest venous',
        ConvolutionKernel: null,
        mask: { type: 'MANUAL', algorithm: null, author: null, date: '2026-01-01', segmentLabel: 'Tumour' },
        lesions: [
          {
            primary: true,
            kind: 'primary-tumour',
            TrackingID: null,
            TrackingUID: null,
            type: { value: '86049000', scheme: 'SCT', meaning: 'Neoplasm, Primary' },
            site: null,
            segSeriesInstanceUID: '3',
            segSOPInstanceUID: '3.1',
            segmentNumber: 1,
            mask: { type: 'MANUAL', algorithm: null, author: null, date: '2026-01-01', segmentLabel: 'Tumour' },
          },
        ],
      },
    ]);
  });

  it('newest study first, every phase of it; a study without a date last', async () => {
    const found = await find([
      study([ct('2'), seg('3', '2')], { uid: '1.1', StudyDate: '20250101' }),
      study([ct('8'), seg('9', '8')], { uid: '1.3', StudyDate: '' }),
      study(
        [
          ct('5', { SeriesDescription: 'Chest plain' }, { ContrastBolusAgent: null }),
          ct('4'),
          seg('6', '4'),
          seg('7', '5'),
        ],
        { uid: '1.2', StudyDate: '20260101' },
      ),
    ]);
    expect(found.map(({ SeriesInstanceUID, phase }) => [SeriesInstanceUID, phase])).toEqual([
      ['4', 'venous'],
      ['5', 'plain'],
      ['2', 'venous'],
      ['8', 'venous'],
    ]);
    expect(found[3]?.studyDate).toBeNull();
  });

  it('of several segmentations of a series takes the newest with a primary tumour', async () => {
    const found = await find([
      study([
        ct('2'),
        seg('3', '2', { ContentDate: '20260103' }),
        seg('4', '2', { ContentDate: '20260105', ContentTime: '090000' }),
        seg('5', '2', { ContentDate: '20260105', ContentTime: '080000' }),
        seg('6', '2', { ContentDate: '20260106', SegmentSequence: [liver] }),
        seg('7', '2', { ContentDate: null, SeriesDate: '20260104' }),
      ]),
    ]);
    expect(found.map(({ segSOPInstanceUID }) => segSOPInstanceUID)).toEqual(['4.1']);
  });

  it('a series that does not say what it shows counts when a primary tumour is drawn on it', async () => {
    const unknown = ct('2', { SeriesDescription: null, BodyPartExamined: null });
    expect(await find([study([unknown, seg('3', '2')])])).toHaveLength(1);
  });

  it('a patient is matched exactly: case, wildcards and lists in an identifier match nobody', async () => {
    const client = fakeClient([study([ct('2'), seg('3', '2')])]);
    for (const id of ['p1', 'P', '*', 'P?', 'P1\\P2', '']) {
      await expect(findImaging(client, [id], rules)).rejects.toMatchObject({ code: 'IMAGING_NO_CT' });
    }
    expect(client.asked).toEqual(['p1', 'P']);
  });

  it('the most specific identifier with a study counts, further ones are not asked', async () => {
    const client = fakeClient([
      study([ct('2'), seg('3', '2')]),
      study([ct('4'), seg('5', '4')], { uid: '1.2', PatientID: 'SOMEBODY ELSE' }),
    ]);
    const found = await findImaging(client, ['NOT THERE', 'P1', 'SOMEBODY ELSE'], rules);
    expect(found.candidates.map(({ SeriesInstanceUID }) => SeriesInstanceUID)).toEqual(['2']);
    expect(client.asked).toEqual(['NOT THERE', 'P1']);
  });

  it.each<[string, FakeStudy[], string, RegExp]>([
    ['no study', [], 'IMAGING_NO_CT', /no chest CT/],
    [
      'a CT of the head',
      [study([ct('2', { BodyPartExamined: 'HEAD', SeriesDescription: 'Head' })])],
      'IMAGING_NO_CT',
      /no chest CT/,
    ],
    ['a SEG on an MR', [study([ct('2', { Modality: 'MR' }), seg('3', '2')])], 'IMAGING_NO_CT', /no chest CT/],
    ['a localiser', [study([ct('2', { SeriesDescription: 'Topogram' })])], 'IMAGING_NO_CT', /no chest CT/],
    ['no SEG', [study([ct('2'), ct('4')])], 'IMAGING_NO_SEG', /2 chest CT series/],
    ['a SEG of another series', [study([ct('2'), seg('3', '99')])], 'SEG_FRAME_OF_REFERENCE', /references no chest CT/],
    [
      'a SEG of another frame of reference',
      [study([ct('2'), seg('3', '2', { FrameOfReferenceUID: 'F2' })])],
      'SEG_FRAME_OF_REFERENCE',
      /than CT series 2/,
    ],
    [
      'a SEG without a tumour',
      [study([ct('2'), seg('3', '2', { SegmentSequence: [liver] })])],
      'SEG_NO_PRIMARY_TUMOUR',
      /1 "Liver"/,
    ],
    [
      'a secondary capture with a SEG',
      [study([ct('2', {}, { ImageType: ['DERIVED', 'SECONDARY'] }), seg('3', '2')])],
      'IMAGING_NO_SEG',
      /1 chest CT/,
    ],
  ])('%s', async (_, studies, code, message) => {
    await expect(find(studies)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });

  const two = [segmentItem(1, 'Left', '86049000', 'Neoplasm, Primary'), segmentItem(2, 'Right', '86049000', '')];
  const broken = [{ SegmentLabel: 'no number' }];
  const whole = segmentItem(1, 'Tumour', '86049000', 'Neoplasm, Primary');

  it('two primary tumours in the newest segmentation: SEG_AMBIGUOUS, and an older one does not answer for it', async () => {
    const older = seg('3', '2');
    const newer = seg('4', '2', { ContentDate: '20260103', SegmentSequence: two });
    await expect(find([study([ct('2'), older, newer])])).rejects.toMatchObject({
      code: 'SEG_AMBIGUOUS',
      subject: '4.1',
      message: expect.stringMatching(/2 segments are coded as primary tumour \(1 "Left" .*; 2 "Right"/),
    });
  });

  it('what can not be used is skipped with its reason where another series has a result', async () => {
    const { candidates, skipped } = await search([
      study([
        ct('2'),
        seg('3', '2', { SegmentSequence: two }),
        ct('4'),
        seg('5', '4', {
          SegmentSequence: [...broken, whole, segmentItem(9, 'a', 'x', ''), segmentItem(9, 'b', 'x', '')],
        }),
      ]),
    ]);
    expect(candidates.map(({ SeriesInstanceUID, segmentNumber }) => [SeriesInstanceUID, segmentNumber])).toEqual([
      ['4', 1],
    ]);
    expect(skipped.map(({ code, subject }) => `${code} ${subject}`).sort()).toEqual([
      'DICOM_INVALID 5.1',
      'DICOM_INVALID 5.1',
      'DICOM_INVALID 5.1',
      'SEG_AMBIGUOUS 3.1',
    ]);
  });

  it('a series of segmentations that the archive can not describe does not fail the search', async () => {
    const client = fakeClient([study([ct('2'), seg('3', '2'), seg('4', '2')])]);
    const seriesMetadata: DicomwebClient['seriesMetadata'] = async (uid, series) => {
      if (series === '4') throw new DicomError('PACS_RESPONSE_INVALID', series, 'HTTP 500');
      return client.seriesMetadata(uid, series);
    };
    const { candidates, skipped } = await findImaging({ ...client, seriesMetadata }, ['P1'], rules);
    expect(candidates).toHaveLength(1);
    expect(skipped).toMatchObject([{ code: 'PACS_RESPONSE_INVALID', subject: '4' }]);
    const down: DicomwebClient['seriesMetadata'] = () =>
      Promise.reject(new DicomError('PACS_UNREACHABLE', 'pacs', 'down'));
    await expect(findImaging({ ...client, seriesMetadata: down }, ['P1'], rules)).rejects.toMatchObject({
      code: 'PACS_UNREACHABLE',
    });
  });

  it('only a broken segment: that is the answer', async () => {
    await expect(find([study([ct('2'), seg('3', '2', { SegmentSequence: broken })])])).rejects.toMatchObject({
      code: 'DICOM_INVALID',
      message: expect.stringContaining('segment 1 of the list has no SegmentNumber'),
    });
  });

  it('an enhanced CT is one image of many slices', async () => {
    const row = { NumberOfSeriesRelatedInstances: 1 };
    expect(await find([study([ct('2', row, { NumberOfFrames: 40 }), seg('3', '2')])])).toHaveLength(1);
    await expect(find([study([ct('2', row), seg('3', '2')])])).rejects.toMatchObject({ code: 'IMAGING_NO_CT' });
  });

  it('no message names the patient', async () => {
    const error: unknown = await find([], ['SECRET-ID']).catch((cause) => cause);
    expect(JSON.stringify(error) + String(error)).not.toContain('SECRET-ID');
  });
});
