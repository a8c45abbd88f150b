import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { evaluateModel } from '../../../src/models/evaluate.ts';
import type { CoxForm } from '../../../src/models/form-schema.ts';
import { predict } from '../../../src/models/predict.ts';
import { loadModel } from '../../../src/models/registry.ts';
import { constructedData, constructedFact } from '../../helpers/constructed-model.ts';
import { oracleSkipReason } from '../../helpers/oracles.ts';
import { hasPapers, paperText } from '../../helpers/papers.ts';

const model = loadModel('es-sclc-2l-ici-cox', readConfig({}).mappingsFolder);
const forms = model.forms.filter((form): form is CoxForm => form.type === 'cox');

/** Rows of the paper's tables, by input. */
const rows: Readonly<Record<string, string>> = {
  liverMetastases: 'Liver metastases',
  threeOrMoreLesions: 'Number of metastatic lesions',
  firstLinePfsSixMonths: '1L-PFS (months)',
  lungMetastases: 'Lung metastases',
};

describe.skipIf(!hasPapers)(`es-sclc-2l-ici-cox against the paper's text (${oracleSkipReason})`, () => {
  const text = (hasPapers ? paperText('004') : '').replaceAll('\u2013', '-').replaceAll('\u2212', '-');
  const tables = { progression: section('TABLE 4 Univariate'), death: section('TABLE 5 Univariate') };
  const prose = text.replace(/\s+/g, ' ');

  function section(title: string): string {
    return text.slice(text.indexOf(title)).split('\n').slice(0, 60).join('\n');
  }

  it('has both endpoints', () => {
    expect(forms.map(({ endpoint }) => endpoint.event)).toEqual(['progression', 'death']);
  });

  for (const { endpoint, terms, observed = [] } of forms) {
    const event = endpoint.event as 'progression' | 'death';
    it.each(terms)(`${event}: hazard ratio, interval and p of $input stand in the table`, (term) => {
      if (!('hazardRatio' in term)) throw new Error(`${term.input} has no hazard ratio`);
      const { hazardRatio, ci95, p, input } = term;
      const row = tables[event].split('\n').find((line) => line.startsWith(rows[input] ?? '?')) ?? '';
      const multivariable = row.split('\t').slice(3);
      expect(multivariable[0]).toBe(`${hazardRatio.toFixed(3)}(${ci95[0].toFixed(3)}-${ci95[1].toFixed(3)})`);
      expect(Number(multivariable[1])).toBe(p);
    });

    it.each(observed)(`${event}: median, interval and rates of "$label" stand in the text`, (part) => {
      const interval = `${part.ci95?.[0].toFixed(2)}-${part.ci95?.[1].toFixed(2)}`;
      expect(prose).toMatch(new RegExp(`${part.medianMonths?.toFixed(2)} months \\(95% CI: ${interval}\\)`));
      for (const { percent } of part.survival) expect(prose).toContain(`${percent.toFixed(1)}%`);
    });
  }

  it.each(model.comparisons)('$event: hazard ratio of "$label" stands in the text', ({ hazardRatio, ci95, p }) => {
    const numbers = `HR:? ${hazardRatio.toFixed(2)},? 95% CI:? ${ci95[0].toFixed(2)} ?-? ?${ci95[1].toFixed(2)}`;
    const found = new RegExp(`${numbers}; p (=|<) (\\d\\.\\d+)`).exec(prose);
    expect(found, numbers).not.toBeNull();
    if (p !== undefined) expect(Number(found?.[2])).toBe(p);
    else expect(found?.[1]).toBe('<');
  });

  it('rates of immune-related adverse events stand in table 3', () => {
    const line = model.performance.find((one) => one.includes('adverse events')) ?? '';
    for (const [what, word] of Object.entries({
      Hypothyroidism: 'hypothyroidism',
      Rash: 'rash',
      'G3 rash': 'grade 3:',
      Pneumonitis: 'pneumonitis',
      Diarrhea: 'diarrhoea',
      'Adrenal insufficiency': 'adrenal insufficiency',
    })) {
      const row = text.split('\n').find((one) => one.startsWith(`${what}\t`)) ?? '';
      expect(line).toContain(`${word} ${row.split('\t')[2]}%`);
    }
  });
});

