import { setTimeout as sleep } from 'node:timers/promises';
import type { DicomwebClient } from '../../dicomweb/client.ts';
import { textOf } from '../../dicomweb/dataset.ts';
import type { NewObject } from '../../dicomweb/objects/structured-report.ts';
import { DicomError } from '../../errors.ts';

/** SOPInstanceUIDs that the archive holds of a series; none of a series that it does not know. */
export async function presentInstances(
  client: DicomwebClient,
  StudyInstanceUID: string,
  SeriesInstanceUID: string,
): Promise<Set<string>> {
  const rows = await client.searchSeries(StudyInstanceUID);
  if (!rows.some((row) => textOf(row, 'SeriesInstanceUID') === SeriesInstanceUID)) return new Set();
  const instances = await client.searchInstances(StudyInstanceUID, SeriesInstanceUID);
  return new Set(instances.flatMap((row) => textOf(row, 'SOPInstanceUID') ?? []));
}

/** Some archives list what they took a moment later. */
const looks = 5;
const pauseMs = 500;

/**
 * Stores objects, and ends when the archive lists every one of them.
 *
 * @throws DicomError `PACS_STORE_INCOMPLETE` where it does not; `PACS_UNREACHABLE`, `PACS_REFUSED`.
 */
export async function storeAndVerify(client: DicomwebClient, objects: readonly NewObject[]): Promise<void> {
  if (objects.length === 0) return;
  let refused: DicomError | null = null;
  try {
    await client.storeInstances(objects.map(({ bytes }) => bytes));
  } catch (error) {
    // A conflict or a part that failed: what matters is what is there now.
    if (!(error instanceof DicomError) || error.code !== 'PACS_RESPONSE_INVALID') throw error;
    refused = error;
  }
  for (let look = 1; ; look++) {
    const lacking = await lackingObjects(client, objects);
    const [first] = lacking;
    if (first === undefined) return;
    if (look === looks || refused !== null) {
      const why = refused === null ? 'the archive does not list them' : refused.message;
      const text = `${lacking.length} of ${objects.length} objects are not stored: ${why}`;
      throw new DicomError('PACS_STORE_INCOMPLETE', first.SOPInstanceUID, text);
    }
    await sleep(pauseMs);
  }
}

async function lackingObjects(client: DicomwebClient, objects: readonly NewObject[]): Promise<NewObject[]> {
  const lacking: NewObject[] = [];
  for (const object of objects) {
    const present = await presentInstances(client, object.StudyInstanceUID, object.SeriesInstanceUID);
    if (!present.has(object.SOPInstanceUID)) lacking.push(object);
  }
  return lacking;
}
