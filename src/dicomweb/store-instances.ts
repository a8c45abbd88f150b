import { DicomError } from '../errors.ts';
import type { Perform } from './client-library.ts';
import { itemsOf, numberOf, textOf } from './dataset.ts';
import { readDicomJson } from './dicom-json.ts';

/** Bytes stored in one request. */
const storeBytes = 32 * 1024 * 1024;

/**
 * Stores Part 10 files, several in a request.
 *
 * @param subject Address of the archive, for messages.
 * @throws DicomError `PACS_UNREACHABLE`, `PACS_REFUSED`, or `PACS_RESPONSE_INVALID` if an object was not stored.
 */
export async function storeInstances(perform: Perform, files: readonly Uint8Array[], subject: string): Promise<void> {
  for (const datasets of batches(files)) {
    const answer = await perform((library, request) => library.storeInstances({ datasets, request }), {
      Accept: 'application/dicom+json',
    });
    refuseFailedStore(answer, subject);
  }
}

function* batches(files: readonly Uint8Array[]): Generator<Uint8Array[]> {
  let batch: Uint8Array[] = [];
  let bytes = 0;
  for (const file of files) {
    if (batch.length > 0 && bytes + file.length > storeBytes) {
      yield batch;
      batch = [];
      bytes = 0;
    }
    batch.push(file);
    bytes += file.length;
  }
  if (batch.length > 0) yield batch;
}

function refuseFailedStore(answer: unknown, subject: string): void {
  const [response] = readDicomJson([parseJson(answer)], subject);
  const failed = itemsOf(response ?? {}, 'FailedSOPSequence');
  const [first] = failed;
  if (first === undefined) return;
  const reason = numberOf(first, 'FailureReason');
  const text = `${failed.length} objects were not stored, the first for reason ${reason?.toString(16) ?? 'unknown'}: see the archive's log`;
  throw new DicomError('PACS_RESPONSE_INVALID', textOf(first, 'ReferencedSOPInstanceUID') ?? subject, text);
}

function parseJson(answer: unknown): unknown {
  try {
    return typeof answer === 'string' ? JSON.parse(answer) : answer;
  } catch {
    return null;
  }
}
