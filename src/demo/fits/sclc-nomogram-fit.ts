import { deltaFeatures } from '../../models/deltas.ts';
import { extractorVersion } from '../../radiomics/extractor.ts';
import { confusionAt } from '../../statistics/confusion.ts';
import { deLongAuc } from '../../statistics/delong.ts';
import { fitLogistic, type LogisticFit, logisticProbability } from '../../statistics/logistic.ts';
import { median } from '../../statistics/standardise.ts';
import { rangeOf } from './range.ts';
import { compareTogether, type PlantedEffect, recoveriesOf } from './recovery.ts';
import { rereadPersons, sclcSites } from './sclc-cohort.ts';
import { foldsByEvent, type MeasuredMember, type MeasuredSites, sclcFolds } from './sclc-features-file.ts';
import { nomogramProcessing, type SclcFeatures } from './sclc-measure.ts';
import { plantedDeathEffects } from './sclc-outcomes.ts';
import { deathTraits, replicateCount, replicateDeath, slopesOf } from './sclc-replicates.ts';
import {
  type Candidate,
  candidatesOf,
  candidatesOfRows,
  type FittedSignature,
  fitBinarySignature,
  fittedScore,
  type ImageFeatures,
  isReliable,
  outOfFoldScores,
  valuesOfRows,
} from './signature.ts';

/** Signatures by name: the first two are in the combined model, the others are shown beside it. */
const nomogramSignatures = ['before', 'relative', 'after', 'absolute'] as const;
export type NomogramSignature = (typeof nomogramSignatures)[number];

/** Which image or delta a signature reads. */
const imageOf = {
  before: 'venous',
  relative: 'relativeDelta',
  after: 'venousAfter',
  absolute: 'absoluteDelta',
} as const;

/** Columns of the combined model, in this order after the intercept. */
const nomogramInputs = ['beforeScore', 'relativeScore', 'age', 'nStage'] as const;
export type NomogramInput = (typeof nomogramInputs)[number];

/**
 * Age and N stage one to one; a score, whose scale is its own, by its sign. The relative delta shows nothing that the baseline image
 * does not show better: it has no effect beside the other score.
 */
const plantedOf: Readonly<Record<NomogramInput, PlantedEffect['planted']>> = {
  beforeScore: 'positive',
  relativeScore: null,
  age: plantedDeathEffects.age,
  nStage: plantedDeathEffects.nStage,
};

export type NomogramFit = ReturnType<typeof fitNomogram>;

/** The features by the names that images and deltas have in the model. */
function nomogramFeatures({ plain, venous, venousAfter }: SclcFeatures): ImageFeatures {
  return { plain, venous, venousAfter, ...deltasOf(plain, venous) };
}

function deltasOf(plain: SclcFeatures['plain'], venous: SclcFeatures['venous']) {
  return {
    relativeDelta: deltaFeatures('relative', plain, venous),
    absoluteDelta: deltaFeatures('absolute', plain, venous),
  };
}

/**
 * Fits the demonstration model of death within 24 months: four signatures, a logistic model of two of them with age and N stage,
 * a cut-off at the median probability; tried on the second site.
 *
 * @throws StatisticsError if a signature has no feature left.
 */
export function fitNomogram({ training, second }: MeasuredSites) {
  const outcome = outcomes(training);
  const folds = foldsByEvent(outcome);
  const fitted = (name: NomogramSignature) => fitSignature(name, training, outcome, folds);
  const [before, relative] = [fitted('before'), fitted('relative')];
  const signatures: Record<NomogramSignature, FittedSignature> = {
    before: before.signature,
    relative: relative.signature,
    after: fitted('after').signature,
    absolute: fitted('absolute').signature,
  };
  const columns = [before.outOfFold(), relative.outOfFold(), ...clinicalColumns(training)];
  const planted = nomogramInputs.map((name, at) => ({
    name,
    planted: plantedOf[name],
    values: columns[at] ?? new Float64Array(),
  }));
  const logistic = fitLogistic(columns, outcome);
  const cutoff = median(probabilities(columns, logistic));
  return {
    notice: 'Fitted on computed phantoms with an invented outcome: says nothing about people',
    madeBy: 'npm run fit:demo',
    extractorVersion,
    processing: nomogramProcessing,
    outcome: 'death within 24 months',
    plantedEffects: plantedDeathEffects,
    training: { ...sclcSites.training, ...describeCohort(training) },
    second: { ...sclcSites.second, ...describeCohort(second) },
    folds: sclcFolds,
    signatures,
    scoreRanges: {
      before: rangeOf(scores(training, signatures.before)),
      relative: rangeOf(scores(training, signatures.relative)),
    },
    logistic: {
      intercept: logistic.coefficients[0] ?? Number.NaN,
      terms: nomogramInputs.map((name, at) => ({
        name,
        coefficient: logistic.coefficients[at + 1] ?? Number.NaN,
        standardError: logistic.standardErrors[at + 1] ?? Number.NaN,
      })),
    },
    recovered: recoveriesOf(planted, slopesOf(logistic)),
    /** Both scores as one, against no effect of either. */
    scoresTogether: compareTogether(
      [1, 2].map((j) => logistic.coefficients[j] ?? Number.NaN),
      [1, 2].map((j) => [1, 2].map((k) => logistic.covariance[j * (nomogramInputs.length + 1) + k] ?? Number.NaN)),
    ),
    /** Of the training site with other outcomes: planned with the hidden traits in sight, and with the scores in their place. */
    replicates: {
      count: replicateCount,
      withTraits: replicateDeath(training, deathTraits(training)),
      withScores: replicateDeath(training, planted),
    },
    outOfFold: { before: Array.from(columns[0] ?? []), relative: Array.from(columns[1] ?? []) },
    cutoff,
    performance: {
      /** Out of fold: nobody's score comes from a signature that was fitted on this person. */
      training: performance(outcome, columns, logistic, cutoff, { before: columns[0], relative: columns[1] }),
      second: performance(
        outcomes(second),
        inputColumns(second, signatures),
        logistic,
        cutoff,
        allScores(second, signatures),
      ),
    },
    /** Persons of the second site whose results a test works again from their parameters. */
    checks: [0, 1].flatMap((at) => {
      const member = second[at];
      if (member === undefined) return [];
      const own = inputColumns([member], signatures);
      const [beforeScore = Number.NaN, relativeScore = Number.NaN] = own.map((column) => column[0] ?? Number.NaN);
      return [{ at, beforeScore, relativeScore, probability: probabilities(own, logistic)[0] ?? Number.NaN }];
    }),
  };
}

