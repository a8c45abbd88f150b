import { describe, expect, test } from 'vitest';
import { readProcessing } from '../../src/demo/fits/measure.ts';
import { benefitSites, drawBenefitCohort } from '../../src/demo/fits/nsclc-benefit-cohort.ts';
import { inputColumns } from '../../src/demo/fits/nsclc-benefit-fit.ts';
import { clinicalColumns } from '../../src/demo/fits/nsclc-clinical-columns.ts';
import { benefitProcessing, benefitRequests, imageTable } from '../../src/demo/fits/nsclc-image-columns.ts';
import type { Recovery } from '../../src/demo/fits/recovery.ts';
import { createPhantom } from '../../src/demo/phantom/phantom.ts';
import { evaluateModel } from '../../src/models/evaluate.ts';
import type { ModelData, NamedValue } from '../../src/models/model-result.ts';
import type { ModelInput } from '../../src/models/model-schema.ts';
import { loadModel } from '../../src/models/registry.ts';
import { extractFeatures } from '../../src/radiomics/extractor.ts';
import type { ForestJson, TreeJson } from '../../src/statistics/forest-json.ts';
import { forestProbabilities } from '../../src/statistics/random-forest.ts';
import { pearson } from '../../src/statistics/spearman.ts';
import { pathDependentShap } from '../../src/statistics/tree-shap.ts';
import {
  asOf,
  expectDemonstration,
  given,
  mappingsFolder,
  patientFacts,
  readModelFile,
  seriesOf,
} from '../helpers/nsclc-model-data.ts';

const benefit = loadModel('nsclc-durable-benefit-rf', mappingsFolder);

const fit = JSON.parse(readModelFile(benefit.id, 'fit.json')) as {
  recovered: Recovery[];
  shapDirections: Record<'training' | 'second', { input: string; agrees: boolean }[]>;
  performance: Record<'second', { months: number; ensemble: { auc: number; ci95: [number, number] } }[]>;
};

/** Members of the ensembles with their forests' files and columns. */
const members = benefit.forms.flatMap((form) => {
  if (form.type !== 'mean-ensemble') throw new Error(form.type);
  return form.members.flatMap((member) =>
    member.form.type === 'random-forest' ? [{ ...member.form, name: member.name, endpoint: form.endpoint }] : [],
  );
});

/** Share of the event in the leaf that one row falls into, read off the file. */
function leafShare(tree: TreeJson, row: readonly number[]): number {
  let node = 0;
  while (tree.children_left[node] !== -1) {
    const goesLeft = Math.fround(row[tree.feature[node]!]!) <= tree.threshold[node]!;
    node = goesLeft ? tree.children_left[node]! : tree.children_right[node]!;
  }
  return tree.prob1[node]!;
}

function probabilityByHand(file: string, row: readonly number[]): number {
  const { trees } = JSON.parse(readModelFile(benefit.id, file)) as ForestJson;
  return trees.reduce((sum, tree) => sum + leafShare(tree, row), 0) / trees.length;
}

const cohort = drawBenefitCohort(benefitSites.second);
const clinicalInputs = benefit.inputs.filter(({ from }) => 'fact' in from);
const clinical = new Map(
  clinicalColumns(
    clinicalInputs,
    benefit.clusters!,
    cohort.map(({ facts }) => facts),
  ).map(({ name, values }) => [name, values] as const),
);

/** Features in the middle of the training cohort for everything that the model asks of an image. */
function middleOf(visit: string): Record<string, number> {
  const images = benefit.images.filter((image) => image.visit === visit).map(({ name }) => name);
  return Object.fromEntries(
    benefit.inputs.flatMap(({ from, range }) => {
      if (!('feature' in from)) return [];
      if (images.includes(from.of)) return [[from.feature, (range![0] + range![1]) / 2]];
      // A change has no image of its own: any positive number will do.
      return from.of === 'change' ? [[from.feature, visit === 'baseline' ? 2 : 2.1]] : [];
    }),
  );
}

