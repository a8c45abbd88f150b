import { open, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { DicomError } from '../errors.ts';
import { textOf } from './dataset.ts';
import { type DicomInstance, readInstance } from './instance.ts';
import { hasPreamble } from './part10.ts';

/** Modalities that are images to compute features from; a folder may hold SEG, RTSTRUCT or reports beside them. */
const imageModalities: readonly string[] = ['CT', 'MR', 'PT'];

/**
 * Reads the one image series under a folder, with its subfolders. Files that are not DICOM, and DICOM objects that are
 * not images, are passed over.
 *
 * @throws DicomError `FILE_UNREADABLE` if the folder can't be read, `SERIES_EMPTY` if no image is in it,
 *   `SERIES_MIXED_GEOMETRY` listing the series if there are several, `DICOM_INVALID` or `TRANSFER_SYNTAX_UNSUPPORTED`
 *   for a file that can't be read.
 */
export async function readDicomFolder(folder: string): Promise<DicomInstance[]> {
  const images: DicomInstance[] = [];
  for (const file of await dicomFilesUnder(folder)) {
    const instance = await readInstance(await readFile(file), path.relative(folder, file));
    if (imageModalities.includes(instance.Modality)) images.push(instance);
  }
  if (images.length === 0) {
    throw new DicomError('SERIES_EMPTY', folder, 'no DICOM image is in this folder: give the folder of the CT series');
  }
  refuseSeveralSeries(images, folder);
  return images;
}

function refuseSeveralSeries(images: readonly DicomInstance[], folder: string): void {
  const series = new Map<string, { description: string; count: number }>();
  for (const { dataset } of images) {
    const uid = textOf(dataset, 'SeriesInstanceUID') ?? '';
    const description = textOf(dataset, 'SeriesDescription') ?? '';
    series.set(uid, { description, count: (series.get(uid)?.count ?? 0) + 1 });
  }
  if (series.size === 1) return;
  const list = [...series].map(([uid, { description, count }]) => `${uid} "${description}" ${count} images`);
  const text = `there are ${series.size} series (${list.join('; ')}): put each into a folder of its own`;
  throw new DicomError('SERIES_MIXED_GEOMETRY', folder, text);
}

/**
 * Paths of the DICOM files under a folder, with its subfolders, sorted.
 *
 * @throws DicomError `FILE_UNREADABLE` if the folder can't be read.
 */
export async function dicomFilesUnder(folder: string): Promise<string[]> {
  try {
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    const files = entries
      .filter((entry) => entry.isFile() && entry.name !== 'DICOMDIR')
      .map((entry) => path.join(entry.parentPath, entry.name))
      .sort();
    const found: string[] = [];
    for (const file of files) if (await isDicomFile(file)) found.push(file);
    return found;
  } catch (cause) {
    throw new DicomError('FILE_UNREADABLE', folder, "the folder can't be read: check its path and its rights", {
      cause,
    });
  }
}

async function isDicomFile(file: string): Promise<boolean> {
  const handle = await open(file);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(160), 0, 160, 0);
    return hasPreamble(buffer.subarray(0, bytesRead));
  } finally {
    await handle.close();
  }
}
