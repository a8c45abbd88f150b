import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readDicomFolder } from '../../../src/dicomweb/dicom-folder.ts';
import { smallSeg, smallSeries, writeDicom } from '../../helpers/dicom-objects.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'deltascope-dicom-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const put = (name: string, bytes: Uint8Array | string) => {
  mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
  writeFileSync(path.join(folder, name), bytes);
};

describe('readDicomFolder', () => {
  it('reads the images of subfolders and passes over other files, DICOMDIR and segmentations', async () => {
    for (const [at, bytes] of smallSeries().entries()) put(`series/part${at % 2}/IM${at}`, bytes);
    put('readme.txt', 'not DICOM');
    put('empty.dcm', '');
    put('DICOMDIR', smallSeries()[0]!);
    put('seg.dcm', writeDicom(smallSeg([{ z: 0, pixels: [[0, 0]] }])));
    const instances = await readDicomFolder(folder);
    expect(instances.map(({ SOPInstanceUID }) => SOPInstanceUID).sort()).toEqual(
      [1, 2, 3, 4].map((n) => `1.2.3.2.${n}`),
    );
  });

  it('no image: SERIES_EMPTY', async () => {
    put('readme.txt', 'not DICOM');
    await expect(readDicomFolder(folder)).rejects.toMatchObject({ code: 'SERIES_EMPTY', subject: folder });
  });

  it('several series: an error that lists them', async () => {
    for (const [at, bytes] of smallSeries().entries()) put(`a${at}`, bytes);
    put('b', smallSeries(() => ({ SeriesInstanceUID: '9.9', SeriesDescription: 'Scout' }))[0]!);
    await expect(readDicomFolder(folder)).rejects.toMatchObject({
      code: 'SERIES_MIXED_GEOMETRY',
      message: expect.stringMatching(/2 series \(1\.2\.3\.2 "Chest venous phase" 4 images; 9\.9 "Scout" 1 images\)/),
    });
  });

  it('a cut file among the slices is not passed over', async () => {
    const files = smallSeries().map((bytes, at) => (at === 2 ? bytes.subarray(0, bytes.length - 3) : bytes));
    for (const [at, bytes] of files.entries()) put(`IM${at}`, bytes);
    await expect(readDicomFolder(folder)).rejects.toMatchObject({ code: 'DICOM_INVALID', subject: 'IM2' });
  });

  it('a folder that is not there: FILE_UNREADABLE', async () => {
    await expect(readDicomFolder(path.join(folder, 'no'))).rejects.toMatchObject({ code: 'FILE_UNREADABLE' });
  });
});
