import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { buildAssessment } from '../../../src/assessment/assessment.ts';
import { loadClinicalContent } from '../../../src/assessment/clinical-content.ts';
import { buildCourse } from '../../../src/assessment/course.ts';
import type { Lesion, PatientCourse } from '../../../src/assessment/course-types.ts';
import { packageRoot } from '../../../src/config.ts';
import type { Fact } from '../../../src/fhir/facts.ts';
import type { SelectedSeries } from '../../../src/models/series-selection.ts';
import type { FeatureSetRecord, ImagingStatus } from '../../../src/store/records.ts';
import { constructedModel } from '../../helpers/constructed-model.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';
import { featureSet } from '../../helpers/feature-set.ts';

const content = loadClinicalContent(path.join(packageRoot(), 'mappings'));
const size = 'lesion-size.yaml';
const settingsHashes = { 'constructed.yaml': 'hash', [size]: 'hash' };
const versions = { deltascope: 'test', extractor: '1' };
const mask = { type: 'MANUAL', algorithm: null, author: null, date: null, segmentLabel: 'Tumour' };
const lesion = (
  changes: Partial<NonNullable<FeatureSetRecord['lesion']>> = {},
): NonNullable<FeatureSetRecord['lesion']> => ({
  primary: true,
  kind: 'primary-tumour',
  TrackingID: null,
  TrackingUID: '2.25.1',
  type: null,
  site: { value: '39607008', scheme: 'SCT', meaning: 'Lung' },
  keySOPInstanceUID: 'image 7',
  ...changes,
});

/** Features of the study of a day. */
const set = (studyDate: string | null, changes: Partial<FeatureSetRecord> = {}) =>
  featureSet(studyDate, {
    features: { original_firstorder_Mean: 14, original_shape_MeshVolume: 150 },
    mask,
    lesion: lesion(),
    ...changes,
  });
const sized = (studyDate: string, mm3: number, changes: Partial<FeatureSetRecord> = {}) =>
  set(studyDate, {
    processing: size,
    features: {
      original_shape_VoxelVolume: mm3,
      original_shape_Maximum2DDiameterSlice: 20,
      original_shape_Maximum3DDiameter: 25,
    },
    ...changes,
  });

interface Given {
  readonly timeline?: readonly Fact[];
  readonly sets?: readonly FeatureSetRecord[];
  readonly selection?: ImagingStatus['selection'];
  readonly asOf?: string;
}

function courseOf({
  timeline = [],
  sets = [],
  selection = [],
  asOf = '2026-11-21T12:00:00.000Z',
}: Given): PatientCourse {
  const facts = clinicalFacts(timeline, { asOf });
  const imagingStatus: ImagingStatus = {
    patient: 'Patient/constructed',
    state: 'ready',
    code: null,
    message: null,
    selection,
    updatedAt: '2026-11-20T00:00:00.000Z',
  };
  const models = [constructedModel];
  const common = { facts, featureSets: sets, imagingStatus };
  const assessment = buildAssessment({
    ...common,
    id: 'a',
    createdAt: asOf,
    settingsHashes,
    models,
    contextFacts: {},
    versions,
    previous: undefined,
  });
  return buildCourse({
    ...common,
    person: { name: 'Constance Constructed' },
    assessment,
    content: { ...content, models, settingsHashes },
    labels: content.mappings.facts,
  });
}

const firstDose = fact('immunotherapyStart', '2026-03-01', null, '2026-03-01');
const days = ['2026-01-01', '2026-02-20', '2026-04-01', '2026-06-01'];
const applies: readonly Fact[] = [
  fact('histology', 'sclc', null, '2026-01-01'),
  fact('age', 60, 'a', '2026-11-21'),
  fact('nStage', 2, null, '2026-01-01'),
];

