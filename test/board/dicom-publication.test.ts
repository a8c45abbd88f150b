import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { data } from 'dcmjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { PublishableResult, PublishServices } from '../../src/assessment/publish-results.ts';
import { planPublication, publishResult } from '../../src/assessment/publish-results.ts';
import { type FhirServer, startFhirServer } from '../../src/demo/fhir-server.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import { codeOf, type DicomDataset, itemsOf, numberOf, numbersOf, textOf } from '../../src/dicomweb/dataset.ts';
import { findImaging } from '../../src/dicomweb/find-imaging.ts';
import { parsePart10 } from '../../src/dicomweb/part10.ts';
import { readSegment } from '../../src/dicomweb/segmentation.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { createFhirClient } from '../../src/fhir/client.ts';
import { peripheralRing } from '../../src/radiomics/regions.ts';
import { type Database, openDatabase } from '../../src/store/database.ts';
import { createStore, type Store } from '../../src/store/store.ts';
import { readInstances } from '../helpers/dicom-objects.ts';
import { type Orthanc, orthancAvailable, orthancSkipReason, startOrthanc } from '../helpers/orthanc.ts';
import { type FaultProxy, startFaultProxy } from './fault-proxy.ts';
import {
  assessCase,
  content,
  madeUpPdf,
  type PublishedPatient,
  publishedPatient,
  publishServices,
} from './published-case.ts';

const hasValidator = spawnSync('dciodvfy', ['-version']).error === undefined;
const hasDump = spawnSync('dsrdump', ['--version']).error === undefined;

