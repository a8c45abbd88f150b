import { describe, expect, it } from 'vitest';
import { type AssessmentParts, buildAssessment } from '../../../src/assessment/assessment.ts';
import { imagingSentences } from '../../../src/assessment/sentences.ts';
import type { FeatureSetRecord } from '../../../src/store/records.ts';
import { constructedModel } from '../../helpers/constructed-model.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';
import { featureSet } from '../../helpers/feature-set.ts';

const set = featureSet('2026-11-01', {
  phaseReason: 'ContrastBolusAgent present',
  // Signature by hand: 0.5 + (12 - 10) / 2 - 0.5 (150 - 100) / 50 = 1.
  features: { original_firstorder_Mean: 12, original_shape_MeshVolume: 150 },
  SeriesDescription: 'Chest venous',
  mask: { type: 'MANUAL', algorithm: null, author: null, date: '2026-11-02', segmentLabel: 'Primary tumour' },
});
const complete = [
  fact('histology', 'sclc', null, '2026-10-01'),
  fact('therapyLine', 1, null, '2026-10-01'),
  fact('age', 60, 'a', '2026-11-21'),
  fact('nStage', 2, null, '2026-10-02'),
  fact('ldh', 412, 'U/L', '2026-11-10', { upperLimit: 250 }),
];
const ready = {
  patient: 'Patient/constructed',
  state: 'ready',
  code: null,
  message: null,
  selection: [],
  updatedAt: '2026-11-02T00:00:00Z',
} as const;

function assess(parts: Partial<AssessmentParts> = {}) {
  return buildAssessment({
    id: 'id',
    createdAt: '2026-11-21T12:00:00Z',
    facts: clinicalFacts(complete),
    featureSets: [set],
    settingsHashes: { 'constructed.yaml': 'hash' },
    imagingStatus: ready,
    models: [constructedModel],
    contextFacts: {
      ldh: { label: 'LDH', maximumAgeDays: 30, mend: 'order LDH' },
      nse: { label: 'NSE', maximumAgeDays: 90, mend: 'order NSE' },
    },
    versions: { deltascope: '0', extractor: '1' },
    unavailable: {},
    previous: undefined,
    ...parts,
  });
}

function only(assessment: ReturnType<typeof assess>) {
  const [result] = assessment.models;
  if (result === undefined) throw new Error('no result');
  return result;
}

describe('assessment of a complete patient', () => {
  it('is the arithmetic of signature and nomogram', () => {
    const result = only(assess());
    expect(result.signatures).toEqual([{ name: 'before', label: 'before-treatment signature', score: 1 }]);
    // logit = -1 + 2 x 1 + 0.1 x 60 + 0.5 x 2 = 8
    expect(result.outcomes[0]?.value).toBeCloseTo(1 / (1 + Math.exp(-8)), 14);
    expect(result).toMatchObject({ status: 'assessed', group: 'high', warnings: [] });
    expect(assess().combined).toEqual({
      group: 'high',
      conflict: false,
      demonstration: true,
      statement: 'One result gives a risk group (death within 24 months: high)',
    });
  });

  it('gives every input its source, date and unit, strongest contribution first', () => {
    const { used } = only(assess());
    expect(used.map(({ name, contribution }) => [name, contribution])).toEqual([
      ['beforeScore', 2],
      ['nStage', 0.25],
      ['age', 0],
    ]);
    for (const { date, sources } of used) {
      expect(date).not.toBeNull();
      expect(sources.length).toBeGreaterThan(0);
    }
  });

  it('shows labs beside the score, and names the one that is missing', () => {
    const { context, missing } = only(assess());
    expect(context).toMatchObject([{ name: 'ldh', value: 412, upperLimit: 250, date: '2026-11-10' }]);
    expect(missing).toEqual([
      { name: 'nse', kind: 'context', label: 'NSE', fact: 'nse', why: 'not in the record', mend: 'order NSE' },
    ]);
  });
});

