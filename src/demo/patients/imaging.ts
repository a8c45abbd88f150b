import type { ImagingStudy } from '@medplum/fhirtypes';
import { type DicomStudy, deterministicUid } from '../dicom-writer.ts';
import { writeCtSeries } from '../dicom-writer-ct.ts';
import { writeSegmentation } from '../dicom-writer-seg.ts';
import { createPhantom } from '../phantom/phantom.ts';
import type { NodeParameters } from '../phantom/phantom-node.ts';
import { subjectOf } from './clinical-resources.ts';
import { concept, loinc, testDataTag } from './fhir-codes.ts';
import type { ImagingPlan, SyntheticPatient } from './plan.ts';
import { birthDateFor, dateBefore } from './relative-date.ts';

const seriesOfPhase = {
  plain: { SeriesNumber: 2, SeriesDescription: 'Chest plain', SeriesTime: '101700' },
  venous: { SeriesNumber: 3, SeriesDescription: 'Chest venous phase', SeriesTime: '102400' },
} as const;

/**
 * The patient's CT series, each with its SEG where the plan has one, made one after the other when asked for.
 *
 * @returns Part 10 files, a list per series: slices from feet to head, then the SEG.
 */
export function* imagingSeries(patient: SyntheticPatient, referenceDate: string): Generator<Uint8Array[]> {
  for (const [at, plan] of patient.imaging.entries()) {
    const study = dicomStudy(patient, plan, referenceDate);
    for (const phase of plan.phases) {
      const { volume, mask, nodeMask } = createPhantom({
        anatomySeed: patient.seed,
        tumour: { ...patient.tumour, ...plan.change },
        ...(patient.node !== undefined && { node: nodeAt(patient.node, plan) }),
        phase,
        noiseSeed: 1000 * patient.seed + 10 * at + (phase === 'venous' ? 1 : 0),
        // Nobody lies the same way twice; between the phases of one visit they keep still.
        shiftMm: [2.5 * at, -3 * at, 4 * at],
      });
      const series = writeCtSeries({ study, phase, ...seriesOfPhase[phase] }, volume);
      const nodes =
        nodeMask === undefined || patient.node === undefined ? [] : [{ label: patient.node.label, mask: nodeMask }];
      yield plan.segmented ? [...series.instances, writeSegmentation(series, mask, nodes)] : [...series.instances];
    }
  }
}

function nodeAt({ centreMm, halfAxesMm }: NodeParameters, { nodeScale = 1 }: ImagingPlan): NodeParameters {
  const [x, y, z] = halfAxesMm;
  return { centreMm, halfAxesMm: [nodeScale * x, nodeScale * y, nodeScale * z] };
}

/** ImagingStudy per visit, pointing to the images by StudyInstanceUID. */
export function imagingResources(patient: SyntheticPatient, referenceDate: string): ImagingStudy[] {
  return patient.imaging.map((plan): ImagingStudy => {
    const date = dateBefore(referenceDate, plan.daysBefore);
    const study = dicomStudy(patient, plan, referenceDate);
    return {
      resourceType: 'ImagingStudy',
      id: `${patient.id}-ct-${plan.visit}`,
      meta: { tag: [testDataTag] },
      identifier: [{ system: 'urn:dicom:uid', value: `urn:oid:${study.StudyInstanceUID}` }],
      status: 'available',
      modality: [{ system: 'http://dicom.nema.org/resources/ontology/DCM', code: 'CT' }],
      subject: subjectOf(patient),
      started: `${date}T10:15:00Z`,
      procedureCode: [concept(loinc, '24627-2', 'CT Chest')],
      description: study.StudyDescription,
    };
  });
}

function dicomStudy(patient: SyntheticPatient, plan: ImagingPlan, referenceDate: string): DicomStudy {
  const date = dateBefore(referenceDate, plan.daysBefore);
  const StudyInstanceUID = deterministicUid(patient.PatientID, String(patient.seed), plan.visit, date);
  return {
    subject: {
      PatientID: patient.PatientID,
      PatientName: `${patient.family.toUpperCase()}^${patient.given}`,
      PatientBirthDate: compact(birthDateFor(referenceDate, patient.ageYears)),
      PatientSex: patient.gender === 'female' ? 'F' : 'M',
    },
    StudyInstanceUID,
    FrameOfReferenceUID: deterministicUid(StudyInstanceUID, 'frame of reference'),
    StudyDate: compact(date),
    StudyTime: '101500',
    StudyID: { baseline: '1', 'follow-up': '2', 'second-follow-up': '3' }[plan.visit],
    StudyDescription: `CT chest, ${plan.visit} (synthetic phantom)`,
  };
}

function compact(date: string): string {
  return date.replaceAll('-', '');
}
