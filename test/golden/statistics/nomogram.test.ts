import { describe, expect, test } from 'vitest';
import { fitCox } from '../../../src/statistics/cox.ts';
import { coxBaselineHazard, coxLinearPredictor } from '../../../src/statistics/cox-prediction.ts';
import { fitLogistic, logisticProbability } from '../../../src/statistics/logistic.ts';
import {
  linearAxis,
  lpFromPoints,
  type Nomogram,
  type NomogramAxis,
  nomogram,
  pointsFromLp,
} from '../../../src/statistics/nomogram.ts';
import { mean } from '../../../src/statistics/standardise.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { coxColumns } from './cox-reference.ts';
import { expectAbsolute, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface NomogramCase {
  input: string;
  terms: string[];
  coef: number[];
  center?: number;
  surv6m_at_centered_lp0?: number;
  surv12m_at_centered_lp0?: number;
  variables: Record<string, { values: (number | string)[]; Xbeta: number[]; points: number[] }>;
  lp_axis: { lp: number[]; total_points: number[] };
  other_axes: Record<string, { total_points: number[]; value: number[]; fat: string[] }>;
  info: {
    sc: number;
    Intercept: number | { Intercept: number };
    'lp.at': number[];
    maxscale: number;
    R: [number[], number[]];
  };
}

/** A numeric axis from its coefficient, a factor's from one coefficient per level but the first. */
function axisOf(name: string, values: (number | string)[], reference: NomogramCase): NomogramAxis {
  const coefficient = (term: string) => reference.coef[reference.terms.indexOf(term)] ?? 0;
  const numbers = values.filter((value) => typeof value === 'number');
  return numbers.length === values.length
    ? linearAxis(name, numbers, coefficient(name))
    : { name, values, contributions: values.map((level) => coefficient(`${name}=${level}`)) };
}

/**
 * Linear predictor at which a monotone function has a value, as rms finds the ticks of a result axis: linear interpolation
 * between 1000 points over the linear predictor's axis, which puts ticks up to 0.001 points from the exact place.
 */
function interpolatedInverse(of: (lp: number) => number, value: number, lpAxis: number[]): number {
  const [low, high] = [lpAxis[0]!, lpAxis.at(-1)!];
  const grid = Array.from({ length: 1000 }, (_, k) => low + ((high - low) * k) / 999);
  const k = grid.findIndex((lp, j) => j < 999 && (of(lp) - value) * (of(grid[j + 1]!) - value) <= 0);
  const [left, right] = [grid[k]!, grid[k + 1]!];
  return left + ((right - left) * (value - of(left))) / (of(right) - of(left));
}

interface ResultScale {
  value(lp: number): number;
  lp(value: number): number;
}

function checkNomogram(built: Nomogram, reference: NomogramCase, scaleOf: (axis: string) => ResultScale): void {
  const tolerance = readTolerance('nomogram_points', 'points');
  for (const { name, contributions, points } of built.axes) {
    const expected = reference.variables[name]!;
    expected.points.forEach((value, k) => {
      expectAbsolute(contributions[k]!, expected.Xbeta[k]!, tolerance, `${name}: contribution ${k}`);
      expectAbsolute(points[k]!, value, tolerance, `${name}: points ${k}`);
    });
  }
  const { Intercept } = reference.info;
  expectAbsolute(built.pointsPerUnit, reference.info.sc, tolerance, 'points per unit');
  expectAbsolute(
    built.lpAtZero,
    typeof Intercept === 'number' ? Intercept : Intercept.Intercept,
    tolerance,
    'linear predictor at 0 points',
  );
  reference.lp_axis.lp.forEach((lp, k) => {
    expectAbsolute(pointsFromLp(built, lp), reference.lp_axis.total_points[k]!, tolerance, `points of ${lp}`);
    expectAbsolute(lpFromPoints(built, reference.lp_axis.total_points[k]!), lp, tolerance, `linear predictor ${lp}`);
  });
  expect(reference.info['lp.at']).toEqual(reference.lp_axis.lp);
  expect(Math.max(...built.axes.flatMap(({ points }) => points))).toBeCloseTo(reference.info.maxscale, 10);
  built.axes.forEach(({ name, contributions }, j) => {
    const [least, most] = reference.info.R;
    expectAbsolute(Math.min(...contributions), least[j]!, tolerance, `${name}: least contribution`);
    expectAbsolute(Math.max(...contributions), most[j]!, tolerance, `${name}: largest contribution`);
  });
  for (const [axis, { value, total_points, fat }] of Object.entries(reference.other_axes)) {
    expect(fat.map(Number)).toEqual(value);
    const scale = scaleOf(axis);
    value.forEach((tick, k) => {
      const interpolated = pointsFromLp(built, interpolatedInverse(scale.value, tick, reference.lp_axis.lp));
      expectAbsolute(interpolated, total_points[k]!, tolerance, `${axis} ${tick}`);
      expectAbsolute(pointsFromLp(built, scale.lp(tick)), total_points[k]!, 1e-3, `${axis} ${tick}, exactly`);
      expectAbsolute(scale.value(scale.lp(tick)), tick, 1e-12, `${axis} ${tick} and back`);
    });
  }
}

describe.skipIf(!hasOracles)(`nomogram points against rms (skips if: ${oracleSkipReason})`, () => {
  const { logistic, cox } = hasOracles ? readCases<NomogramCase>('nomogram_points') : {};

  test('logistic: axes, points, total points, probabilities', () => {
    const reference = logistic!;
    const table = readTable(`statistics/nomogram_points/${reference.input}`);
    const names = Object.keys(reference.variables);
    const fit = fitLogistic(
      names.map((name) => table.column(name)),
      table.column('y'),
    );
    const ours = { ...reference, terms: ['Intercept', ...names], coef: Array.from(fit.coefficients) };
    const axes = names.map((name) => axisOf(name, reference.variables[name]!.values, ours));
    checkNomogram(nomogram(axes, fit.coefficients[0]!), reference, () => ({
      value: logisticProbability,
      lp: (p) => Math.log(p / (1 - p)),
    }));
  });

  test('Cox: axes with a factor, points, total points, survival at 6 and 12 months', () => {
    const reference = cox!;
    const table = readTable(`statistics/nomogram_points/${reference.input}`);
    const columns = coxColumns(table, reference.terms);
    const fit = fitCox(columns, table.column('time'), table.column('status'));
    // rms centres at the mean of the linear predictor, over all columns.
    const centre = mean(coxLinearPredictor(fit, columns, 'zero'));
    const tolerance = readTolerance('nomogram_points', 'points');
    expectAbsolute(centre, reference.center!, tolerance, 'centre');
    const baseline = (t: number) => Math.exp(-coxBaselineHazard(fit, t, 'zero') * Math.exp(centre));
    const [sixMonths, twelveMonths] = [baseline(182.625), baseline(365.25)];
    expectAbsolute(sixMonths, reference.surv6m_at_centered_lp0!, tolerance, 'survival at 6 months');
    expectAbsolute(twelveMonths, reference.surv12m_at_centered_lp0!, tolerance, 'survival at 12 months');
    const ours = { ...reference, coef: [...fit.coefficients] };
    const axes = Object.entries(reference.variables).map(([name, { values }]) => axisOf(name, values, ours));
    checkNomogram(nomogram(axes, -centre), reference, (axis) => {
      const atCentre = axis === 'Surv6m' ? sixMonths : twelveMonths;
      return {
        value: (lp) => atCentre ** Math.exp(lp),
        lp: (survival) => Math.log(Math.log(survival) / Math.log(atCentre)),
      };
    });
  });

  test('the reference has both cases', () => expect([logistic, cox]).not.toContain(undefined));
});

describe.skipIf(!hasOracles)('the reference nomogram_points', () => {
  test('has no field that is not compared, but for', () => {
    expect(
      unreadFields('nomogram_points', {
        'info.minlength': 'of the drawing',
        'info.nint': 'of the drawing',
        'space.used.main': 'of the drawing',
        'space.used.ia': 'of the drawing',
      }),
    ).toEqual([]);
  });
});
