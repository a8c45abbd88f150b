import { type DicomDict, data, log, type ReadOptions } from 'dcmjs';
import { DicomError } from '../errors.ts';

// dcmjs quotes attribute values in its warnings, and a log must not carry patient content.
log.setLevel('silent', false);
log.getLogger('validation.dcmjs').setLevel('silent', false);

/**
 * Parses a DICOM Part 10 file into its elements.
 *
 * @param bytes The whole file.
 * @param name File name or UID, for the message.
 * @throws DicomError `DICOM_INVALID` if it is no DICOM file or breaks off. A break inside PixelData is not seen here:
 *   dcmjs fills up with zeros, so `readInstance` checks the length.
 */
export function parsePart10(bytes: Uint8Array, name: string): DicomDict {
  if (!hasPreamble(bytes)) {
    throw new DicomError('DICOM_INVALID', name, 'not a DICOM file (no DICM prefix): check the path or export it again');
  }
  const buffer = new Uint8Array(bytes).buffer;
  try {
    return data.DicomMessage.readFile(buffer, strict);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    // dcmjs stops at code extensions (ISO 2022); names then come out with wrong letters, which nothing here reads.
    if (/character set/i.test(reason)) return readLeniently(buffer, name);
    throw unreadable(name, error);
  }
}

const strict: ReadOptions = { ignoreErrors: false };

function readLeniently(buffer: ArrayBuffer, name: string): DicomDict {
  try {
    return data.DicomMessage.readFile(buffer, { ignoreErrors: true });
  } catch (error) {
    throw unreadable(name, error);
  }
}

function unreadable(name: string, cause: unknown): DicomError {
  return new DicomError('DICOM_INVALID', name, 'the DICOM file is damaged or cut off: export or send it again', {
    cause,
  });
}

/** True where the bytes begin as a DICOM file does: 128 bytes of preamble, then `DICM`. DICOM PS3.10 section 7.1. */
export function hasPreamble(bytes: Uint8Array): boolean {
  return bytes.length > 132 && Buffer.from(bytes.buffer, bytes.byteOffset + 128, 4).toString('latin1') === 'DICM';
}