describe.skipIf(!orthancAvailable())(`results in a real archive (${orthancSkipReason})`, { timeout: 180_000 }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-publish-'));
  let orthanc: Orthanc;
  let fhir: FhirServer;
  let proxy: FaultProxy;
  let database: Database;
  let store: Store;
  let client: DicomwebClient;
  let patient: PublishedPatient;
  let result: PublishableResult;
  let services: PublishServices;
  let sourcesBefore: Map<string, string>;

  beforeAll(async () => {
    orthanc = await startOrthanc();
    fhir = await startFhirServer();
    proxy = await startFaultProxy(orthanc.url);
    database = await openDatabase({ folder: path.join(folder, 'database') });
    store = createStore(database);
    client = createDicomwebClient({ url: orthanc.url });
    patient = await publishedPatient('synthetic-aster');
    await fhir.load(patient.bundle);
    await client.storeInstances(patient.files);
    sourcesBefore = await instanceHashes(orthanc);
    result = await assessCase(createFhirClient({ baseUrl: fhir.url }), patient);
    services = publishServices({ fhirUrl: fhir.url, dicomwebUrl: proxy.url, store });
  });
  afterAll(async () => {
    await store.close();
    await proxy.close();
    await fhir.close();
    await orthanc.close();
    rmSync(folder, { recursive: true });
  });

  const assessAgain = (changes: Partial<PublishedPatient> = {}, createdAt = '2026-11-20T18:00:00.000Z') =>
    assessCase(createFhirClient({ baseUrl: fhir.url }), { ...patient, ...changes }, createdAt);
  const changed = async () =>
    assessAgain({ featureSets: (await publishedPatient('synthetic-aster', 0.2)).featureSets });

  test('the case is one in which models have results, with rings and groups', () => {
    const assessed = result.assessment.models
      .filter(({ status }) => status === 'assessed')
      .map(({ model }) => model.id);
    expect(assessed).toEqual(['es-sclc-os24-nomogram-demo', 'es-sclc-pfs-cox']);
    expect(result.assessment.combined.group).toBe('high');
  });

  test('a plan stores nothing', async () => {
    const plan = await planPublication(services, result, ['dicom']);
    expect(plan.dicom?.objects.map(({ kind, bytes }) => [kind, bytes !== null])).toEqual([
      ['SEG', true],
      ['SR', true],
      ['PDF', true],
    ]);
    expect(plan.dicom?.notices).toEqual([]);
    expect(await instanceHashes(orthanc)).toEqual(sourcesBefore);
    expect(proxy.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
  });

  test('the archive goes away after the report, and refuses a part: nothing is noted, and the rest is stored later, once', async () => {
    const kinds = () => instanceKinds(client, result);
    let stored = 0;
    proxy.faultOf = ({ method }) => (method === 'POST' && ++stored > 2 ? 'gone' : 'pass');
    await expect(publishResult(services, result, ['dicom'])).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(await kinds()).toEqual(['SEG', 'SR']);
    expect(await store.lastPublication(result.assessment.subject, 'dicom')).toBeUndefined();
    proxy.faultOf = ({ method }) => (method === 'POST' ? { status: 409 } : 'pass');
    await expect(publishResult(services, result, ['dicom'])).rejects.toMatchObject({ code: 'PACS_STORE_INCOMPLETE' });
    expect(await store.lastPublication(result.assessment.subject, 'dicom')).toBeUndefined();
    // Stored, but the answer says that it was not: what is there counts.
    proxy.faultOf = ({ method }) => (method === 'POST' ? { status: 409, after: true } : 'pass');
    const { instances } = await publishResult(services, result, ['dicom']);
    proxy.faultOf = () => 'pass';
    expect(instances).toHaveLength(1);
    expect(await kinds()).toEqual(['SEG', 'SR', 'DOC']);
    const noted = await store.lastPublication(result.assessment.subject, 'dicom');
    expect(noted?.stored).toHaveLength(3);
  });

  test('a second run with the same inputs stores nothing, an hour later neither', async () => {
    const before = await instanceHashes(orthanc);
    proxy.requests.length = 0;
    expect((await publishResult(services, result, ['dicom'])).instances).toEqual([]);
    expect((await publishResult(services, await assessAgain(), ['dicom'])).instances).toEqual([]);
    expect(proxy.requests.filter((request) => request.startsWith('POST'))).toEqual([]);
    expect(await instanceHashes(orthanc)).toEqual(before);
  });

  test('every source object is byte for byte what it was', async () => {
    const after = await instanceHashes(orthanc);
    expect(sourcesBefore.size).toBe(patient.files.length);
    for (const [uid, hash] of sourcesBefore) expect(after.get(uid)).toBe(hash);
    expect(after.size).toBe(sourcesBefore.size + 3);
  });

  test.skipIf(!hasValidator)('dciodvfy finds no error (needs dicom3tools: apt-get install dicom3tools)', async () => {
    for (const [kind, bytes] of await storedFiles(orthanc, client, result)) {
      expect([kind, ...complaints(bytes)]).toEqual([kind, 0]);
    }
  });

  /** Status of the validator, and what it says. */
  function complaints(bytes: Uint8Array): (number | string | null)[] {
    const file = path.join(folder, 'object.dcm');
    writeFileSync(file, bytes);
    const { stdout, stderr, status } = spawnSync('dciodvfy', ['-new', file], { encoding: 'utf8' });
    const lines = `${stdout}\n${stderr}`.split('\n').filter((line) => /error|warning/i.test(line));
    // A private coding scheme is none that the validator knows; the objects identify it.
    const ownScheme = /CodingScheme(?:Designator|UID).*Unrecognized defined term = <(?:99DELTASCOPE|2\.25\.\d+)>/;
    return [status, ...lines.filter((line) => !ownScheme.test(line))];
  }

  test.skipIf(!hasDump)('dsrdump reads the report (needs dcmtk: apt-get install dcmtk)', async () => {
    const file = path.join(folder, 'report.dcm');
    writeFileSync(file, (await storedFiles(orthanc, client, result)).get('SR') as Uint8Array);
    const { stdout, stderr, status } = spawnSync('dsrdump', ['+Pc', '+Pl', file], { encoding: 'utf8' });
    expect([status, stderr.split('\n').filter((line) => line.startsWith('E:'))]).toEqual([0, []]);
    expect(stdout).toContain('Comprehensive 3D SR Document');
    expect(stdout).toContain('(126000,DCM,"Imaging Measurement Report")');
    expect(stdout).toContain('"SYNTHETIC: a computed patient, not a person. Not a clinical result."');
    expect(stdout).toContain('SYNTHETIC DEMO MODEL: ');
    expect(stdout).toContain('=(15508007,SCT,"High risk")');
    expect(stdout).toContain('(86049000,SCT,"Neoplasm, Primary")');
    expect(stdout).toContain('Verification Flag   : UNVERIFIED');
  });

  test('round trip: every number of the report is that of course and Assessment, to the last bit', async () => {
    const numbers = (await reportNumbers(client, result)).flatMap(({ value, lines }) =>
      lines.length > 0 ? [] : value,
    );
    const features = result.course.lesions.flatMap(({ features: all, outlines }) => [
      ...all.flatMap(({ points }) => points.map(({ value }) => value)),
      ...outlines.flatMap(({ volumeMl, axialDiameterMm }) => [volumeMl ?? 0, axialDiameterMm ?? 0]),
    ]);
    const models = result.assessment.models.flatMap(({ outcomes, signatures }) => [
      ...outcomes.flatMap(({ value, risks }) => [value, ...risks.map(({ probability }) => probability)]),
      ...(outcomes.length === 0 ? [] : signatures.map(({ score }) => score)),
    ]);
    expect(features.length).toBeGreaterThan(60);
    expect(numbers.toSorted(ascending)).toEqual([...features, ...models].sort(ascending));
  });

  test('the lesion and its ring are drawn on the newest CT: a length is the distance of its ends, and areas are those of the masks', async () => {
    const report = await storedReport(client, result);
    const groups = groupsIn(report).filter((group) => numbersIn(group).some(({ lines }) => lines.length > 0));
    const comments = groups.map((group) => textOf(itemOf(group, '121106'), 'TextValue'));
    expect(comments).toEqual([
      'Primary tumour, Baseline, venous phase',
      'Primary tumour, ring-2-2, Baseline, venous phase',
    ]);
    const newest = result.course.lesions[0]?.outlines.findLast(({ phase }) => phase === 'venous');
    const instances = await client.retrieveSeries(newest?.StudyInstanceUID ?? '', newest?.SeriesInstanceUID ?? '');
    const series = buildVolume(instances);
    const [dx, dy] = series.volume.spacingMm;
    const [tumour, ring] = groups.map(numbersIn);
    const [longAxis, area] = tumour ?? [];
    expect([longAxis?.code, area?.code, ring?.[0]?.code]).toEqual(['103339001', '42798000', '42798000']);
    const [x0 = 0, y0 = 0, x1 = 0, y1 = 0] = longAxis?.lines[0]?.points ?? [];
    expect(Math.hypot((x1 - x0) * dx, (y1 - y0) * dy)).toBeCloseTo(longAxis?.value ?? 0, 12);
    // The whole of the outline is one slice of the segmentation; its pixels' corners, which the line cuts, are no hundredth of it.
    const files = await storedFiles(orthanc, client, result);
    const [ringSeg] = await readInstances([files.get('SEG') as Uint8Array]);
    const sources = await readInstances(patient.files);
    const tumourSeg = sources.find(({ SOPInstanceUID }) => SOPInstanceUID === newest?.segSOPInstanceUID);
    for (const [seg, drawn, share] of [
      [tumourSeg, area, 0.01],
      [ringSeg, ring?.[0], 0.1],
    ] as const) {
      const { voxels, dims } = readSegment(seg as (typeof sources)[number], series, 1).mask;
      const slice = series.sopInstanceUIDs.indexOf(drawn?.lines[0]?.image ?? '');
      const plane = voxels.subarray(slice * dims[0] * dims[1], (slice + 1) * dims[0] * dims[1]);
      const pixels = plane.reduce((sum, inside) => sum + inside, 0);
      expect(Math.abs((drawn?.value ?? 0) / (pixels * dx * dy) - 1)).toBeLessThan(share);
      for (const { points } of drawn?.lines ?? []) expect(points.slice(0, 2)).toEqual(points.slice(-2));
    }
  });

  test('every group has coordinates under its TrackingUID, because OHIF stops at the first that has none', async () => {
    const groups = groupsIn(await storedReport(client, result));
    const uid = (group: DicomDataset) => textOf(itemOf(group, '112040'), 'UID');
    const drawn = groups.filter((group) => numbersIn(group).some(({ lines }) => lines.length > 0)).map(uid);
    expect(new Set(drawn).size).toBe(drawn.length);
    expect(new Set(groups.map(uid))).toEqual(new Set(drawn));
    expect(groups.slice(0, drawn.length).map(uid)).toEqual(drawn);
  });

  test('an IBSI term stands only where the value is what the term defines', async () => {
    const numbers = await reportNumbers(client, result);
    const ibsi = numbers.filter(({ scheme }) => scheme === 'IBSI');
    const own = numbers.filter(({ scheme, code }) => scheme === '99DELTASCOPE' && /^[a-z0-9-]+_/i.test(code));
    expect(ibsi.length).toBeGreaterThan(0);
    // The feature that it is, by PyRadiomics' name, stands beside each term.
    for (const { definition } of ibsi) expect(definition).toMatch(/^original_/);
    expect(own.some(({ code }) => code.startsWith('wavelet-'))).toBe(true);
    // The kurtosis of PyRadiomics is 3 higher, its axes are by N: known differences from IBSI.
    expect(ibsi.map(({ code }) => code).filter((code) => ['IPH6', 'TDIC', 'P9VJ', '7J51'].includes(code))).toEqual([]);
  });

  test('the ring is the one that was measured, and is not taken for a tumour', async () => {
    const before = await findImaging(client, ['SYN-0001'], content.rules);
    expect(before.candidates.map(({ mask }) => mask.segmentLabel)).toEqual(['Primary tumour', 'Primary tumour']);
    const files = await storedFiles(orthanc, client, result);
    const [seg] = await readInstances([files.get('SEG') as Uint8Array]);
    const ct = itemsOf(seg?.dataset ?? {}, 'ReferencedSeriesSequence')[0] ?? {};
    const sources = await readInstances(patient.files);
    const series = buildVolume(
      sources.filter(
        ({ Modality, dataset }) => Modality === 'CT' && dataset.SeriesInstanceUID === textOf(ct, 'SeriesInstanceUID'),
      ),
    );
    const tumour = sources.find(({ SOPInstanceUID }) =>
      result.course.lesions[0]?.outlines.some(
        (outline) =>
          outline.SeriesInstanceUID === series.SeriesInstanceUID && outline.segSOPInstanceUID === SOPInstanceUID,
      ),
    );
    const { mask } = readSegment(tumour as (typeof sources)[number], series, 1);
    const ring = peripheralRing(mask, 1, { outsideMm: 2, insideMm: 2 }, series.volume);
    const stored = readSegment(seg as (typeof sources)[number], series, 1).mask;
    expect(Buffer.from(stored.voxels).equals(Buffer.from(ring.voxels))).toBe(true);
  });

  test('the page is in the archive as it was made', async () => {
    const { dict } = parsePart10((await storedFiles(orthanc, client, result)).get('DOC') as Uint8Array, 'page');
    const dataset = data.DicomMetaDictionary.naturalizeDataset(dict);
    const [bytes] = [dataset.EncapsulatedDocument].flat() as ArrayBuffer[];
    const length = numberOf(dataset, 'EncapsulatedDocumentLength') ?? 0;
    expect(Buffer.from(bytes as ArrayBuffer, 0, length).equals(Buffer.from(madeUpPdf))).toBe(true);
    expect(dataset.DocumentTitle).toBe('SYNTHETIC Deltascope tumour board report');
    expect(dataset.PatientID).toBe('SYN-0001');
  });

  test('a page for another board follows the one before; the report, and a repeat for the same board, are not stored again', async () => {
    const stored = async (board: PublishableResult['board']) =>
      (await publishResult(services, { ...(await assessAgain()), board }, ['dicom'])).instances;
    const [unasked] = await pageChain(client, result);
    const friday = { question: 'Operable?', date: '2026-11-27' };
    const [first, ...others] = await stored(friday);
    expect([first, others]).toEqual([expect.any(String), []]);
    expect(await stored(friday)).toEqual([]);
    const [second] = await stored({ ...friday, date: '2026-12-04' });
    const [third] = await stored({ question: 'Operable now?', date: '2026-12-04' });
    // Nobody knows of a board any more, or just now: the page stays.
    expect(await stored(null)).toEqual([]);
    const [fourth] = await stored(friday);
    expect(await pageChain(client, result)).toEqual([
      [unasked?.[0]],
      [first, unasked?.[0]],
      [second, first],
      [third, second],
      [fourth, third],
    ]);
    const chain = await reportChain(client, result);
    expect(chain).toHaveLength(1);
    if (hasValidator) expect(complaints(await fileOf(orthanc, fourth ?? ''))).toEqual([0]);
    const noted = await store.lastPublication(result.assessment.subject, 'dicom');
    expect(noted).toMatchObject({ key: fourth, resultKey: chain[0]?.[0] });
  });

  test('a changed result refers to its predecessor; one that comes back is a new report', async () => {
    const chain = () => reportChain(client, result);
    const [first] = await chain();
    const second = await publishResult(services, await changed(), ['dicom']);
    // A report and its page: the ring is the same.
    expect(second.instances).toHaveLength(2);
    const third = await publishResult(services, result, ['dicom']);
    expect(third.instances).toHaveLength(2);
    const [reportA, reportB, reportC] = [first?.[0], second.instances[0], third.instances[0]];
    expect(await chain()).toEqual([[reportA], [reportB, reportA], [reportC, reportB]]);
    expect((await publishResult(services, result, ['dicom'])).instances).toEqual([]);
  });
});

