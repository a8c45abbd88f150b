import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Assessment } from '../../src/assessment/assessment.ts';
import type { PanelView } from '../../src/http/api/panel-types.ts';
import { type PanelService, startPanelService } from '../helpers/panel-service.ts';

const patient = 'Patient/synthetic-elm';
const study = '1.2.3';

let service: PanelService;

beforeAll(async () => {
  service = await startPanelService([], ['synthetic-elm']);
  // As an image analysis leaves it behind just now, so that no other one changes what is said about the images.
  await service.engine.store.saveImagingStatus({
    patient,
    state: 'none',
    code: 'IMAGING_NO_SEG',
    message: 'made up',
    selection: [{ StudyInstanceUID: study, studyDate: '2026-01-02', StudyDescription: null, code: null, series: [] }],
    updatedAt: new Date().toISOString(),
  });
}, 120_000);
afterAll(() => service?.close());

const open = async () => {
  const response = await service.get(`/api/panel?StudyInstanceUIDs=${study}&fresh=1`);
  return ((await response.json()) as PanelView).assessment;
};
const stored = async () => (await service.engine.store.assessmentsOf<Assessment>(patient, 50)).map(({ id }) => id);
/** Assessments that the audit trail names, oldest first. */
const named = async () => {
  await service.engine.store.audit.settled();
  const ids: unknown[] = [];
  for await (const { text } of service.engine.store.audit.read(new Date(0), new Date(Date.now() + 1000))) {
    const { event, details } = JSON.parse(text) as { event: string; details: { assessment?: string } };
    if (event === 'assessment') ids.push(details.assessment);
  }
  return ids;
};

/** The newest value of a blood test, by its LOINC code, becomes another one, as a corrected result does. */
async function correctLab(code: string): Promise<void> {
  const { fhirServer } = service.engine;
  const search = `${fhirServer}/Observation?patient=synthetic-elm&code=http://loinc.org|${code}&_sort=-date`;
  const { entry } = (await (await fetch(search)).json()) as { entry: { resource: fhir4.Observation }[] };
  const observation = entry[0]!.resource;
  const corrected = {
    ...observation,
    valueQuantity: { ...observation.valueQuantity, value: observation.valueQuantity!.value! + 100 },
  };
  const response = await fetch(`${fhirServer}/Observation/${observation.id}`, {
    method: 'PUT',
    headers: { 'Content-Type': 'application/fhir+json' },
    body: JSON.stringify(corrected),
  });
  expect(response.status).toBe(200);
}

describe('opening a patient', () => {
  it('again stores nothing, and the answer and the audit trail name what is stored', async () => {
    const first = await open();
    const second = await open();
    const { assessment: reported } = await service.engine.report('synthetic-elm');
    expect(await stored()).toEqual([first.id]);
    expect(second).toEqual(first);
    expect(reported).toEqual(first);
    expect(await named()).toEqual([first.id, first.id, first.id]);
  });

  it('after a corrected blood value stores a second assessment, once', async () => {
    const [before] = await stored();
    await correctLab('14804-9');
    const corrected = await open();
    expect(await stored()).toEqual([corrected.id, before]);
    expect((await open()).id).toBe(corrected.id);
    expect(await stored()).toHaveLength(2);
  });

  it('on another day stores an assessment of that day', async () => {
    const before = (await stored()).length;
    const tomorrow = new Date(Date.now() + 86_400_000);
    const { assessment } = await service.engine.assessWithCourse('synthetic-elm', { asOf: tomorrow });
    const again = await service.engine.assessWithCourse('synthetic-elm', { asOf: tomorrow });
    expect(again.assessment.id).toBe(assessment.id);
    expect(await stored()).toHaveLength(before + 1);
  });
});
