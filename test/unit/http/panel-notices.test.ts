import { describe, expect, it } from 'vitest';
import type { Assessment } from '../../../src/assessment/assessment.ts';
import type { Lesion, PatientCourse } from '../../../src/assessment/course-types.ts';
import { lesionRisks } from '../../../src/http/api/lesion-risks.ts';
import { panelNotices } from '../../../src/http/api/panel-notices.ts';

const imaging = (changes: Partial<Assessment['imaging']> = {}): Assessment['imaging'] => ({
  state: 'ready',
  code: null,
  message: null,
  selection: [],
  ...changes,
});
/** As much of an Assessment as is looked at. */
const assessment = (changes: Partial<Assessment> = {}) =>
  ({
    combined: { group: null, statement: '', conflict: false, demonstration: false },
    models: [],
    unread: [],
    imaging: imaging(),
    ...changes,
  }) as unknown as Assessment;

const outline = (type: string, current = true): Lesion['outlines'][number] => ({
  StudyInstanceUID: '1.1',
  SeriesInstanceUID: '1.1.1',
  segSOPInstanceUID: '1.1.2',
  segmentNumber: 1,
  studyDate: '2026-01-02',
  phase: 'venous',
  mask: { type, algorithm: null, author: null, date: null, segmentLabel: 'T' },
  keySOPInstanceUID: null,
  volumeMl: null,
  axialDiameterMm: null,
  diameterMm: null,
  current,
});
const primary = (changes: Partial<Lesion> = {}): Lesion => ({
  key: 'p',
  label: 'T',
  kind: 'primary-tumour',
  site: null,
  primary: true,
  outlines: [outline('MANUAL')],
  features: [],
  ...changes,
});
const course = (lesions: readonly Lesion[], changes: Partial<PatientCourse> = {}): PatientCourse => ({
  subject: 'Patient/p',
  synthetic: false,
  asOf: '2026-11-21T12:00:00.000Z',
  person: { name: null, sex: null, birthDate: null, PatientIDs: [] },
  therapy: [],
  progressions: [],
  labs: [],
  studies: [{ StudyInstanceUID: '1.1', studyDate: '2026-01-02', visits: [], label: 'Baseline' }],
  lesions,
  ...changes,
});
const study = { StudyInstanceUID: '1.1', studyDate: '2026-01-02', StudyDescription: null, code: null, series: [] };

describe('notices', () => {
  it('there is none where a reader has outlined the tumour and all was read', () => {
    expect(panelNotices(assessment(), course([primary()]), ['1.1'])).toEqual([]);
  });

  it.each<[string, Partial<Assessment>, PatientCourse, RegExp]>([
    ['a program', {}, course([primary({ outlines: [outline('AUTOMATIC')] })]), /made by a program and not confirmed/],
    ['two names', {}, course([primary({ otherTrackingUIDs: ['x'] })]), /check that they show the same lesion/],
    [
      'a replaced outline',
      {},
      course([primary({ outlines: [outline('AUTOMATIC', false), outline('MANUAL')] })]),
      /^An earlier outline was replaced/,
    ],
    ['no outline', {}, course([]), /^The CT of 2 Jan 2026 has no outlined primary tumour/],
    [
      'contours only',
      { imaging: imaging({ selection: [{ ...study, structureSets: 1 }] }) },
      course([]),
      /has an RTSTRUCT and no DICOM SEG/,
    ],
    [
      'equally good series',
      { imaging: imaging({ selection: [{ ...study, code: 'SERIES_AMBIGUOUS' }] }) },
      course([]),
      /a person must choose/,
    ],
    ['an unread part of the record', { unread: ['Observation'] }, course([primary()]), /Observation/],
    [
      'a failed analysis',
      { imaging: imaging({ state: 'failed', message: 'the archive does not answer' }) },
      course([primary()]),
      /^Images: the archive does not answer/,
    ],
  ])('%s', (_, given, of, text) => {
    const notices = panelNotices(assessment(given), of, ['1.1']);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatch(text);
  });

  it('says of a demonstration first what it is', () => {
    const combined = { group: 'high', statement: '', conflict: false, demonstration: true } as const;
    const [first, second] = panelNotices(assessment({ combined }), course([primary()], { synthetic: true }), ['1.1']);
    expect(first).toMatch(/^SYNTHETIC DEMO MODEL, not a clinical result/);
    expect(second).toBe('Synthetic data: no real patient');
  });
});

describe('the risk on a lesion', () => {
  const model = (status: string, reasons: readonly string[] = []) => ({ status, reasons, outcomes: [] });

  it.each<[string, readonly object[], string]>([
    ['no model applies', [model('not-applicable', ['NSCLC only'])], 'not assessable: no model applies to this patient'],
    [
      'an input is missing',
      [model('not-applicable', ['x']), model('not-assessable', ['no N stage'])],
      'not assessable: no N stage',
    ],
    ['no model groups', [model('assessed')], 'not assessable: no model gives a risk group'],
  ])('has no group when %s', (_, models, text) => {
    const given = assessment({ models: models as unknown as Assessment['models'] });
    expect(lesionRisks(given, [primary()])).toEqual([
      { lesion: 'p', group: null, text, change: null, changeSinceBaseline: null },
    ]);
  });

  it('is that of the outcome with the highest group, in the words of every surface', () => {
    const outcome = (group: string, event: string) => ({
      group,
      endpoint: { event },
      kind: 'probability',
      classification: null,
    });
    const models = [{ ...model('assessed'), outcomes: [outcome('low', 'death'), outcome('high', 'progression')] }];
    const combined = { group: 'high', statement: '', conflict: true, demonstration: false } as const;
    const given = assessment({ models: models as unknown as Assessment['models'], combined });
    expect(lesionRisks(given, [primary()])[0]).toMatchObject({ group: 'high', text: 'high risk of progression' });
  });

  it.each<[string, readonly (readonly [string | null, number])[], string | null, string | null]>([
    ['one study', [['2026-08-03', 10]], null, null],
    [
      'two studies',
      [
        ['2026-08-03', 10],
        ['2026-10-07', 12],
      ],
      'volume +20% since 3 Aug 2026',
      'volume +20% since baseline',
    ],
    [
      'three studies',
      [
        ['2026-08-03', 10],
        ['2026-10-07', 12],
        ['2026-11-13', 9],
      ],
      'volume -25% since 7 Oct 2026',
      'volume -10% since baseline',
    ],
    [
      'a study without date',
      [
        [null, 10],
        ['2026-10-07', 12],
      ],
      'volume +20% since the study before',
      'volume +20% since baseline',
    ],
    [
      'nothing measurable before',
      [
        ['2026-08-03', 0],
        ['2026-10-07', 12],
      ],
      null,
      null,
    ],
  ])('says since when the volume has changed: %s', (_, values, change, changeSinceBaseline) => {
    const [, baseline = Number.NaN] = values[0] ?? [];
    const points = values.map(([date, value], at) => {
      const absoluteDelta = at === 0 ? null : value - baseline;
      const relativeDelta = absoluteDelta === null || baseline === 0 ? null : absoluteDelta / baseline;
      return { StudyInstanceUID: `1.${at}`, date, value, absoluteDelta, relativeDelta, sources: [] };
    });
    const series = { feature: 'original_shape_VoxelVolume', points } as unknown as Lesion['features'][number];
    const [risk] = lesionRisks(assessment(), [primary({ features: [series] })]);
    expect(risk).toMatchObject({ change, changeSinceBaseline });
  });
});
