/**
 * Fits the demonstration model `nsclc-pdl1-radlsig` on synthetic cohorts: writes its demonstration network with its declaration, what
 * was found (`fit.json`) and the fitted parts of `model.json`, whose other parts are written by people and stay. The same code gives
 * the same files.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../../config.ts';
import { modelSchema } from '../../models/model-schema.ts';
import { networkSchema } from '../../onnx/network-schema.ts';
import { extractorVersion } from '../../radiomics/extractor.ts';
import { fitLogistic } from '../../statistics/logistic.ts';
import { modelFolder, writeFit } from './model-folder.ts';
import {
  drawExpressionCohort,
  type ExpressionMember,
  type ExpressionPlan,
  expressionSites,
  plantedExpressionEffects,
} from './nsclc-pdl1-cohort.ts';
import {
  area,
  expressionFolds,
  fitFusion,
  fitLastLayer,
  fitRadiomics,
  fusedProbabilities,
  type MeasuredExpressionCohort,
  positives,
  signatureScores,
  unseenScores,
  youdenCutoff,
} from './nsclc-pdl1-fit.ts';
import { expressionProcessing, measureExpression } from './nsclc-pdl1-measure.ts';
import { type ExpressionPerformance, fittedExpressionModel } from './nsclc-pdl1-model.ts';
import { demonstrationDeclaration, drawKernels, networkFile } from './nsclc-pdl1-network.ts';
import { compareWithPlanted, type Recovery } from './recovery.ts';

const id = 'nsclc-pdl1-radlsig';
const kernelSeed = 1607;
const kernels = drawKernels(kernelSeed);

function measure(name: string, plan: ExpressionPlan): MeasuredExpressionCohort {
  const members = drawExpressionCohort(plan);
  const measured = members.map((member, at) => {
    if (at % 10 === 0) console.error(`${name}: CT ${at} of ${members.length}`);
    return measureExpression(member, kernels);
  });
  return { members, measured };
}

/** Predictors against the outcome, together: whether their effects are what was planted. */
function recovered(
  predictors: readonly {
    readonly name: string;
    readonly planted: Recovery['planted'];
    readonly values: Float64Array;
  }[],
  outcome: Float64Array,
): Recovery[] {
  const { coefficients, standardErrors } = fitLogistic(
    predictors.map(({ values }) => values),
    outcome,
  );
  return predictors.map(({ name, planted }, j) =>
    compareWithPlanted(name, planted, coefficients[j + 1] ?? Number.NaN, standardErrors[j + 1] ?? Number.NaN),
  );
}

const training = measure('site A', expressionSites.training);
const second = measure('site B', expressionSites.second);
const radiomics = fitRadiomics(training);
const lastLayer = fitLastLayer(training);
const scores = signatureScores(training, radiomics, lastLayer);
const outcome = positives(training);
const unseen = unseenScores(training);
const fusion = fitFusion(unseen, outcome);
const cutoff = youdenCutoff(fusedProbabilities(fusion, unseen), outcome);

function performance(cohort: MeasuredExpressionCohort): ExpressionPerformance {
  const own = signatureScores(cohort, radiomics, lastLayer);
  const truth = positives(cohort);
  return {
    fusion: area(fusedProbabilities(fusion, own), truth),
    raSig: area(own[0], truth),
    dlSig: area(own[1], truth),
  };
}

const bytes = networkFile(kernels, lastLayer.weights, lastLayer.bias);
const declaration = networkSchema.parse({
  ...demonstrationDeclaration,
  sha256: createHash('sha256').update(bytes).digest('hex'),
});
const processing = path.join(packageRoot(), 'mappings', 'processing');
writeFileSync(path.join(processing, declaration.file), bytes);
// Lists of numbers in one line, as the formatter has them.
const text = JSON.stringify(declaration, null, 2).replace(/\[\s+([^[\]{}]*?)\s+\]/g, (_, list: string) => {
  return `[${list.replace(/\s+/g, ' ')}]`;
});
writeFileSync(path.join(processing, declaration.file.replace(/onnx$/, 'json')), `${text}\n`);

const modelFile = path.join(modelFolder(id), 'model.json');
const written = modelSchema.parse(JSON.parse(readFileSync(modelFile, 'utf8')));
const onSecond = performance(second);
const model = fittedExpressionModel(written, { radiomics, fusion, cutoff, scores, performance: onSecond });
writeFileSync(modelFile, `${JSON.stringify(modelSchema.parse(model), null, 2)}\n`);

const members: readonly ExpressionMember[] = [...training.members, ...second.members];
const secondScores = signatureScores(second, radiomics, lastLayer);
const describe = (plan: ExpressionPlan, cohort: MeasuredExpressionCohort) => {
  return { ...plan, positive: positives(cohort).reduce((sum, value) => sum + value, 0) };
};
writeFit(id, {
  notice: 'Fitted on computed phantoms with an invented PD-L1 status: says nothing about people',
  madeBy: 'src/demo/fits/nsclc-pdl1.ts',
  extractorVersion,
  processing: [expressionProcessing, declaration.file.replace(/onnx$/, 'json')],
  plantedEffects: plantedExpressionEffects,
  training: describe(expressionSites.training, training),
  second: describe(expressionSites.second, second),
  folds: expressionFolds,
  network: { kernelSeed, sha256: declaration.sha256, ...lastLayer },
  signature: radiomics,
  fusion,
  cutoff,
  // By which a test sees whether phantoms, extractor and network are still those of the fit.
  firstMember: { raSig: scores[0][0], dlSig: scores[1][0] },
  // The hidden traits over both sites, against what was planted; each score on the site that no fit has seen.
  recovered: [
    ...recovered(
      (['trait', 'growth'] as const).map((name) => ({
        name,
        planted: plantedExpressionEffects[name],
        values: Float64Array.from(members, (member) => member[name]),
      })),
      Float64Array.from(members, ({ positive }) => positive),
    ),
    ...recovered([{ name: 'raSig', planted: 'positive', values: secondScores[0] }], positives(second)),
    ...recovered([{ name: 'dlSig', planted: 'positive', values: secondScores[1] }], positives(second)),
  ],
  performance: { training: performance(training), second: onSecond },
});