/** Fits one signature on the training site, and out of fold on demand. */
function fitSignature(
  name: NomogramSignature,
  training: readonly MeasuredMember[],
  outcome: Float64Array,
  folds: ArrayLike<number>,
) {
  const of = imageOf[name];
  const features = training.map((member) => nomogramFeatures(member.features));
  const isDelta = name === 'relative' || name === 'absolute';
  // The phases of a visit share their outline, so that shapes have no delta.
  const candidates = candidatesOf(features, of, (key) => !(isDelta && key.includes('_shape_')));
  const reliable = reliableFeatures(training, candidates, name === 'after' ? imageOf.before : of);
  // A fraction's variance is below the threshold by its unit alone: relative deltas count in percent.
  const rules = { reliable, variance: 0.8, unit: name === 'relative' ? 0.01 : 1 };
  const scoreWithout = (rows: readonly number[]) => {
    const own = valuesOfRows(outcome, rows);
    const signature = fitBinarySignature(candidatesOfRows(candidates, rows), own, foldsByEvent(own), rules);
    return (row: number) => fittedScore(signature, features[row] ?? {});
  };
  return {
    signature: fitBinarySignature(candidates, outcome, folds, rules),
    outOfFold: () => outOfFoldScores(folds, scoreWithout),
  };
}

/** Features that the second reader's outlines of the baseline images give about the same values for. */
function reliableFeatures(training: readonly MeasuredMember[], candidates: readonly Candidate[], of: string) {
  const reread = training.slice(0, rereadPersons).map(({ features }) => {
    const { plainReread, venousReread } = features;
    if (plainReread === undefined || venousReread === undefined) throw new RangeError('features: no second reading');
    const first = nomogramFeatures(features)[of];
    return [first, { venous: venousReread, ...deltasOf(plainReread, venousReread) }[of]] as const;
  });
  const read = (reader: 0 | 1, key: string) => reread.map((pair) => pair[reader]?.[key] ?? Number.NaN);
  return new Set(candidates.map(({ feature }) => feature).filter((key) => isReliable(read(0, key), read(1, key))));
}

function outcomes(cohort: readonly MeasuredMember[]): Float64Array {
  return Float64Array.from(cohort, ({ death24 }) => death24);
}

function scores(cohort: readonly MeasuredMember[], signature: FittedSignature): Float64Array {
  return Float64Array.from(cohort, ({ features }) => fittedScore(signature, nomogramFeatures(features)));
}

type Signatures = Readonly<Record<NomogramSignature, FittedSignature>>;

function inputColumns(cohort: readonly MeasuredMember[], { before, relative }: Signatures): Float64Array[] {
  return [scores(cohort, before), scores(cohort, relative), ...clinicalColumns(cohort)];
}

function clinicalColumns(cohort: readonly MeasuredMember[]): Float64Array[] {
  return [
    Float64Array.from(cohort, ({ clinical }) => clinical.age),
    Float64Array.from(cohort, ({ clinical }) => clinical.nStage),
  ];
}

function allScores(cohort: readonly MeasuredMember[], signatures: Signatures): Record<string, Float64Array> {
  return Object.fromEntries(nomogramSignatures.map((name) => [name, scores(cohort, signatures[name])]));
}

function probabilities(columns: readonly Float64Array[], { coefficients }: LogisticFit): Float64Array {
  const [intercept = Number.NaN, ...slopes] = coefficients;
  return Float64Array.from(columns[0] ?? [], (_, row) =>
    logisticProbability(slopes.reduce((lp, slope, at) => lp + slope * (columns[at]?.[row] ?? Number.NaN), intercept)),
  );
}

function performance(
  outcome: Float64Array,
  columns: readonly Float64Array[],
  logistic: LogisticFit,
  cutoff: number,
  alone: Readonly<Record<string, Float64Array | undefined>>,
) {
  const predicted = probabilities(columns, logistic);
  const { sensitivity, specificity, accuracy } = confusionAt(predicted, outcome, cutoff);
  const aucOf = (values: Float64Array) => {
    const { auc, interval } = deLongAuc(values, outcome);
    return { auc, ci95: [interval.low, interval.high] };
  };
  return {
    combined: aucOf(predicted),
    sensitivity: sensitivity.value,
    specificity: specificity.value,
    accuracy: accuracy.value,
    signatures: Object.fromEntries(
      Object.entries(alone).flatMap(([name, values]) => (values === undefined ? [] : [[name, aucOf(values)]])),
    ),
  };
}

function describeCohort(cohort: readonly MeasuredMember[]) {
  return {
    highRisk: cohort.filter(({ death24 }) => death24 === 1).length,
    ageRange: rangeOf(cohort.map(({ clinical }) => clinical.age)),
    nStages: [0, 1, 2, 3].map((stage) => cohort.filter(({ clinical }) => clinical.nStage === stage).length),
  };
}