describe('studies', () => {
  it('are the visits that the first dose makes them, oldest first', () => {
    const { studies } = courseOf({ timeline: [firstDose], sets: days.toReversed().map((day) => set(day)) });
    expect(studies.map(({ label, visits }) => [label, visits])).toEqual([
      ['Earlier CT', []],
      ['Baseline', ['baseline']],
      ['Follow-up 1', ['first-follow-up']],
      ['Follow-up 2', ['second-follow-up', 'newest-follow-up']],
    ]);
  });

  it('without an outline are no visit, and are named', () => {
    const series: SelectedSeries = {
      SeriesInstanceUID: 's',
      SeriesDescription: null,
      phase: 'venous',
      phaseReason: '',
      ConvolutionKernel: null,
      sliceThicknessMm: null,
      chosen: false,
      reason: 'no tumour segmentation is drawn on it',
      mask: null,
    };
    const selection = [
      { StudyInstanceUID: 'bare', studyDate: '2026-02-25', StudyDescription: null, code: null, series: [series] },
    ];
    const { studies } = courseOf({ timeline: [firstDose], sets: [set('2026-02-20')], selection });
    expect(studies.map(({ label }) => label)).toEqual(['Baseline', 'CT without an outlined tumour']);
  });

  it('of a later day were not known then', () => {
    const { studies, lesions } = courseOf({
      timeline: [firstDose],
      sets: days.map((day) => set(day)),
      asOf: '2026-04-02T00:00:00.000Z',
    });
    expect(studies.map(({ studyDate }) => studyDate)).toEqual(days.slice(0, 3));
    expect(lesions[0]?.outlines).toHaveLength(3);
  });
});

describe('clinical facts', () => {
  it('blood values are oldest first, with label, unit in words, upper limit and source', () => {
    const { labs } = courseOf({
      timeline: [
        fact('sii', 900, '10*9/L', '2026-02-01', { status: 'derived' }),
        fact('ldh', 412, 'U/L', '2026-03-01T08:00:00Z', { upperLimit: 250, sources: ['Observation/b'] }),
        fact('ldh', 300, 'U/L', '2026-01-01', { upperLimit: 250, sources: ['Observation/a'] }),
        fact('bmi', 24, 'kg/m2', '2026-01-01'),
      ],
    });
    expect(labs).toEqual([
      {
        key: 'ldh',
        label: 'LDH',
        unit: 'U/L',
        unitText: 'U/L',
        points: [
          { date: '2026-01-01', value: 300, upperLimit: 250, sources: ['Observation/a'] },
          { date: '2026-03-01T08:00:00Z', value: 412, upperLimit: 250, sources: ['Observation/b'] },
        ],
      },
      {
        key: 'sii',
        label: 'SII',
        unit: '10*9/L',
        unitText: '10^9/L',
        points: [{ date: '2026-02-01', value: 900, upperLimit: null, sources: ['Observation/sii'] }],
      },
    ]);
  });

  it('lines of therapy are bands from first to last dose, progressions days', () => {
    const line = (number: number, key: 'regimen' | 'regimenClass', value: string, date: string, end: string) =>
      fact(key, value, null, date, { line: number, end });
    const { therapy, progressions } = courseOf({
      timeline: [
        line(2, 'regimen', 'topotecan', '2026-08-01', '2026-09-01T10:00:00Z'),
        line(1, 'regimen', 'atezolizumab + carboplatin', '2026-03-01', '2026-06-01'),
        line(1, 'regimenClass', 'chemo-immunotherapy', '2026-03-01', '2026-06-01'),
        fact('progression', true, null, '2026-07-15', { sources: ['Observation/p'] }),
        fact('progression', true, null, '2026-07-15T09:00:00Z', { sources: ['Observation/q'] }),
      ],
    });
    expect(
      therapy.map(({ line: number, regimen, regimenClass, start, end }) => [number, regimen, regimenClass, start, end]),
    ).toEqual([
      [1, 'atezolizumab + carboplatin', 'chemo-immunotherapy', '2026-03-01', '2026-06-01'],
      [2, 'topotecan', null, '2026-08-01', '2026-09-01'],
    ]);
    expect(progressions).toEqual([{ date: '2026-07-15', sources: ['Observation/q', 'Observation/p'] }]);
  });
});