const ascending = (a: number, b: number) => a - b;

/** SHA-256 of every file of the archive, by SOPInstanceUID. */
async function instanceHashes({ restUrl }: Orthanc): Promise<Map<string, string>> {
  const get = (address: string) => fetch(`${restUrl}${address}`, { headers: { connection: 'close' } });
  const ids = (await (await get('/instances')).json()) as string[];
  const hashes = new Map<string, string>();
  for (const id of ids) {
    const { MainDicomTags } = (await (await get(`/instances/${id}`)).json()) as {
      MainDicomTags: { SOPInstanceUID: string };
    };
    const bytes = Buffer.from(await (await get(`/instances/${id}/file`)).arrayBuffer());
    hashes.set(MainDicomTags.SOPInstanceUID, createHash('sha256').update(bytes).digest('hex'));
  }
  return hashes;
}

async function newSeries(client: DicomwebClient, { course }: PublishableResult): Promise<DicomDataset[]> {
  const rows = await client.searchSeries(course.studies.at(-1)?.StudyInstanceUID ?? '');
  return rows.filter((row) => Number(textOf(row, 'SeriesNumber')) >= 9700);
}

async function instanceKinds(client: DicomwebClient, result: PublishableResult): Promise<(string | null)[]> {
  const rows = await newSeries(client, result);
  return rows
    .toSorted((a, b) => (numberOf(a, 'SeriesNumber') ?? 0) - (numberOf(b, 'SeriesNumber') ?? 0))
    .map((row) => textOf(row, 'Modality'));
}

