import { describe, expect, it } from 'vitest';
import { chooseFeatures } from '../../../src/assessment/choose-features.ts';
import type { ImageRequirement, ImagingVisit } from '../../../src/models/image-schema.ts';
import type { SelectedSeries, SeriesSelectionReport } from '../../../src/models/series-selection.ts';
import type { FeatureSetRecord, ImagingStatus } from '../../../src/store/records.ts';
import { clinicalFacts, fact } from '../../helpers/facts.ts';
import { featureSet } from '../../helpers/feature-set.ts';

const image = (changes: Partial<ImageRequirement> = {}): ImageRequirement => ({
  name: 'baseline',
  label: 'baseline CT',
  visit: 'baseline',
  phases: ['venous', 'unknown'],
  region: { name: 'tumour' },
  processing: 'a.yaml',
  maximumAgeDays: 90,
  sliceThicknessMm: [1, 5],
  ...changes,
});
const mask = { type: 'MANUAL', algorithm: null, author: 'A. Reader', date: null, segmentLabel: 'Tumour' };
/** A feature set of the study of a day; its feature says which one it is. */
const set = (studyDate: string | null, changes: Partial<FeatureSetRecord> = {}) =>
  featureSet(studyDate, {
    phaseReason: "SeriesDescription 'venous'",
    processing: 'a.yaml',
    features: { a: 1 },
    SeriesDescription: 'venous',
    ConvolutionKernel: 'B30f',
    mask,
    ...changes,
  });
const ready: ImagingStatus = {
  patient: 'Patient/constructed',
  state: 'ready',
  code: null,
  message: null,
  selection: [],
  updatedAt: '2026-11-20T00:00:00.000Z',
};
const dosed = (day: string, asOf = '2026-11-21T12:00:00.000Z') =>
  clinicalFacts([fact('immunotherapyStart', day, null, day)], { asOf });
const undosed = (asOf = '2026-11-21T12:00:00.000Z') => clinicalFacts([], { asOf });
const dayOf = (answer: ReturnType<typeof chooseFeatures>) => ('found' in answer ? answer.found.studyDate : answer.gap);

const course = ['2026-01-01', '2026-02-01', '2026-03-15', '2026-05-01', '2026-07-01'].map((day) => set(day));

describe('visits are counted from the first dose', () => {
  it.each<[ImagingVisit, string]>([
    ['baseline', '2026-02-01'],
    ['first-follow-up', '2026-03-15'],
    ['second-follow-up', '2026-05-01'],
    ['newest-follow-up', '2026-07-01'],
  ])('%s of a dose on 10 February: %s', (visit, day) => {
    const answer = chooseFeatures(image({ visit }), course, dosed('2026-02-10'), ready);
    expect(answer).toMatchObject({ found: { visit, studyDate: day, mask, phaseReason: "SeriesDescription 'venous'" } });
  });

  it('the day of the dose itself is the baseline', () => {
    expect(dayOf(chooseFeatures(image(), course, dosed('2026-03-15T08:00:00Z'), ready))).toBe('2026-03-15');
  });

  it('without a dose the newest study is the baseline and none is a follow-up', () => {
    expect(dayOf(chooseFeatures(image(), course, undosed(), ready))).toBe('2026-07-01');
    expect(dayOf(chooseFeatures(image({ visit: 'newest-follow-up' }), course, undosed(), ready))).toMatch(
      /no dose of a checkpoint inhibitor is recorded/,
    );
  });

  it('a visit that is not there is a gap that says so', () => {
    expect(dayOf(chooseFeatures(image(), course, dosed('2025-12-01'), ready))).toBe(
      'no CT with a tumour mask on or before the first dose (1 Dec 2025)',
    );
    expect(dayOf(chooseFeatures(image({ visit: 'second-follow-up' }), course, dosed('2026-05-10'), ready))).toBe(
      'no second follow-up CT with a tumour mask',
    );
  });

  it('two studies of one day are one visit', () => {
    const plain = set('2026-03-15', { StudyInstanceUID: 'other', SeriesInstanceUID: 'other', phase: 'plain' });
    const sets = [...course, plain];
    const second = image({ visit: 'second-follow-up' });
    expect(dayOf(chooseFeatures(second, sets, dosed('2026-02-10'), ready))).toBe('2026-05-01');
  });
});

