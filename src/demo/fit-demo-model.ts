/**
 * Fits the demonstration model of `es-sclc-os24-nomogram` on synthetic cohorts and writes what it found to `fit.json`
 * in the model's folder. Run by `node --import tsx src/demo/fit-demo-model.ts`; the same code gives the same file.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { packageRoot } from '../config.ts';
import { extractFeatures, extractorVersion } from '../radiomics/extractor.ts';
import { parseParameters } from '../radiomics/parameters.ts';
import { fitLogistic, type LogisticFit, logisticProbability, wald95 } from '../statistics/logistic.ts';
import { createRandom, dealFolds } from '../statistics/random.ts';
import { areaUnderRoc } from '../statistics/roc.ts';
import { mean, median } from '../statistics/standardise.ts';
import { type Features, type FittedSignature, fitSignature, signatureScore } from './fit-demo-signature.ts';
import { syntheticPatients } from './patients.ts';
import { createPhantom, type PhantomParameters } from './phantom/phantom.ts';
import { type CohortMember, type CohortPlan, drawCohort, plantedEffects } from './phantom/phantom-cohort.ts';

const processing = 'original-shape-firstorder-glcm.yaml';
const siteA: CohortPlan = { size: 120, seed: 20_260, noiseSdHu: 12 };
const siteB: CohortPlan = { size: 60, seed: 71_113, noiseSdHu: 15 };
const folds = { count: 10, seed: 5 };

interface Measured extends CohortMember {
  readonly features: Features;
}

/** Intercept, before-score, age, N stage: the columns of the combined model in this order. */
const predictors = ['beforeScore', 'age', 'nStage'] as const;

const parametersFile = path.join(packageRoot(), 'mappings', 'processing', processing);
const parameters = parseParameters(readFileSync(parametersFile, 'utf8'), processing);

function featuresOf(phantom: PhantomParameters): Features {
  const { volume, mask } = createPhantom(phantom);
  return extractFeatures(volume, mask, parameters).features;
}

function measure(name: string, plan: CohortPlan): Measured[] {
  const cohort = drawCohort(plan);
  return cohort.map((member, at) => {
    if (at % 10 === 0) console.error(`${name}: CT ${at} of ${cohort.length}`);
    return { ...member, features: featuresOf(member.phantom) };
  });
}

function outcomes(cohort: readonly Measured[]): Float64Array {
  return Float64Array.from(cohort, ({ outcome }) => outcome);
}

function scores(cohort: readonly Measured[], signature: FittedSignature): Float64Array {
  return Float64Array.from(cohort, ({ features }) => signatureScore(signature, features));
}

function probabilities(cohort: readonly Measured[], signature: FittedSignature, model: LogisticFit): Float64Array {
  return Float64Array.from(cohort, ({ features, ageYears, nStage }) =>
    probability(model, signatureScore(signature, features), ageYears, nStage),
  );
}

function probability({ coefficients }: LogisticFit, beforeScore: number, age: number, nStage: number): number {
  const inputs = [1, beforeScore, age, nStage];
  return logisticProbability(inputs.reduce((lp, value, j) => lp + value * (coefficients[j] ?? Number.NaN), 0));
}

function describeCohort(plan: CohortPlan, cohort: readonly Measured[]) {
  const ages = Float64Array.from(cohort, ({ ageYears }) => ageYears);
  return {
    ...plan,
    highRisk: cohort.filter(({ outcome }) => outcome === 1).length,
    ageMean: mean(ages),
    ageRange: [Math.min(...ages), Math.max(...ages)],
    nStages: [0, 1, 2, 3].map((stage) => cohort.filter(({ nStage }) => nStage === stage).length),
  };
}

/** Whether the fit finds the planted effects again: age and N stage one to one, the score by its sign only. */
function compareWithPlanted(model: LogisticFit) {
  const planted = { beforeScore: null, age: plantedEffects.age, nStage: plantedEffects.nStage };
  return predictors.map((name, j) => {
    const coefficient = model.coefficients[j + 1] ?? Number.NaN;
    const half = wald95 * (model.standardErrors[j + 1] ?? Number.NaN);
    const [low, high] = [coefficient - half, coefficient + half];
    const truth = planted[name];
    const agrees = truth === null ? low > 0 : low <= truth && truth <= high;
    return { name, planted: truth ?? 'positive', ci95: [low, high], agrees };
  });
}

function performance(cohort: readonly Measured[], signature: FittedSignature, model: LogisticFit) {
  return {
    aucCombined: areaUnderRoc(probabilities(cohort, signature, model), outcomes(cohort)),
    aucBeforeScore: areaUnderRoc(scores(cohort, signature), outcomes(cohort)),
  };
}

function fitDemonstrationModel() {
  const training = measure('site A', siteA);
  const testing = measure('site B', siteB);
  const outcome = outcomes(training);
  const foldOfRow = dealFolds(createRandom(folds.seed), training.length, folds.count);
  const signature = fitSignature(
    training.map(({ features }) => features),
    outcome,
    foldOfRow,
  );
  const beforeScores = scores(training, signature);
  const model = fitLogistic(
    [
      beforeScores,
      Float64Array.from(training, ({ ageYears }) => ageYears),
      Float64Array.from(training, ({ nStage }) => nStage),
    ],
    outcome,
  );
  return {
    notice: 'Fitted on computed phantoms with an invented outcome: says nothing about people',
    madeBy: 'src/demo/fit-demo-model.ts',
    extractorVersion,
    processing,
    phase: 'venous',
    visit: 'baseline',
    outcome: 'death within 24 months',
    plantedEffects,
    training: describeCohort(siteA, training),
    test: describeCohort(siteB, testing),
    folds,
    signature,
    beforeScoreRange: [Math.min(...beforeScores), Math.max(...beforeScores)],
    logistic: {
      intercept: model.coefficients[0],
      interceptStandardError: model.standardErrors[0],
      terms: predictors.map((name, j) => ({
        name,
        coefficient: model.coefficients[j + 1],
        standardError: model.standardErrors[j + 1],
      })),
    },
    recovered: compareWithPlanted(model),
    cutoff: median(probabilities(training, signature, model)),
    performance: {
      training: performance(training, signature, model),
      test: performance(testing, signature, model),
    },
    patients: patientResults(signature, model),
  };
}

/** Score and probability of the demonstration's own patients that have all inputs. */
function patientResults(signature: FittedSignature, model: LogisticFit) {
  return syntheticPatients.flatMap(({ id, seed, ageYears, stage, imaging, tumour }) => {
    const at = imaging.findIndex(({ visit, segmented }) => visit === 'baseline' && segmented);
    if (at < 0 || stage.n === undefined) return [];
    const noiseSeed = 1000 * seed + 10 * at + 1;
    const features = featuresOf({ anatomySeed: seed, tumour, phase: 'venous', noiseSeed });
    const beforeScore = signatureScore(signature, features);
    return [{ id, beforeScore, probability: probability(model, beforeScore, ageYears, stage.n) }];
  });
}

const result = fitDemonstrationModel();
const file = path.join(packageRoot(), 'mappings', 'models', 'es-sclc-os24-nomogram', 'fit.json');
writeFileSync(file, `${JSON.stringify(result, null, 2)}\n`);
console.error(`wrote ${file}`);
