import type { ModelWords } from '../../../src/http/api/model-words.ts';

export const model = 'nsclc-progression-six-months-demo';
export const title =
  'Progression within 6 and 9 months under anti-PD-1/PD-L1 therapy in advanced non-small-cell lung cancer';

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

/** A demonstration model with a result of every kind. */
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

/** A model that lacks an input. */
export const lackingModel: ModelWords = {
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
