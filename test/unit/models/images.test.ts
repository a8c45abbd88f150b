import { describe, expect, it } from 'vitest';
import type { ImageRequirement } from '../../../src/models/image-schema.ts';
import { resolveImages } from '../../../src/models/images.ts';
import type { ImagePreparation, NamedFeatures } from '../../../src/models/model-result.ts';
import {
  constructedData,
  constructedFact,
  constructedFeatures,
  constructedModel,
} from '../../helpers/constructed-model.ts';

const baseline = constructedModel.images[0]!;
const followUp: ImageRequirement = {
  ...baseline,
  name: 'followUpTumour',
  label: 'first follow-up CT',
  visit: 'first-follow-up',
  daysFromFirstDose: [1, 120],
};
const second: ImageRequirement = {
  ...followUp,
  name: 'secondTumour',
  label: 'second follow-up CT',
  visit: 'second-follow-up',
  daysFromFirstDose: [60, 240],
  whenMissing: { visits: ['first-follow-up', 'baseline'], warning: 'the nearest visit stands in' },
};
const change = {
  name: 'change',
  label: 'change',
  operator: 'net-change' as const,
  of: ['baselineTumour', 'secondTumour'] as [string, string],
};
const model = { ...constructedModel, images: [baseline, followUp, second], deltas: [change] };
const at = (visit: NamedFeatures['visit'], value: number, rest: Partial<NamedFeatures> = {}) =>
  constructedFeatures({ f: value }, { visit, sources: [visit], ...rest });

describe('images of a model', () => {
  it("a missing visit takes the features of the first one that is there, with the warning, in that visit's window", () => {
    const asked: ImageRequirement[] = [];
    const { sources, warnings } = resolveImages(
      model,
      constructedData({
        features: (image) => {
          asked.push(image);
          if (image.visit === 'second-follow-up') return { gap: 'no second follow-up CT' };
          return image.visit === 'baseline' ? at('baseline', 10) : at('first-follow-up', 15);
        },
      }),
    );
    expect(sources.get('secondTumour')).toMatchObject({ features: { f: 15 } });
    expect(sources.get('change')).toMatchObject({ features: { f: 0.5 }, sources: ['baseline', 'first-follow-up'] });
    expect(warnings).toEqual([
      { code: 'OTHER_VISIT', text: 'second follow-up CT: the nearest visit stands in (no second follow-up CT)' },
    ]);
    expect(asked.at(-1)).toMatchObject({ name: 'secondTumour', visit: 'first-follow-up', daysFromFirstDose: [1, 120] });
    expect(asked.at(-1)?.whenMissing).toBeUndefined();
  });

  it('a change between a CT and itself is missing, not 0', () => {
    const features = ({ visit }: ImageRequirement) =>
      visit === 'baseline' ? at('baseline', 10) : { gap: 'no follow-up CT' };
    const { sources, imaging } = resolveImages(model, constructedData({ features }));
    expect(sources.get('change')).toEqual({
      label: 'change',
      gap: 'only one CT is there: a change between two can not be computed',
    });
    expect(imaging.map(({ image, visit }) => [image, visit])).toEqual([
      ['baselineTumour', 'baseline'],
      ['secondTumour', 'baseline'],
    ]);
  });

  it.each([
    ['OTHER_PHASE', { phase: 'plain' as const }, 'the phase is plain; the model was made on the venous phase'],
    ['OTHER_PHASE', { phase: 'unknown' as const }, 'the contrast phase is not recorded'],
    ['OTHER_SLICE_THICKNESS', { sliceThicknessMm: 8 }, 'slice thickness 8 mm'],
    ['OTHER_SLICE_THICKNESS', { sliceThicknessMm: null }, 'does not state its slice thickness'],
    ['IMAGING_OLD', { studyDate: '2026-08-01' }, 'the CT of 1 Aug 2026 is older than 60 days'],
    ['IMAGING_UNDATED', { studyDate: null }, 'the study carries no date'],
  ])('%s for %o', (code, rest, text) => {
    const { warnings } = resolveImages(
      { ...model, images: [baseline], deltas: [] },
      constructedData({ features: () => at('baseline', 1, rest) }),
    );
    expect(warnings).toEqual([{ code, text: expect.stringContaining(text) }]);
    expect(warnings[0]?.text).toContain('baseline CT, tumour: ');
  });

  it.each([
    [
      'LOSSY_COMPRESSION',
      { lossyCompression: { methods: ['ISO_10918_1'], ratio: 12.5 } },
      'compressed with loss (ISO_10918_1, ratio 12.5)',
    ],
    [
      'LOSSY_COMPRESSION',
      { lossyCompression: { methods: [], ratio: null } },
      'compressed with loss (method not stated, ratio not stated)',
    ],
    [
      'IMAGES_STRAIGHTENED',
      { straightened: 'the gantry was tilted' },
      'the gantry was tilted: the slices were resampled',
    ],
    ['MASK_FRACTIONAL', { maskThreshold: 0.5 }, 'what reaches 0.5 of its maximum counts as tumour'],
  ])('%s for %o', (code, rest, text) => {
    const asked = { ...model, images: [baseline], deltas: [] };
    const nothing = { lossyCompression: null, straightened: null, maskThreshold: null };
    const resolve = (preparation: ImagePreparation) =>
      resolveImages(asked, constructedData({ features: () => at('baseline', 1, { preparation }) }));
    expect(resolve(nothing).warnings).toEqual([]);
    const { warnings, imaging } = resolve({ ...nothing, ...rest });
    expect(warnings).toEqual([{ code, text: expect.stringContaining(text) }]);
    expect(imaging[0]?.preparation).toEqual({ ...nothing, ...rest });
  });

  it.each([
    ['AUTOMATIC', 'MASK_AUTOMATIC'],
    ['UNKNOWN', 'MASK_UNKNOWN'],
    ['MANUAL', undefined],
    ['SEMIAUTOMATIC', undefined],
  ])('a mask %s: %s', (type, code) => {
    const mask = { type, algorithm: null, author: null, date: null, segmentLabel: 'tumour' };
    const { warnings } = resolveImages(
      { ...model, images: [baseline], deltas: [] },
      constructedData({ features: () => at('baseline', 1, { mask }) }),
    );
    expect(warnings[0]?.code).toBe(code);
  });

  it('a baseline CT grows old up to the first dose only; what two regions of one series share is said once', () => {
    const ring: ImageRequirement = { ...baseline, name: 'ring', region: { name: 'ring', growMm: 2, shrinkMm: 2 } };
    const data = (dose: string) =>
      constructedData({
        facts: { immunotherapyStart: constructedFact(dose) },
        features: () => at('baseline', 1, { studyDate: '2026-06-01' }),
      });
    const both = { ...model, images: [baseline, ring], deltas: [] };
    expect(resolveImages(both, data('2026-07-01')).warnings).toEqual([]);
    expect(resolveImages(both, data('2026-09-01')).warnings).toEqual([
      {
        code: 'IMAGING_OLD',
        text: 'baseline CT, tumour: the CT of 1 Jun 2026 is older than 60 days at the first dose',
      },
    ]);
  });
});
