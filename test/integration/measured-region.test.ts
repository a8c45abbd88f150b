import type { NaturalDataset } from 'dcmjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { LesionOutline } from '../../src/assessment/course-types.ts';
import { serviceAgent } from '../../src/audit/audit.ts';
import { packBits } from '../../src/dicomweb/objects/dicom-file.ts';
import { measuredRegion } from '../../src/http/api/answer-schemas.ts';
import type { MeasuredRegion, PanelView } from '../../src/http/api/panel-types.ts';
import { createSessionStore } from '../../src/http/sessions.ts';
import { editDicom } from '../helpers/dicom-objects.ts';
import { type PanelService, seriesOf, startPanelService, studiesOf } from '../helpers/panel-service.ts';
import {
  type FileSeries,
  readFileSegment,
  readFileSeries,
  ringByDistance,
  type VoxelsByImage,
} from '../helpers/ring-by-distance.ts';

const patient = 'synthetic-birch';
const [study] = studiesOf(patient) as [string];
const files = seriesOf(patient);

let service: PanelService;
let outline: LesionOutline;
let series: FileSeries;
/** Part 10 file of the SEG that the ring is made of. */
let drawn: Uint8Array;

beforeAll(async () => {
  service = await startPanelService([patient]);
  await analysed();
  outline = await outlineWithRing();
  const own = files.find((each) => readFileSeries(each).SeriesInstanceUID === outline.SeriesInstanceUID)!;
  series = readFileSeries(own);
  drawn = own.at(-1)!;
}, 240_000);
afterAll(() => service?.close());

async function analysed(): Promise<void> {
  await service.post(`/api/patients/${patient}/analysis`, {});
  await (await service.get(`/api/patients/${patient}/analysis/events`)).text();
}

/** The current outline that features of a ring were taken from. */
async function outlineWithRing(): Promise<LesionOutline> {
  const view = (await (await service.get(`/api/panel?StudyInstanceUIDs=${study}&fresh=1`)).json()) as PanelView;
  const [lesion] = view.course.lesions;
  const ring = lesion?.features.find(({ region }) => region === 'ring-2-2');
  return lesion!.outlines.find(({ current, phase }) => current && phase === ring?.phase)!;
}

const address = (changes: Readonly<Record<string, string>> = {}) => {
  const { segSOPInstanceUID: SOPInstanceUID, segmentNumber, StudyInstanceUID } = outline;
  const query = {
    StudyInstanceUID,
    SOPInstanceUID,
    segmentNumber: String(segmentNumber),
    region: 'ring-2-2',
    ...changes,
  };
  return `/api/regions?${new URLSearchParams(query)}`;
};
const refusal = async (response: Response) => {
  const { issue } = (await response.json()) as { issue: { details: { text: string } }[] };
  return [response.status, issue[0]?.details.text];
};

function voxelsOf({ images }: MeasuredRegion): VoxelsByImage {
  return new Map(
    images.map(({ SOPInstanceUID, runs }) => {
      const inside = new Set<number>();
      for (let at = 0; at < runs.length; at += 2) {
        for (let step = 0; step < runs[at + 1]!; step++) inside.add(runs[at]! + step);
      }
      return [SOPInstanceUID, inside];
    }),
  );
}

const count = (voxels: VoxelsByImage) => [...voxels.values()].reduce((sum, { size }) => sum + size, 0);

