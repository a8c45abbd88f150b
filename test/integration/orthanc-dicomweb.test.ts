import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { data } from 'dcmjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type DicomwebServer, startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { createDicomwebClient } from '../../src/dicomweb/client.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { smallSeries } from '../helpers/dicom-objects.ts';
import { hasOracles, oracleBytes, oracleSkipReason } from '../helpers/oracles.ts';
import {
  basicAuthorization,
  type Orthanc,
  orthancAvailable,
  orthancSkipReason,
  startOrthanc,
} from '../helpers/orthanc.ts';

describe.skipIf(!orthancAvailable())(`Orthanc with a password (${orthancSkipReason})`, () => {
  let orthanc: Orthanc;
  const password = 'only-for-this-test';
  beforeAll(async () => {
    orthanc = await startOrthanc({ reader: password });
  });
  afterAll(() => orthanc.close());
  const clientWith = (headers: Record<string, string>) => createDicomwebClient({ url: orthanc.url, headers });

  it('refuses without and with a wrong password: PACS_REFUSED, and the password is in no message', async () => {
    for (const headers of [{}, { Authorization: basicAuthorization('reader', `${password}x`) }]) {
      const error = await clientWith(headers)
        .searchStudies({ PatientID: 'X' })
        .catch((cause) => cause);
      expect(error).toMatchObject({ code: 'PACS_REFUSED' });
      expect(`${error.message} ${error.subject} ${error.cause}`).not.toContain(password);
    }
    await expect(clientWith({}).storeInstances(smallSeries())).rejects.toMatchObject({ code: 'PACS_REFUSED' });
  });

  it('lets the configured header in', async () => {
    const client = clientWith({ Authorization: basicAuthorization('reader', password) });
    await client.storeInstances(smallSeries());
    expect(buildVolume(await client.retrieveSeries('1.2.3.1', '1.2.3.2')).volume.dims).toEqual([5, 3, 4]);
  });

  it.skipIf(!hasOracles)(`a JPEG-LS slice is decoded here, not by the archive (${oracleSkipReason})`, async () => {
    const client = clientWith({ Authorization: basicAuthorization('reader', password) });
    const folder = 'radiomics/transfer-syntaxes';
    await client.storeInstances([oracleBytes(`${folder}/ct0038_jpegls-lossless_1.2.4.80.dcm`)]);
    const [study] = await client.searchStudies({ PatientID: 'LUNG1' });
    const uid = String(study?.StudyInstanceUID);
    const [series] = await client.searchSeries(uid);
    const [instance] = await client.retrieveSeries(uid, String(series?.SeriesInstanceUID));
    expect(instance?.TransferSyntaxUID).toBe('1.2.840.10008.1.2.4.80');
    expect(instance?.pixelData).toHaveLength(2 * 201 * 204);
  });
});

describe.skipIf(!orthancAvailable() || !hasOracles)(
  `the embedded server beside Orthanc (${orthancSkipReason}; ${oracleSkipReason})`,
  () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-beside-'));
    let orthanc: Orthanc;
    let embedded: DicomwebServer;
    beforeAll(async () => {
      orthanc = await startOrthanc();
      embedded = await startDicomwebServer({ folder });
    });
    afterAll(async () => {
      await embedded.close();
      await orthanc.close();
      rmSync(folder, { recursive: true });
    });

    it.each([
      'lung-pat1/dicom/ct/CT0001.dcm',
      'lung-pat1/dicom/seg.dcm',
      'lung-pat1/dicom/rtstruct.dcm',
      'lung-pat1/original-dicom/DCM_IMG_00003.dcm',
      // Not brain1: there Orthanc answers 0 for a position of 1.4210854715e-14 in the file.
      'breast1/dicom/seg.dcm',
    ])('gives the same metadata of %s', async (file) => {
      const bytes = oracleBytes(`radiomics/${file}`);
      const { SOPInstanceUID, dataset } = describeFile(bytes);
      const resource = `/studies/${dataset.StudyInstanceUID}/series/${dataset.SeriesInstanceUID}/instances/${SOPInstanceUID}`;
      const answers = [];
      for (const { url } of [orthanc, embedded]) {
        await createDicomwebClient({ url }).storeInstances([bytes]);
        const headers = { accept: 'application/dicom+json', connection: 'close' };
        const [metadata] = (await (await fetch(`${url}${resource}/metadata`, { headers })).json()) as [object];
        // The address of the bulk data is each server's own affair.
        answers.push({ ...metadata, '7FE00010': undefined });
      }
      expect(answers[1]).toEqual(answers[0]);
    });
  },
);

function describeFile(bytes: Uint8Array) {
  const { dict } = data.DicomMessage.readFile(new Uint8Array(bytes).buffer);
  const dataset = data.DicomMetaDictionary.naturalizeDataset(dict);
  return { dataset, SOPInstanceUID: String(dataset.SOPInstanceUID) };
}

it.skipIf(!orthancAvailable())(`Orthanc that goes down: PACS_UNREACHABLE (${orthancSkipReason})`, async () => {
  const orthanc = await startOrthanc();
  const client = createDicomwebClient({ url: orthanc.url });
  expect(await client.searchStudies({ PatientID: 'X' })).toEqual([]);
  await orthanc.close();
  await expect(client.searchStudies({ PatientID: 'X' })).rejects.toMatchObject({ code: 'PACS_UNREACHABLE' });
});
