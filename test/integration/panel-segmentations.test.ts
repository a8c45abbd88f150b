import type { NaturalDataset } from 'dcmjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assessment } from '../../src/assessment/assessment.ts';
import type { AnalysisState, AssessmentHistory, PanelView } from '../../src/http/api/panel-types.ts';
import { editDicom, writeDicom } from '../helpers/dicom-objects.ts';
import { smallRtstruct } from '../helpers/dicom-rtstruct.ts';
import { type PanelService, seriesOf, startPanelService, studiesOf } from '../helpers/panel-service.ts';

const [study] = studiesOf('synthetic-hazel');
const drawn = seriesOf('synthetic-hazel')[0]!.at(-1)!;

let service: PanelService;

beforeAll(async () => {
  service = await startPanelService(['synthetic-hazel', 'synthetic-ginkgo']);
}, 120_000);
afterAll(() => service?.close());

const view = async (uid = study): Promise<PanelView> =>
  (await (await service.get(`/api/panel?StudyInstanceUIDs=${uid}`)).json()) as PanelView;
const ended = async (id = 'synthetic-hazel'): Promise<AnalysisState> => {
  const text = await (await service.get(`/api/patients/${id}/analysis/events`)).text();
  return JSON.parse(text.trim().split('\n').at(-1)!.replace('data: ', '')) as AnalysisState;
};
const history = async () =>
  ((await (await service.get('/api/patients/synthetic-hazel/assessments')).json()) as AssessmentHistory).assessments;

/** The same SEG drawn again later by a reader. */
const drawnAgain = (uid: string, time: string, more: (dataset: NaturalDataset) => void) =>
  editDicom(drawn, (dataset) => {
    dataset.SeriesInstanceUID = `2.25.${uid}`;
    dataset.SOPInstanceUID = `2.25.${uid}1`;
    dataset.ContentTime = time;
    dataset.ContentCreatorName = 'READER^ANNA';
    for (const segment of dataset.SegmentSequence as NaturalDataset[]) segment.SegmentAlgorithmType = 'MANUAL';
    more(dataset);
  });

/** Leaves the lower half of the frames and counts the voxels that are left. */
function keepHalf(dataset: NaturalDataset): number {
  const [buffer] = dataset.PixelData as [ArrayBuffer];
  const bytes = new Uint8Array(buffer);
  bytes.fill(0, Math.floor(bytes.length / 2));
  return bytes.reduce((sum, byte) => sum + byte.toString(2).replaceAll('0', '').length, 0);
}

const store = (file: Uint8Array) => service.dicomweb.storeInstances([file]);

describe('a corrected segmentation', () => {
  it('supersedes the old one, whose result stays in the history', async () => {
    await view();
    expect(await ended()).toMatchObject({ state: 'ready' });
    const before = await view();
    const [old] = before.course.lesions[0]!.outlines;
    expect(old).toMatchObject({ current: true, mask: { type: 'AUTOMATIC' } });

    let voxels = 0;
    await store(
      drawnAgain('901', '235901', (dataset) => {
        voxels = keepHalf(dataset);
      }),
    );
    const posted = await service.post('/api/patients/synthetic-hazel/analysis', { SOPInstanceUID: '2.25.9011' });
    expect(posted.status).toBe(202);
    expect(((await posted.json()) as AnalysisState).state).toMatch(/pending|running/);
    // The same wish once more is the same analysis.
    expect((await service.post('/api/patients/synthetic-hazel/analysis', {})).status).toBe(202);
    expect(await ended()).toMatchObject({ state: 'ready' });

    const after = await view();
    const { outlines, features } = after.course.lesions[0]!;
    expect(outlines.map(({ segSOPInstanceUID, current }) => [segSOPInstanceUID, current])).toEqual([
      [old!.segSOPInstanceUID, false],
      ['2.25.9011', true],
    ]);
    const [, corrected] = outlines;
    expect(corrected?.mask).toMatchObject({ type: 'MANUAL', author: 'ANNA READER' });
    // Voxels of 1.8 x 1.8 x 3 mm.
    expect(corrected?.volumeMl).toBeCloseTo((voxels * 1.8 * 1.8 * 3) / 1000, 9);
    const volume = features.find(({ label }) => label === 'Volume');
    expect(volume?.points.map(({ value }) => value)).toEqual([corrected?.volumeMl]);
    expect(after.notices.join()).toMatch(/An earlier outline was replaced by a newer segmentation/);
    expect(after.notices.join()).not.toMatch(/not confirmed by a reader/);
    expect(after.assessment.id).not.toBe(before.assessment.id);

    const entries = await history();
    expect(entries[0]?.segmentations).toEqual(['2.25.9011']);
    const earlier = entries.find(({ id }) => id === before.assessment.id);
    expect(earlier?.segmentations).toEqual([old!.segSOPInstanceUID]);
    const stored = (await (await service.get(`/api/assessments/${before.assessment.id}`)).json()) as Assessment;
    expect(stored).toEqual(before.assessment);
  }, 120_000);

  it('with two primary tumours is nobody’s guess: none is current', async () => {
    await store(
      drawnAgain('902', '235902', (dataset) => {
        const [first] = dataset.SegmentSequence as [NaturalDataset];
        dataset.SegmentSequence = [first, { ...first, SegmentNumber: 2, SegmentLabel: 'Another' }];
      }),
    );
    await service.post('/api/patients/synthetic-hazel/analysis', {});
    expect(await ended()).toMatchObject({ code: 'SEG_AMBIGUOUS' });
    const { course, notices, lesionRisks } = await view();
    expect(course.lesions[0]?.outlines.map(({ current }) => current)).toEqual([false, false]);
    expect(course.lesions[0]?.features).toEqual([]);
    expect(lesionRisks[0]?.group).toBeNull();
    expect(notices.join()).toMatch(/2 segments are coded as primary tumour/);
  }, 120_000);
});

describe('a study with contours only', () => {
  it('says that an RTSTRUCT is not read by itself', async () => {
    const [ginkgo] = studiesOf('synthetic-ginkgo');
    const header = { StudyInstanceUID: ginkgo, PatientID: 'SYN-0007', SeriesInstanceUID: '2.25.903' };
    const contours = [{ number: 1, name: 'GTV-1', contours: [] }];
    const patientId = seriesPatientId();
    await store(writeDicom(smallRtstruct(contours, { ...header, PatientID: patientId, SOPInstanceUID: '2.25.9031' })));
    await view(ginkgo);
    expect(await ended('synthetic-ginkgo')).toMatchObject({ state: 'none', code: 'IMAGING_NO_SEG' });
    expect((await view(ginkgo)).notices.join()).toMatch(/has an RTSTRUCT and no DICOM SEG/);
  }, 60_000);
});

/** PatientID of the CT that the contours are stored beside. */
function seriesPatientId(): string {
  let found = '';
  editDicom(seriesOf('synthetic-ginkgo')[0]![0]!, ({ PatientID }) => {
    found = String(PatientID);
  });
  return found;
}
