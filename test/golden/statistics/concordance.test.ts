import { describe, expect, test } from 'vitest';
import { concordance } from '../../../src/statistics/concordance.ts';
import { fitCox } from '../../../src/statistics/cox.ts';
import { coxLinearPredictor } from '../../../src/statistics/cox-prediction.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';
import { coxColumns, coxDesign } from './cox-reference.ts';
import { expectAbsolute, expectRelative, readCases, readTable, readTolerance, unreadFields } from './oracle-table.ts';

interface ReferenceConcordance {
  C: number;
  se: number;
  ci_low: number;
  ci_high: number;
  counts: Record<'concordant' | 'discordant' | 'tied.x' | 'tied.y' | 'tied.xy', number>;
  rcorr_cens_C: number;
  rcorr_cens_SD_Dxy: number;
  rcorr_relevant_pairs: number;
  rcorr_concordant: number;
}

interface ConcordanceCase {
  input: string;
  raw_marker: { variable: string; sign: number; result: ReferenceConcordance };
  cox_lp: { model_terms: string[]; coef: number[]; lp_raw: number[]; result: ReferenceConcordance };
}

describe.skipIf(!hasOracles)(`Harrell's C against survival and Hmisc (skips if: ${oracleSkipReason})`, () => {
  const cases = hasOracles ? Object.entries(readCases<ConcordanceCase>('cindex')) : [];
  test('the reference has cases', () => expect(cases.length).toBeGreaterThanOrEqual(2));

  test.each(cases)('%s: a raw marker with ties, a linear predictor', (name, { input, raw_marker, cox_lp }) => {
    const table = readTable(`statistics/cindex/${input}`);
    const marker = table.column(raw_marker.variable).map((value) => raw_marker.sign * value);
    const columns = cox_lp.model_terms.flatMap((term) => coxColumns(table, coxDesign(table, term)));
    const fit = fitCox(columns, table.column('time'), table.column('status'));
    cox_lp.coef.forEach((value, j) => {
      expectRelative(fit.coefficients[j]!, value, readTolerance('coxph', 'coef_se'), `${name}: coefficient ${j}`);
    });
    coxLinearPredictor(fit, columns, 'zero').forEach((value, row) => {
      expectRelative(value, cox_lp.lp_raw[row]!, readTolerance('coxph', 'coef_se'), `${name}: predictor ${row}`);
    });
    const absolute = readTolerance('cindex', 'C');
    const relative = readTolerance('cindex', 'se');
    for (const [subject, risk, reference] of [
      [`${name} ${raw_marker.variable}`, marker, raw_marker.result],
      [`${name} linear predictor`, Float64Array.from(cox_lp.lp_raw), cox_lp.result],
    ] as const) {
      const found = concordance(table.column('time'), table.column('status'), risk);
      expectAbsolute(found.c, reference.C, absolute, `${subject}: C`);
      expectAbsolute(found.c, reference.rcorr_cens_C, absolute, `${subject}: C of rcorr.cens`);
      expect({
        concordant: found.concordant,
        discordant: found.discordant,
        'tied.x': found.tiedRisk,
        'tied.y': found.tiedTime,
        'tied.xy': found.tiedBoth,
      }).toEqual(reference.counts);
      expect(2 * (found.concordant + found.discordant + found.tiedRisk)).toBe(reference.rcorr_relevant_pairs);
      expect(2 * found.concordant + found.tiedRisk).toBe(reference.rcorr_concordant);
      expectRelative(found.standardError, reference.se, relative, `${subject}: standard error`);
      expectRelative(2 * found.standardError, reference.rcorr_cens_SD_Dxy, relative, `${subject}: error of Dxy`);
      expectRelative(found.lower, reference.ci_low, relative, `${subject}: lower limit`);
      expectRelative(found.upper, reference.ci_high, relative, `${subject}: upper limit`);
    }
  });
});

describe.skipIf(!hasOracles)('the reference cindex', () => {
  test('has no field that is not compared', () => expect(unreadFields('cindex')).toEqual([]));
});
