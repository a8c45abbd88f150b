import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { concordance } from '../../../src/statistics/concordance.ts';
import { kaplanMeier, medianSurvival, restrictedMean, survivalAt } from '../../../src/statistics/kaplan-meier.ts';
import { logRank } from '../../../src/statistics/log-rank.ts';
import { compareRiskGroups, splitAtCutoff } from '../../../src/statistics/median-cutoff.ts';
import { areaUnderRoc } from '../../../src/statistics/roc.ts';
import { StatisticsError } from '../../../src/statistics/statistics-error.ts';
import { equalGroups, survivalCalibration } from '../../../src/statistics/survival-calibration.ts';
import { mergeTimes } from '../../../src/statistics/survival-outcome.ts';
import { timeDependentRoc, uncensoredBefore } from '../../../src/statistics/time-dependent-roc.ts';
import { expectAllFinite, refusal } from './refusal.ts';

/** Follow-up with many ties: whole times of 0..12, about half of the rows censored, a coarse marker. */
const followUp = fc
  .array(
    fc.record({
      time: fc.integer({ min: 0, max: 12 }),
      status: fc.integer({ min: 0, max: 1 }),
      marker: fc.integer({ min: -3, max: 3 }),
      group: fc.integer({ min: 0, max: 2 }),
    }),
    { minLength: 2, maxLength: 40 },
  )
  .map((rows) => ({
    time: rows.map((row) => row.time),
    status: rows.map((row) => row.status),
    marker: rows.map((row) => row.marker),
    group: rows.map((row) => row.group),
  }));

/** The value, or null where the data do not define it: any other error fails the property. */
function ifDefined<T>(run: () => T): T | null {
  try {
    return run();
  } catch (error) {
    if (error instanceof StatisticsError) return null;
    throw error;
  }
}

describe('Kaplan-Meier', () => {
  test('is a step function from 1 downwards, its limits around it', () => {
    fc.assert(
      fc.property(followUp, fc.constantFrom('log', 'log-log', 'plain'), ({ time, status }, interval) => {
        const curve = kaplanMeier(time, status, { interval });
        expectAllFinite(curve);
        let before = 1;
        curve.survival.forEach((value, k) => {
          expect(value).toBeLessThanOrEqual(before);
          expect(value === before).toBe(curve.events[k] === 0);
          expect(value).toBeGreaterThanOrEqual(0);
          expect(curve.lower[k] ?? 0).toBeLessThanOrEqual(value + 1e-12);
          expect(curve.upper[k] ?? 1).toBeGreaterThanOrEqual(value - 1e-12);
          const point = survivalAt(curve, curve.time[k]! + 0.5);
          expect(point.survival).toBe(value);
          before = value;
        });
        expect(survivalAt(curve, -1).survival).toBe(1);
      }),
    );
  });
  test('without censoring is the share still alive', () => {
    fc.assert(
      fc.property(followUp, ({ time }) => {
        const curve = kaplanMeier(
          time,
          time.map(() => 1),
        );
        curve.time.forEach((t, k) => {
          expect(curve.survival[k]).toBeCloseTo(time.filter((other) => other > t).length / time.length, 12);
        });
      }),
    );
  });
  test('with every row censored stays at 1 and has no median', () => {
    const curve = kaplanMeier([3, 1, 2], [0, 0, 0]);
    expect(curve.survival).toEqual([1, 1, 1]);
    expect(medianSurvival(curve)).toEqual({ time: null, lower: null, upper: null });
    expect(restrictedMean(curve)).toEqual({ mean: 3, standardError: 0 });
  });
  test('of one row falls to 0, without limits', () => {
    const curve = kaplanMeier([5], [1]);
    expect(curve).toMatchObject({ time: [5], survival: [0], standardError: [null], lower: [null], upper: [null] });
    expect(medianSurvival(curve).time).toBe(5);
  });
  test('that ends on 0.5 has the first time there as median', () => {
    expect(medianSurvival(kaplanMeier([1, 2, 3, 4], [1, 1, 0, 0])).time).toBe(2);
  });
  test('survives JSON', () => {
    const curve = kaplanMeier([2, 2, 5, 7, 9], [1, 0, 1, 0, 1]);
    expect(JSON.parse(JSON.stringify(curve))).toEqual(curve);
  });
  test('a restricted mean beyond follow-up is refused unless the curve has reached 0', () => {
    expect(refusal(() => restrictedMean(kaplanMeier([1, 2], [1, 0]), 3)).subject).toBe('horizon');
    expect(restrictedMean(kaplanMeier([1, 2], [1, 1]), 9).mean).toBe(1.5);
  });
  test.each([
    ['no rows', [], [], 'time'],
    ['NaN', [1, Number.NaN], [1, 0], 'time'],
    ['a negative time', [1, -2], [1, 0], 'time'],
    ['status 2', [1, 2], [1, 2], 'status'],
    ['unequal lengths', [1, 2], [1], 'status'],
  ])('%s is refused', (_, time, status, subject) => {
    expect(refusal(() => kaplanMeier(time, status))).toEqual({ code: 'STATISTICS_INPUT', subject });
  });
  test('a confidence of 95 is refused', () => {
    expect(refusal(() => kaplanMeier([1], [1], { confidence: 95 })).subject).toBe('confidence');
  });
});