describe('what is missing, old or outside', () => {
  it('a missing input makes the result not assessable, and the lone signature carries its warning', () => {
    const result = only(assess({ facts: clinicalFacts(complete.filter(({ key }) => key !== 'nStage')) }));
    expect(result).toMatchObject({
      status: 'not-assessable',
      outcomes: [],
      group: null,
      reasons: ['N stage: not in the record'],
    });
    expect(result.warnings).toEqual([
      { code: 'SIGNATURE_ALONE', text: 'the signature alone did not hold up in the external test set' },
    ]);
  });

  it('an input older than its limit counts as missing', () => {
    const old = complete.map((entry) => (entry.key === 'nStage' ? { ...entry, date: '2025-11-20' } : entry));
    expect(only(assess({ facts: clinicalFacts(old) })).reasons).toEqual(['N stage: older than 365 days (20 Nov 2025)']);
  });

  it('a fact in another unit than the model declares is not used', () => {
    const months = complete.map((entry) => (entry.key === 'age' ? { ...entry, unit: 'mo' } : entry));
    expect(only(assess({ facts: clinicalFacts(months) })).reasons).toEqual(['Age: recorded in mo, the model needs a']);
  });

  it('another histology makes the model not applicable, with the reason', () => {
    const nsclc = complete.map((entry) => (entry.key === 'histology' ? { ...entry, value: 'nsclc' } : entry));
    expect(only(assess({ facts: clinicalFacts(nsclc) }))).toMatchObject({
      status: 'not-applicable',
      reasons: ['small-cell lung cancer only'],
    });
  });

  it('an unknown population fact abstains or warns, as the rule says', () => {
    const without = (key: string) =>
      only(assess({ facts: clinicalFacts(complete.filter((entry) => entry.key !== key)) }));
    expect(without('histology')).toMatchObject({
      status: 'not-assessable',
      reasons: ['Not in the record whether this holds: small-cell lung cancer only'],
    });
    expect(without('therapyLine')).toMatchObject({
      status: 'assessed',
      warnings: [{ code: 'POPULATION_UNKNOWN', text: 'Not in the record whether this holds: first line only' }],
    });
  });

  it('warns about age, phase, thickness and origin of the images', () => {
    const poor = {
      ...set,
      studyDate: '2026-08-01',
      phase: 'unknown',
      SliceThickness: 7.5,
      mask: { ...set.mask, type: 'AUTOMATIC', algorithm: 'net' },
    } as const;
    expect(only(assess({ featureSets: [poor] })).warnings).toEqual([
      {
        code: 'OTHER_PHASE',
        text: 'baseline CT, tumour: the contrast phase is not recorded; the model was made on the venous phase',
      },
      { code: 'IMAGING_OLD', text: 'baseline CT, tumour: the CT of 1 Aug 2026 is older than 60 days' },
      {
        code: 'OTHER_SLICE_THICKNESS',
        text: "baseline CT, tumour: slice thickness 7.5 mm is outside the model's cohort (1-5 mm)",
      },
      {
        code: 'MASK_AUTOMATIC',
        text: 'baseline CT, tumour: the tumour mask was made by a program and not confirmed by a reader',
      },
    ]);
  });

  it('says what had been done to images and mask, and nothing where that was not kept', () => {
    const preparation = {
      lossyCompression: { methods: ['ISO_15444_1'], ratio: 8 },
      straightened: 'the gantry was tilted by 5.0 degrees',
      maskThreshold: 0.5,
    };
    const result = only(assess({ featureSets: [{ ...set, preparation }] }));
    expect(result.warnings.map(({ code }) => code)).toEqual([
      'LOSSY_COMPRESSION',
      'IMAGES_STRAIGHTENED',
      'MASK_FRACTIONAL',
    ]);
    expect(imagingSentences(result)).toEqual([
      'baseline CT, tumour: CT of 1 Nov 2026, venous phase (ContrastBolusAgent present), slices of 3 mm, compressed with loss (ISO_15444_1, ratio 8), resampled to a straight grid (the gantry was tilted by 5.0 degrees); mask "Primary tumour" manual (2 Nov 2026), inside from 0.5 of its maximum on',
    ]);
    const before = only(assess());
    expect(before.imaging[0]).not.toHaveProperty('preparation');
    expect(imagingSentences(before)).toEqual([
      'baseline CT, tumour: CT of 1 Nov 2026, venous phase (ContrastBolusAgent present), slices of 3 mm; mask "Primary tumour" manual (2 Nov 2026)',
    ]);
  });

  it('warns about a value outside the range of the cohort', () => {
    const old = complete.map((entry) => (entry.key === 'age' ? { ...entry, value: 91 } : entry));
    expect(only(assess({ facts: clinicalFacts(old) })).warnings).toEqual([
      { code: 'OUTSIDE_RANGE', text: "Age 91 is outside the range of the model's cohort (38-82)" },
    ]);
  });
});