interface Changes {
  readonly facts?: Readonly<Record<string, NamedValue | undefined>>;
  readonly withoutLabsAt?: string;
  readonly visits?: readonly string[];
}

function dataOf({ facts = {}, withoutLabsAt, visits }: Changes = {}): ModelData {
  const all = { ...patientFacts, ...facts };
  const seen = visits ?? ['baseline', 'first-follow-up', 'second-follow-up'];
  return {
    asOf,
    synthetic: true,
    fact: (key, visit) => (visit?.name === withoutLabsAt && visit !== undefined ? undefined : all[key]),
    features: (image) =>
      seen.includes(image.visit)
        ? { found: seriesOf(image, middleOf(image.visit)) }
        : { gap: `no ${image.visit} CT with a tumour mask` },
  };
}

describe('nsclc-durable-benefit-rf', () => {
  test('every planted effect lies in the 95% interval of a logistic model that sees what is hidden', () => {
    expect(fit.recovered).toHaveLength(5);
    for (const { planted, ci95 } of fit.recovered) {
      expect(ci95[0]).toBeLessThan(Number(planted));
      expect(ci95[1]).toBeGreaterThan(Number(planted));
    }
  });

  test('the change on CT raises the risk by the SHAP values of both sites, as it was planted', () => {
    for (const site of ['training', 'second'] as const) {
      const changes = fit.shapDirections[site].filter(({ input }) => input.startsWith('change of'));
      expect(changes.map(({ agrees }) => agrees)).toEqual([true, true]);
    }
  });

  test.each([
    ['nlrAfterCycle2', 1],
    ['siiAfterCycle2', 1],
    ['liverMetastases', 1],
    ['haemoglobinBaseline', -1],
  ])('%s: TreeSHAP of the clinical forests has the planted direction on people they have not seen', (input, sign) => {
    for (const member of members.filter(({ name }) => name === 'clinical')) {
      const forest = benefit.forests.get(member.file)!;
      const columns = member.columns.map((name) => clinical.get(name)!);
      const at = member.columns.indexOf(input);
      const phi = Float64Array.from(cohort, (_, row) => pathDependentShap(forest, columns, row).phi[at]!);
      expect(sign * pearson(columns[at]!, phi)).toBeGreaterThan(0.3);
    }
  });

  test('the forests in memory are those of the files: every tree walked by hand for 50 people', () => {
    for (const member of members.filter(({ name }) => name === 'clinical')) {
      const columns = member.columns.map((name) => clinical.get(name)!);
      const probabilities = forestProbabilities(benefit.forests.get(member.file)!, columns);
      probabilities.forEach((probability, row) => {
        const byHand = probabilityByHand(
          member.file,
          columns.map((values) => values[row]!),
        );
        expect(probability).toBeCloseTo(byHand, 12);
      });
    }
  });

  test('a patient with everything: mean of the three members, each walked by hand', () => {
    const result = evaluateModel(benefit, dataOf(), {});
    expect(result.status).toBe('assessed');
    const numbers = new Map(
      result.used.map(({ name, value }) => [
        name,
        transformed(benefit.inputs.find((one) => one.name === name)!, value),
      ]),
    );
    benefit.forms.forEach((form, at) => {
      const own = members.filter(({ endpoint }) => endpoint.horizonMonths === form.endpoint.horizonMonths);
      const shares = own.map(({ file, columns }) =>
        probabilityByHand(
          file,
          columns.map((name) => numbers.get(name)!),
        ),
      );
      const { value, group, endpoint } = result.outcomes[at]!;
      expect(endpoint).toEqual(form.endpoint);
      expect(shares).toHaveLength(3);
      expect(value).toBeCloseTo(shares.reduce((sum, share) => sum + share, 0) / 3, 12);
      expect(group).toBe(value >= 0.5 ? 'high' : 'low');
    });
  });

  test('blood after cycle 3 is missing: the value after cycle 2 stands in, and it is said', () => {
    const result = evaluateModel(benefit, dataOf({ withoutLabsAt: 'afterCycle3' }), {});
    expect(result.status).toBe('assessed');
    const imputed = result.warnings.filter(({ code }) => code === 'INPUT_IMPUTED').map(({ text }) => text);
    expect(imputed).toHaveLength(3);
    expect(imputed.every((text) => text.includes('after cycle 2 stands in'))).toBe(true);
  });

  test('a missing smoking status takes the mean of the nearest cluster, and it is said', () => {
    const result = evaluateModel(benefit, dataOf({ facts: { smokingStatus: undefined } }), {});
    const imputed = result.warnings.filter(({ code }) => code === 'INPUT_IMPUTED').map(({ text }) => text);
    expect(imputed.every((text) => text.includes('synthetic training cohort'))).toBe(true);
    expect(imputed).toHaveLength(2);
  });

  test('baseline CT only: warned with the published AUC, and RF-delta left out', () => {
    const result = evaluateModel(benefit, dataOf({ visits: ['baseline'] }), {});
    expect(result.status).toBe('assessed');
    const texts = (code: string) => result.warnings.filter((warning) => warning.code === code).map(({ text }) => text);
    expect(texts('OTHER_VISIT')).toHaveLength(2);
    expect(texts('OTHER_VISIT').every((text) => text.includes('AUC 0.518'))).toBe(true);
    expect(texts('PARTIAL').some((text) => text.includes('RF-delta'))).toBe(true);
    const delta = result.outcomes[0]!.members.find(({ name }) => name === 'imagingDelta');
    expect(delta?.value).toBeNull();
  });

  test.each([
    ['small-cell lung cancer', { histology: given('sclc') }, 'not-applicable', /non-small-cell/],
    ['early stage', { stageGroup: given('IIA') }, 'not-applicable', /advanced/],
    ['therapy not started', { checkpointInhibitorDose: undefined }, 'not-assessable', /has started/],
  ])('%s: no result, with the reason', (_, facts, status, reason) => {
    const result = evaluateModel(benefit, dataOf({ facts }), {});
    expect(result.status).toBe(status);
    expect(result.outcomes).toEqual([]);
    expect(result.reasons.join(' ')).toMatch(reason);
  });

  // When this fails, phantoms or extractor have changed: fit the model again.
  test('the worked example is the first person of the training cohort as phantoms and extractor make it now', () => {
    const [first] = drawBenefitCohort({ ...benefitSites.training, size: 1 });
    const parameters = readProcessing([benefitProcessing]).get(benefitProcessing)!;
    const features = benefitRequests(first!).map(({ name, phantom }) => {
      const { volume, mask } = createPhantom(phantom);
      return [name, extractFeatures(volume, mask, parameters).features] as const;
    });
    const table = imageTable(Object.fromEntries(features));
    const columns = inputColumns(
      { inputs: benefit.inputs, clusters: benefit.clusters! },
      { members: [first!], tables: [table] },
    );
    for (const [name, value] of Object.entries(benefit.examples[0]!.inputs)) {
      expect(columns.get(name)![0]).toBeCloseTo(value, 9);
    }
  });

  test('every forest file is below 300 kB', () => {
    expect(members).toHaveLength(6);
    for (const { file } of members) {
      expect(Buffer.byteLength(readModelFile(benefit.id, file))).toBeLessThan(300_000);
    }
  });

  test('says first that it is a demonstration', () => expectDemonstration(benefit));
});

function transformed({ indicator, transform = [] }: ModelInput, value: number | string | boolean): number {
  if (indicator !== undefined && 'equals' in indicator && typeof value !== 'number')
    return value === indicator.equals ? 1 : 0;
  const [step] = transform;
  if (step === undefined || !('zScore' in step)) return Number(value);
  return (Number(value) - step.zScore.mean) / step.zScore.sd;
}