describe('times that differ by rounding', () => {
  test('are one time', () => {
    const time = mergeTimes([0.1 + 0.2, 0.3, 5, 0.3]);
    expect(new Set(time).size).toBe(2);
    expect(kaplanMeier([0.1 + 0.2, 0.3, 5], [1, 1, 0]).time).toHaveLength(2);
  });
  test('days apart stay apart', () => {
    expect(mergeTimes([1000, 1001, 1002])).toEqual(Float64Array.of(1000, 1001, 1002));
  });
});

describe('log-rank', () => {
  test('does not depend on labels, nor on the order of rows', () => {
    fc.assert(
      fc.property(followUp, fc.constantFrom(0, 1), ({ time, status, group }, rho) => {
        const straight = ifDefined(() => logRank(time, status, group, { rho }));
        const swapped = ifDefined(() =>
          logRank(time.toReversed(), status.toReversed(), group.map((label) => 7 - 2 * label).toReversed(), { rho }),
        );
        expect(swapped === null).toBe(straight === null);
        if (straight === null || swapped === null) return;
        expectAllFinite(straight);
        expect(swapped.chiSquare).toBeCloseTo(straight.chiSquare, 8);
        expect(swapped.df).toBe(straight.df);
        straight.variance.forEach((row) => {
          expect(row.reduce((a, b) => a + b)).toBeCloseTo(0, 10);
        });
        if (rho === 0) {
          const events = status.reduce((a, b) => a + b, 0);
          expect(straight.observed.reduce((a, b) => a + b)).toBe(events);
          expect(straight.expected.reduce((a, b) => a + b)).toBeCloseTo(events, 9);
        }
      }),
    );
  });
  test('of groups with the same follow-up is 0', () => {
    const test = logRank([1, 2, 3, 1, 2, 3], [1, 0, 1, 1, 0, 1], [0, 0, 0, 1, 1, 1]);
    expect([test.chiSquare, test.p]).toEqual([0, 1]);
  });
  test.each([
    ['one group', [1, 2], [1, 1], [4, 4], 'group'],
    ['no event', [1, 2], [0, 0], [0, 1], 'status'],
    ['groups never at risk together', [1, 2], [0, 1], [0, 1], 'group'],
    ['all events when everybody has them', [5, 5], [1, 1], [0, 1], 'group'],
    ['a label that is no number', [1, 2], [1, 1], [0, Number.NaN], 'group'],
    ['too few labels', [1, 2], [1, 1], [0], 'group'],
  ])('%s is refused', (_, time, status, group, subject) => {
    expect(refusal(() => logRank(time, status, group))).toEqual({ code: 'STATISTICS_INPUT', subject });
  });
  test('groups that can only be compared in part are singular', () => {
    const [time, status] = [
      [1, 1.5, 2, 2, 8, 9, 10],
      [1, 1, 0, 0, 1, 1, 1],
    ];
    const strata = [0, 0, 0, 0, 1, 1, 1];
    expect(refusal(() => logRank(time, status, [0, 1, 0, 1, 2, 3, 2], { strata })).code).toBe('STATISTICS_SINGULAR');
  });
});