/** The first object of each new series: its modality and address. */
async function firstObjects(client: DicomwebClient, result: PublishableResult) {
  const StudyInstanceUID = result.course.studies.at(-1)?.StudyInstanceUID ?? '';
  const rows = await newSeries(client, result);
  return Promise.all(
    rows.map(async (row) => {
      const SeriesInstanceUID = textOf(row, 'SeriesInstanceUID') ?? '';
      const instances = await client.searchInstances(StudyInstanceUID, SeriesInstanceUID);
      const [first] = instances.toSorted(
        (x, y) => (numberOf(x, 'InstanceNumber') ?? 0) - (numberOf(y, 'InstanceNumber') ?? 0),
      );
      const SOPInstanceUID = textOf(first ?? {}, 'SOPInstanceUID') ?? '';
      return { modality: textOf(row, 'Modality') ?? '', StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID };
    }),
  );
}

/** Part 10 files of the first object of each new series, by modality. */
async function storedFiles(
  orthanc: Orthanc,
  client: DicomwebClient,
  result: PublishableResult,
): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  for (const { modality, SOPInstanceUID } of await firstObjects(client, result)) {
    files.set(modality, await fileOf(orthanc, SOPInstanceUID));
  }
  return files;
}

/** A line that a number was inferred from. */
interface ReportLine {
  /** Columns and rows. */
  readonly points: readonly number[];
  /** SOPInstanceUID. */
  readonly image: string | null;
}

