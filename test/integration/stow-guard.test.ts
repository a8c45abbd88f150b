import { createServer, request as httpRequest, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { NaturalDataset } from 'dcmjs';
import express from 'express';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { loadClinicalContent } from '../../src/assessment/clinical-content.ts';
import { readConfig } from '../../src/config.ts';
import { textOf } from '../../src/dicomweb/dataset.ts';
import { startService } from '../../src/http/service.ts';
import { createSessionStore, type ViewerSession } from '../../src/http/sessions.ts';
import { createLogger } from '../../src/log.ts';
import { editDicom } from '../helpers/dicom-objects.ts';
import { type PanelService, seriesOf, startPanelService, studiesOf } from '../helpers/panel-service.ts';

const [own] = studiesOf('synthetic-hazel') as [string];
const [foreign] = studiesOf('synthetic-ginkgo') as [string];
const drawn = seriesOf('synthetic-hazel')[0]!.at(-1)!;
const foreignImage = seriesOf('synthetic-ginkgo')[0]![0]!;

let panel: PanelService;
let service: Awaited<ReturnType<typeof startService>>;
/** Between the service and the archive, so that what is forwarded is seen. */
let wire: Server;
let forwarded: string[] = [];

beforeAll(async () => {
  panel = await startPanelService(['synthetic-hazel', 'synthetic-ginkgo'], [], {
    DELTASCOPE_VIEWER_ISSUER: 'https://idp.example',
    DELTASCOPE_VIEWER_AUDIENCE: 'viewer',
  });
  wire = createServer((incoming, outgoing) => {
    forwarded.push(`${incoming.method} ${incoming.url}`);
    const { method, headers } = incoming;
    const onwards = httpRequest(`${panel.archiveUrl}${incoming.url}`, { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    incoming.pipe(onwards);
  });
  await new Promise<void>((resolve) => wire.listen(0, '127.0.0.1', resolve));
  const config = readConfig({ DELTASCOPE_PORT: '0' });
  service = await startService({
    config: { ...config, viewerTokens: { issuer: 'https://idp.example', audience: 'viewer' } },
    engine: panel.engine,
    content: loadClinicalContent(config.mappingsFolder),
    version: 'test',
    logger: createLogger('silent'),
    viewer: {
      files: { state: () => ({ kind: 'ready' }), settled: Promise.resolve({ kind: 'ready' }), files: express.Router() },
      dicomweb: { url: `http://127.0.0.1:${(wire.address() as AddressInfo).port}` },
    },
  });
}, 120_000);
beforeEach(() => {
  forwarded = [];
});
afterAll(async () => {
  await service?.close();
  wire?.closeAllConnections();
  wire?.close();
  await panel?.close();
});

async function begin(changes: Partial<ViewerSession> = {}): Promise<string> {
  const session: ViewerSession = {
    patient: 'synthetic-hazel',
    user: 'Practitioner/9',
    issuer: 'https://ehr.example',
    studies: null,
    expires: new Date(Date.now() + 60_000).toISOString(),
  };
  return `deltascope=${await createSessionStore(panel.engine.store).begin({ ...session, ...changes })}`;
}

/** The outline of the session's patient under a new UID, changed. */
function outline(uid: string, edit: (dataset: NaturalDataset) => void = () => undefined): Uint8Array {
  return editDicom(drawn, (dataset) => {
    dataset.SeriesInstanceUID = `2.25.${uid}`;
    dataset.SOPInstanceUID = `2.25.${uid}1`;
    edit(dataset);
  });
}

function multipart(files: readonly Uint8Array[], type = 'application/dicom'): Buffer {
  const parts = files.flatMap((file) => [
    Buffer.from(`--B\r\nContent-Type: ${type}\r\n\r\n`),
    file,
    Buffer.from('\r\n'),
  ]);
  return Buffer.concat([...parts, Buffer.from('--B--\r\n')]);
}

interface Wish {
  readonly path?: string;
  readonly type?: string;
  readonly session?: Partial<ViewerSession>;
}

async function store(
  body: Buffer,
  { path = '', type = 'multipart/related; type="application/dicom"; boundary=B', session = {} }: Wish = {},
): Promise<{ status: number; code: string | undefined; text: string | undefined }> {
  const response = await fetch(`${service.url}/dicom-web/studies${path}`, {
    method: 'POST',
    headers: { Cookie: await begin(session), 'Sec-Fetch-Site': 'same-origin', 'Content-Type': type },
    body: new Uint8Array(body),
  });
  const answer = (await response.json()) as { issue?: { details: { text: string }; diagnostics: string }[] };
  return { status: response.status, code: answer.issue?.[0]?.details.text, text: answer.issue?.[0]?.diagnostics };
}

/** Series of a study that the archive holds. */
const held = async (study: string) =>
  (await panel.dicomweb.searchSeries(study)).map((row) => textOf(row, 'SeriesInstanceUID'));

describe('what a session may store', () => {
  it('an outline of its own study is stored as it was sent', async () => {
    const file = outline('801');
    expect(await store(multipart([file]))).toMatchObject({ status: 200 });
    expect(await held(own)).toContain('2.25.801');
    const found = await panel.dicomweb.retrieveInstance({
      StudyInstanceUID: own,
      SeriesInstanceUID: '2.25.801',
      SOPInstanceUID: '2.25.8011',
    });
    const [before] = editedPixels(file);
    expect(found.pixelData).toEqual(before);
  });

  it('the same at the address of its study', async () => {
    expect(await store(multipart([outline('802')]), { path: `/${own}` })).toMatchObject({ status: 200 });
    expect(await held(own)).toContain('2.25.802');
  });

  it.each<[string, () => Buffer, Wish, number, string]>([
    ['of a foreign study', () => multipart([moved('811')]), {}, 403, 'VIEWER_FORBIDDEN'],
    [
      'of a foreign study behind a good one',
      () => multipart([outline('812'), moved('813')]),
      {},
      403,
      'VIEWER_FORBIDDEN',
    ],
    [
      'of its study at the address of another',
      () => multipart([outline('814')]),
      { path: `/${foreign}` },
      403,
      'VIEWER_FORBIDDEN',
    ],
    [
      'of a study that the session does not name',
      () => multipart([outline('815')]),
      { session: { studies: ['1.2.9'] } },
      403,
      'VIEWER_FORBIDDEN',
    ],
    [
      'with the PatientID of another patient',
      () =>
        multipart([
          outline('816', (dataset) => {
            dataset.PatientID = 'X';
          }),
        ]),
      {},
      403,
      'VIEWER_FORBIDDEN',
    ],
    [
      'that is an image',
      () =>
        multipart([
          outline('817', (dataset) => {
            dataset.SOPClassUID = '1.2.840.10008.5.1.4.1.1.2';
          }),
        ]),
      {},
      403,
      'VIEWER_FORBIDDEN',
    ],
    ['that names a second study', () => multipart([twice(outline('818'))]), {}, 422, 'DICOM_INVALID'],
    ['that is no DICOM', () => multipart([Buffer.from('abc')]), {}, 422, 'DICOM_INVALID'],
    ['as a part of another kind', () => multipart([outline('819')], 'text/plain'), {}, 400, 'HTTP_REQUEST_INVALID'],
    [
      'in a message that breaks off',
      () => multipart([outline('820')]).subarray(0, -30),
      {},
      400,
      'HTTP_REQUEST_INVALID',
    ],
    ['in a message without a part', () => Buffer.from('--B--\r\n'), {}, 400, 'HTTP_REQUEST_INVALID'],
    [
      'without a boundary',
      () => multipart([outline('821')]),
      { type: 'multipart/related; type="application/dicom"' },
      415,
      'HTTP_MEDIA_TYPE',
    ],
    ['not as multipart', () => Buffer.from(outline('822')), { type: 'application/dicom' }, 415, 'HTTP_MEDIA_TYPE'],
  ])('an object %s is refused, and nothing goes to the archive', async (_, body, wish, status, code) => {
    const before = [await held(own), await held(foreign)];
    const answer = await store(body(), wish);
    expect(answer).toMatchObject({ status, code });
    expect(forwarded).toEqual([]);
    expect([await held(own), await held(foreign)]).toEqual(before);
  });

  it('what stands between and behind the parts does not reach the archive', async () => {
    // For a reader that takes the last delimiter of this message the foreign object is a part.
    const hidden = multipart([moved('831')]);
    const body = Buffer.concat([hidden, multipart([outline('830')]), hidden]);
    const quoted = { type: 'multipart/related; type="application/dicom"; boundary=B; boundary=C' };
    const answer = await store(body.subarray(hidden.length), quoted);
    expect(answer.status).toBe(200);
    expect(await held(foreign)).not.toContain('2.25.831');
    expect(await held(own)).toContain('2.25.830');
  });
});

/** The outline in another patient's study, as that patient's. */
function moved(uid: string): Uint8Array {
  let header: NaturalDataset = {};
  editDicom(foreignImage, (dataset) => {
    header = dataset;
  });
  return outline(uid, (dataset) => {
    dataset.StudyInstanceUID = foreign;
    dataset.PatientID = header.PatientID;
  });
}

/** The StudyInstanceUID of another study before the file's own. */
function twice(file: Uint8Array): Uint8Array {
  const bytes = Buffer.from(file);
  const at = bytes.indexOf(Buffer.from([0x20, 0, 0x0d, 0, 0x55, 0x49]));
  const value = Buffer.from(foreign.length % 2 === 0 ? foreign : `${foreign}\0`, 'latin1');
  const element = Buffer.concat([Buffer.from([0x20, 0, 0x0d, 0, 0x55, 0x49, value.length, 0]), value]);
  return Buffer.concat([bytes.subarray(0, at), element, bytes.subarray(at)]);
}

function editedPixels(file: Uint8Array): Uint8Array[] {
  const pixels: Uint8Array[] = [];
  editDicom(file, ({ PixelData }) => {
    pixels.push(new Uint8Array((PixelData as [ArrayBuffer])[0]));
  });
  return pixels;
}