describe("Harrell's C", () => {
  test('flips with the sign of the score, and keeps its error', () => {
    fc.assert(
      fc.property(followUp, ({ time, status, marker }) => {
        const straight = ifDefined(() => concordance(time, status, marker));
        const flipped = ifDefined(() =>
          concordance(
            time,
            status,
            marker.map((value) => -value),
          ),
        );
        expect(flipped === null).toBe(straight === null);
        if (straight === null || flipped === null) return;
        expectAllFinite(straight);
        expect(flipped.c).toBeCloseTo(1 - straight.c, 12);
        expect(flipped.standardError).toBeCloseTo(straight.standardError, 12);
        expect([flipped.concordant, flipped.discordant]).toEqual([straight.discordant, straight.concordant]);
      }),
    );
  });
  test('counts as going through all pairs does', () => {
    fc.assert(
      fc.property(followUp, ({ time, status, marker }) => {
        const found = ifDefined(() => concordance(time, status, marker));
        const counts = { concordant: 0, discordant: 0, tiedRisk: 0 };
        time.forEach((_, i) => {
          time.forEach((_, j) => {
            const earlier = time[i]! < time[j]! || (time[i] === time[j] && status[j] === 0);
            if (i === j || status[i] !== 1 || !earlier) return;
            if (marker[i] === marker[j]) counts.tiedRisk++;
            else counts[marker[i]! > marker[j]! ? 'concordant' : 'discordant']++;
          });
        });
        if (found === null) expect(Object.values(counts)).toEqual([0, 0, 0]);
        else expect(found).toMatchObject(counts);
      }),
    );
  });
  test('of a score without any difference is one half, without error', () => {
    expect(concordance([1, 2, 3], [1, 1, 0], [4, 4, 4])).toMatchObject({ c: 0.5, standardError: 0, tiedRisk: 3 });
  });
  test('of censored rows only, or one row, is refused', () => {
    expect(refusal(() => concordance([1, 2], [0, 0], [1, 2])).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => concordance([1], [1], [1])).code).toBe('STATISTICS_INPUT');
    expect(refusal(() => concordance([1, 2], [1, 1], [1, Number.NaN])).subject).toBe('risk');
  });
});

