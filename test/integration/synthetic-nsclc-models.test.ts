import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { packageRoot } from '../../src/config.ts';
import { readProcessing } from '../../src/demo/fits/measure.ts';
import { benefitSites, drawBenefitCohort } from '../../src/demo/fits/nsclc-benefit-cohort.ts';
import { inputColumns } from '../../src/demo/fits/nsclc-benefit-fit.ts';
import { clinicalColumns } from '../../src/demo/fits/nsclc-clinical-columns.ts';
import { benefitProcessing, benefitRequests, imageTable } from '../../src/demo/fits/nsclc-image-columns.ts';
import { drawExpressionCohort, expressionSites } from '../../src/demo/fits/nsclc-pdl1-cohort.ts';
import { measureExpression } from '../../src/demo/fits/nsclc-pdl1-measure.ts';
import { drawKernels } from '../../src/demo/fits/nsclc-pdl1-network.ts';
import type { Recovery } from '../../src/demo/fits/recovery.ts';
import { fittedScore } from '../../src/demo/fits/signature.ts';
import { createPhantom } from '../../src/demo/phantom/phantom.ts';
import { evaluateModel } from '../../src/models/evaluate.ts';
import type { ImageRequirement } from '../../src/models/image-schema.ts';
import type { ModelData, NamedFeatures, NamedValue } from '../../src/models/model-result.ts';
import type { ModelInput } from '../../src/models/model-schema.ts';
import { loadModel } from '../../src/models/registry.ts';
import { readNetwork } from '../../src/onnx/network.ts';
import { prepareNetworkInput } from '../../src/onnx/network-crop.ts';
import { runNetwork } from '../../src/onnx/run-network.ts';
import { extractFeatures } from '../../src/radiomics/extractor.ts';
import type { ForestJson, TreeJson } from '../../src/statistics/forest-json.ts';
import { forestProbabilities } from '../../src/statistics/random-forest.ts';
import { pearson } from '../../src/statistics/spearman.ts';
import { pathDependentShap } from '../../src/statistics/tree-shap.ts';

const mappings = path.join(packageRoot(), 'mappings');
const benefit = loadModel('nsclc-durable-benefit-rf', mappings);
const expression = loadModel('nsclc-pdl1-radlsig', mappings);

function readJson<T>(model: string, file: string): T {
  return JSON.parse(readFileSync(path.join(mappings, 'models', model, file), 'utf8')) as T;
}

const benefitFit = readJson<{
  recovered: Recovery[];
  shapDirections: Record<'training' | 'second', { input: string; agrees: boolean }[]>;
  performance: Record<'second', { months: number; ensemble: { auc: number; ci95: [number, number] } }[]>;
}>(benefit.id, 'fit.json');
const expressionFit = readJson<{
  recovered: Recovery[];
  network: { kernelSeed: number };
  firstMember: { raSig: number; dlSig: number };
}>(expression.id, 'fit.json');

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
  const { trees } = readJson<ForestJson>(benefit.id, file);
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

const asOf = '2026-11-21T12:00:00.000Z';
const given = (value: NamedValue['value'], unit: string | null = null): NamedValue => ({
  value,
  unit,
  date: '2026-11-01',
  sources: ['Observation/constructed'],
});

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

function seriesOf(image: ImageRequirement, features: Record<string, number>): NamedFeatures {
  return {
    features,
    visit: image.visit,
    phase: image.phases[0]!,
    phaseReason: null,
    studyDate: '2026-10-01',
    SeriesDescription: null,
    sliceThicknessMm: 3,
    sources: [`2.25.${image.visit.length}`],
    mask: { type: 'MANUAL', algorithm: null, author: null, date: null, segmentLabel: 'tumour' },
  } as unknown as NamedFeatures;
}

const patientFacts: Readonly<Record<string, NamedValue>> = {
  histology: given('nsclc'),
  histologySubtype: given('adenocarcinoma'),
  stageGroup: given('IVA'),
  checkpointInhibitorDose: given('pembrolizumab'),
  age: given(66, 'a'),
  sex: given('male'),
  bmi: given(25, 'kg/m2'),
  smokingStatus: given('former'),
  surgery: given(false),
  liverMetastases: given(true),
  metastases: given(true),
  nlr: given(5),
  sii: given(1500, '10*9/L'),
  haemoglobin: given(11.5, 'g/dL'),
};

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
    expect(benefitFit.recovered).toHaveLength(5);
    for (const { planted, ci95 } of benefitFit.recovered) {
      expect(ci95[0]).toBeLessThan(Number(planted));
      expect(ci95[1]).toBeGreaterThan(Number(planted));
    }
  });

  test('the change on CT raises the risk by the SHAP values of both sites, as it was planted', () => {
    for (const site of ['training', 'second'] as const) {
      const changes = benefitFit.shapDirections[site].filter(({ input }) => input.startsWith('change of'));
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
      expect(readFileSync(path.join(mappings, 'models', benefit.id, file)).length).toBeLessThan(300_000);
    }
  });
});

function transformed({ indicator, transform = [] }: ModelInput, value: number | string | boolean): number {
  if (indicator !== undefined && 'equals' in indicator && typeof value !== 'number')
    return value === indicator.equals ? 1 : 0;
  const [step] = transform;
  if (step === undefined || !('zScore' in step)) return Number(value);
  return (Number(value) - step.zScore.mean) / step.zScore.sd;
}

