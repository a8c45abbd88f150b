import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startDicomwebServer } from '../../src/demo/dicomweb-server.ts';
import { createDicomwebClient, type DicomwebClient } from '../../src/dicomweb/client.ts';
import { findImaging } from '../../src/dicomweb/find-imaging.ts';
import { readInstance } from '../../src/dicomweb/instance.ts';
import { retrieveSegment, retrieveVolume } from '../../src/dicomweb/retrieve-imaging.ts';
import { loadSegmentTable } from '../../src/dicomweb/segment-table.ts';
import { loadSeriesRules } from '../../src/dicomweb/series-rules.ts';
import { buildVolume } from '../../src/dicomweb/series-volume.ts';
import { replaceTexts } from '../helpers/dicom-compression.ts';
import { smallSeg, smallSeries, smallSlice, writeDicom } from '../helpers/dicom-objects.ts';
import { dicomCases, imageFiles, largestVoxelDifference, nrrdOf, segFile } from '../helpers/dicom-oracles.ts';
import { hasOracles, oracleBytes, oracleJson, oracleSkipReason } from '../helpers/oracles.ts';
import { orthancAvailable, orthancSkipReason, startOrthanc } from '../helpers/orthanc.ts';

const mappings = fileURLToPath(new URL('../../mappings', import.meta.url));
const rules = { seriesRules: loadSeriesRules(mappings), segments: loadSegmentTable(mappings) };

const transferSyntaxes = [
  '1.2.840.10008.1.2',
  '1.2.840.10008.1.2.1',
  '1.2.840.10008.1.2.1.99',
  '1.2.840.10008.1.2.2',
  '1.2.840.10008.1.2.4.57',
  '1.2.840.10008.1.2.4.70',
  '1.2.840.10008.1.2.4.80',
  '1.2.840.10008.1.2.4.90',
  '1.2.840.10008.1.2.5',
];

/** The slices of all syntaxes have the same UIDs, under this root. */
const root = '1.2.826.0.1.3680043.8.498.';
const distinct = (uid: unknown, number: number) => String(uid).replace(root, `${root.slice(0, -4)}${500 + number}.`);

async function startEmbedded() {
  const folder = mkdtempSync(path.join(tmpdir(), 'deltascope-dicomweb-'));
  const server = await startDicomwebServer({ folder });
  return {
    url: server.url,
    async close() {
      await server.close();
      rmSync(folder, { recursive: true });
    },
  };
}

const servers = [
  { name: 'the embedded server', start: startEmbedded, available: true },
  { name: `a real Orthanc (${orthancSkipReason})`, start: () => startOrthanc(), available: orthancAvailable() },
];

