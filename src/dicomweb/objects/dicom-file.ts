import { createHash } from 'node:crypto';
import { data, type NaturalDataset } from 'dcmjs';

/** Root for UIDs made from a UUID, DICOM PS3.5 annex B.2. */
const uuidRoot = '2.25.';
const explicitLittleEndian = '1.2.840.10008.1.2.1';
/** Digits that a decimal string holds. DICOM PS3.5 section 6.2, VR DS. */
const decimalLength = 16;

/**
 * A UID that always follows from the same parts: the SHA-256 of the parts as a version 8 UUID under `2.25`.
 *
 * @param parts Any texts, in order.
 * @returns At most 44 characters.
 * @see DICOM PS3.5 annex B.2; RFC 9562 section 5.8
 */
export function deterministicUid(...parts: readonly string[]): string {
  const digest = createHash('sha256').update(JSON.stringify(parts)).digest();
  digest.writeUInt8((digest.readUInt8(6) & 0x0f) | 0x80, 6);
  digest.writeUInt8((digest.readUInt8(8) & 0x3f) | 0x80, 8);
  return uuidRoot + BigInt(`0x${digest.toString('hex', 0, 16)}`).toString();
}

/**
 * A number as a decimal string (VR DS).
 *
 * @param value Finite; where its digits take more than 16 characters it is rounded to 9 digits.
 */
export function decimalString(value: number): string {
  const [exact, rounded] = [String(value), String(Number(value.toPrecision(9)))];
  return [exact, rounded].find((text) => text.length <= decimalLength) ?? value.toExponential(8);
}

/**
 * A binary segmentation's frames as PixelData: one after the other without padding in between, least significant bit first.
 *
 * @param frames One per frame, a value per pixel; what is not 0 is inside.
 * @param plane Pixels of a frame.
 * @returns An even number of bytes.
 */
export function packBits(frames: readonly Uint8Array[], plane: number): ArrayBuffer {
  const packed = new Uint8Array(2 * Math.ceil((frames.length * plane) / 16));
  frames.forEach((inside, frame) => {
    inside.forEach((label, pixel) => {
      if (label === 0) return;
      const bit = frame * plane + pixel;
      packed[bit >> 3] = (packed[bit >> 3] ?? 0) | (1 << (bit & 7));
    });
  });
  return packed.buffer;
}

/**
 * Writes a data set as a Part 10 file in Explicit VR Little Endian.
 *
 * @param dataset By keyword, with `SOPClassUID` and `SOPInstanceUID`; `_vrMap` settles what the dictionary leaves open.
 * @param ImplementationVersionName At most 16 characters.
 */
export function writePart10(dataset: NaturalDataset, ImplementationVersionName = 'DELTASCOPE'): Uint8Array {
  const { denaturalizeDataset } = data.DicomMetaDictionary;
  const file = new data.DicomDict(
    denaturalizeDataset({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: explicitLittleEndian,
      ImplementationClassUID: deterministicUid('Deltascope', 'implementation'),
      ImplementationVersionName,
    }),
  );
  file.dict = denaturalizeDataset(dataset);
  return new Uint8Array(file.write());
}
