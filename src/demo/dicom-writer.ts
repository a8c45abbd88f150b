import { createHash } from 'node:crypto';
import { data, type NaturalDataset } from 'dcmjs';

/** The synthetic person on every object of a study. Values as DICOM writes them. */
export interface DicomSubject {
  readonly PatientID: string;
  /** `Family^Given`; says that it is synthetic. */
  readonly PatientName: string;
  /** YYYYMMDD. */
  readonly PatientBirthDate: string;
  readonly PatientSex: 'F' | 'M';
}

export interface DicomStudy {
  readonly subject: DicomSubject;
  readonly StudyInstanceUID: string;
  /** Shared by all series of the study: the person lies still between the phases. */
  readonly FrameOfReferenceUID: string;
  /** YYYYMMDD. */
  readonly StudyDate: string;
  /** HHMMSS. */
  readonly StudyTime: string;
  readonly StudyID: string;
  readonly StudyDescription: string;
}

/** Root for UIDs made from a UUID, DICOM PS3.5 annex B.2. */
const uuidRoot = '2.25.';
const explicitLittleEndian = '1.2.840.10008.1.2.1';

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
  return [exact, rounded].find((text) => text.length <= 16) ?? value.toExponential(8);
}

/** A coded concept, as an item of a code sequence. */
export function code(CodeValue: string, CodingSchemeDesignator: string, CodeMeaning: string): NaturalDataset {
  return { CodeValue, CodingSchemeDesignator, CodeMeaning };
}

/** The patient, study and equipment attributes that all objects of a study share; each says that it is synthetic. */
export function studyAttributes({ subject, ...study }: DicomStudy): NaturalDataset {
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ...subject,
    PatientComments: 'SYNTHETIC: computed phantom, not a person',
    PatientIdentityRemoved: 'YES',
    DeidentificationMethod: 'Synthetic phantom: no person was ever imaged',
    ...study,
    AccessionNumber: '',
    ReferringPhysicianName: '',
    PositionReferenceIndicator: '',
    Manufacturer: 'Deltascope',
    ManufacturerModelName: 'Synthetic thorax phantom',
    DeviceSerialNumber: 'none',
    SoftwareVersions: '1',
  };
}

/**
 * Writes a data set as a Part 10 file in Explicit VR Little Endian.
 *
 * @param dataset By keyword, with `SOPClassUID` and `SOPInstanceUID`; `_vrMap` settles what the dictionary leaves open.
 */
export function writePart10(dataset: NaturalDataset): Uint8Array {
  const { denaturalizeDataset } = data.DicomMetaDictionary;
  const file = new data.DicomDict(
    denaturalizeDataset({
      FileMetaInformationVersion: new Uint8Array([0, 1]).buffer,
      MediaStorageSOPClassUID: dataset.SOPClassUID,
      MediaStorageSOPInstanceUID: dataset.SOPInstanceUID,
      TransferSyntaxUID: explicitLittleEndian,
      ImplementationClassUID: deterministicUid('Deltascope', 'implementation'),
      ImplementationVersionName: 'DELTASCOPE_DEMO',
    }),
  );
  file.dict = denaturalizeDataset(dataset);
  return new Uint8Array(file.write());
}
