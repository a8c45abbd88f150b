import { randomUUID } from 'node:crypto';
import { readMultipart, writeMultipart } from '../../dicomweb/multipart.ts';
import { readPart10, requireOnce } from '../../dicomweb/part10.ts';
import { RequestError } from '../../errors.ts';

/** Where a user may store. */
export interface StoreRights {
  mayReadStudy(StudyInstanceUID: string): Promise<boolean>;
  /** PatientID of a study as the archive has it; null where it has none. */
  patientIdOf(StudyInstanceUID: string): Promise<string | null>;
}

/** A STOW-RS message. */
export interface StoreMessage {
  readonly contentType: string;
  readonly body: Buffer;
}

/**
 * What a reader stores from the viewer: outlines, and the measurement report of the viewer's own measurement tools, which is one of
 * the two SR classes. Images, documents and whatever else come from their own sources.
 */
const storable: ReadonlyMap<string, string> = new Map([
  ['1.2.840.10008.5.1.4.1.1.66.4', 'Segmentation'],
  ['1.2.840.10008.5.1.4.1.1.88.22', 'Enhanced SR'],
  ['1.2.840.10008.5.1.4.1.1.88.34', 'Comprehensive 3D SR'],
]);

const tags = { SOPClassUID: 0x00080016, PatientID: 0x00100020, StudyInstanceUID: 0x0020000d };

/**
 * Checks every object of a STOW-RS message: its class, study and patient must be ones that the user may store.
 *
 * @param inPath Study that the request is addressed to; undefined for the root.
 * @returns The message written anew, of the checked objects and nothing else: what an archive could read otherwise than we do, between
 *   or behind the parts, does not reach it.
 * @throws RequestError `VIEWER_FORBIDDEN`; `HTTP_MEDIA_TYPE`, `HTTP_REQUEST_INVALID` for what is no message of DICOM files; DicomError
 *   `DICOM_INVALID`, `TRANSFER_SYNTAX_UNSUPPORTED` for one that can't be read.
 * @see DICOM PS3.18 section 10.5
 */
export async function checkedStore(
  { contentType, body }: StoreMessage,
  inPath: string | undefined,
  rights: StoreRights,
): Promise<StoreMessage> {
  const parts = readMultipart(body, contentType);
  if (parts.length === 0) throw new RequestError('HTTP_REQUEST_INVALID', 'body', 'the message holds no object');
  for (const [at, part] of parts.entries()) {
    const name = `part ${at + 1}`;
    if (part.contentType !== 'application/dicom') {
      throw new RequestError('HTTP_REQUEST_INVALID', name, `${name} is not application/dicom`);
    }
    await checkObject(part.body, name, inPath, rights);
  }
  const boundary = randomUUID();
  const chunks: Uint8Array[] = [];
  const checked = parts.map((part) => ({ contentType: part.contentType, body: async () => part.body }));
  for await (const chunk of writeMultipart(boundary, checked)) chunks.push(chunk);
  return {
    contentType: `multipart/related; type="application/dicom"; boundary=${boundary}`,
    body: Buffer.concat(chunks),
  };
}

async function checkObject(
  file: Uint8Array,
  name: string,
  inPath: string | undefined,
  { mayReadStudy, patientIdOf }: StoreRights,
): Promise<void> {
  const { elements } = readPart10(file, name);
  // Of an element that stands there twice an archive may take the other one.
  requireOnce(file, name, Object.values(tags));
  const textOf = (tag: number) => {
    const [value] = elements[tag.toString(16).toUpperCase().padStart(8, '0')]?.Value ?? [];
    return typeof value === 'string' ? value.replaceAll('\0', '').trim() : '';
  };
  const SOPClassUID = textOf(tags.SOPClassUID);
  if (!storable.has(SOPClassUID)) {
    const kinds = [...storable.values()].join(', ');
    throw forbidden(name, `objects of the class ${SOPClassUID} are not stored from a viewer, only ${kinds}`);
  }
  const StudyInstanceUID = textOf(tags.StudyInstanceUID);
  if (inPath !== undefined && inPath !== StudyInstanceUID) {
    throw forbidden(name, 'it is of another study than the address');
  }
  if (!(await mayReadStudy(StudyInstanceUID))) throw forbidden(name, 'the session is about other studies');
  if (textOf(tags.PatientID) !== ((await patientIdOf(StudyInstanceUID)) ?? '')) {
    throw forbidden(name, 'its PatientID is not that of the study');
  }
}

function forbidden(name: string, text: string): RequestError {
  return new RequestError('VIEWER_FORBIDDEN', name, `${name} is not stored, nor any other: ${text}`);
}
