import type { NaturalDataset } from 'dcmjs';
import { writePart10 as writeFile } from '../dicomweb/objects/dicom-file.ts';

export { decimalString, deterministicUid } from '../dicomweb/objects/dicom-file.ts';

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
  return writeFile(dataset, 'DELTASCOPE_DEMO');
}