describe('which images are taken', () => {
  const dose = fact('immunotherapyStart', '2026-11-05', null, '2026-11-05');

  it('baseline is the last study before the first dose', () => {
    const before = { ...set, StudyInstanceUID: '2.25.1', studyDate: '2026-10-20' };
    const after = { ...set, StudyInstanceUID: '2.25.2', studyDate: '2026-11-15', features: {} };
    const result = only(assess({ facts: clinicalFacts([...complete, dose]), featureSets: [after, before] }));
    expect(result.imaging[0]?.studyDate).toBe('2026-10-20');
  });

  it('a baseline CT does not grow old under therapy', () => {
    const longAgo = { ...set, studyDate: '2026-08-01' };
    const start = fact('immunotherapyStart', '2026-08-20', null, '2026-08-20');
    expect(only(assess({ facts: clinicalFacts([...complete, start]), featureSets: [longAgo] })).warnings).toEqual([]);
  });

  it('says so when every study is after the first dose', () => {
    const after = { ...set, studyDate: '2026-11-15' };
    const result = only(assess({ facts: clinicalFacts([...complete, dose]), featureSets: [after] }));
    expect(result.reasons).toEqual(['Signature: no CT with a tumour mask on or before the first dose (5 Nov 2026)']);
  });

  it('the preferred phase of the study wins', () => {
    const plain = { ...set, SeriesInstanceUID: '2.25.20', phase: 'plain' } as const;
    expect(only(assess({ featureSets: [plain, set] })).imaging[0]?.phase).toBe('venous');
  });

  it('features of other settings or another extractor are not used', () => {
    for (const other of [
      { ...set, settingsHash: 'old' },
      { ...set, extractorVersion: '0' },
    ]) {
      expect(only(assess({ featureSets: [other] })).status).toBe('not-assessable');
    }
  });

  it('a study of the future of `asOf` is not known yet', () => {
    const later = { ...set, studyDate: '2026-12-01' };
    expect(only(assess({ featureSets: [later] })).reasons).toEqual(['Signature: no baseline CT with a tumour mask']);
  });

  it('a feature that is undefined for the region makes the signature missing, by its key', () => {
    const undefinedFeature = { ...set, features: { ...set.features, original_shape_MeshVolume: Number.NaN } };
    const stored = JSON.parse(JSON.stringify(undefinedFeature)) as FeatureSetRecord;
    expect(only(assess({ featureSets: [stored] }))).toMatchObject({
      status: 'not-assessable',
      reasons: ['Signature: undefined for this tumour mask: original_shape_MeshVolume'],
    });
  });

  it('says pending before the analysis, and why it failed after it', () => {
    expect(only(assess({ featureSets: [], imagingStatus: undefined })).reasons).toEqual([
      'Signature: image analysis is pending',
    ]);
    const failed = {
      ...ready,
      state: 'failed',
      code: 'PACS_UNREACHABLE',
      message: 'the PACS does not answer',
    } as const;
    expect(only(assess({ featureSets: [], imagingStatus: failed })).reasons).toEqual([
      'Signature: the PACS does not answer',
    ]);
  });
});
