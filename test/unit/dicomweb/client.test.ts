import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { createDicomwebClient } from '../../../src/dicomweb/client.ts';
import { smallSlice, writeDicom } from '../../helpers/dicom-objects.ts';
import { freePort, listenOnLoopback } from '../../helpers/loopback.ts';

type Handler = (request: IncomingMessage, response: ServerResponse) => void;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(handler: Handler): Promise<string> {
  const { url, close } = await listenOnLoopback(createServer(handler));
  closing.push(close);
  return `${url}/dicom-web`;
}

const answer =
  (status: number, body: string | Uint8Array = '', type = 'application/dicom+json', headers = {}): Handler =>
  (_, response) => {
    response.writeHead(status, { 'Content-Type': type, ...headers }).end(body);
  };
const search = (url: string, options = {}) =>
  createDicomwebClient({ url, ...options }).searchStudies({ PatientID: 'SECRET-ID' });
const address = { StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.2', SOPInstanceUID: '1.2.3.2.1' };
const multipart = (file: Uint8Array, tail = '\r\n--B--') =>
  Buffer.concat([Buffer.from('--B\r\nContent-Type: application/dicom\r\n\r\n'), file, Buffer.from(tail)]);
const multipartType = 'multipart/related; type="application/dicom"; boundary=B';

describe('a connection that breaks before its answer', () => {
  async function broken(times: number): Promise<{ url: string; calls: () => number }> {
    let calls = 0;
    const url = await serve((request, response) => {
      calls += 1;
      if (calls <= times) request.socket.destroy();
      else response.writeHead(200, { 'Content-Type': 'application/dicom+json' }).end('[]');
    });
    return { url, calls: () => calls };
  }

  it('is tried once more: archives close idle connections just when they are used again', async () => {
    const { url, calls } = await broken(1);
    expect(await search(url)).toEqual([]);
    expect(calls()).toBe(2);
  });

  it('is an unreachable archive when it breaks again', async () => {
    const { url, calls } = await broken(2);
    await expect(search(url)).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(calls()).toBe(2);
  });
});

describe('searchStudies', () => {
  it.each<[string, Handler, string, RegExp]>([
    ['401', answer(401), 'PACS_REFUSED', /HTTP 401/],
    ['403', answer(403), 'PACS_REFUSED', /HTTP 403/],
    ['404', answer(404), 'PACS_RESPONSE_INVALID', /HTTP 404/],
    ['500', answer(500, 'Traceback'), 'PACS_RESPONSE_INVALID', /HTTP 500/],
    ['503', answer(503), 'PACS_UNREACHABLE', /HTTP 503/],
    ['a web page', answer(200, '<html>login</html>', 'text/html'), 'PACS_RESPONSE_INVALID', /not DICOM JSON/],
    ['other JSON', answer(200, '{"studies":[]}'), 'PACS_RESPONSE_INVALID', /not DICOM JSON/],
    ['JSON with other keys', answer(200, '[{"PatientID":"x"}]'), 'PACS_RESPONSE_INVALID', /not DICOM JSON/],
    [
      'a sequence of nothing',
      answer(200, '[{"00081115":{"vr":"SQ","Value":[null]}}]'),
      'PACS_RESPONSE_INVALID',
      /not DICOM JSON/,
    ],
    ['nothing at all', answer(200), 'PACS_RESPONSE_INVALID', /not DICOM JSON/],
    ['a multipart message', answer(200, 'no parts', multipartType), 'PACS_RESPONSE_INVALID', /multipart/],
  ])('an archive that answers %s', async (_, handler, code, message) => {
    const url = await serve(handler);
    const error: unknown = await search(url).catch((cause) => cause);
    expect(error).toMatchObject({ code, message: expect.stringMatching(message) });
    expect(String((error as { subject: string }).subject)).not.toContain('SECRET-ID');
  });

  it('an archive that is not there: PACS_UNREACHABLE, without the query in the message', async () => {
    const error = await search(`http://127.0.0.1:${await freePort()}/dicom-web`).catch((cause) => cause);
    expect(error).toMatchObject({ code: 'PACS_UNREACHABLE' });
    expect(`${error.subject} ${error.message}`).not.toContain('SECRET-ID');
  });

  it('an archive that never answers: PACS_UNREACHABLE after the time-out', async () => {
    const url = await serve(() => undefined);
    await expect(search(url, { timeoutMs: 200 })).rejects.toMatchObject({
      code: 'PACS_UNREACHABLE',
      message: expect.stringContaining('0.2 s'),
    });
  });

  it('an answer that stalls half way: PACS_UNREACHABLE after the time-out', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/dicom+json', 'Content-Length': '1000' }).write('[');
    });
    await expect(search(url, { timeoutMs: 200 })).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
  });

  it('an answer that breaks off: PACS_UNREACHABLE', async () => {
    const url = await serve((_, response) => {
      response.writeHead(200, { 'Content-Type': 'application/dicom+json', 'Content-Length': '1000' });
      response.write('[', () => response.destroy());
    });
    await expect(search(url)).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
  });

  it('a redirect is not followed, so the token goes nowhere else', async () => {
    const seen: unknown[] = [];
    const elsewhere = await serve((request, response) => {
      seen.push(request.headers.authorization);
      response.end('[]');
    });
    const url = await serve(answer(302, '', 'text/html', { Location: elsewhere }));
    await expect(search(url, { headers: { Authorization: 'Bearer token' } })).rejects.toMatchObject({
      code: 'PACS_RESPONSE_INVALID',
      message: expect.stringContaining('redirects are not followed'),
    });
    expect(seen).toEqual([]);
  });

  it('sends the configured headers and an encoded query; 204 is no match', async () => {
    const seen: (string | undefined)[] = [];
    const url = await serve((request, response) => {
      seen.push(request.url, request.headers.authorization);
      response.writeHead(204).end();
    });
    const client = createDicomwebClient({ url: `${url}/`, headers: { Authorization: 'Bearer token' } });
    expect(await client.searchStudies({ PatientID: 'A&B=C/Ü' })).toEqual([]);
    expect(seen[0]).toMatch(/^\/dicom-web\/studies\?PatientID=A%26B%3DC%2F%C3%9C&/);
    expect(seen[1]).toBe('Bearer token');
  });

  it('asks page after page, also of an archive that gives fewer at once, and stops at one that ignores the offset', async () => {
    const row = (uid: number) => ({ '0020000D': { vr: 'UI', Value: [`1.${uid}`] } });
    const all = Array.from({ length: 450 }, (_, uid) => row(uid));
    const paging = await serve((request, response) => {
      const offset = Number(new URL(request.url ?? '', 'http://x').searchParams.get('offset'));
      response.end(JSON.stringify(all.slice(offset, offset + 200)));
    });
    expect(await search(paging)).toHaveLength(450);
    const limited = await serve((request, response) => {
      const offset = Number(new URL(request.url ?? '', 'http://x').searchParams.get('offset'));
      response.end(JSON.stringify(all.slice(offset, offset + 100)));
    });
    expect(await search(limited)).toHaveLength(450);
    const ignoring = await serve((_, response) => {
      response.end(JSON.stringify(all));
    });
    expect(await search(ignoring)).toHaveLength(450);
  });
});

