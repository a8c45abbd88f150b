import { describe, expect, test } from 'vitest';
import { type IccForm, type IccUnit, icc, meanSquares } from '../../../src/statistics/icc.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface IccReference {
  name: string;
  value: number;
  F: number;
  df1: number;
  df2: number;
  p: number;
  ci_low: number;
  ci_high: number;
}

interface IccCase {
  input: string;
  n: number;
  raters: number;
  mean_squares: { MSrows: number; MSwithin: number; MScols: number; MSerror: number };
  icc: Record<string, IccReference>;
  psych_ICC2_F: number;
  psych_ICC2_p: number;
}

type FilterTable = Record<'ICC2' | 'ICC2_low' | 'ICC2_high' | 'ICC3' | 'ICC3_low' | 'ICC3_high' | 'ICC1', number[]>;

interface FilterCase {
  input: string;
  features: string[];
  table: FilterTable;
  'keep_ICC2_gt_0.8': string[];
  'keep_ICC3_gt_0.8': string[];
  'keep_ICC2_lowerCI_gt_0.8': string[];
}

describe.skipIf(!hasOracles)(`intraclass correlation against irr and psych (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<IccCase & FilterCase>('icc') : {};
  const tolerance = (field: string) => readTolerance('icc', field);

  test.each(Object.entries(cases).filter(([, reference]) => reference.icc))('%s: all forms', (_, reference) => {
    const table = readTable(`statistics/icc/${reference.input}`);
    const ratings = table.names.map((name) => table.column(name));
    const squares = meanSquares(ratings);
    expect([squares.n, squares.k]).toEqual([reference.n, reference.raters]);
    const { MSrows, MSwithin, MScols, MSerror } = reference.mean_squares;
    expectRelative(squares.rows, MSrows, tolerance('icc'), 'MSrows');
    expectRelative(squares.within, MSwithin, tolerance('icc'), 'MSwithin');
    expectRelative(squares.columns, MScols, tolerance('icc'), 'MScols');
    expectRelative(squares.error, MSerror, tolerance('icc'), 'MSerror');
    expect(Object.keys(reference.icc)).toHaveLength(6);
    for (const [name, expected] of Object.entries(reference.icc)) {
      const [form, unit] = name.split('_') as [IccForm, IccUnit];
      const actual = icc(ratings, form, unit);
      const kind = { ICC1: '', ICC2: 'A,', ICC3: 'C,' }[form];
      expect(expected.name).toBe(`ICC(${kind}${unit === 'single' ? 1 : squares.k})`);
      expectAbsolute(actual.value, expected.value, tolerance('icc'), name);
      expectRelative(actual.f, expected.F, tolerance('icc'), `${name} F`);
      expect(actual.df1).toBe(expected.df1);
      expectRelative(actual.df2, expected.df2, tolerance('icc'), `${name} df2`);
      expectRelative(actual.p, expected.p, tolerance('p'), `${name} p`);
      expectAbsolute(actual.interval.low, expected.ci_low, tolerance('ci'), `${name} low`);
      expectAbsolute(actual.interval.high, expected.ci_high, tolerance('ci'), `${name} high`);
    }
  });

  test.each(Object.entries(cases).filter(([, reference]) => reference.icc))(
    "%s: psych's test of ICC2 is that of ICC3",
    (_, reference) => {
      const table = readTable(`statistics/icc/${reference.input}`);
      const { f, p } = icc(
        table.names.map((name) => table.column(name)),
        'ICC3',
        'single',
      );
      expectRelative(f, reference.psych_ICC2_F, tolerance('icc'), 'F');
      expectRelative(p, reference.psych_ICC2_p, tolerance('p'), 'p');
    },
  );

  test('feature filter: form and lower limit decide what stays', () => {
    const reference = cases.feature_filter!;
    const table = readTable(`statistics/icc/${reference.input}`);
    const results = reference.features.map((name) => {
      const readings = table.names.filter((column) => column.startsWith(`${name}_`) || column.startsWith(`${name}.`));
      expect(readings).toHaveLength(2);
      const ratings = readings.map((reading) => table.column(reading));
      const of = (form: IccForm) => icc(ratings, form, 'single');
      return { name, ICC1: of('ICC1'), ICC2: of('ICC2'), ICC3: of('ICC3') };
    });
    results.forEach((result, i) => {
      for (const form of ['ICC1', 'ICC2', 'ICC3'] as const)
        expectAbsolute(result[form].value, reference.table[form][i]!, tolerance('icc'), `${result.name} ${form}`);
      for (const form of ['ICC2', 'ICC3'] as const) {
        const { low, high } = result[form].interval;
        expectAbsolute(low, reference.table[`${form}_low`][i]!, tolerance('ci'), `${result.name} ${form} low`);
        expectAbsolute(high, reference.table[`${form}_high`][i]!, tolerance('ci'), `${result.name} ${form} high`);
      }
    });
    const kept = (passes: (result: (typeof results)[number]) => boolean) =>
      results.filter(passes).map((result) => result.name);
    expect(kept((result) => result.ICC2.value > 0.8)).toEqual(reference['keep_ICC2_gt_0.8']);
    expect(kept((result) => result.ICC3.value > 0.8)).toEqual(reference['keep_ICC3_gt_0.8']);
    expect(kept((result) => result.ICC2.interval.low > 0.8)).toEqual(reference['keep_ICC2_lowerCI_gt_0.8']);
  });
});

describe.skipIf(!hasOracles)('the reference icc', () => {
  test('has no field that is not compared', () => expect(unreadFields('icc')).toEqual([]));
});
