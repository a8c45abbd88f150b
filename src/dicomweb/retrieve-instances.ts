import PQueue from 'p-queue';
import { DicomError } from '../errors.ts';
import type { Perform } from './client-library.ts';
import { type DicomDataset, textOf } from './dataset.ts';
import { type DicomInstance, readInstance } from './instance.ts';
import { type InstanceAddress, invalidAnswer, libraryAddress } from './instance-address.ts';

/** Requests at the same time: an archive under clinical load is not to be flooded. */
const concurrency = 4;

// The bytes as they are stored: Orthanc can't convert all that it stores. dicomweb-client has a parameter for it that
// throws whatever is passed.
const storedSyntax = { Accept: 'multipart/related; type="application/dicom"; transfer-syntax=*' };
const defaultSyntax = { Accept: 'multipart/related; type="application/dicom"' };

/**
 * Retrieves the instances of a series one by one, a few at a time: a request for the whole series would be held in
 * memory twice.
 *
 * @param listed Data sets with SOPInstanceUID.
 * @param onProgress Called with the share retrieved, 0 to 1.
 * @throws DicomError as `retrieveInstance`; the first failure ends it.
 */
export async function retrieveAll(
  perform: Perform,
  StudyInstanceUID: string,
  SeriesInstanceUID: string,
  listed: readonly DicomDataset[],
  onProgress: (share: number) => void,
): Promise<DicomInstance[]> {
  const queue = new PQueue({ concurrency });
  let done = 0;
  try {
    return await queue.addAll(
      listed.map((instance) => async () => {
        const SOPInstanceUID = textOf(instance, 'SOPInstanceUID') ?? '';
        const retrieved = await retrieveInstance(perform, { StudyInstanceUID, SeriesInstanceUID, SOPInstanceUID });
        done += 1;
        onProgress(done / listed.length);
        return retrieved;
      }),
    );
  } catch (error) {
    queue.clear();
    throw error;
  }
}

/**
 * Retrieves one instance, as it is stored or else converted by the archive.
 *
 * @throws DicomError `PACS_UNREACHABLE`, `PACS_REFUSED`, `PACS_RESPONSE_INVALID` (also for another object than the one
 *   asked for), `DICOM_INVALID` or `TRANSFER_SYNTAX_UNSUPPORTED`.
 */
export async function retrieveInstance(perform: Perform, address: InstanceAddress): Promise<DicomInstance> {
  try {
    return await retrieveAs(perform, address, storedSyntax);
  } catch (stored) {
    const code = stored instanceof DicomError ? stored.code : null;
    if (code !== 'TRANSFER_SYNTAX_UNSUPPORTED' && code !== 'PACS_RESPONSE_INVALID') throw stored;
    try {
      // The archive may be able to decompress, or not know `transfer-syntax=*`.
      return await retrieveAs(perform, address, defaultSyntax);
    } catch (converted) {
      throw code === 'TRANSFER_SYNTAX_UNSUPPORTED' ? stored : converted;
    }
  }
}

async function retrieveAs(
  perform: Perform,
  address: InstanceAddress,
  accept: Readonly<Record<string, string>>,
): Promise<DicomInstance> {
  const uid = address.SOPInstanceUID;
  const answer = await perform(
    (library, request) => library.retrieveInstance({ ...libraryAddress(address), request }),
    accept,
  );
  if (!(answer instanceof ArrayBuffer)) throw invalidAnswer(uid, 'no DICOM object came back');
  const instance = await readInstance(new Uint8Array(answer), uid);
  const other = (['StudyInstanceUID', 'SeriesInstanceUID', 'SOPInstanceUID'] as const).find(
    (keyword) => textOf(instance.dataset, keyword) !== address[keyword],
  );
  if (other !== undefined) throw invalidAnswer(uid, `an object with another ${other} came back`);
  return instance;
}
