import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { outlinePath } from '../../../ohif-extension/src/overlay/outline-path.ts';
import { legendStyles, rgba, riskStyle } from '../../../ohif-extension/src/overlay/risk-style.ts';
import { byDate, paneOf } from '../../../ohif-extension/src/viewer/study-panes.ts';

/** Area enclosed by a path of closed loops, holes counted off (shoelace formula). */
function enclosedArea(path: string): number {
  return path
    .split('Z')
    .filter(Boolean)
    .reduce((sum, loop) => {
      const points = loop
        .slice(1)
        .split('L')
        .map((pair) => pair.split(' ').map(Number) as [number, number]);
      const twice = points.reduce((total, [x, y], at) => {
        const [nextX, nextY] = points[(at + 1) % points.length]!;
        return total + x * nextY - nextX * y;
      }, 0);
      return sum + twice / 2;
    }, 0);
}

describe('outline of a label', () => {
  it('one pixel: a square around its centre', () => {
    expect(outlinePath([0, 0, 0, 0, 1, 0, 0, 0, 0], 3, 3, 1)).toBe('M0.5 0.5L1.5 0.5L1.5 1.5L0.5 1.5Z');
  });

  it('corners on a straight edge are left out, and the edge of the image closes the outline', () => {
    expect(outlinePath([2, 2, 2, 2], 2, 2, 2)).toBe('M-0.5 -0.5L1.5 -0.5L1.5 1.5L-0.5 1.5Z');
  });

  it('a hole is a loop of its own', () => {
    expect(outlinePath([1, 1, 1, 1, 0, 1, 1, 1, 1], 3, 3, 1).match(/M/g)).toHaveLength(2);
  });

  it('a label that is not there has no outline', () => {
    expect(outlinePath([0, 1, 0, 1], 2, 2, 3)).toBe('');
  });

  it('encloses as many pixels as have the label, whatever their shape', () => {
    const slices = fc.integer({ min: 1, max: 9 }).chain((columns) =>
      fc.record({
        columns: fc.constant(columns),
        labels: fc
          .array(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: columns, maxLength: columns }), {
            minLength: 1,
            maxLength: 9,
          })
          .map((rows) => rows.flat()),
      }),
    );
    fc.assert(
      fc.property(slices, ({ columns, labels }) => {
        const path = outlinePath(labels, columns, labels.length / columns, 1);
        expect(enclosedArea(path)).toBeCloseTo(labels.filter((label) => label === 1).length, 9);
      }),
    );
  });
});

/** Colours on dark viewer, as all surfaces have them. */
describe('style of a risk group', () => {
  it.each([
    ['low', '#56B4E9', 'L'],
    ['intermediate', '#F0B94A', 'I'],
    ['high', '#FF7F2A', 'H'],
    [null, '#9E9E9E', '?'],
  ] as const)('%s: %s with the letter %s', (group, colour, letter) => {
    expect(riskStyle(group)).toMatchObject({ colour, letter });
  });

  it('no two look alike without colour', () => {
    expect(new Set(legendStyles.map(({ width, dashes }) => `${width} ${dashes}`)).size).toBe(4);
    expect(new Set(legendStyles.map(({ letter }) => letter)).size).toBe(4);
  });

  it('as red, green, blue, opacity', () => {
    expect(rgba(riskStyle('low'))).toEqual([0x56, 0xb4, 0xe9, 255]);
  });
});

describe('panes', () => {
  const studies = byDate([
    { StudyInstanceUID: 'third', StudyDate: '20260901', StudyTime: '080000' },
    { StudyInstanceUID: 'first', StudyDate: '20260301' },
    { StudyInstanceUID: 'second', StudyDate: '20260601' },
    { StudyInstanceUID: 'fourth', StudyDate: '20260901', StudyTime: '110000' },
  ]);
  const panes = (baseline: string | null) => studies.map((study) => paneOf(study.StudyInstanceUID, studies, baseline));

  it('oldest first, by time on one day', () => {
    expect(studies.map(({ StudyInstanceUID }) => StudyInstanceUID)).toEqual(['first', 'second', 'third', 'fourth']);
  });

  it('the oldest and the newest, whatever the order in the address', () => {
    expect(panes(null)).toEqual(['baseline', 'none', 'none', 'newest']);
  });

  it('the study that changes count from, where the service says which', () => {
    expect(panes('second')).toEqual(['none', 'baseline', 'none', 'newest']);
  });

  it('a baseline that is not opened, or is the newest study, leaves the oldest', () => {
    expect(panes('elsewhere')).toEqual(['baseline', 'none', 'none', 'newest']);
    expect(panes('fourth')).toEqual(['baseline', 'none', 'none', 'newest']);
  });

  it('one study is the newest', () => {
    expect(paneOf('only', [{ StudyInstanceUID: 'only' }], 'only')).toBe('newest');
  });
});
