import { describe, expect, test } from 'vitest';
import {
  kaplanMeier,
  medianSurvival,
  restrictedMean,
  type SurvivalCurve,
  type SurvivalInterval,
  survivalAt,
  survivalQuantile,
} from '../../../src/statistics/kaplan-meier.ts';
import { type LogRankTest, logRank } from '../../../src/statistics/log-rank.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import {
  expectAbsolute,
  expectRelative,
  readCases,
  readTable,
  readTolerance,
  type Table,
  unreadFields,
} from './oracle-table.ts';

/** R's NA, "NaN" and "Infinity" stand where this project has null. */
type Cell = number | string | null;

interface ReferenceCurve {
  n: number;
  events: number;
  time: number[];
  n_risk: number[];
  n_event: number[];
  n_censor: number[];
  surv: number[];
  se_surv: Cell[];
  se_log: Cell[];
  conf: Record<
    SurvivalInterval,
    {
      lower: Cell[];
      upper: Cell[];
      median: Cell;
      median_low: Cell;
      median_high: Cell;
      quantiles: { p: number[]; time: Cell[]; low: Cell[]; high: Cell[] };
      at: { times: number[]; surv: number[]; se: Cell[]; low: Cell[]; high: Cell[]; n_risk: number[] };
    }
  >;
  rmean: number;
  rmean_se: number;
  median_followup_reverse_km: Cell;
}

interface ReferenceLogRank {
  groups: string[];
  n: number[];
  observed: number[];
  expected: number[];
  var: number[][];
  chisq: number;
  df: number;
  p: number;
}

interface KaplanMeierCase {
  input: string;
  overall: ReferenceCurve;
  by_group?: { variable: string; groups: Record<string, ReferenceCurve> };
  logrank?: { variable: string; result: ReferenceLogRank }[];
  logrank_stratified?: { variable: string; strata: string; result: ReferenceLogRank };
  peto_rho1?: { variable: string; result: { chisq: number; p: number } };
}

const tolerances = hasOracles
  ? {
      survival: readTolerance('km_logrank', 'surv'),
      errors: readTolerance('km_logrank', 'se_ci'),
      chiSquare: readTolerance('km_logrank', 'logrank_chisq'),
      p: readTolerance('km_logrank', 'p'),
    }
  : { survival: 0, errors: 0, chiSquare: 0, p: 0 };

function expectCells(actual: readonly (number | null)[], expected: Cell[], tolerance: number, subject: string): void {
  expected.forEach((cell, k) => {
    if (typeof cell !== 'number') expect(actual[k], `${subject} ${k}`).toBeNull();
    else expectAbsolute(actual[k]!, cell, tolerance, `${subject} ${k}`);
  });
}

function checkCurve(time: Float64Array, status: Float64Array, reference: ReferenceCurve, name: string): void {
  for (const interval of ['log', 'log-log', 'plain'] as const) {
    const subject = `${name} ${interval}`;
    const curve = kaplanMeier(time, status, { interval });
    const limits = reference.conf[interval];
    expect([curve.time, curve.atRisk, curve.events, curve.censored]).toEqual([
      reference.time,
      reference.n_risk,
      reference.n_event,
      reference.n_censor,
    ]);
    expect([time.length, curve.events.reduce((a, b) => a + b)]).toEqual([reference.n, reference.events]);
    expectCells(curve.survival, reference.surv, tolerances.survival, `${subject}: survival`);
    expectCells(curve.standardError, reference.se_surv, tolerances.errors, `${subject}: standard error`);
    expectCells(curve.logStandardError, reference.se_log, tolerances.errors, `${subject}: log standard error`);
    expectCells(curve.lower, limits.lower, tolerances.errors, `${subject}: lower limit`);
    expectCells(curve.upper, limits.upper, tolerances.errors, `${subject}: upper limit`);
    const median = medianSurvival(curve);
    expect(median).toEqual({ time: limits.median, lower: limits.median_low, upper: limits.median_high });
    const quantiles = limits.quantiles.p.map((p) => survivalQuantile(curve, p));
    expect(quantiles).toEqual(
      limits.quantiles.p.map((_, k) => ({
        time: limits.quantiles.time[k],
        lower: limits.quantiles.low[k],
        upper: limits.quantiles.high[k],
      })),
    );
    checkPoints(curve, limits.at, subject);
    const { mean, standardError } = restrictedMean(curve);
    expectRelative(mean, reference.rmean, tolerances.survival, `${subject}: restricted mean`);
    expectRelative(standardError, reference.rmean_se, tolerances.errors, `${subject}: its standard error`);
  }
  const reversed = kaplanMeier(
    time,
    status.map((value) => 1 - value),
  );
  expect(medianSurvival(reversed).time).toBe(reference.median_followup_reverse_km);
}