describe('windows', () => {
  const first = (window: [number, number]) => image({ visit: 'first-follow-up', daysFromFirstDose: window });
  it.each<[number, number, string]>([
    [1, 120, '2026-03-15'],
    [33, 33, '2026-03-15'],
    [1, 32, 'the first follow-up CT of 15 Mar 2026 is day 33 from the first dose, the model needs day 1 to 32'],
    [34, 120, 'the first follow-up CT of 15 Mar 2026 is day 33 from the first dose, the model needs day 34 to 120'],
  ])('days %i to %i: %s', (from, to, expected) => {
    expect(dayOf(chooseFeatures(first([from, to]), course, dosed('2026-02-10'), ready))).toBe(expected);
  });

  it('an old baseline is not the baseline of the model', () => {
    const within = image({ daysFromFirstDose: [-60, 0] });
    expect(dayOf(chooseFeatures(within, course, dosed('2026-02-10'), ready))).toBe('2026-02-01');
    expect(dayOf(chooseFeatures(within, course.slice(0, 1), dosed('2026-03-10'), ready))).toMatch(/is day -68 from/);
  });
});

describe('as of a past time', () => {
  it.each([
    ['2026-04-01T00:00:00.000Z', '2026-03-15'],
    ['2026-05-01T00:00:00.000Z', '2026-05-01'],
    ['2026-11-21T12:00:00.000Z', '2026-07-01'],
  ])('at %s the newest follow-up is of %s', (asOf, day) => {
    const answer = chooseFeatures(image({ visit: 'newest-follow-up' }), course, dosed('2026-02-10', asOf), ready);
    expect(dayOf(answer)).toBe(day);
  });

  it('a mask that was drawn later was not known', () => {
    const drawn = set('2026-02-01', { mask: { ...mask, date: '2026-06-01' } });
    const facts = dosed('2026-02-10', '2026-05-31T00:00:00.000Z');
    expect(chooseFeatures(image(), [drawn], facts, ready)).toHaveProperty('gap');
    expect(dayOf(chooseFeatures(image(), [drawn], dosed('2026-02-10', '2026-06-01T00:00:00.000Z'), ready))).toBe(
      '2026-02-01',
    );
  });

  it('of two masks the one that was there then', () => {
    const early = set('2026-02-01', { features: { a: 1 }, mask: { ...mask, date: '2026-02-02' } });
    const late = set('2026-02-01', {
      features: { a: 2 },
      segSOPInstanceUID: 'late',
      mask: { ...mask, date: '2026-06-01' },
    });
    const status = { ...ready, selection: [report('2026-02-01', [{ mask: maskOf('late', '2026-06-01') }])] };
    const at = (asOf: string) => chooseFeatures(image(), [early, late], dosed('2026-02-10', asOf), status);
    expect(at('2026-03-01T00:00:00.000Z')).toMatchObject({ found: { features: { a: 1 } } });
    expect(at('2026-11-21T12:00:00.000Z')).toMatchObject({ found: { features: { a: 2 } } });
  });
});

describe('studies without a date', () => {
  const undated = set(null);
  it('are the baseline only where neither a dose nor a dated study is known', () => {
    expect(dayOf(chooseFeatures(image(), [undated], undosed(), ready))).toBeNull();
    expect(dayOf(chooseFeatures(image(), [undated, ...course], undosed(), ready))).toBe('2026-07-01');
    expect(dayOf(chooseFeatures(image(), [undated], dosed('2026-02-10'), ready))).toMatch(
      /a CT without a date can not be assigned/,
    );
  });

  it('were not known before they were analysed', () => {
    expect(chooseFeatures(image(), [undated], undosed('2026-11-19T00:00:00.000Z'), ready)).toHaveProperty('gap');
  });
});

