import type { NaturalDataset } from 'dcmjs';
import { type DicomDataset, requireText, textOf } from '../dataset.ts';

/** Patient and study attributes that a new object of a study takes over as they are. DICOM PS3.3 sections C.7.1.1 and C.7.2.1. */
const patientKeywords = [
  'PatientName',
  'PatientID',
  'IssuerOfPatientID',
  'PatientBirthDate',
  'PatientSex',
  'PatientIdentityRemoved',
  'DeidentificationMethod',
  'PatientComments',
] as const;
const studyKeywords = [
  'StudyInstanceUID',
  'StudyDate',
  'StudyTime',
  'StudyID',
  'AccessionNumber',
  'ReferringPhysicianName',
  'StudyDescription',
  'TimezoneOffsetFromUTC',
] as const;
/** Of these an object has to say at least that they are empty. */
const type2: readonly string[] = [
  'PatientName',
  'PatientID',
  'PatientBirthDate',
  'PatientSex',
  'StudyDate',
  'StudyTime',
  'StudyID',
  'AccessionNumber',
  'ReferringPhysicianName',
];

/** What a new object shares with the study that it belongs to. */
export interface SourceContext {
  readonly StudyInstanceUID: string;
  readonly FrameOfReferenceUID: string | null;
  readonly PositionReferenceIndicator: string;
  /** `+0100`, where the images of the study say it. */
  readonly TimezoneOffsetFromUTC: string | null;
  readonly attributes: NaturalDataset;
}

/**
 * Takes patient and study attributes from an image of the study.
 *
 * @param image Metadata of any instance.
 * @throws DicomError `DICOM_INVALID` without StudyInstanceUID.
 */
export function sourceContext(image: DicomDataset): SourceContext {
  const attributes: NaturalDataset = {};
  for (const keyword of [...patientKeywords, ...studyKeywords]) {
    const value = image[keyword];
    if (value !== undefined && value !== null) attributes[keyword] = value;
    else if (type2.includes(keyword)) attributes[keyword] = '';
  }
  return {
    StudyInstanceUID: requireText(image, 'StudyInstanceUID', textOf(image, 'SOPInstanceUID') ?? 'image'),
    FrameOfReferenceUID: textOf(image, 'FrameOfReferenceUID'),
    PositionReferenceIndicator: textOf(image, 'PositionReferenceIndicator') ?? '',
    TimezoneOffsetFromUTC: textOf(image, 'TimezoneOffsetFromUTC'),
    attributes,
  };
}

/** What all objects of one publication say about themselves. */
export interface Origin {
  /** Version of Deltascope. */
  readonly version: string;
  /** ISO date-time. */
  readonly createdAt: string;
  /** Of a record that is marked as synthetic, or with a result of a demonstration model: every object says so. */
  readonly synthetic: boolean;
}

/** What begins the descriptions of what is no clinical result. */
export const syntheticPrefix = 'SYNTHETIC ';

/** Attributes of a new object of a study: patient, study, equipment, and when it was made. */
export function commonAttributes(context: SourceContext, { version, createdAt }: Origin): NaturalDataset {
  const { date, time } = dicomMoment(createdAt, context.TimezoneOffsetFromUTC);
  return {
    SpecificCharacterSet: 'ISO_IR 192',
    ...context.attributes,
    InstanceCreationDate: date,
    InstanceCreationTime: time,
    SeriesDate: date,
    SeriesTime: time,
    ContentDate: date,
    ContentTime: time,
    Manufacturer: 'Deltascope',
    ManufacturerModelName: 'Deltascope',
    DeviceSerialNumber: 'none',
    SoftwareVersions: version,
  };
}

/**
 * A moment as DA and TM.
 *
 * @param iso ISO date-time.
 * @param offset In the time zone that the object names (`+0100`); null: in that of this machine, as PS3.3 section C.12.1.1.8 has it.
 */
function dicomMoment(iso: string, offset: string | null): { readonly date: string; readonly time: string } {
  const at = new Date(iso);
  const parts = /^([+-])(\d\d)(\d\d)$/.exec(offset ?? '');
  const minutes =
    parts === null ? -at.getTimezoneOffset() : (parts[1] === '-' ? -1 : 1) * (60 * Number(parts[2]) + Number(parts[3]));
  const local = new Date(at.getTime() + 60_000 * minutes).toISOString();
  return { date: local.slice(0, 10).replaceAll('-', ''), time: local.slice(11, 19).replaceAll(':', '') };
}