/** One set of features for both images: radiomics in the middle of the cohort, and the network's answer. */
function expressionData(dlSig: number, facts: Readonly<Record<string, NamedValue | undefined>> = {}): ModelData {
  const terms = expression.signatures[0]!.terms;
  const features = Object.fromEntries(terms.map(({ feature, mean }) => [feature, mean]));
  return {
    ...dataOf({ facts: { stageGroup: given('IB'), ...facts } }),
    features: (image) => ({ found: seriesOf(image, { ...features, dlsig_score: dlSig }) }),
  };
}

describe('nsclc-pdl1-radlsig', () => {
  test('the planted effects of the hidden traits are recovered, and both signatures follow it at a second site', () => {
    expect(expressionFit.recovered.map(({ name, agrees }) => [name, agrees])).toEqual([
      ['trait', true],
      ['growth', true],
      ['raSig', true],
      ['dlSig', true],
    ]);
  });

  test('the fused probability by hand, called positive or negative by the cut-off', () => {
    const [form] = expression.forms;
    if (form?.type !== 'score-fusion') throw new Error('no fusion');
    const raSig = expression.signatures[0]!.intercept;
    for (const dlSig of [-2, 0, 2]) {
      const [ra, dl] = form.members;
      const lp =
        form.intercept +
        (ra!.coefficient * (raSig - ra!.mean)) / ra!.sd +
        (dl!.coefficient * (dlSig - dl!.mean)) / dl!.sd;
      const { outcomes, group } = evaluateModel(expression, expressionData(dlSig), {});
      const { value, classification } = outcomes[0]!;
      expect(value).toBeCloseTo(1 / (1 + Math.exp(-lp)), 12);
      expect(classification).toBe(
        value >= form.classification!.cutoff ? 'predicted PD-L1 positive' : 'predicted PD-L1 negative',
      );
      expect(group).toBeNull();
    }
  });

  // When this fails, phantoms, extractor or network have changed: fit the model again.
  test('the first person of the training cohort has the scores of the fit, by the ONNX file', async () => {
    const [first] = drawExpressionCohort({ ...expressionSites.training, size: 1 });
    const { features } = measureExpression(first!, drawKernels(expressionFit.network.kernelSeed));
    const { intercept, terms } = expression.signatures[0]!;
    expect(fittedScore({ intercept, terms, selection: {} }, features)).toBeCloseTo(expressionFit.firstMember.raSig, 9);
    const network = readNetwork(path.join(mappings, 'processing', 'nsclc-pdl1-demonstration.json'));
    const { volume, mask } = createPhantom(first!.phantom);
    const answer = await runNetwork(network, prepareNetworkInput(volume, mask, network.declaration));
    // The fit works in double, the network in single precision.
    expect(answer.dlsig_score).toBeCloseTo(expressionFit.firstMember.dlSig, 4);
  });

  test('both signatures raise the probability', () => {
    const [form] = expression.forms;
    if (form?.type !== 'score-fusion') throw new Error('no fusion');
    for (const { coefficient } of form.members) expect(coefficient).toBeGreaterThan(0);
  });

  test('a measured PD-L1 expression stands beside the prediction, and the response rates are called not its own', () => {
    const { context, outcomes } = evaluateModel(expression, expressionData(0, { pdl1Tps: given(60, '%') }), {});
    expect(context).toContainEqual(expect.objectContaining({ name: 'pdl1Tps', value: 60 }));
    expect(outcomes[0]!.observed[0]!.label).toMatch(/64\.4% .* 32\.8%/);
    expect(outcomes[0]!.observedNote).toMatch(/says nothing about this demonstration/);
  });

  test('squamous histology and stage IV are warned of, small-cell lung cancer has no result', () => {
    const other = { histologySubtype: given('squamous'), stageGroup: given('IVB') };
    const warned = evaluateModel(expression, expressionData(0, other), {});
    expect(warned.status).toBe('assessed');
    expect(warned.warnings.filter(({ code }) => code === 'POPULATION_OTHER')).toHaveLength(2);
    const refused = evaluateModel(expression, expressionData(0, { histology: given('sclc') }), {});
    expect(refused.status).toBe('not-applicable');
  });
});

test.each([benefit, expression])(
  '$id says first that it is a demonstration',
  ({ id, standing, standingNote, limits }) => {
    expect(standing).toBe('synthetic-demo');
    expect(standingNote).toMatch(/computer-made/);
    expect(limits[0]).toMatch(/^Not a clinical result/);
    const card = readFileSync(path.join(mappings, 'models', id, 'model-card.md'), 'utf8');
    expect(card.split('\n')[2]).toMatch(/^\*\*SYNTHETIC DEMO MODEL\./);
    for (const line of performanceNumbers(id)) expect(card).toContain(line);
  },
);

/** Areas of the second synthetic site as `model.json` prints them: the card must have the same. */
function performanceNumbers(id: string): string[] {
  const model = id === benefit.id ? benefit : expression;
  const own = model.performance.filter((line) => line.startsWith('This demonstration model'));
  return own.map((line) => /AUC (\d\.\d{3})/.exec(line)![1]!);
}