async function fileOf({ restUrl }: Orthanc, SOPInstanceUID: string): Promise<Uint8Array> {
  const headers = { connection: 'close' };
  const found = await fetch(`${restUrl}/tools/lookup`, { method: 'POST', body: SOPInstanceUID, headers });
  const [{ ID }] = (await found.json()) as [{ ID: string }];
  const answer = await fetch(`${restUrl}/instances/${ID}/file`, { headers });
  return new Uint8Array(await answer.arrayBuffer());
}

interface ReportNumber {
  readonly scheme: string;
  readonly code: string;
  readonly value: number;
  /** Code of the definition or name that stands beside it. */
  readonly definition: string;
  readonly lines: readonly ReportLine[];
}

/** Every measured value of the first report, retrieved by WADO-RS. */
async function reportNumbers(client: DicomwebClient, result: PublishableResult): Promise<ReportNumber[]> {
  return numbersIn(await storedReport(client, result));
}

async function storedReport(client: DicomwebClient, result: PublishableResult): Promise<DicomDataset> {
  const address = (await firstObjects(client, result)).find(({ modality }) => modality === 'SR');
  if (address === undefined) throw new Error('no report');
  return (await client.retrieveInstance(address)).dataset;
}

/** The child of an item with a concept; empty where there is none. */
function itemOf(item: DicomDataset, concept: string): DicomDataset {
  const children = itemsOf(item, 'ContentSequence');
  return children.find((child) => codeOf(child, 'ConceptNameCodeSequence')?.value === concept) ?? {};
}

