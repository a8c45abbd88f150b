import type { Assessment } from '../../../src/assessment/assessment.ts';
import type { FeatureSeries, LabSeries, Lesion, LesionOutline } from '../../../src/assessment/course-types.ts';
import type { ModelWords } from '../../../src/http/api/model-words.ts';
import type { PanelView } from '../../../src/http/api/panel-types.ts';

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
export function featureSeries(
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

const model = 'nsclc-progression-six-months-demo';
const title = 'Progression within 6 and 9 months under anti-PD-1/PD-L1 therapy in advanced non-small-cell lung cancer';
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

const input = (
  name: string,
  label: string,
  value: string,
  contribution: number | null,
  source = `Observation/${name}`,
) => ({
  name,
  label,
  value,
  date: '2026-11-12',
  sources: [source],
  derivation: null,
  contribution,
  imputed: null,
});

const contributions = [
  { input: 'energy', label: 'First order Energy, second follow-up CT', contribution: 0.0645 },
  { input: 'szn', label: 'GLSZM Size Zone Non Uniformity, net change to the first follow-up', contribution: 0.0402 },
  { input: 'sii', label: 'SII, after cycle 2', contribution: 0.0287 },
  { input: 'entropy', label: 'GLCM Joint Entropy, baseline CT', contribution: -0.0181 },
  { input: 'haemoglobin', label: 'Haemoglobin, after cycle 3', contribution: 0.0133 },
];

export const assessedModel: ModelWords = {
  model,
  title,
  status: 'assessed',
  standing: 'SYNTHETIC DEMO MODEL, not a clinical result',
  clinical: false,
  standingNote: 'fitted on synthetic phantoms',
  group: 'high',
  results: [
    {
      group: 'high',
      heading: 'High risk of progression within 6 months',
      number: 'about 75%',
      relativeTo: null,
      note: 'Cut-off 0.50 (threshold 0.5 on the probability, as in the paper)',
      observed: [],
      observedNote: null,
    },
    {
      group: 'high',
      heading: 'High risk of progression within 9 months',
      number: 'about 80%',
      relativeTo: null,
      note: 'Cut-off 0.50 (threshold 0.5 on the probability, as in the paper)',
      observed: ['high-risk patients: median 5.6 months'],
      observedNote: null,
    },
  ],
  reasons: [],
  warnings: [
    'baseline CT: the tumour mask was made by a program and not confirmed by a reader',
    'first follow-up CT: the tumour mask was made by a program and not confirmed by a reader',
    'second follow-up CT: the tumour mask was made by a program and not confirmed by a reader',
    'Surgery of the lung cancer: not in the record; the mean of the most similar group stands in',
    'Not in the record whether this holds: the model is for advanced (stage IV, or inoperable stage III) disease only',
  ],
  trend: 'Since 22 Oct 2026: progression within 6 months still about 75%; NLR, after cycle 3 7.27 to 8.9',
  imaging: ['Second follow-up CT: CT of 13 Nov 2026, venous phase, slices of 3 mm; mask "Primary tumour" automatic'],
  used: [
    input('haemoglobin', 'Haemoglobin, after cycle 3', '10.9 g/dL (upper limit 17)', 0.0133),
    input('nlr', 'NLR', '8.9', null),
  ],
  context: [],
  missing: [
    {
      name: 'nse',
      kind: 'context',
      label: 'NSE',
      fact: 'nse',
      why: 'not in the record',
      mend: 'order NSE (neuron-specific enolase)',
    },
  ],
  explanation: {
    scale: 'probability',
    base: 0.5,
    reference: "the average patient of the forest's training cohort",
    contributions,
  },
  comparisons: [],
  performance: ['Second synthetic site (n = 50): AUC 0.872 (0.778-0.966)'],
  limits: ['Not a clinical result: no tree comes from patients'],
  version: `${model} 1.0.0, file 0123456789ab`,
  citation: 'a paper about progression (2025)',
};

const lacking: ModelWords = {
  ...assessedModel,
  model: 'os24',
  title: 'Overall survival under first-line chemo-immunotherapy',
  status: 'not-assessable',
  standing: 'Published model',
  clinical: true,
  standingNote: 'as published',
  group: null,
  results: [],
  reasons: ['before-treatment CT signature: not in the record'],
  warnings: [],
  trend: null,
  imaging: [],
  used: [],
  missing: [
    {
      name: 'signature',
      kind: 'signature',
      label: 'Before-treatment CT signature',
      fact: null,
      why: 'no CT',
      mend: 'a baseline chest CT, venous phase, with the primary tumour segmented (DICOM SEG)',
    },
  ],
  explanation: null,
};

const assessment: Assessment = {
  format: 3,
  id: 'assessment-2',
  subject: 'Patient/made-up',
  synthetic: true,
  asOf: '2026-11-21T10:00:00Z',
  createdAt: '2026-11-21T10:00:01Z',
  histology: 'nsclc',
  models: [],
  combined: {
    group: 'high',
    conflict: false,
    demonstration: true,
    statement: '2 results agree (progression within 6 months: high; progression within 9 months: high)',
  },
  trend: { previous: { id: 'assessment-1', asOf: '2026-10-22T12:00:00Z', group: 'intermediate' }, changes: [] },
  problems: [],
  unread: [],
  checkpointInhibitor: { firstDose: '2026-08-19', lastDose: '2026-11-11', cycles: 5 },
  imaging: { state: 'ready', code: null, message: null, selection: [] },
  versions: { deltascope: '0.1.0', extractor: 'deltascope-1' },
};

/** A view with everything in it; a test changes what it is about. */
export const fullView: PanelView = {
  fresh: true,
  patient: { reference: 'Patient/made-up', name: 'Synthetic-Gorse, Gale', PatientIDs: ['SYN-0007'], synthetic: true },
  assessment,
  models: [assessedModel, lacking],
  course: {
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
  },
  lesionRisks: [
    {
      lesion: '2.25.101',
      group: 'high',
      text: 'high risk of progression within 6 months',
      change: 'volume +19% since 7 Oct 2026',
      changeSinceBaseline: 'volume +31% since baseline',
    },
    {
      lesion: '2.25.102',
      group: null,
      text: 'not assessable: models use the primary tumour only',
      change: 'volume -15% since 7 Oct 2026',
      changeSinceBaseline: 'volume -24% since baseline',
    },
  ],
  analysis: { state: 'ready', share: null, code: null, message: null, updatedAt: '2026-11-21T09:00:00Z' },
  stale: null,
  notices: ['The mask of the primary tumour was made by a program and not confirmed by a reader'],
  figures: [
    { model, label: 'Nomogram: progression within 6 months', href: '/api/assessments/assessment-2/figures/m/0.svg' },
  ],
  links: { report: '/report/made-up', modelCards: { [model]: `/api/models/${model}/card` } },
};
