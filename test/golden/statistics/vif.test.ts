import { describe, expect, test } from 'vitest';
import { fitLogistic } from '../../../src/statistics/logistic.ts';
import { type ModelTerm, treatmentContrasts } from '../../../src/statistics/model-terms.ts';
import { slopeCovariance, type TermInflation, vif, vifOfCovariance, vifOfTerms } from '../../../src/statistics/vif.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface VifCase {
  input: string;
  numeric_variables: string[];
  ols_vif: Record<string, number>;
  glm_vif: Record<string, number>;
  gvif: { terms: string[]; GVIF: number[]; df: number[]; GVIF_scaled: number[] };
  factor_levels: Record<string, string[]>;
}

describe.skipIf(!hasOracles)(`variance inflation against car::vif (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? readCases<VifCase>('vif') : {};
  const tolerance = hasOracles ? readTolerance('vif', 'vif') : 0;

  test.each(Object.entries(cases))('birthwt %s: linear model, numbers only', (_, reference) => {
    const table = readTable(`statistics/vif/${reference.input}`);
    const values = vif(reference.numeric_variables.map((name) => table.column(name)));
    reference.numeric_variables.forEach((name, j) => {
      expectRelative(values[j]!, reference.ols_vif[name]!, tolerance, name);
    });
  });

  test.each(Object.entries(cases))('birthwt %s: logistic model', (_, reference) => {
    const table = readTable(`statistics/vif/${reference.input}`);
    const columns = reference.numeric_variables.map((name) => table.column(name));
    const { covariance } = fitLogistic(columns, table.column('y'));
    const terms = vifOfCovariance(
      slopeCovariance(covariance),
      columns.map(() => 1),
    );
    reference.numeric_variables.forEach((name, j) => {
      expectRelative(terms[j]!.gvif, reference.glm_vif[name]!, tolerance, name);
    });
  });

  test.each(Object.entries(cases))('birthwt %s: linear model with a factor', (_, reference) => {
    const table = readTable(`statistics/vif/${reference.input}`);
    const { terms, GVIF, df, GVIF_scaled } = reference.gvif;
    const result: TermInflation[] = vifOfTerms(
      terms.map((name): ModelTerm => {
        const levels = reference.factor_levels[name];
        return { name, columns: levels ? treatmentContrasts(table.text(name), levels) : [table.column(name)] };
      }),
    );
    expect(result.map((term) => term.df)).toEqual(df);
    terms.forEach((name, j) => {
      expectRelative(result[j]!.gvif, GVIF[j]!, tolerance, name);
      expectRelative(result[j]!.scaled, GVIF_scaled[j]!, tolerance, `${name} scaled`);
    });
  });
});

describe.skipIf(!hasOracles)('the reference vif', () => {
  test('has no field that is not compared', () => expect(unreadFields('vif')).toEqual([]));
});