describe.each(servers)('DICOMweb on $name', ({ start, available }) => {
  let server: { url: string; close(): Promise<void> };
  let client: DicomwebClient;
  const seg = writeDicom(smallSeg([{ z: 2, pixels: [[1, 1]] }]));

  beforeAll(async () => {
    if (!available) return;
    server = await start();
    client = createDicomwebClient({ url: server.url });
    await client.storeInstances([...smallSeries(), seg]);
  });
  afterAll(async () => {
    if (available) await server.close();
  });

  describe.skipIf(!available)('small series', () => {
    it('an unknown patient has no studies, an empty answer and not an error', async () => {
      expect(await client.searchStudies({ PatientID: 'NOBODY' })).toEqual([]);
      await expect(findImaging(client, ['NOBODY'], rules)).rejects.toMatchObject({ code: 'IMAGING_NO_CT' });
    });

    it('studies and series come with what the search for imaging needs', async () => {
      const [study, ...others] = await client.searchStudies({ PatientID: 'SMALL' });
      expect(others).toEqual([]);
      expect(study).toMatchObject({
        StudyInstanceUID: '1.2.3.1',
        PatientID: 'SMALL',
        StudyDate: '20260102',
        StudyDescription: 'CT chest',
        ModalitiesInStudy: ['CT', 'SEG'],
        NumberOfStudyRelatedSeries: 2,
        NumberOfStudyRelatedInstances: 5,
      });
      const series = await client.searchSeries('1.2.3.1');
      expect(series.find(({ Modality }) => Modality === 'CT')).toMatchObject({
        SeriesInstanceUID: '1.2.3.2',
        SeriesDescription: 'Chest venous phase',
        BodyPartExamined: 'CHEST',
        NumberOfSeriesRelatedInstances: 4,
      });
      const instances = await client.searchInstances('1.2.3.1', '1.2.3.2');
      expect(instances.map(({ SOPInstanceUID }) => SOPInstanceUID).sort()).toEqual(
        [1, 2, 3, 4].map((n) => `1.2.3.2.${n}`),
      );
    });

    it('queries match by attribute and are cut by limit and offset', async () => {
      const count = async (query: string) => {
        const answer = await fetch(`${server.url}/${query}`, {
          headers: { accept: 'application/dicom+json', connection: 'close' },
        });
        expect(answer.status).toBe(200);
        return ((await answer.json()) as unknown[]).length;
      };
      expect(await count('studies?StudyInstanceUID=1.2.3.1')).toBe(1);
      expect(await count('studies?0020000D=1.2.3.9')).toBe(0);
      expect(await count('studies?StudyDate=20260101-20260103')).toBe(1);
      expect(await count('studies?StudyDate=20260103-')).toBe(0);
      expect(await count('studies?PatientName=Synth*')).toBe(1);
      expect(await count('series?Modality=SEG')).toBe(1);
      expect(await count('studies/1.2.3.1/instances')).toBe(5);
      expect(await count('studies/1.2.3.1/series/1.2.3.2/instances?limit=3')).toBe(3);
      expect(await count('studies/1.2.3.1/series/1.2.3.2/instances?limit=3&offset=3')).toBe(1);
    });

    it('metadata has every attribute of the file but pixel data', async () => {
      const [stored] = await client.seriesMetadata('1.2.3.1', '1.2.3.4');
      const { dataset } = await readInstance(seg, 'seg');
      for (const keyword of [
        'SOPInstanceUID',
        'PatientName',
        'Rows',
        'NumberOfFrames',
        'ReferencedSeriesSequence',
        'SegmentSequence',
        'SharedFunctionalGroupsSequence',
        'PerFrameFunctionalGroupsSequence',
      ]) {
        expect(JSON.parse(JSON.stringify(stored?.[keyword])), keyword).toEqual(
          JSON.parse(JSON.stringify(dataset[keyword])),
        );
      }
      expect(stored?.PixelData).toEqual({ BulkDataURI: expect.stringMatching(/^http:\/\/127\.0\.0\.1:/) });
      const address = { StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.2', SOPInstanceUID: '1.2.3.2.3' };
      expect(await client.instanceMetadata(address)).toMatchObject({ InstanceNumber: 3, SliceThickness: 2 });
    });

    it('frames are the pixel values, little endian', async () => {
      const answer = await fetch(`${server.url}/studies/1.2.3.1/series/1.2.3.2/instances/1.2.3.2.2/frames/1`, {
        headers: { accept: 'multipart/related; type="application/octet-stream"', connection: 'close' },
      });
      expect(answer.headers.get('content-type')).toMatch(/^multipart\/related; *type="application\/octet-stream/);
      const body = Buffer.from(await answer.arrayBuffer());
      const expected = Buffer.from(smallSlice(1).PixelData as Uint8Array);
      expect(body.includes(expected)).toBe(true);
    });

    it('storing the same objects again changes nothing', async () => {
      await client.storeInstances([...smallSeries(), seg]);
      expect(await client.searchInstances('1.2.3.1', '1.2.3.2')).toHaveLength(4);
    });

    it('imaging is found and retrieved, with progress', async () => {
      const { candidates } = await findImaging(client, ['SMALL'], rules);
      const made = { type: 'MANUAL', algorithm: null, author: null, date: '2026-01-02' };
      const mask = { ...made, segmentLabel: 'Primary tumour' };
      expect(candidates).toEqual([
        {
          StudyInstanceUID: '1.2.3.1',
          SeriesInstanceUID: '1.2.3.2',
          segSeriesInstanceUID: '1.2.3.4',
          segSOPInstanceUID: '1.2.3.4.1',
          segmentNumber: 1,
          studyDate: '2026-01-02',
          phase: 'venous',
          phaseReason: "SeriesDescription 'Chest venous phase'",
          SeriesDescription: 'Chest venous phase',
          ConvolutionKernel: null,
          mask,
          lesions: [
            {
              ...{ primary: true, kind: 'primary-tumour', TrackingID: null, TrackingUID: null, site: null },
              type: { value: '86049000', scheme: 'SCT', meaning: 'Neoplasm, Primary' },
              ...{ segSeriesInstanceUID: '1.2.3.4', segSOPInstanceUID: '1.2.3.4.1', segmentNumber: 1, mask },
            },
          ],
        },
      ]);
      const shares: number[] = [];
      const series = await retrieveVolume(client, candidates[0]!, (share) => shares.push(share));
      const segment = await retrieveSegment(client, series, candidates[0]!);
      expect(series.volume.dims).toEqual([5, 3, 4]);
      expect([...segment.mask.voxels].indexOf(1)).toBe(1 + 5 * (1 + 3 * 2));
      expect(shares).toEqual([0.25, 0.5, 0.75, 1]);
    });

    it('what is not there is PACS_RESPONSE_INVALID', async () => {
      const address = { StudyInstanceUID: '1.2.3.1', SeriesInstanceUID: '1.2.3.2', SOPInstanceUID: '1.2.3.2.99' };
      await expect(client.retrieveInstance(address)).rejects.toMatchObject({ code: 'PACS_RESPONSE_INVALID' });
    });

    it('bytes that are no DICOM object are not stored, and the client says so', async () => {
      await expect(client.storeInstances([Buffer.from('not DICOM')])).rejects.toMatchObject({
        code: 'PACS_RESPONSE_INVALID',
      });
    });
  });

  describe.skipIf(!available || !hasOracles)(`reference data (${oracleSkipReason})`, () => {
    const [lung1] = dicomCases;

    it('lung-pat1 stored, found and retrieved equals its NRRD voxel for voxel, image and mask', async () => {
      await client.storeInstances([...imageFiles(lung1), segFile(lung1)]);
      const {
        candidates: [candidate],
      } = await findImaging(client, ['LUNG1'], rules);
      expect(candidate).toMatchObject({ studyDate: '2016-08-04', phase: 'unknown', segmentNumber: 1 });
      const series = await retrieveVolume(client, candidate!);
      const segment = await retrieveSegment(client, series, candidate!);
      const expected = nrrdOf(lung1);
      expect(largestVoxelDifference(series.volume, expected.volume)).toBe(0);
      expect(largestVoxelDifference(segment.mask, expected.mask)).toBe(0);
      expect(segment.SegmentLabel).toBe('GTV-1');
    });

    it('an implicit little endian series comes back as stored', async () => {
      const [, original] = dicomCases;
      await client.storeInstances(imageFiles(original));
      const [study] = await client.searchStudies({ PatientID: '1' });
      const uid = String(study?.StudyInstanceUID);
      const [ct] = await client.searchSeries(uid);
      const instances = await client.retrieveSeries(uid, String(ct?.SeriesInstanceUID));
      expect(new Set(instances.map(({ TransferSyntaxUID }) => TransferSyntaxUID))).toEqual(
        new Set(['1.2.840.10008.1.2']),
      );
      expect(largestVoxelDifference(buildVolume(instances).volume, nrrdOf(original).volume)).toBe(0);
    });

    it.each(transferSyntaxes)('three slices and their SEG stored as %s come back as they were', async (uid) => {
      const expected = oracleJson<Record<string, { pixel_sha256_little_endian_u16: string; files: string[] }>>(
        'radiomics/transfer-syntaxes/expected.json',
      );
      const ending = `_${uid.replace('1.2.840.10008.', '')}.dcm`;
      const slices = Object.values(expected).map(({ files, pixel_sha256_little_endian_u16: hash }) => {
        const file = files.find((name) => name.endsWith(ending))!;
        return { bytes: oracleBytes(`radiomics/transfer-syntaxes/${file}`), hash };
      });
      const number = transferSyntaxes.indexOf(uid);
      await client.storeInstances(slices.map(({ bytes }) => replaceTexts(bytes, { [root]: distinct(root, number) })));
      const { dataset } = await readInstance(slices[0]!.bytes, 'slice');
      const instances = await client.retrieveSeries(
        distinct(dataset.StudyInstanceUID, number),
        distinct(dataset.SeriesInstanceUID, number),
      );
      expect(instances.map(({ TransferSyntaxUID }) => TransferSyntaxUID)).toEqual([uid, uid, uid]);
      const hashes = instances.map(({ pixelData }) => createHash('sha256').update(pixelData!).digest('hex'));
      expect(hashes.sort()).toEqual(slices.map(({ hash }) => hash).sort());
    });

    it('a deflated SEG comes back with its bits', async () => {
      const folder = 'radiomics/transfer-syntaxes';
      const [stored, plain] = [`${folder}/seg_deflated_1.2.1.99.dcm`, `${folder}/seg_explicit-le_1.2.1.dcm`];
      const { dataset, pixelData } = await readInstance(oracleBytes(plain), plain);
      await client.storeInstances([replaceTexts(oracleBytes(stored), { [root]: distinct(root, 50) })]);
      const [seg] = await client.retrieveSeries(
        distinct(dataset.StudyInstanceUID, 50),
        distinct(dataset.SeriesInstanceUID, 50),
      );
      expect(seg?.TransferSyntaxUID).toBe('1.2.840.10008.1.2.1.99');
      expect(Buffer.compare(seg!.pixelData!, pixelData!)).toBe(0);
    });
  });
});