describe('retrieval', () => {
  const slice = writeDicom(smallSlice(0));
  const retrieve = async (handler: Handler) =>
    createDicomwebClient({ url: await serve(handler) }).retrieveInstance(address);

  it('asks for the stored bytes first and takes a converted copy where they cannot be read', async () => {
    const asked: (string | undefined)[] = [];
    const compressed = writeDicom(smallSlice(0), '1.2.840.10008.1.2.4.110');
    const instance = await retrieve((request, response) => {
      asked.push(request.headers.accept);
      const stored = request.headers.accept?.includes('transfer-syntax=*') === true;
      response.writeHead(200, { 'Content-Type': multipartType }).end(multipart(stored ? compressed : slice));
    });
    expect(instance.TransferSyntaxUID).toBe('1.2.840.10008.1.2.1');
    expect(asked).toEqual([
      'multipart/related; type="application/dicom"; transfer-syntax=*',
      'multipart/related; type="application/dicom"',
    ]);
  });

  it('an archive that cannot convert: the stored transfer syntax is named', async () => {
    const compressed = writeDicom(smallSlice(0), '1.2.840.10008.1.2.4.110');
    const result = retrieve((request, response) => {
      const stored = request.headers.accept?.includes('transfer-syntax=*') === true;
      response.writeHead(stored ? 200 : 500, { 'Content-Type': multipartType }).end(multipart(compressed));
    });
    await expect(result).rejects.toMatchObject({
      code: 'TRANSFER_SYNTAX_UNSUPPORTED',
      message: expect.stringContaining('JPEG XL Lossless (1.2.840.10008.1.2.4.110)'),
    });
  });

  it.each<[string, Handler, string]>([
    ['no multipart message', answer(200, 'x', multipartType), 'PACS_RESPONSE_INVALID'],
    ['an empty multipart message', answer(200, '--B--\r\n\r\n', multipartType), 'PACS_RESPONSE_INVALID'],
    ['a cut object', answer(200, multipart(slice.subarray(0, slice.length - 4)), multipartType), 'DICOM_INVALID'],
    ['another instance', answer(200, multipart(writeDicom(smallSlice(1))), multipartType), 'PACS_RESPONSE_INVALID'],
    ['a web page', answer(200, '<html></html>', 'text/html'), 'DICOM_INVALID'],
  ])('%s is refused', async (_, handler, code) => {
    await expect(retrieve(handler)).rejects.toMatchObject({ code });
  });

  it('a UID that would lead to another address is not asked for', async () => {
    const client = createDicomwebClient({ url: await serve(answer(200, '[]')) });
    const wrong = { ...address, SOPInstanceUID: '1.2/../../admin' };
    await expect(client.retrieveInstance(wrong)).rejects.toMatchObject({
      code: 'PACS_RESPONSE_INVALID',
      subject: 'UID',
    });
    await expect(client.searchSeries('..')).rejects.toMatchObject({ subject: 'UID' });
    await expect(client.searchSeries('1.2?x=y')).rejects.toMatchObject({ subject: 'UID' });
  });

  it('a series of which fewer instances are listed than it has is refused', async () => {
    const client = createDicomwebClient({
      url: await serve((request, response) => {
        const instances = request.url?.includes('/instances') === true;
        const row = instances
          ? { '00080018': { vr: 'UI', Value: ['1.2.3.2.1'] } }
          : { '0020000E': { vr: 'UI', Value: ['1.2.3.2'] }, '00201209': { vr: 'IS', Value: [4] } };
        response.end(JSON.stringify([row]));
      }),
    });
    await expect(client.retrieveSeries('1.2.3.1', '1.2.3.2')).rejects.toMatchObject({
      code: 'PACS_RESPONSE_INVALID',
      message: expect.stringContaining('1 of 4 instances'),
    });
  });
});

describe('storeInstances', () => {
  const store = async (handler: Handler) =>
    createDicomwebClient({ url: await serve(handler) }).storeInstances([writeDicom(smallSlice(0))]);

  it('an object that was not stored is an error that names it and the reason', async () => {
    const failed = {
      '00081198': {
        vr: 'SQ',
        Value: [{ '00081155': { vr: 'UI', Value: ['1.2.3.2.1'] }, '00081197': { vr: 'US', Value: [0xa700] } }],
      },
    };
    await expect(store(answer(202, JSON.stringify(failed)))).rejects.toMatchObject({
      code: 'PACS_RESPONSE_INVALID',
      subject: '1.2.3.2.1',
      message: expect.stringContaining('reason a700'),
    });
  });

  it('an empty list of failures is success', async () => {
    await store(answer(200, JSON.stringify({ '00081198': { vr: 'SQ' }, '00081199': { vr: 'SQ', Value: [{}] } })));
  });

  it('an answer that is no DICOM JSON is not taken for success', async () => {
    await expect(store(answer(200, 'stored', 'text/plain'))).rejects.toMatchObject({ code: 'PACS_RESPONSE_INVALID' });
  });
});
