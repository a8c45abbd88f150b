import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../../ohif-extension/src/api/api-failure.ts';
import { LesionRings } from '../../../ohif-extension/src/overlay/lesion-rings.ts';
import type { ViewerState } from '../../../ohif-extension/src/state/shared-state.ts';
import type { KnownOutline } from '../../../ohif-extension/src/viewer/outlines.ts';
import type { MeasuredRegion, RegionAddress } from '../../../src/http/api/panel-types.ts';

const outline = {
  StudyInstanceUID: '1.2',
  segSOPInstanceUID: '1.2.9',
  segmentNumber: 1,
  phase: 'venous',
  lesion: {
    features: [
      { region: 'tumour', phase: 'venous', points: [{ StudyInstanceUID: '1.2' }] },
      { region: 'ring-2-2', phase: 'venous', points: [{ StudyInstanceUID: '1.2' }] },
      { region: 'ring-2-2', phase: 'venous', points: [{ StudyInstanceUID: '1.2' }] },
      { region: 'ring-5-5', phase: 'plain', points: [{ StudyInstanceUID: '1.2' }] },
      { region: 'ring-7-7', phase: 'venous', points: [{ StudyInstanceUID: '1.3' }] },
    ],
  },
} as unknown as KnownOutline;

const address: RegionAddress = {
  StudyInstanceUID: '1.2',
  SOPInstanceUID: '1.2.9',
  segmentNumber: 1,
  region: 'ring-2-2',
};
/** 3 x 2 pixels: the upper row without its first pixel, the lower one without its last. */
const region: MeasuredRegion = {
  ...address,
  SeriesInstanceUID: '1.2.1',
  columns: 3,
  rows: 2,
  extractorVersion: '1',
  images: [{ SOPInstanceUID: '1.2.1.5', runs: [1, 4] }],
};
const shown = {
  view: { course: { studies: [{ StudyInstanceUID: '1.2', label: 'Baseline', studyDate: '2026-08-03' }] } },
  overlay: { visible: true, ring: true },
  shownStudies: ['1.2'],
} as unknown as ViewerState;
const settled = () => new Promise((resolve) => setImmediate(resolve));

let answers: (MeasuredRegion | Error)[];
let asked: RegionAddress[];
let changes: number;
let rings: LesionRings;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date'] });
  answers = [];
  asked = [];
  changes = 0;
  rings = new LesionRings(
    async (wish) => {
      asked.push(wish);
      const answer = answers.shift() ?? region;
      if (answer instanceof Error) throw answer;
      return answer;
    },
    () => {
      changes += 1;
    },
  );
});
afterEach(() => {
  vi.useRealTimers();
});

describe('the ring in the viewer', () => {
  it('is asked for once, for this outline only, and its border drawn when it has come', async () => {
    expect(rings.in('1.2.1.5', outline)).toEqual([]);
    expect(rings.in('1.2.1.5', outline)).toEqual([]);
    expect(rings.notices(shown)).toEqual(['Baseline, 3 Aug 2026: the ring region is being read from the service']);
    await settled();
    expect([asked, changes]).toEqual([[address], 1]);
    // Clockwise around both.
    expect(rings.in('1.2.1.5', outline)).toEqual([
      'M0.5 -0.5L2.5 -0.5L2.5 0.5L1.5 0.5L1.5 1.5L-0.5 1.5L-0.5 0.5L0.5 0.5Z',
    ]);
    expect(rings.in('1.2.1.6', outline)).toEqual([]);
    expect(rings.notices(shown)).toEqual([]);
  });

  it('that no result rests on is not asked for, and said', () => {
    expect(rings.in('1.2.1.5', { ...outline, phase: 'arterial' } as KnownOutline)).toEqual([]);
    expect(asked).toEqual([]);
    expect(rings.notices(shown)).toEqual([
      'Baseline, 3 Aug 2026: no result rests on a ring around the outline that is shown',
    ]);
    rings.in('1.2.1.5', outline);
    expect(rings.notices(shown)).toEqual(['Baseline, 3 Aug 2026: the ring region is being read from the service']);
  });

  it('that the service refuses is said, and not asked for again', async () => {
    answers = [new ApiError({ reason: 'refused', code: 'SEG_UNSUPPORTED', text: 'enhanced images' })];
    rings.in('1.2.1.5', outline);
    await settled();
    vi.setSystemTime(Date.now() + 3_600_000);
    expect(rings.in('1.2.1.5', outline)).toEqual([]);
    expect(asked).toHaveLength(1);
    expect(rings.notices(shown)).toEqual(['Baseline, 3 Aug 2026: the ring region can not be shown: enhanced images']);
    expect(rings.notices({ ...shown, overlay: { ...shown.overlay, ring: false } })).toEqual([]);
    expect(rings.notices({ ...shown, shownStudies: ['1.3'] })).toEqual([]);
  });

  it('of a service that did not answer is asked for again after a pause', async () => {
    answers = [new TypeError('network')];
    rings.in('1.2.1.5', outline);
    await settled();
    rings.in('1.2.1.5', outline);
    expect(asked).toHaveLength(1);
    vi.setSystemTime(Date.now() + 11_000);
    rings.in('1.2.1.5', outline);
    await settled();
    expect(asked).toHaveLength(2);
    expect(rings.in('1.2.1.5', outline)).toHaveLength(1);
  });
});
