import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dicomFilesUnder } from '../../dicomweb/dicom-folder.ts';
import { isUid } from '../../dicomweb/instance-address.ts';
import { parsePart10 } from '../../dicomweb/part10.ts';
import { DicomError } from '../../errors.ts';
import { type JsonDataset, toDicomJson } from './dicom-json-elements.ts';

/** One stored object: where its file is, and what queries look at. */
export interface StoredInstance {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
  readonly SOPClassUID: string;
  readonly TransferSyntaxUID: string;
  readonly file: string;
  /** Top-level attributes but for sequences and binary values. */
  readonly attributes: JsonDataset;
}

/** DICOM files in a folder with an index in memory. */
export interface Archive {
  /** In order of study, series and instance as first indexed or stored. */
  instances(): readonly StoredInstance[];
  /** Files of the folder that are DICOM but can't be read. */
  readonly skippedFiles: readonly string[];
  /**
   * What a Part 10 file is, without storing it.
   *
   * @throws DicomError `DICOM_INVALID` if it can't be read or has no valid UIDs.
   */
  describe(bytes: Uint8Array): StoredInstance;
  /** Stores a Part 10 file under what `describe` said of it; an object that is there already stays as it is. */
  store(described: StoredInstance, bytes: Uint8Array): Promise<StoredInstance>;
}

/**
 * Opens a folder as an archive, with whatever DICOM files are in it; it is made if it is not there.
 *
 * @throws DicomError `FILE_UNREADABLE` if the folder can't be read.
 */
export async function openArchive(folder: string): Promise<Archive> {
  await mkdir(folder, { recursive: true });
  await removeUnfinished(folder);
  const index = new Map<string, StoredInstance>();
  const skippedFiles: string[] = [];
  for (const file of await dicomFilesUnder(folder)) {
    try {
      const instance = describe(await readFile(file), file);
      index.set(instance.SOPInstanceUID, instance);
    } catch (error) {
      if (!(error instanceof DicomError)) throw error;
      skippedFiles.push(file);
    }
  }
  return {
    instances: () => [...index.values()],
    skippedFiles,
    describe: (bytes) => describe(bytes, 'stored object'),
    async store(described, bytes) {
      const existing = index.get(described.SOPInstanceUID);
      if (existing !== undefined) return existing;
      const target = path.join(folder, described.StudyInstanceUID, described.SeriesInstanceUID);
      await mkdir(target, { recursive: true });
      const instance = { ...described, file: path.join(target, `${described.SOPInstanceUID}.dcm`) };
      // A reader never sees half a file: it appears under its name when it is complete.
      const unfinished = `${instance.file}.${randomUUID()}.part`;
      await writeFile(unfinished, bytes, { flush: true });
      await rename(unfinished, instance.file);
      index.set(instance.SOPInstanceUID, instance);
      return instance;
    },
  };
}

/** What `store` leaves behind when the machine stops in the middle of it; no other file is touched. */
const unfinishedName = /\.dcm\.[0-9a-f-]{36}\.part$/;

async function removeUnfinished(folder: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries) {
    if (entry.isFile() && unfinishedName.test(entry.name)) await rm(path.join(entry.parentPath, entry.name));
  }
}

function describe(bytes: Uint8Array, file: string): StoredInstance {
  const { meta, dict } = parsePart10(bytes, file);
  const all = toDicomJson(dict, '');
  const uid = (tag: string) => {
    const value = String(all[tag]?.Value?.[0] ?? '');
    if (!isUid(value)) throw new DicomError('DICOM_INVALID', file, `(${tag}) is not a UID: export the object again`);
    return value;
  };
  return {
    StudyInstanceUID: uid('0020000D'),
    SeriesInstanceUID: uid('0020000E'),
    SOPInstanceUID: uid('00080018'),
    SOPClassUID: uid('00080016'),
    TransferSyntaxUID: String(meta['00020010']?.Value?.[0] ?? '').replaceAll('\0', ''),
    file,
    attributes: Object.fromEntries(
      Object.entries(all).filter(
        ([, { vr, InlineBinary, BulkDataURI }]) =>
          vr !== 'SQ' && InlineBinary === undefined && BulkDataURI === undefined,
      ),
    ),
  };
}
