import { rmSync } from 'node:fs';
import { afterAll, describe, expect, it } from 'vitest';
import { evaluateModel } from '../../../src/models/evaluate.ts';
import type { Model } from '../../../src/models/model-schema.ts';
import { loadModel, type RegisteredModel } from '../../../src/models/registry.ts';
import type { TreeJson } from '../../../src/statistics/forest-json.ts';
import { readCases, readTable } from '../../golden/statistics/oracle-table.ts';
import { constructedData, constructedFact, constructedJson, writeMappings } from '../../helpers/constructed-model.ts';
import { hasOracles, oracleSkipReason } from '../../helpers/oracles.ts';

interface ShapCase {
  features: string[];
  trees: TreeJson[];
  path_dependent: { rows_0based: number[]; phi: number[][]; expected_value: number; proba1: number[] };
}
interface ForestCase {
  models: {
    features: string[];
    trees: TreeJson[];
    proba1: number[];
    rows_where_float64_comparison_differs: number[];
  }[];
  ensemble_mean: number[];
}

const camel = (name: string) => name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A model folder around forests of the reference, read back by the registry; a row of the reference is its worked example. */
function registered(
  features: readonly string[],
  forms: Model['forms'],
  files: Readonly<Record<string, { trees: readonly TreeJson[]; n_features: number }>>,
  example: { row: number; value: number; columns: Readonly<Record<string, Float64Array>> },
): RegisteredModel {
  const inputs = Object.fromEntries(
    Object.entries(example.columns).map(([name, column]) => [camel(name), column[example.row]!]),
  );
  const model: Model = {
    ...constructedJson(),
    id: 'forest',
    standing: 'published',
    applicability: [],
    images: [],
    signatures: [],
    context: [],
    inputs: features.map((feature) => ({
      name: camel(feature),
      label: feature,
      from: { fact: camel(feature) },
      unit: null,
      mend: 'measure it',
    })),
    forms,
    examples: [
      { working: `row ${example.row} of the reference`, inputs, expected: [{ form: 0, value: example.value }] },
    ],
  };
  const folder = writeMappings([{ model, files }]);
  folders.push(folder);
  return loadModel('forest', folder);
}

function evaluateRow(model: RegisteredModel, columns: Readonly<Record<string, Float64Array>>, row: number) {
  const facts = Object.fromEntries(
    Object.entries(columns).map(([name, values]) => [camel(name), constructedFact(values[row]!)]),
  );
  const result = evaluateModel(model, constructedData({ facts, synthetic: false }), {});
  expect(result.status).toBe('assessed');
  return result.outcomes[0]!;
}

describe.skipIf(!hasOracles)(`forests through the engine (skips if: ${oracleSkipReason})`, () => {
  const forest = (file: string, features: readonly string[]) => ({
    type: 'random-forest' as const,
    endpoint: { event: 'progression' as const, horizonMonths: 6 },
    source: 'reference',
    file,
    columns: features.map(camel),
  });

  it('probabilities and SHAP values of the reference forest, to 1e-9', () => {
    const { features, trees, path_dependent } = readCases<ShapCase>('treeshap').main!;
    const table = readTable('statistics/treeshap/input.csv');
    const columns = Object.fromEntries(features.map((name) => [name, table.column(name)]));
    const files = { 'forest.json': { n_features: features.length, trees } };
    const model = registered(features, [forest('forest.json', features)], files, {
      row: path_dependent.rows_0based[0]!,
      value: path_dependent.proba1[0]!,
      columns,
    });
    path_dependent.rows_0based.forEach((row, i) => {
      const { value, explanation } = evaluateRow(model, columns, row);
      expect(Math.abs(value - path_dependent.proba1[i]!)).toBeLessThanOrEqual(1e-9);
      expect(explanation.scale).toBe('probability');
      expect(Math.abs((explanation.base ?? 0) - path_dependent.expected_value)).toBeLessThanOrEqual(1e-9);
      features.forEach((name, j) => {
        const share = explanation.contributions.find(({ input }) => input === camel(name))!;
        expect(Math.abs(share.contribution - path_dependent.phi[i]![j]!)).toBeLessThanOrEqual(1e-9);
      });
    });
    expect(path_dependent.rows_0based.length).toBeGreaterThan(0);
  });

  it('mean of two forests, with the rows that single precision decides, to 1e-12', () => {
    const reference = readCases<ForestCase>('random_forest').main!;
    const [first, second] = reference.models;
    const features = [...new Set(reference.models.flatMap((model) => model.features))];
    const ensemble: Model['forms'][number] = {
      type: 'mean-ensemble',
      endpoint: { event: 'progression', horizonMonths: 6 },
      source: 'reference',
      whenMemberMissing: 'use-others',
      members: [
        { name: 'first', label: 'first forest', form: forest('first.json', first!.features) },
        { name: 'second', label: 'second forest', form: forest('second.json', second!.features) },
      ],
    };
    const table = readTable('statistics/random_forest/input.csv');
    const columns = Object.fromEntries(features.map((name) => [name, table.column(name)]));
    const files = {
      'first.json': { n_features: first!.features.length, trees: first!.trees },
      'second.json': { n_features: second!.features.length, trees: second!.trees },
    };
    const model = registered(features, [ensemble], files, { row: 0, value: reference.ensemble_mean[0]!, columns });
    const decided = reference.models.flatMap((one) => one.rows_where_float64_comparison_differs);
    for (const row of [0, 100, 200, 300, 400, 500, 568, ...decided]) {
      const { value, members, explanation } = evaluateRow(model, columns, row);
      expect(Math.abs(value - reference.ensemble_mean[row]!)).toBeLessThanOrEqual(1e-12);
      expect(members.map((member) => member.value)).toEqual([
        expect.closeTo(first!.proba1[row]!, 12),
        expect.closeTo(second!.proba1[row]!, 12),
      ]);
      const sum = explanation.contributions.reduce((total, { contribution }) => total + contribution, 0);
      expect(sum + (explanation.base ?? 0)).toBeCloseTo(value, 12);
    }
    const only = evaluateModel(
      model,
      constructedData({
        facts: Object.fromEntries(second!.features.map((name) => [camel(name), constructedFact(columns[name]![0]!)])),
      }),
      {},
    );
    expect(only.outcomes[0]?.value).toBeCloseTo(second!.proba1[0]!, 12);
    expect(only.outcomes[0]?.members[0]).toMatchObject({ name: 'first', value: null });
    expect(only.warnings).toEqual([
      { code: 'PARTIAL', text: expect.stringMatching(/leaves out first forest.*mean_radius/) },
    ]);
  });
});