/** Measurement groups. */
function groupsIn(report: DicomDataset): DicomDataset[] {
  const groups = itemsOf(itemOf(report, '126010'), 'ContentSequence');
  return groups.filter((group) => codeOf(group, 'ConceptNameCodeSequence')?.value === '125007');
}

function linesOf(children: readonly DicomDataset[]): ReportLine[] {
  return children
    .filter((child) => textOf(child, 'ValueType') === 'SCOORD')
    .map((line) => {
      const [image] = itemsOf(line, 'ContentSequence').flatMap((child) => itemsOf(child, 'ReferencedSOPSequence'));
      return { points: numbersOf(line, 'GraphicData'), image: textOf(image ?? {}, 'ReferencedSOPInstanceUID') };
    });
}

function numbersIn(item: DicomDataset): ReportNumber[] {
  const children = itemsOf(item, 'ContentSequence');
  const further = children.flatMap(numbersIn);
  if (textOf(item, 'ValueType') !== 'NUM') return further;
  const concept = codeOf(item, 'ConceptNameCodeSequence');
  const definition = children.find((child) => codeOf(child, 'ConceptNameCodeSequence')?.value === 'feature-def');
  const [measured] = itemsOf(item, 'MeasuredValueSequence');
  return [
    {
      scheme: concept?.scheme ?? '',
      code: concept?.value ?? '',
      value: numberOf(measured ?? {}, 'FloatingPointValue') ?? Number.NaN,
      definition: (definition && codeOf(definition, 'ConceptCodeSequence')?.value) ?? '',
      lines: linesOf(children),
    },
    ...further,
  ];
}

const reportChain = (client: DicomwebClient, result: PublishableResult) => chainOf(client, result, 'SR');
const pageChain = (client: DicomwebClient, result: PublishableResult) => chainOf(client, result, 'DOC');

/** UID of each report of a modality with that of its predecessor, in order. */
async function chainOf(
  client: DicomwebClient,
  result: PublishableResult,
  of: string,
): Promise<(string | undefined)[][]> {
  const address = (await firstObjects(client, result)).find(({ modality }) => modality === of);
  const { StudyInstanceUID = '', SeriesInstanceUID = '' } = address ?? {};
  const reports: DicomDataset[] = [];
  for (const row of await client.searchInstances(StudyInstanceUID, SeriesInstanceUID)) {
    const SOPInstanceUID = textOf(row, 'SOPInstanceUID') ?? '';
    reports.push(await client.instanceMetadata({ StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID }));
  }
  return reports
    .toSorted((a, b) => (numberOf(a, 'InstanceNumber') ?? 0) - (numberOf(b, 'InstanceNumber') ?? 0))
    .map((report) => {
      const predecessor = itemsOf(report, 'PredecessorDocumentsSequence')
        .flatMap((study) => itemsOf(study, 'ReferencedSeriesSequence'))
        .flatMap((series) => itemsOf(series, 'ReferencedSOPSequence'))
        .map((reference) => textOf(reference, 'ReferencedSOPInstanceUID') ?? '');
      return [textOf(report, 'SOPInstanceUID') ?? '', ...predecessor];
    });
}