describe('es-sclc-2l-ici-cox', () => {
  const indicator = fc.constantFrom(0, 1);
  const patient = fc.record({
    liverMetastases: indicator,
    threeOrMoreLesions: indicator,
    firstLinePfsSixMonths: indicator,
    lungMetastases: indicator,
  });
  const context = (values: Readonly<Record<string, number>>) => ({
    values,
    inputs: model.inputs,
    forests: model.forests,
  });

  it('is the product of the hazard ratios of the factors that are present', () => {
    fc.assert(
      fc.property(patient, (values) => {
        for (const form of forms) {
          const product = form.terms.reduce(
            (hazard, term) =>
              'hazardRatio' in term && values[term.input as keyof typeof values] === 1
                ? hazard * term.hazardRatio
                : hazard,
            1,
          );
          expect(predict(form, context(values)).value).toBeCloseTo(product, 12);
        }
      }),
    );
  });

  it('refuses a missing and a non-finite input by name', () => {
    const form = forms[0]!;
    expect(() => predict(form, context({ liverMetastases: 1 }))).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_MISSING', subject: 'threeOrMoreLesions' }),
    );
    const values = { liverMetastases: Number.NaN, threeOrMoreLesions: 0, firstLinePfsSixMonths: 0, lungMetastases: 0 };
    expect(() => predict(form, context(values))).toThrow(
      expect.objectContaining({ code: 'MODEL_INPUT_RANGE', subject: 'liverMetastases' }),
    );
  });

  const facts = {
    histology: constructedFact('sclc'),
    extent: constructedFact('extensive'),
    therapyLine: constructedFact(2),
    age: constructedFact(64, { unit: 'a' }),
    liverMetastases: constructedFact(true),
    lungMetastases: constructedFact(false),
    metastaticLesions: constructedFact(4, { unit: '{lesions}' }),
    firstLinePfsMonths: constructedFact(4.5, { unit: 'mo' }),
  };
  const evaluate = (more: Readonly<Record<string, ReturnType<typeof constructedFact>>>) =>
    evaluateModel(model, constructedData({ facts: { ...facts, ...more }, synthetic: false }), {});

  it("marks the patient's strata and gives the comparisons of the part of the cohort that the record puts them in", () => {
    const { status, outcomes, comparisons } = evaluate({});
    expect(status).toBe('assessed');
    expect(outcomes[0]?.observed.filter(({ patients }) => patients).map(({ label }) => label)).toEqual([
      'all patients of the group',
      'with liver metastases',
      'first-line PFS under 6 months',
    ]);
    expect(comparisons.filter(({ when }) => when !== undefined)).toEqual([]);
    const other = evaluate({ liverMetastases: constructedFact(false), firstLineImmunotherapy: constructedFact(true) });
    expect(other.comparisons.filter(({ when }) => when !== undefined).map(({ hazardRatio }) => hazardRatio)).toEqual([
      0.78, 0.7,
    ]);
  });

  it.each([
    ['histology', constructedFact('nsclc')],
    ['extent', constructedFact('limited')],
    ['therapyLine', constructedFact(1)],
    ['age', constructedFact(17, { unit: 'a' })],
    ['combinedHistology', constructedFact(true)],
    ['otherActiveCancer', constructedFact(true)],
    ['autoimmuneDisease', constructedFact(true)],
    ['steroidDose', constructedFact(20, { unit: 'mg/d' })],
  ])('does not apply when %s is outside the study', (key, fact) => {
    expect(evaluate({ [key]: fact })).toMatchObject({ status: 'not-applicable', outcomes: [], comparisons: [] });
  });

  it('warns of brain metastases, as the record does not say whether they cause symptoms', () => {
    const { status, warnings } = evaluate({ brainMetastases: constructedFact(true) });
    expect(status).toBe('assessed');
    expect(warnings.map(({ code }) => code)).toContain('POPULATION_OTHER');
  });
});
