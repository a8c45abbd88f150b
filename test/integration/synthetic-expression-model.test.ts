import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { drawExpressionCohort, expressionSites } from '../../src/demo/fits/nsclc-pdl1-cohort.ts';
import { measureExpression } from '../../src/demo/fits/nsclc-pdl1-measure.ts';
import { drawKernels } from '../../src/demo/fits/nsclc-pdl1-network.ts';
import type { Recovery } from '../../src/demo/fits/recovery.ts';
import { fittedScore } from '../../src/demo/fits/signature.ts';
import { createPhantom } from '../../src/demo/phantom/phantom.ts';
import { evaluateModel } from '../../src/models/evaluate.ts';
import type { ModelData, NamedValue } from '../../src/models/model-result.ts';
import { loadModel } from '../../src/models/registry.ts';
import { readNetwork } from '../../src/onnx/network.ts';
import { prepareNetworkInput } from '../../src/onnx/network-crop.ts';
import { runNetwork } from '../../src/onnx/run-network.ts';
import {
  asOf,
  expectDemonstration,
  given,
  mappingsFolder,
  patientFacts,
  readModelFile,
  seriesOf,
} from '../helpers/nsclc-model-data.ts';

const expression = loadModel('nsclc-pdl1-radlsig', mappingsFolder);

const fit = JSON.parse(readModelFile(expression.id, 'fit.json')) as {
  recovered: Recovery[];
  network: { kernelSeed: number };
  firstMember: { raSig: number; dlSig: number };
};

/** One set of features for both images: radiomics in the middle of the cohort, and the network's answer. */
function expressionData(dlSig: number, facts: Readonly<Record<string, NamedValue | undefined>> = {}): ModelData {
  const all: Readonly<Record<string, NamedValue | undefined>> = { ...patientFacts, stageGroup: given('IB'), ...facts };
  const terms = expression.signatures[0]!.terms;
  const features = Object.fromEntries(terms.map(({ feature, mean }) => [feature, mean]));
  return {
    asOf,
    synthetic: true,
    fact: (key) => all[key],
    features: (image) => ({ found: seriesOf(image, { ...features, dlsig_score: dlSig }) }),
  };
}

describe('nsclc-pdl1-radlsig', () => {
  test('the planted effects of the hidden traits are recovered, and both signatures follow it at a second site', () => {
    expect(fit.recovered.map(({ name, agrees }) => [name, agrees])).toEqual([
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
    const { features } = measureExpression(first!, drawKernels(fit.network.kernelSeed));
    const { intercept, terms } = expression.signatures[0]!;
    expect(fittedScore({ intercept, terms, selection: {} }, features)).toBeCloseTo(fit.firstMember.raSig, 9);
    const network = readNetwork(path.join(mappingsFolder, 'processing', 'nsclc-pdl1-demonstration.json'));
    const { volume, mask } = createPhantom(first!.phantom);
    const answer = await runNetwork(network, prepareNetworkInput(volume, mask, network.declaration));
    // The fit works in double, the network in single precision.
    expect(answer.dlsig_score).toBeCloseTo(fit.firstMember.dlSig, 4);
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

  test('says first that it is a demonstration', () => expectDemonstration(expression));
});