describe('lesions', () => {
  const node = lesion({ primary: false, kind: 'lymph-node', TrackingUID: '2.25.2', TrackingID: 'LN 7', site: null });
  const primaryOf = ({ lesions }: PatientCourse) => lesions.find(({ primary }) => primary) as Lesion;

  it('are followed by TrackingUID, the primary tumour first and then by volume', () => {
    const other = lesion({ primary: false, kind: 'metastasis', TrackingUID: '2.25.3' });
    const { lesions } = courseOf({
      timeline: [firstDose],
      sets: [
        sized('2026-02-20', 3000),
        sized('2026-04-01', 6000),
        sized('2026-02-20', 1000, { segmentNumber: 2, lesion: node }),
        sized('2026-04-01', 1500, { segmentNumber: 5, lesion: node }),
        sized('2026-04-01', 9000, { segmentNumber: 3, lesion: other, mask: { ...mask, segmentLabel: '' } }),
      ],
    });
    expect(lesions.map(({ key, label, kind, primary }) => [key, label, kind, primary])).toEqual([
      ['2.25.1', 'Tumour', 'primary-tumour', true],
      ['2.25.3', 'Metastasis', 'metastasis', false],
      ['2.25.2', 'LN 7', 'lymph-node', false],
    ]);
    expect(lesions[2]?.outlines.map(({ segmentNumber, volumeMl }) => [segmentNumber, volumeMl])).toEqual([
      [2, 1],
      [5, 1.5],
    ]);
    expect(lesions[2]?.features.map(({ label, unit }) => [label, unit])).toEqual([
      ['Volume', 'mL'],
      ['Largest axial diameter', 'mm'],
      ['Largest diameter', 'mm'],
    ]);
  });

  it('a primary tumour that is tracked under two names is one, as the models take it, and says so', () => {
    const { lesions } = courseOf({
      timeline: [firstDose],
      sets: [set('2026-02-20'), set('2026-04-01', { lesion: lesion({ TrackingUID: '2.25.9' }) })],
    });
    expect(lesions).toHaveLength(1);
    expect(lesions[0]).toMatchObject({ key: '2.25.9', otherTrackingUIDs: ['2.25.1'] });
    expect(courseOf({ sets: [set('2026-02-20')] }).lesions[0]).not.toHaveProperty('otherTrackingUIDs');
  });

  it('that nobody tracks are not joined to others', () => {
    const untracked = lesion({ primary: false, kind: 'metastasis', TrackingUID: null });
    const { lesions } = courseOf({
      sets: [
        sized('2026-02-20', 1000, { segmentNumber: 2, lesion: untracked }),
        sized('2026-02-20', 1100, { segmentNumber: 3, lesion: untracked }),
        sized('2026-04-01', 1200, { segmentNumber: 2, lesion: untracked }),
      ],
    });
    expect(lesions).toHaveLength(3);
  });

  it('a record of an earlier version is of the primary tumour, and its size is not known', () => {
    const { lesion: _, ...old } = set('2026-02-20');
    expect(primaryOf(courseOf({ sets: [old] }))).toMatchObject({
      key: 'primary-tumour',
      label: 'Tumour',
      outlines: [{ volumeMl: null, keySOPInstanceUID: null, current: true }],
    });
  });

  it('changes count from the baseline, with the sign of the change also where values are negative', () => {
    const values: readonly (readonly [string, number])[] = [
      ['2026-02-20', -4],
      ['2026-04-01', -3],
      ['2026-06-01', -6],
    ];
    const sets = values.map(([day, value]) => set(day, { features: { original_firstorder_Mean: value } }));
    const { features } = primaryOf(courseOf({ timeline: [firstDose, ...applies], sets }));
    expect(features[0]?.points.map(({ absoluteDelta, relativeDelta }) => [absoluteDelta, relativeDelta])).toEqual([
      [null, null],
      [1, 0.25],
      [-2, -0.5],
    ]);
  });

  it('a change from zero has no ratio, and without a baseline there is none', () => {
    const zero = [set('2026-02-20', { features: { original_firstorder_Mean: 0 } }), set('2026-04-01')];
    const [mean] = primaryOf(courseOf({ timeline: [firstDose, ...applies], sets: zero })).features;
    expect(mean?.points[1]).toMatchObject({ absoluteDelta: 14, relativeDelta: null });
    const later = [set('2026-04-01'), set('2026-06-01')];
    const [first] = primaryOf(courseOf({ timeline: [firstDose, ...applies], sets: later })).features;
    expect(first?.points.map(({ absoluteDelta }) => absoluteDelta)).toEqual([null, null]);
  });

  it('features of a signature come first, by what they add to the outcome', () => {
    // logit = -1 + 2 score; score = 0.5 + (14 - 10) / 2 - 0.5 (150 - 100) / 50: 2 x 2 and 2 x -0.5.
    const sets = [set('2026-11-01'), sized('2026-11-01', 1000)];
    const { features } = primaryOf(courseOf({ timeline: applies, sets }));
    expect(features.slice(0, 2).map(({ feature, contribution }) => [feature, contribution])).toEqual([
      [
        'original_firstorder_Mean',
        { model: 'constructed', title: 'Constructed nomogram', value: 4, scale: 'log-odds' },
      ],
      [
        'original_shape_MeshVolume',
        { model: 'constructed', title: 'Constructed nomogram', value: -1, scale: 'log-odds' },
      ],
    ]);
    expect(features.slice(2).map(({ contribution, usedBy }) => [contribution, usedBy])).toEqual([
      [null, []],
      [null, []],
      [null, []],
    ]);
    expect(features[0]?.usedBy).toEqual([{ model: 'constructed', title: 'Constructed nomogram' }]);
  });

  it('of two equally good series of a study none is taken', () => {
    const twin = set('2026-11-01', { SeriesInstanceUID: 'twin', segSOPInstanceUID: 'twin seg' });
    expect(primaryOf(courseOf({ timeline: applies, sets: [set('2026-11-01'), twin] })).features).toEqual([]);
  });

  it('an outline that was replaced stays, and nothing rests on it', () => {
    const newer = { segSOPInstanceUID: 'seg newer', mask: { ...mask, date: '2026-11-05' } };
    const { outlines, features } = primaryOf(
      courseOf({
        sets: [sized('2026-11-01', 1000), sized('2026-11-01', 2000, newer)],
      }),
    );
    expect(outlines.map(({ segSOPInstanceUID, current, volumeMl }) => [segSOPInstanceUID, current, volumeMl])).toEqual([
      ['seg 2026-11-01', false, 1],
      ['seg newer', true, 2],
    ]);
    expect(features[0]?.points.map(({ value }) => value)).toEqual([2]);
  });

  it('an outline that has left the archive gives way to the one that is there', () => {
    const gone = { segSOPInstanceUID: 'seg gone', mask: { ...mask, date: '2026-11-05' } };
    const series: SelectedSeries = {
      SeriesInstanceUID: 'series 2026-11-01',
      SeriesDescription: null,
      phase: 'venous',
      phaseReason: '',
      ConvolutionKernel: null,
      sliceThicknessMm: 3,
      chosen: true,
      reason: 'the tumour segmentation is drawn on it',
      mask: { segSOPInstanceUID: 'seg 2026-11-01', segmentNumber: 1, date: null },
    };
    const { outlines } = primaryOf(
      courseOf({
        sets: [sized('2026-11-01', 1000), sized('2026-11-01', 2000, gone)],
        selection: [
          {
            StudyInstanceUID: 'study 2026-11-01',
            studyDate: '2026-11-01',
            StudyDescription: null,
            code: null,
            series: [series],
          },
        ],
      }),
    );
    expect(outlines.map(({ segSOPInstanceUID, current }) => [segSOPInstanceUID, current])).toEqual([
      ['seg gone', false],
      ['seg 2026-11-01', true],
    ]);
  });

  it('features of other settings or another extractor are not shown', () => {
    const { lesions } = courseOf({
      sets: [set('2026-11-01', { settingsHash: 'older' }), set('2026-11-01', { extractorVersion: '0' })],
    });
    expect(lesions).toEqual([]);
  });
});
