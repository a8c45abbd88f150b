import { extractorVersion } from '../../radiomics/extractor.ts';
import { concordance } from '../../statistics/concordance.ts';
import { type CoxFit, fitCox } from '../../statistics/cox.ts';
import { coxBaselineHazard, coxLinearPredictor } from '../../statistics/cox-prediction.ts';
import { compareRiskGroups, splitAtCutoff } from '../../statistics/median-cutoff.ts';
import { mean, median } from '../../statistics/standardise.ts';
import { timeDependentRoc } from '../../statistics/time-dependent-roc.ts';
import { rangeOf } from './range.ts';
import { compareTogether, recoveriesOf } from './recovery.ts';
import { sclcSites } from './sclc-cohort.ts';
import { foldsByEvent, type MeasuredMember, type MeasuredSites, sclcFolds } from './sclc-features-file.ts';
import { pfsProcessing, type SclcFeatures } from './sclc-measure.ts';
import { plantedProgressionEffects } from './sclc-outcomes.ts';
import {
  eventsNeeded,
  progressionClinical,
  progressionTraits,
  replicateCount,
  replicateProgression,
} from './sclc-replicates.ts';
import {
  candidatesOf,
  candidatesOfRows,
  type FittedSignature,
  fitSurvivalSignature,
  fittedScore,
  type ImageFeatures,
  outOfFoldScores,
  valuesOfRows,
} from './signature.ts';

/** Columns of the integrated model, in this order. */
const pfsInputs = ['radiomicsScore', ...progressionClinical] as const;

/** Months at which the survival without progression is kept. */
const horizons = [6, 12] as const;

export type PfsFit = ReturnType<typeof fitPfs>;

/** The features by the names that images have in the model. */
function pfsFeatures({ tumour, ring }: SclcFeatures): ImageFeatures {
  return { tumour, ring };
}

/**
 * Fits the demonstration model of progression: a signature of tumour and ring, a Cox model of it with T, N, M, ECOG and LIPI, its
 * baseline survival, a cut-off at the median of the linear predictor; tried on the second site.
 *
 * @throws StatisticsError if no feature is selected.
 */
export function fitPfs({ training, second }: MeasuredSites) {
  const { time, status } = outcomes(training);
  const features = training.map((member) => pfsFeatures(member.features));
  const candidates = [...candidatesOf(features, 'tumour'), ...candidatesOf(features, 'ring')];
  const folds = foldsByEvent(status);
  const signature = fitSurvivalSignature(candidates, time, status, folds);
  const outOfFold = outOfFoldScores(folds, (rows) => {
    const [ownTime, ownStatus] = [valuesOfRows(time, rows), valuesOfRows(status, rows)];
    const own = fitSurvivalSignature(candidatesOfRows(candidates, rows), ownTime, ownStatus, foldsByEvent(ownStatus));
    return (row) => fittedScore(own, features[row] ?? {});
  });
  const columns = [outOfFold, ...clinicalColumns(training)];
  const planted = pfsInputs.map((name, at) => ({
    name,
    planted: name === 'radiomicsScore' ? ('positive' as const) : plantedProgressionEffects[name],
    values: columns[at] ?? new Float64Array(),
  }));
  const cox = fitCox(columns, time, status);
  const predictors = coxLinearPredictor(cox, columns, 'zero');
  const lpReference = mean(predictors);
  const cutoff = median(predictors) - lpReference;
  return {
    notice: 'Fitted on computed phantoms with an invented outcome: says nothing about people',
    madeBy: 'npm run fit:demo',
    extractorVersion,
    processing: pfsProcessing,
    outcome: 'months to progression',
    plantedEffects: plantedProgressionEffects,
    training: { ...sclcSites.training, ...describeCohort(training) },
    second: { ...sclcSites.second, ...describeCohort(second) },
    folds: sclcFolds,
    signature,
    scoreRange: rangeOf(scores(training, signature)),
    cox: {
      lpReference,
      baselineSurvival: horizons.map((months) => ({
        months,
        survival: Math.exp(-coxBaselineHazard(cox, months, 'zero') * Math.exp(lpReference)),
      })),
      terms: pfsInputs.map((name, at) => ({ name, ...termOf(cox, at) })),
    },
    recovered: recoveriesOf(planted, cox),
    /** T, N, M, ECOG and LIPI as one. */
    recoveredTogether: compareTogether(
      progressionClinical.map((name, at) => termOf(cox, at + 1).coefficient - plantedProgressionEffects[name]),
      cox.covariance.slice(1).map((row) => row.slice(1)),
    ),
    /** For a power of 95%. */
    eventsNeeded: eventsNeeded(progressionTraits(training)),
    /** Of the training site with other outcomes: planned with the hidden traits in sight, and with the score in their place. */
    replicates: {
      count: replicateCount,
      withTraits: replicateProgression(training, progressionTraits(training)),
      withScores: replicateProgression(training, planted),
    },
    outOfFold: Array.from(outOfFold),
    cutoff,
    performance: {
      /** Out of fold: nobody's score comes from a signature that was fitted on this person. */
      training: performance(training, columns, cox, cutoff + lpReference),
      second: performance(second, inputColumns(second, signature), cox, cutoff + lpReference),
    },
    /** Persons of the second site whose results a test works again from their parameters. */
    checks: [0, 1].flatMap((at) => {
      const member = second[at];
      if (member === undefined) return [];
      const own = inputColumns([member], signature);
      const [lp = Number.NaN] = coxLinearPredictor(cox, own, 'zero');
      return [{ at, radiomicsScore: own[0]?.[0] ?? Number.NaN, relativeHazard: Math.exp(lp - lpReference) }];
    }),
  };
}