describe('phase, region and processing', () => {
  const plain = set('2026-02-01', { SeriesInstanceUID: 'plain', phase: 'plain' });
  const arterial = set('2026-02-01', { SeriesInstanceUID: 'arterial', phase: 'arterial' });
  it('the preferred phase of the visit, and only phases that the model takes', () => {
    const choose = (sets: FeatureSetRecord[], phases: ImageRequirement['phases']) => {
      const answer = chooseFeatures(image({ phases }), sets, dosed('2026-02-10'), ready);
      return 'found' in answer ? answer.found.phase : answer.gap;
    };
    expect(choose([plain, set('2026-02-01')], ['venous', 'plain'])).toBe('venous');
    expect(choose([plain, set('2026-01-01')], ['venous', 'plain'])).toBe('plain');
    expect(choose([arterial], ['venous', 'unknown'])).toBe(
      'the baseline CT of 1 Feb 2026 has no venous or unknown series with a tumour mask',
    );
  });

  it('rings by their widths', () => {
    const ring = set('2026-02-01', { region: 'ring-2-2', features: { a: 5 } });
    const sets = [set('2026-02-01'), ring, set('2026-02-01', { processing: 'b.yaml' })];
    const wanted = (growMm: number) => image({ region: { name: 'ring', growMm, shrinkMm: 2 } });
    expect(chooseFeatures(wanted(2), sets, dosed('2026-02-10'), ready)).toMatchObject({
      found: { features: { a: 5 } },
    });
    expect(chooseFeatures(wanted(3), sets, dosed('2026-02-10'), ready)).toHaveProperty('gap');
  });

  it('two series of one phase that nobody chose between are a gap', () => {
    const twin = set('2026-02-01', { SeriesInstanceUID: 'twin' });
    expect(dayOf(chooseFeatures(image(), [set('2026-02-01'), twin], dosed('2026-02-10'), ready))).toMatch(
      /several venous series of the baseline CT of 1 Feb 2026 fit equally: a person must choose/,
    );
  });

  it('a network that the site has not supplied is said first', () => {
    const gap = 'the site has not supplied the network';
    expect(chooseFeatures(image({ processing: 'net.json' }), course, undosed(), ready, { 'net.json': gap })).toEqual({
      gap,
    });
  });
});

const maskOf = (segSOPInstanceUID: string, date: string | null = null) => ({
  segSOPInstanceUID,
  segmentNumber: 1,
  date,
});
function report(day: string, series: readonly Partial<SelectedSeries>[], code: SeriesSelectionReport['code'] = null) {
  return {
    StudyInstanceUID: `study ${day}`,
    studyDate: day,
    StudyDescription: null,
    code,
    series: series.map((one) => ({
      SeriesInstanceUID: `series ${day}`,
      SeriesDescription: 'venous',
      phase: 'venous' as const,
      phaseReason: 'now',
      ConvolutionKernel: null,
      sliceThicknessMm: 3,
      chosen: true,
      reason: '',
      mask: maskOf(`seg ${day}`),
      ...one,
    })),
  };
}

describe('what the last look at the archive chose', () => {
  const answer = (selection: SeriesSelectionReport[], sets = [set('2026-02-01')]) =>
    chooseFeatures(image(), sets, dosed('2026-02-10'), { ...ready, selection });

  it('an older segmentation does not answer for a newer one that could not be read', () => {
    expect(dayOf(answer([report('2026-02-01', [{ mask: maskOf('redrawn') }])]))).toMatch(/could not be computed/);
    expect(dayOf(answer([report('2026-02-01', [{}])]))).toBe('2026-02-01');
  });

  it('an ambiguous study stays a gap, whatever was computed before', () => {
    const twins = [{ chosen: false }, { chosen: false, SeriesInstanceUID: 'twin' }];
    expect(dayOf(answer([report('2026-02-01', twins, 'SERIES_AMBIGUOUS')]))).toMatch(/several equally good series/);
  });

  it('a visit whose features failed is not filled with an older study', () => {
    const selection = [report('2026-02-01', [{}]), report('2026-01-01', [{}])];
    expect(dayOf(answer(selection, [set('2026-01-01')]))).toBe(
      'the features of the baseline CT of 1 Feb 2026 could not be computed',
    );
  });

  it('the phase is that of the rules as they are now', () => {
    expect(answer([report('2026-02-01', [{ phase: 'unknown' }])])).toMatchObject({
      found: { phase: 'unknown', phaseReason: 'now' },
    });
    expect(dayOf(answer([report('2026-02-01', [{ phase: 'arterial' }])]))).toMatch(/no venous or unknown series/);
  });

  it('before the first look the answer is pending', () => {
    expect(chooseFeatures(image(), [], undosed(), undefined)).toEqual({ gap: 'image analysis is pending' });
    const none = { ...ready, state: 'none', code: 'IMAGING_NO_SEG', message: 'no mask' } as const;
    expect(chooseFeatures(image(), [], undosed(), none)).toEqual({ gap: 'no mask' });
  });
});
