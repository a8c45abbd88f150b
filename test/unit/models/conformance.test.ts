import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../../src/config.ts';
import { loadClinicalMappings } from '../../../src/fhir/mappings.ts';
import { factKeys } from '../../../src/models/cross-references.ts';
import type { FormContext } from '../../../src/models/forms/prediction.ts';
import { nomogramReading } from '../../../src/models/nomogram-reading.ts';
import { outcomeOf } from '../../../src/models/outcome.ts';
import { loadModel, type RegisteredModel } from '../../../src/models/registry.ts';
import { transformed, untransformed } from '../../../src/models/transformation.ts';
import { nomogram, pointsFromLp } from '../../../src/statistics/nomogram.ts';

const { mappingsFolder } = readConfig({});
const ids = readdirSync(path.join(mappingsFolder, 'models'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);

/** What every model folder must keep, whoever wrote it. */
describe.each(ids)('model folder %s', (id) => {
  let model: RegisteredModel;
  beforeAll(() => {
    model = loadModel(id, mappingsFolder);
  });
  const contextOf = (values: Readonly<Record<string, number>>): FormContext => ({
    values,
    inputs: model.inputs,
    forests: model.forests,
  });
  const worked = () =>
    model.examples.flatMap(({ inputs, expected }) =>
      [...new Set(expected.map(({ form }) => form))].map((form) => ({ form: model.forms[form]!, values: inputs })),
    );

  it('is worked in at least one example a form', () => {
    const forms = new Set(worked().map(({ form }) => form));
    expect(model.forms.filter((form) => !forms.has(form)).map(({ endpoint }) => endpoint)).toEqual([]);
  });

  it('asks only for facts that the clinical tables describe', () => {
    const { facts } = loadClinicalMappings(mappingsFolder);
    expect(factKeys(model).filter((key) => !(key in facts))).toEqual([]);
  });

  it('gives probabilities within [0, 1] and explanations that add up', () => {
    for (const { form, values } of worked()) {
      const outcome = outcomeOf(form, contextOf(values));
      const { scale, base, contributions } = outcome.explanation;
      const sum = contributions.reduce((total, { contribution }) => total + contribution, base ?? 0);
      const { value, kind } = outcome;
      if (kind === 'probability') {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1);
      }
      for (const { probability } of outcome.risks) expect(probability > 0 && probability < 1).toBe(true);
      const expected =
        scale === 'probability' || scale === 'score'
          ? value
          : kind === 'probability'
            ? Math.log(value / (1 - value))
            : Math.log(value);
      expect(sum).toBeCloseTo(expected, 9);
      expect(outcome.explanation.reference).not.toBe('');
    }
  });

  it('gives a result that JSON keeps', () => {
    for (const { form, values } of worked()) {
      const outcome = outcomeOf(form, contextOf(values));
      expect(JSON.parse(JSON.stringify(outcome))).toEqual(outcome);
    }
  });

  it('reads a nomogram that agrees with the explanation', () => {
    for (const { form, values } of worked()) {
      const raw = Object.fromEntries(
        model.inputs.flatMap((input) => {
          const value = values[input.name];
          return value === undefined ? [] : [[input.name, untransformed(input, value)]];
        }),
      );
      const reading = nomogramReading(form, model.inputs, { values, raw });
      if (reading === null) continue;
      const { base, contributions } = outcomeOf(form, contextOf(values)).explanation;
      const position = contributions.reduce((total, { contribution }) => total + contribution, base ?? 0);
      const terms = 'terms' in form ? form.terms : [];
      const axes = reading.axes.map(({ input }) => {
        const definition = model.inputs.find(({ name }) => name === input)!;
        const term = terms.find((one) => one.input === input)!;
        const slope =
          'coefficient' in term ? term.coefficient : Math.log('oddsRatio' in term ? term.oddsRatio : term.hazardRatio);
        const ticks = definition.ticks ?? (definition.indicator ? [0, 1] : definition.range!);
        return {
          name: input,
          values: ticks,
          contributions: ticks.map((tick) => slope * transformed(definition, tick)),
        };
      });
      const offset = form.type === 'cox' ? -form.lpReference : form.type === 'logistic' ? form.intercept : null;
      const relative = position - contributions.reduce((total, { contribution }) => total + contribution, 0);
      const drawn = nomogram(axes, offset ?? relativeOffset(form, relative));
      expect(reading.totalPoints).not.toBeNull();
      expect(reading.totalPoints).toBeCloseTo(pointsFromLp(drawn, position), 6);
    }
  });

  it('names what a person must know: limits, performance, a card with the standing first', () => {
    const card = readFileSync(path.join(mappingsFolder, 'models', id, 'model-card.md'), 'utf8');
    const first = card.split('\n').slice(0, 6).join('\n');
    if (model.standing === 'synthetic-demo') expect(first).toContain('SYNTHETIC DEMO MODEL');
    expect(card).toContain(model.id);
    for (const word of ['Population', 'Outcome', 'Predictors', 'Intended use', 'Limits', 'Missing'])
      expect(card.toLowerCase()).toContain(word.toLowerCase());
  });

  /** Relative odds count from the reference patient: minus the sum of its contributions. */
  function relativeOffset(form: (typeof model.forms)[number], at: number): number {
    if (form.type !== 'logistic' || form.reference === undefined) return at;
    const { reference } = form;
    return -form.terms.reduce(
      (sum, term) => sum + Math.log('oddsRatio' in term ? term.oddsRatio : 1) * (reference[term.input] ?? 0),
      0,
    );
  }
});
