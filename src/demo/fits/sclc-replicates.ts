import { fitCox } from '../../statistics/cox.ts';
import { normalQuantile } from '../../statistics/distributions.ts';
import { fitLogistic, type LogisticFit } from '../../statistics/logistic.ts';
import { populationVariance } from '../../statistics/standardise.ts';
import { namedRandom } from './named-random.ts';
import { type Estimates, type PlantedEffect, type ReplicatedEffect, replicatedEffects } from './recovery.ts';
import { type SclcMember, type SclcPlan, sclcSites } from './sclc-cohort.ts';
import { plantedDeathEffects, plantedProgressionEffects, type SclcOutcome, sclcOutcome } from './sclc-outcomes.ts';

/** Outcomes that the intervals are tried on: coverage of 95% is then known to 1.5%. */
export const replicateCount = 200;

/** One column of a model, and what was planted for it. */
export interface PlantedColumn extends PlantedEffect {
  readonly values: Float64Array;
}

/** Clinical predictors of progression. */
export const progressionClinical = ['tStage', 'nStage', 'mStage', 'ecog', 'lipi'] as const;

/** Columns of the model of death that sees what the plan knows. */
export function deathTraits(persons: readonly SclcMember[]): PlantedColumn[] {
  const { aggressiveness, age, nStage } = plantedDeathEffects;
  return [
    traitColumn('aggressiveness', aggressiveness, persons, (person) => person.aggressiveness),
    traitColumn('age', age, persons, ({ clinical }) => clinical.age),
    traitColumn('nStage', nStage, persons, ({ clinical }) => clinical.nStage),
  ];
}

/** Columns of the model of progression that sees what the plan knows. */
export function progressionTraits(persons: readonly SclcMember[]): PlantedColumn[] {
  const effects = plantedProgressionEffects;
  return [
    traitColumn('aggressiveness', effects.aggressiveness, persons, (person) => person.aggressiveness),
    ...progressionClinical.map((name) => traitColumn(name, effects[name], persons, ({ clinical }) => clinical[name])),
  ];
}

function traitColumn(
  name: string,
  planted: number,
  persons: readonly SclcMember[],
  value: (person: SclcMember) => number,
): PlantedColumn {
  return { name, planted, values: Float64Array.from(persons, value) };
}

/**
 * Fits the logistic model of death to {@link replicateCount} other outcomes of the training site, drawn with the planted effects
 * and independent chance: what its intervals are worth in cohorts whose chance nobody balances.
 *
 * @param columns Of the training site.
 * @throws StatisticsError if one of the outcomes can't be fitted.
 */
export function replicateDeath(persons: readonly SclcMember[], columns: readonly PlantedColumn[]): ReplicatedEffect[] {
  const fits = otherOutcomes(sclcSites.training, persons).map((outcomes) =>
    slopesOf(
      fitLogistic(
        columns.map(({ values }) => values),
        Float64Array.from(outcomes, ({ death24 }) => death24),
      ),
    ),
  );
  return replicatedEffects(columns, fits);
}

/** The estimates of a logistic model without its intercept. */
export function slopesOf({ coefficients, standardErrors }: LogisticFit): Estimates {
  return { coefficients: coefficients.subarray(1), standardErrors: standardErrors.subarray(1) };
}

/** The same for the Cox model of progression. */
export function replicateProgression(
  persons: readonly SclcMember[],
  columns: readonly PlantedColumn[],
): ReplicatedEffect[] {
  const fits = otherOutcomes(sclcSites.training, persons).map((outcomes) =>
    fitCox(
      columns.map(({ values }) => values),
      Float64Array.from(outcomes, ({ pfsMonths }) => pfsMonths),
      Float64Array.from(outcomes, ({ progressed }) => progressed),
    ),
  );
  return replicatedEffects(columns, fits);
}

/**
 * Events that show an effect with a power of 95% at the 5% level: `((z(0.975) + z(0.95)) / effect)^2 / variance`.
 *
 * @param effect Log hazard per unit.
 * @returns By column; a predictor whose effect is only a sign has none.
 * @see Schoenfeld DA. Biometrics 1983;39:499-503, doi 10.2307/2531021; for any predictor Hsieh FY, Lavori PW. Control Clin Trials
 * 2000;21:552-560, doi 10.1016/S0197-2456(00)00104-5
 */
export function eventsNeeded(columns: readonly PlantedColumn[]): { name: string; events: number }[] {
  const deviates = normalQuantile(0.975) + normalQuantile(0.95);
  return columns.flatMap(({ name, planted, values }) => {
    if (typeof planted !== 'number') return [];
    return [{ name, events: Math.ceil((deviates / planted) ** 2 / populationVariance(values)) }];
  });
}

function otherOutcomes({ seed }: SclcPlan, persons: readonly SclcMember[]): SclcOutcome[][] {
  return Array.from({ length: replicateCount }, (_, k) =>
    persons.map((person, at) =>
      sclcOutcome(person, {
        death: namedRandom(seed, `death ${k}`, at).uniform(),
        progression: namedRandom(seed, `progression ${k}`, at).uniform(),
      }),
    ),
  );
}