function checkPoints(curve: SurvivalCurve, at: ReferenceCurve['conf'][SurvivalInterval]['at'], subject: string): void {
  const points = at.times.map((t) => survivalAt(curve, t));
  const column = (of: (point: (typeof points)[number]) => number | null) => points.map(of);
  expectCells(
    column((point) => point.survival),
    at.surv,
    tolerances.survival,
    `${subject}: survival at`,
  );
  expectCells(
    column((point) => point.standardError),
    at.se,
    tolerances.errors,
    `${subject}: standard error at`,
  );
  expectCells(
    column((point) => point.lower),
    at.low,
    tolerances.errors,
    `${subject}: lower limit at`,
  );
  expectCells(
    column((point) => point.upper),
    at.high,
    tolerances.errors,
    `${subject}: upper limit at`,
  );
  expect(column((point) => point.atRisk)).toEqual(at.n_risk);
}

/** Group number per row in R's order of levels, which the reference lists as `variable=level`. */
function groupsOf(table: Table, variable: string, levels: string[]): number[] {
  return table.text(variable).map((cell) => levels.findIndex((level) => level.slice(level.indexOf('=') + 1) === cell));
}

function checkLogRank(found: LogRankTest, reference: ReferenceLogRank, subject: string): void {
  expect([...found.n]).toEqual(reference.n);
  expect(found.df).toBe(reference.df);
  reference.groups.forEach((group, g) => {
    expectRelative(
      found.observed[g]!,
      reference.observed[g]!,
      tolerances.chiSquare,
      `${subject}: observed in ${group}`,
    );
    expectRelative(
      found.expected[g]!,
      reference.expected[g]!,
      tolerances.chiSquare,
      `${subject}: expected in ${group}`,
    );
    reference.var[g]!.forEach((value, h) => {
      expectRelative(found.variance[g]![h]!, value, tolerances.chiSquare, `${subject}: variance ${g}, ${h}`);
    });
  });
  expectRelative(found.chiSquare, reference.chisq, tolerances.chiSquare, `${subject}: chi-squared`);
  expectRelative(found.p, reference.p, tolerances.p, `${subject}: p`);
}

describe.skipIf(!hasOracles)(`Kaplan-Meier and log-rank against R survival (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<KaplanMeierCase>('km_logrank')) : [];
  test('the reference has cases', () => expect(cases.length).toBeGreaterThanOrEqual(5));

  test.each(cases)('%s: curves, limits, medians, points, restricted mean, reverse median', (name, reference) => {
    const table = readTable(`statistics/km_logrank/${reference.input}`);
    const [time, status] = [table.column('time'), table.column('status')];
    checkCurve(time, status, reference.overall, name);
    const { variable = '', groups = {} } = reference.by_group ?? {};
    for (const [level, curve] of Object.entries(groups)) {
      const inGroup = (_: number, row: number) => table.text(variable)[row] === level;
      checkCurve(time.filter(inGroup), status.filter(inGroup), curve, `${name} ${variable} ${level}`);
    }
  });

  const compared = cases.filter(([, reference]) => reference.logrank !== undefined);
  test.each(compared)('%s: log-rank tests, stratified, Peto and Peto', (name, reference) => {
    const table = readTable(`statistics/km_logrank/${reference.input}`);
    const [time, status] = [table.column('time'), table.column('status')];
    for (const { variable, result } of reference.logrank!)
      checkLogRank(logRank(time, status, groupsOf(table, variable, result.groups)), result, `${name} ${variable}`);
    const { variable, strata, result } = reference.logrank_stratified!;
    const levels = [...new Set(table.text(strata))];
    const stratified = logRank(time, status, groupsOf(table, variable, result.groups), {
      strata: groupsOf(table, strata, levels),
    });
    checkLogRank(stratified, result, `${name} ${variable} within ${strata}`);
    const peto = reference.peto_rho1!;
    const weighted = logRank(time, status, table.column(peto.variable), { rho: 1 });
    expectRelative(weighted.chiSquare, peto.result.chisq, tolerances.chiSquare, `${name}: Peto chi-squared`);
    expectRelative(weighted.p, peto.result.p, tolerances.p, `${name}: Peto p`);
  });
});

describe.skipIf(!hasOracles)('the reference km_logrank', () => {
  test('has no field that is not compared', () => expect(unreadFields('km_logrank')).toEqual([]));
});
