import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type DicomwebServer, startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { createDicomwebClient } from '../../src/dicomweb/client.ts';
import { smallSeg, smallSeries, smallSlice, writeDicom } from '../helpers/dicom-objects.ts';

let folder: string;
let server: DicomwebServer;
beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'deltascope-dicomweb-server-'));
  server = await startDicomwebServer({ folder });
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
});

const client = () => createDicomwebClient({ url: server.url });
const files = () =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(folder, path.join(entry.parentPath, entry.name)))
    .sort();

/** fetch would tidy `..` out of the path before it is sent. */
function rawStatus(target: string): Promise<number | undefined> {
  const { hostname, port } = new URL(server.url);
  return new Promise((resolve, reject) => {
    request({ hostname, port, path: target }, (response) => {
      response.resume();
      resolve(response.statusCode);
    })
      .on('error', reject)
      .end();
  });
}

async function stow(parts: readonly { type: string; body: Uint8Array | string }[], study = '') {
  const body = Buffer.concat([
    ...parts.flatMap(({ type, body: bytes }) => [
      Buffer.from(`--B\r\nContent-Type: ${type}\r\n\r\n`),
      Buffer.from(bytes),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--B--'),
  ]);
  const answer = await fetch(`${server.url}/studies${study}`, {
    method: 'POST',
    headers: { 'content-type': 'multipart/related; type="application/dicom"; boundary="B"' },
    body,
  });
  const text = await answer.text();
  return { status: answer.status, json: JSON.parse(text) };
}
const dicom = (body: Uint8Array | string) => ({ type: 'application/dicom', body });
const status = async (target: string, headers: Record<string, string> = {}) => {
  const answer = await fetch(`${server.url}${target}`, { headers });
  await answer.arrayBuffer();
  return answer.status;
};

describe('what is stored', () => {
  it('survives a restart, file by file byte for byte', async () => {
    const series = smallSeries();
    await client().storeInstances(series);
    expect(files()).toEqual([1, 2, 3, 4].map((n) => `1.2.3.1/1.2.3.2/1.2.3.2.${n}.dcm`));
    await server.close();
    server = await startDicomwebServer({ folder });
    expect(await client().retrieveSeries('1.2.3.1', '1.2.3.2')).toHaveLength(4);
    expect(readFileSync(path.join(folder, files()[0]!)).equals(series[0]!)).toBe(true);
  });

  it('files put into the folder by others are served, in any layout; what is no DICOM is left alone', async () => {
    await server.close();
    mkdirSync(path.join(folder, 'a/b'), { recursive: true });
    writeFileSync(path.join(folder, 'a/b/IM1'), smallSeries()[0]!);
    writeFileSync(path.join(folder, 'readme.txt'), 'text');
    writeFileSync(path.join(folder, 'cut.dcm'), smallSeries()[1]!.subarray(0, 200));
    writeFileSync(path.join(folder, `1.2.dcm.${randomUUID()}.part`), 'left over from a crash');
    writeFileSync(path.join(folder, 'mine.part'), 'of somebody else');
    server = await startDicomwebServer({ folder });
    expect(await client().retrieveSeries('1.2.3.1', '1.2.3.2')).toHaveLength(1);
    expect(server.skippedFiles).toEqual([path.join(folder, 'cut.dcm')]);
    expect(files()).toEqual(['a/b/IM1', 'cut.dcm', 'mine.part', 'readme.txt']);
  });

  it('an object that is there stays as it is', async () => {
    const [first] = smallSeries();
    await client().storeInstances([first!]);
    await client().storeInstances([writeDicom(smallSlice(0, { SeriesInstanceUID: '9.9' }))]);
    expect(files()).toEqual(['1.2.3.1/1.2.3.2/1.2.3.2.1.dcm']);
  });
});

describe('STOW-RS', () => {
  const good = writeDicom(smallSlice(0));

  it('names what was stored and what was not', async () => {
    const { status: code, json } = await stow([dicom(good), dicom('garbage'), { type: 'text/plain', body: 'x' }]);
    expect(code).toBe(202);
    expect(json['00081199'].Value).toEqual([
      {
        '00081150': { vr: 'UI', Value: ['1.2.840.10008.5.1.4.1.1.2'] },
        '00081155': { vr: 'UI', Value: ['1.2.3.2.1'] },
        '00081190': { vr: 'UR', Value: [`${server.url}/studies/1.2.3.1/series/1.2.3.2/instances/1.2.3.2.1`] },
      },
    ]);
    expect(json['00081198'].Value).toEqual([
      { '00081197': { vr: 'US', Value: [0xc000] } },
      { '00081197': { vr: 'US', Value: [0xc000] } },
    ]);
  });

  it('refuses an object of another study than the one addressed', async () => {
    const { status: code, json } = await stow([dicom(good)], '/9.9');
    expect(code).toBe(409);
    expect(json['00081198'].Value[0]['00081155'].Value).toEqual(['1.2.3.2.1']);
    expect(files()).toEqual([]);
  });

  it.each([
    ['a path', '../../../../tmp/x'],
    ['dots', '..'],
    ['letters', 'abc'],
  ])('a UID that is %s is not stored anywhere', async (_, uid) => {
    for (const keyword of ['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID']) {
      const { status: code } = await stow([dicom(writeDicom(smallSlice(0, { [keyword]: uid })))]);
      expect(code).toBe(409);
    }
    expect(files()).toEqual([]);
  });

  it('refuses other content types, a missing boundary, and a message that breaks off', async () => {
    const post = async (type: string, body: string) => {
      const answer = await fetch(`${server.url}/studies`, { method: 'POST', headers: { 'content-type': type }, body });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await post('application/json', '{}')).toBe(415);
    expect(await post('multipart/related; type="application/dicom"', 'x')).toBe(415);
    expect(await post('multipart/related; boundary=B', '--B\r\nContent-Type: application/dicom\r\n\r\nabc')).toBe(400);
    expect(await post('multipart/related; boundary=B', 'no boundary here')).toBe(400);
    expect(files()).toEqual([]);
  });
});

describe('retrieval', () => {
  const instance = '/studies/1.2.3.1/series/1.2.3.2/instances/1.2.3.2.1';
  beforeEach(() => client().storeInstances([...smallSeries(), writeDicom(smallSeg([{ z: 0, pixels: [[0, 0]] }]))]));

  it('404 for what is not there, 400 for what is no UID, 406 for other media types', async () => {
    expect(await status('/studies/9.9')).toBe(404);
    expect(await status('/studies/9.9/metadata')).toBe(404);
    expect(await status('/nothing')).toBe(404);
    expect(await status('/studies/abc/metadata')).toBe(400);
    expect(await status(`/studies/${'1'.repeat(65)}/series`)).toBe(400);
    expect(await status(instance, { accept: 'image/jpeg' })).toBe(406);
    expect(await status(instance, { accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' })).toBe(
      200,
    );
    expect(await status('/studies?NoSuchAttribute=1')).toBe(400);
    expect(await status('/studies?limit=-1')).toBe(400);
  });

  it('no path leads out of the folder', async () => {
    writeFileSync(path.join(folder, '..', 'deltascope-secret.txt'), 'secret');
    for (const target of [
      '/dicom-web/studies/../../deltascope-secret.txt',
      '/dicom-web/studies/..%2F..%2Fdeltascope-secret.txt',
      '/dicom-web/studies/%2e%2e/series/%2e%2e/instances/..%2fdeltascope-secret.txt',
      '/../../etc/passwd',
    ]) {
      expect([400, 404], target).toContain(await rawStatus(target));
    }
    rmSync(path.join(folder, '..', 'deltascope-secret.txt'));
  });

  it('frames: only those that are there, only on byte boundaries, and the bulk data whole', async () => {
    expect(await status(`${instance}/frames/1`)).toBe(200);
    expect(await status(`${instance}/frames/2`)).toBe(404);
    expect(await status(`${instance}/frames/x`)).toBe(404);
    expect(await status('/studies/1.2.3.1/series/1.2.3.4/instances/1.2.3.4.1/frames/1')).toBe(406);
    const metadata = (await (await fetch(`${server.url}${instance}/metadata`)).json()) as [
      Record<string, { BulkDataURI?: string }>,
    ];
    const bulk = await fetch(metadata[0]['7FE00010']?.BulkDataURI ?? '');
    const body = Buffer.from(await bulk.arrayBuffer());
    expect(body.includes(Buffer.from(smallSlice(0).PixelData as Uint8Array))).toBe(true);
  });

  it('sends no permission for other origins', async () => {
    const answer = await fetch(`${server.url}/studies`, { headers: { origin: 'http://evil.example' } });
    await answer.arrayBuffer();
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

it('listens on this machine only', async () => {
  await expect(startDicomwebServer({ folder, host: '0.0.0.0' })).rejects.toMatchObject({ code: 'CONFIG_INVALID' });
});
