import type { FeatureSetRecord } from '../../src/store/records.ts';

/** A feature set of the constructed patient: the tumour on the venous series of the study of a day. */
export function featureSet(studyDate: string | null, changes: Partial<FeatureSetRecord> = {}): FeatureSetRecord {
  return {
    StudyInstanceUID: `study ${studyDate}`,
    SeriesInstanceUID: `series ${studyDate}`,
    segSOPInstanceUID: `seg ${studyDate}`,
    segmentNumber: 1,
    region: 'tumour',
    settingsHash: 'hash',
    extractorVersion: '1',
    patient: 'Patient/constructed',
    studyDate,
    phase: 'venous',
    phaseReason: null,
    processing: 'constructed.yaml',
    features: {},
    SeriesDescription: null,
    ConvolutionKernel: null,
    SliceThickness: 3,
    mask: { type: 'MANUAL', algorithm: null, author: null, date: null, segmentLabel: 'Tumour' },
    computedAt: '2026-11-20T00:00:00.000Z',
    ...changes,
  };
}