describe('time-dependent ROC', () => {
  test('without censoring is the plain area under the curve', () => {
    fc.assert(
      fc.property(followUp, fc.integer({ min: 1, max: 11 }), ({ time, marker }, horizon) => {
        const rows = Array.from(time.keys()).filter((row) => time[row] !== horizon);
        const outcome = rows.map((row) => Number(time[row]! < horizon));
        fc.pre(outcome.includes(0) && outcome.includes(1));
        const allEvents = time.map(() => 1);
        const found = timeDependentRoc(time, allEvents, marker, horizon);
        expectAllFinite(found);
        const plain = areaUnderRoc(
          Float64Array.from(rows, (row) => marker[row]!),
          outcome,
        );
        expect(found.auc).toBeCloseTo(plain, 12);
      }),
    );
  });
  test('is the trapezoid area of its curve, which rises from 0 to 1', () => {
    fc.assert(
      fc.property(followUp, fc.integer({ min: 1, max: 11 }), ({ time, status, marker }, horizon) => {
        const found = ifDefined(() => timeDependentRoc(time, status, marker, horizon));
        if (found === null) return;
        expectAllFinite(found);
        const { truePositiveRate: tp, falsePositiveRate: fp } = found.curve;
        let area = 0;
        for (let k = 1; k < tp.length; k++) {
          area += ((tp[k]! + tp[k - 1]!) / 2) * (fp[k]! - fp[k - 1]!);
          expect(tp[k]).toBeGreaterThanOrEqual(tp[k - 1]!);
        }
        expect(found.auc).toBeCloseTo(area, 10);
        expect([tp[0], fp[0]]).toEqual([0, 0]);
        expect(tp.at(-1)).toBeCloseTo(1, 12);
        expect(fp.at(-1)).toBeCloseTo(1, 12);
        expect(found.cases + found.controls + found.neither).toBe(time.length);
      }),
    );
  });
  test('a horizon before the first event or after the last follow-up is refused', () => {
    const run = (horizon: number) => timeDependentRoc([2, 4, 6], [1, 1, 0], [3, 2, 1], horizon);
    expect(refusal(() => run(1)).subject).toBe('horizon');
    expect(refusal(() => run(6)).subject).toBe('horizon');
    expect(refusal(() => run(Number.NaN)).subject).toBe('horizon');
    expect(run(5).auc).toBe(1);
  });
  test('an event at the horizon is a case only on request', () => {
    const run = (eventAtHorizon: 'neither' | 'case') =>
      timeDependentRoc([3, 6, 9], [1, 1, 0], [3, 1, 2], 6, { eventAtHorizon });
    expect([run('neither').cases, run('neither').auc]).toEqual([1, 1]);
    expect([run('case').cases, run('case').auc]).toEqual([2, 0.5]);
  });
  test('weights are 1 without censoring', () => {
    expect(uncensoredBefore([1, 2, 2, 3], [1, 1, 1, 1])).toEqual(Float64Array.of(1, 1, 1, 1));
  });
});

describe('groups', () => {
  test('a score at the cut-off is low with >, high with >=', () => {
    expect(Array.from(splitAtCutoff([1, 2, 3], 2, '>'))).toEqual([0, 0, 1]);
    expect(Array.from(splitAtCutoff([1, 2, 3], 2, '>='))).toEqual([0, 1, 1]);
    expect(refusal(() => splitAtCutoff([1, Number.NaN], 2, '>')).subject).toBe('scores');
    expect(refusal(() => splitAtCutoff([1], Number.NaN, '>')).subject).toBe('cutoff');
  });
  test('an empty group is refused; one without events has no finite hazard ratio', () => {
    expect(refusal(() => compareRiskGroups([1, 2, 3], [1, 1, 1], [1, 1, 1])).subject).toBe('group');
    expect(refusal(() => compareRiskGroups([1, 2, 3], [1, 1, 1], [1, 2, 2])).subject).toBe('high');
    const rows = [1, 2, 3, 4, 9, 9, 9, 9];
    expect(refusal(() => compareRiskGroups(rows, [1, 1, 1, 1, 0, 0, 0, 0], [1, 1, 1, 1, 0, 0, 0, 0])).code).toBe(
      'STATISTICS_SEPARATED',
    );
  });
  test('equal groups differ by at most one row, and keep equal values together', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { minLength: 4, maxLength: 60 }), (values) => {
        const groups = Array.from(equalGroups(values, 4));
        const sizes = [0, 1, 2, 3].map((group) => groups.filter((value) => value === group).length);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
    expect(Array.from(equalGroups([5, 5, 5, 1], 2))).toEqual([0, 0, 0, 0]);
    expect(refusal(() => equalGroups([1, 2], 3)).subject).toBe('count');
  });
  test('calibration says where follow-up of a group ends before the horizon', () => {
    const points = survivalCalibration([0.2, 0.2, 0.8, 0.8], [1, 2, 8, 9], [1, 0, 0, 1], 6, [0, 0, 1, 1]);
    expect(points.map(({ observed, atRisk }) => [observed, atRisk])).toEqual([
      [0.5, 0],
      [1, 2],
    ]);
    expect(refusal(() => survivalCalibration([1.2], [1], [1], 1, [0])).subject).toBe('predicted');
  });
});