describe('the ring that features were taken from', () => {
  it('is, voxel by voxel, the ring by its definition, and what the ring SEG holds', async () => {
    const response = await service.get(address());
    expect(response.status).toBe(200);
    const answer = (await response.json()) as MeasuredRegion;
    expect(measuredRegion.parse(answer)).toEqual(answer);
    expect(answer).toMatchObject({
      SeriesInstanceUID: outline.SeriesInstanceUID,
      columns: series.columns,
      rows: series.rows,
    });
    // Deep in the lung nothing is clipped.
    const byDistance = ringByDistance(series, readFileSegment(drawn), 2);
    expect(count(byDistance)).toBeGreaterThan(100);
    expect(voxelsOf(answer)).toEqual(byDistance);
    const { dicom } = await service.engine.publications.plan(patient, ['dicom'], serviceAgent);
    const rings = dicom!.objects.flatMap(({ kind, bytes }) =>
      kind === 'SEG' && bytes !== null ? [readFileSegment(bytes)] : [],
    );
    expect(rings).toContainEqual(byDistance);
  }, 120_000);

  it('is answered again from memory, and not at all to whoever has it', async () => {
    const [one, other] = await Promise.all([service.get(address()), service.get(address())]);
    const tag = one.headers.get('etag')!;
    expect(one.headers.get('cache-control')).toBe('private, no-cache');
    expect(await one.text()).toBe(await other.text());
    const again = await service.get(address(), { 'If-None-Match': tag });
    expect([again.status, await again.text()]).toEqual([304, '']);
  });

  it('leaves an audit entry for each reading', async () => {
    await service.engine.store.audit.settled();
    const read: unknown[] = [];
    for await (const { text } of service.engine.store.audit.read(new Date(0), new Date(Date.now() + 1000))) {
      const { event, patient: whom, details } = JSON.parse(text) as Record<string, Record<string, string>>;
      if ((event as unknown) === 'read' && details?.region !== undefined) read.push({ whom, ...details });
    }
    const { segSOPInstanceUID: segmentation } = outline;
    const entry = { whom: `Patient/${patient}`, segmentation, segment: '1', region: 'ring-2-2' };
    expect(read).toEqual([entry, entry, entry, entry]);
  });

  it.each<[string, Readonly<Record<string, string>>, number, string]>([
    ['of another width', { region: 'ring-9-9' }, 404, 'VIEWER_REGION_UNKNOWN'],
    ['of another segment', { segmentNumber: '7' }, 404, 'VIEWER_REGION_UNKNOWN'],
    ['of another segmentation', { SOPInstanceUID: '1.2.3' }, 404, 'VIEWER_REGION_UNKNOWN'],
    ['of an unknown study', { StudyInstanceUID: '1.2.3' }, 404, 'VIEWER_STUDY_UNKNOWN'],
    ['of no segment', { segmentNumber: '0' }, 400, 'HTTP_REQUEST_INVALID'],
    ['with no name', { region: '../etc' }, 400, 'HTTP_REQUEST_INVALID'],
  ])('one %s is refused', async (_, changes, status, code) => {
    expect(await refusal(await service.get(address(changes)))).toEqual([status, code]);
  });

  it('is for those only who may see the patient', async () => {
    const session = {
      patient: 'somebody-else',
      user: 'Practitioner/9',
      issuer: 'https://ehr.example',
      studies: null,
      expires: new Date(Date.now() + 60_000).toISOString(),
    };
    const Cookie = `deltascope=${await createSessionStore(service.engine.store).begin(session)}`;
    expect(await refusal(await service.get(address(), { Cookie }))).toEqual([403, 'VIEWER_FORBIDDEN']);
  });
});

describe("a lesion at the body's edge", () => {
  it('has a ring without the air outside, which is smaller than the one by distance', async () => {
    const atSkin = movedToSkin();
    await service.dicomweb.storeInstances([atSkin]);
    await analysed();
    outline = await outlineWithRing();
    expect(outline.segSOPInstanceUID).toBe('2.25.7011');
    const answer = (await (await service.get(address())).json()) as MeasuredRegion;
    const ring = voxelsOf(answer);
    const byDistance = ringByDistance(series, readFileSegment(atSkin), 2);
    const outside: number[] = [];
    for (const [uid, inside] of byDistance) {
      const hounsfield = series.hounsfield[series.uids.indexOf(uid)]!;
      for (const index of inside) if (!ring.get(uid)?.has(index)) outside.push(hounsfield[index]!);
    }
    expect(count(ring)).toBeLessThan(count(byDistance));
    expect(outside).toHaveLength(count(byDistance) - count(ring));
    // Air, noise allowed for.
    expect(Math.max(...outside)).toBeLessThan(-500);
    // And of what is left nothing is in the row's air beyond the skin.
    for (const [uid, inside] of ring) {
      const hounsfield = series.hounsfield[series.uids.indexOf(uid)]!;
      const skins = new Map<number, number>();
      for (const index of inside) {
        const row = Math.floor(index / series.columns);
        skins.set(row, skins.get(row) ?? skinOf(hounsfield, row));
        expect(index % series.columns).toBeGreaterThanOrEqual(skins.get(row)!);
      }
    }
  }, 240_000);
});

/** First column of a row that is not air. */
function skinOf(hounsfield: readonly number[], row: number): number {
  const values = hounsfield.slice(row * series.columns, (row + 1) * series.columns);
  return values.findIndex((value) => value > -500);
}

/** The outline, drawn later by a reader, so far to the side that its middle lies on the skin. */
function movedToSkin(): Uint8Array {
  const segment = readFileSegment(drawn);
  const [uid, inside] = [...segment].sort(([, a], [, b]) => b.size - a.size)[0]!;
  const columns = [...inside].map((index) => index % series.columns);
  const middle = Math.round(columns.reduce((sum, column) => sum + column, 0) / columns.length);
  const row = Math.floor([...inside][Math.floor(inside.size / 2)]! / series.columns);
  const shift = skinOf(series.hounsfield[series.uids.indexOf(uid)]!, row) - middle;
  const plane = series.columns * series.rows;
  return editDicom(drawn, (dataset) => {
    dataset.SeriesInstanceUID = '2.25.701';
    dataset.SOPInstanceUID = '2.25.7011';
    dataset.ContentTime = '235901';
    dataset.ContentCreatorName = 'READER^ANNA';
    const frames = [...segment.values()].map((voxels) => {
      const moved = new Uint8Array(plane);
      for (const index of voxels) moved[index + shift] = 1;
      return moved;
    });
    dataset.PixelData = [packBits(frames, plane)];
    for (const item of dataset.SegmentSequence as NaturalDataset[]) item.SegmentAlgorithmType = 'MANUAL';
  });
}
