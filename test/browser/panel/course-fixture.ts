import type {
  FeatureSeries,
  LabSeries,
  Lesion,
  LesionOutline,
  PatientCourse,
} from '../../../src/assessment/course-types.ts';
import { model, title } from './model-fixture.ts';

/** Made-up patient: every number below is chosen so that a test can tell it from every other. */
export const studies = {
  baseline: '1.2.826.0.1.1.16',
  first: '1.2.826.0.1.1.07',
  second: '1.2.826.0.1.1.13',
} as const;
const dates = { baseline: '2026-08-16', first: '2026-10-07', second: '2026-11-13' } as const;
const visits = ['baseline', 'first', 'second'] as const;

function outline(
  visit: (typeof visits)[number],
  volumeMl: number,
  axialDiameterMm: number,
  segment: number,
): LesionOutline {
  return {
    StudyInstanceUID: studies[visit],
    SeriesInstanceUID: `${studies[visit]}.1`,
    segSOPInstanceUID: `${studies[visit]}.9`,
    segmentNumber: segment,
    studyDate: dates[visit],
    phase: 'venous',
    mask: {
      type: 'AUTOMATIC',
      algorithm: 'Deltascope synthetic phantom',
      author: 'PHANTOM SYNTHETIC',
      date: dates[visit],
      segmentLabel: 'Primary tumour',
    },
    keySOPInstanceUID: `${studies[visit]}.1.40`,
    volumeMl,
    axialDiameterMm,
    diameterMm: axialDiameterMm + 4,
    current: true,
  };
}

/** A series over the three visits; deltas as the service computes them. */
function featureSeries(
  feature: string,
  label: string,
  unitText: string,
  values: readonly [number, number, number],
  contribution: FeatureSeries['contribution'] = null,
): FeatureSeries {
  return {
    feature,
    region: 'tumour',
    phase: 'venous',
    processing: contribution === null ? 'lesion-size.yaml' : 'nsclc-2d-bw25.yaml',
    label,
    unit: unitText === '' ? null : unitText,
    unitText,
    ibsiId: null,
    contribution,
    usedBy: contribution === null ? [] : [{ model: contribution.model, title: contribution.title }],
    points: visits.map((visit, at) => {
      const value = values[at]!;
      return {
        StudyInstanceUID: studies[visit],
        date: dates[visit],
        value,
        absoluteDelta: at === 0 ? null : value - values[0],
        relativeDelta: at === 0 ? null : (value - values[0]) / Math.abs(values[0]),
        sources: [studies[visit], `${studies[visit]}.1`, `${studies[visit]}.9`],
      };
    }),
  };
}

const effect = (value: number) => ({ model, title, value, scale: 'probability' });

const lesions: readonly Lesion[] = [
  {
    key: '2.25.101',
    label: 'Primary tumour',
    kind: 'primary-tumour',
    site: 'Lung',
    primary: true,
    outlines: [outline('baseline', 34.4, 41, 1), outline('first', 38.1, 43, 1), outline('second', 45.2, 47, 1)],
    features: [
      featureSeries(
        'original_firstorder_Energy',
        'First order Energy',
        'HU^2',
        [1.24e8, 1.56e8, 2.03e8],
        effect(0.0645),
      ),
      featureSeries(
        'original_glszm_SizeZoneNonUniformity',
        'GLSZM Size Zone Non Uniformity',
        '',
        [812, 918, 947],
        effect(0.0402),
      ),
      featureSeries('original_ngtdm_Strength', 'NGTDM Strength', '', [0.538, 0.4, 0.391], effect(0.015)),
      featureSeries('original_glcm_JointEntropy', 'GLCM Joint Entropy', '', [5.61, 5.4, 5.02], effect(-0.0081)),
      featureSeries('original_shape_VoxelVolume', 'Volume', 'mL', [34.4, 38.1, 45.2]),
      featureSeries('original_shape_Maximum2DDiameterSlice', 'Largest axial diameter', 'mm', [41, 43, 47]),
    ],
  },
  {
    key: '2.25.102',
    label: 'Lymph node 4R',
    kind: 'lymph-node',
    site: 'Mediastinum',
    primary: false,
    outlines: [outline('baseline', 2.9, 17, 2), outline('first', 2.6, 16, 2), outline('second', 2.2, 15, 2)],
    features: [featureSeries('original_shape_VoxelVolume', 'Volume', 'mL', [2.9, 2.6, 2.2])],
  },
];

function lab(
  key: string,
  label: string,
  unitText: string,
  upperLimit: number | null,
  values: readonly (readonly [string, number])[],
): LabSeries {
  return {
    key,
    label,
    unit: unitText === '' ? null : unitText,
    unitText,
    points: values.map(([date, value]) => ({ date, value, upperLimit, sources: [`Observation/${key}-${date}`] })),
  };
}

const labs: readonly LabSeries[] = [
  lab('ldh', 'LDH', 'U/L', 250, [
    ['2025-03-02', 231],
    ['2026-08-10', 288],
    ['2026-09-09', 305],
    ['2026-10-21', 362],
    ['2026-11-12', 412],
  ]),
  lab('nse', 'NSE', 'ng/mL', 16.3, [
    ['2026-08-10', 14.2],
    ['2026-11-12', 19.8],
  ]),
  lab('nlr', 'NLR', '', null, [
    ['2026-08-10', 4.1],
    ['2026-09-30', 7.27],
    ['2026-11-12', 8.9],
  ]),
  lab('sii', 'SII', '10^9/L', null, [
    ['2026-08-10', 1180],
    ['2026-09-30', 2560],
    ['2026-11-12', 3302],
  ]),
];

/** Three CT studies under two lines of therapy, with two lesions. */
export const course: PatientCourse = {
  subject: 'Patient/made-up',
  synthetic: true,
  asOf: '2026-11-21T10:00:00Z',
  person: { name: 'Synthetic-Gorse, Gale', sex: 'female', birthDate: '1959-02-01', PatientIDs: ['SYN-0007'] },
  therapy: [
    {
      line: 1,
      regimen: 'carboplatin + pemetrexed',
      regimenClass: 'chemotherapy',
      start: '2026-03-02',
      end: '2026-05-30',
      sources: [],
    },
    {
      line: 2,
      regimen: 'pembrolizumab',
      regimenClass: 'immunotherapy',
      start: '2026-08-19',
      end: '2026-11-11',
      sources: [],
    },
  ],
  progressions: [{ date: '2026-08-05', sources: ['Observation/progression'] }],
  labs,
  studies: visits.map((visit) => ({
    StudyInstanceUID: studies[visit],
    studyDate: dates[visit],
    visits:
      visit === 'baseline'
        ? ['baseline']
        : visit === 'first'
          ? ['first-follow-up']
          : ['second-follow-up', 'newest-follow-up'],
    label: { baseline: 'Baseline', first: 'Follow-up 1', second: 'Follow-up 2' }[visit],
  })),
  lesions,
};
