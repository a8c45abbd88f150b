import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import type { CoxForm } from '../../../src/models/model-schema.ts';
import { predictCox } from '../../../src/models/predict.ts';
import { loadModels } from '../../../src/models/registry.ts';
import { oracleSkipReason } from '../../helpers/oracles.ts';
import { hasPapers, paperText } from '../../helpers/papers.ts';

const model = loadModels(readConfig({}).mappingsFolder).find(({ id }) => id === 'es-sclc-2l-ici-cox');
if (model?.form.type !== 'cox') throw new Error('the second-line model is not there');
const form: CoxForm = model.form;

/** Rows of the paper's tables, by input. */
const rows: Readonly<Record<string, string>> = {
  liverMetastases: 'Liver metastases',
  threeOrMoreLesions: 'Number of metastatic lesions',
  firstLinePfsSixMonths: '1L-PFS (months)',
  lungMetastases: 'Lung metastases',
};

describe.skipIf(!hasPapers)(`es-sclc-2l-ici-cox against the paper's text (${oracleSkipReason})`, () => {
  const text = hasPapers ? paperText('004') : '';
  const tables = { progression: section('TABLE 4 Univariate'), death: section('TABLE 5 Univariate') };

  function section(title: string): string {
    return text.slice(text.indexOf(title)).split('\n').slice(0, 60).join('\n');
  }

  for (const { endpoint, terms } of form.endpoints) {
    it.each(terms)(
      `${endpoint.event}: hazard ratio and interval of $input stand in the table`,
      ({ input, hazardRatio, ci95 }) => {
        const row = tables[endpoint.event].split('\n').find((line) => line.startsWith(rows[input] ?? '?')) ?? '';
        const multivariable = row.split('\t').slice(3).join(' ').replaceAll('–', '-');
        expect(multivariable).toContain(`${hazardRatio.toFixed(3)}(${ci95[0].toFixed(3)}-${ci95[1].toFixed(3)})`);
      },
    );
  }
});

describe('es-sclc-2l-ici-cox', () => {
  const indicator = fc.constantFrom(0, 1);
  const patient = fc.record({
    liverMetastases: indicator,
    threeOrMoreLesions: indicator,
    firstLinePfsSixMonths: indicator,
    lungMetastases: indicator,
  });

  it('is the product of the hazard ratios of the factors that are present', () => {
    fc.assert(
      fc.property(patient, (values) => {
        for (const { endpoint, terms } of form.endpoints) {
          const product = terms.reduce(
            (hazard, { input, hazardRatio }) => hazard * (values[input as keyof typeof values] === 1 ? hazardRatio : 1),
            1,
          );
          const predicted = predictCox(form, values).find((prediction) => prediction.endpoint.event === endpoint.event);
          expect(predicted?.value).toBeCloseTo(product, 12);
        }
      }),
    );
  });

  it('refuses a missing and a non-finite input by name', () => {
    expect(() => predictCox(form, { liverMetastases: 1 })).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_MISSING', subject: 'threeOrMoreLesions' }),
    );
    const values = { liverMetastases: Number.NaN, threeOrMoreLesions: 0, firstLinePfsSixMonths: 0, lungMetastases: 0 };
    expect(() => predictCox(form, values)).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_RANGE', subject: 'liverMetastases' }),
    );
  });
});