function termOf({ coefficients, standardErrors }: CoxFit, at: number) {
  return { coefficient: coefficients[at] ?? Number.NaN, standardError: standardErrors[at] ?? Number.NaN };
}

function outcomes(cohort: readonly MeasuredMember[]) {
  return {
    time: Float64Array.from(cohort, ({ pfsMonths }) => pfsMonths),
    status: Float64Array.from(cohort, ({ progressed }) => progressed),
  };
}

function scores(cohort: readonly MeasuredMember[], signature: FittedSignature): Float64Array {
  return Float64Array.from(cohort, ({ features }) => fittedScore(signature, pfsFeatures(features)));
}

function inputColumns(cohort: readonly MeasuredMember[], signature: FittedSignature): Float64Array[] {
  return [scores(cohort, signature), ...clinicalColumns(cohort)];
}

function clinicalColumns(cohort: readonly MeasuredMember[]): Float64Array[] {
  return progressionClinical.map((name) => Float64Array.from(cohort, ({ clinical }) => clinical[name]));
}

function performance(cohort: readonly MeasuredMember[], columns: readonly Float64Array[], cox: CoxFit, cutoff: number) {
  const { time, status } = outcomes(cohort);
  const integrated = coxLinearPredictor(cox, columns, 'zero');
  const discrimination = (marker: Float64Array) => {
    const { c, lower, upper } = concordance(time, status, marker);
    return {
      cIndex: c,
      ci95: [lower, upper],
      auc: horizons.map((months) => ({ months, auc: timeDependentRoc(time, status, marker, months).auc })),
    };
  };
  const groups = compareRiskGroups(time, status, splitAtCutoff(integrated, cutoff, '>='));
  return {
    radiomics: discrimination(columns[0] ?? new Float64Array()),
    integrated: discrimination(integrated),
    groups: {
      low: { n: groups.lowCount, medianMonths: groups.lowMedian.time },
      high: { n: groups.highCount, medianMonths: groups.highMedian.time },
      hazardRatio: Math.exp(groups.cox.coefficients[0] ?? Number.NaN),
    },
  };
}

function describeCohort(cohort: readonly MeasuredMember[]) {
  return {
    progressed: cohort.filter(({ progressed }) => progressed === 1).length,
    ageRange: rangeOf(cohort.map(({ clinical }) => clinical.age)),
    ...Object.fromEntries(
      progressionClinical.map((name) => {
        const values = cohort.map(({ clinical }) => clinical[name]);
        const [low, high] = rangeOf(values);
        const counts = Array.from(
          { length: high - low + 1 },
          (_, k) => values.filter((value) => value === low + k).length,
        );
        return [name, { from: low, counts }];
      }),
    ),
  };
}
