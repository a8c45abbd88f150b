import { DicomError } from '../errors.ts';

/** Where an instance is found in an archive. */
export interface InstanceAddress {
  readonly StudyInstanceUID: string;
  readonly SeriesInstanceUID: string;
  readonly SOPInstanceUID: string;
}

/** The address under dicomweb-client's names. */
export function libraryAddress(address: InstanceAddress) {
  return {
    studyInstanceUID: checkUid(address.StudyInstanceUID),
    seriesInstanceUID: checkUid(address.SeriesInstanceUID),
    sopInstanceUID: checkUid(address.SOPInstanceUID),
  };
}

/** True for a UID: numbers joined by dots, at most 64 characters, and so never a path. DICOM PS3.5 section 9.1. */
export function isUid(text: string): boolean {
  return text.length <= 64 && /^\d+(\.\d+)*$/.test(text);
}

/**
 * The UID, if it is one: it comes from the archive or an object in it, and becomes part of an address.
 *
 * @throws DicomError `PACS_RESPONSE_INVALID` if it is none.
 */
export function checkUid(uid: string): string {
  if (isUid(uid)) return uid;
  throw invalidAnswer('UID', `${JSON.stringify(uid)} is not a UID`);
}

/** What the archive answered can't be used. */
export function invalidAnswer(subject: string, text: string): DicomError {
  return new DicomError('PACS_RESPONSE_INVALID', subject, `${text}: check the image archive`);
}
